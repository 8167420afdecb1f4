/** @file Tracking through the real server: what is logged is found, drawn and compared. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type World } from './world.ts'

let w: World
beforeAll(async () => {
  w = await startWorld({ workers: 0 })
})
afterAll(() => w.server.close())

const start = (name: string, more: object = {}) =>
  w.capstan.tracking.start({ body: { name, experiment: 'tracking', ...more } })

const point = (key: string, value: number | 'NaN' | 'Infinity', step = 0) => ({
  key,
  value,
  step,
  at: 1_700_000_000_000 + step,
})

describe('tracking', () => {
  test('a run logs, ends, and says what it logged', async () => {
    const run = await start('first', { params: { lr: '0.1' }, tags: { team: 'a' }, user: 'li' })
    const body = {
      metrics: [point('loss', 0.5, 1), point('loss', 'NaN', 2), point('acc', 'Infinity', 1)],
      params: { epochs: '3' },
      tags: { team: null, note: 'b' },
    }
    expect(await w.capstan.tracking.log({ params: { id: run.id }, body })).toEqual({ points: 3 })
    expect(await w.capstan.tracking.log({ params: { id: run.id }, body })).toEqual({ points: 0 })
    await w.capstan.tracking.change({ params: { id: run.id }, body: { state: 'finished', note: 'good' } })
    const found = await w.capstan.tracking.get({ params: { id: run.id } })
    expect(found).toMatchObject({
      name: 'first',
      state: 'finished',
      user: 'li',
      params: { lr: '0.1', epochs: '3' },
      metrics: { loss: { value: 'NaN', step: 2 }, acc: { value: 'Infinity', step: 1 } },
      run: { kind: 'tracked', endedAt: expect.any(String) },
    })
    expect(found.tags).toMatchObject({ note: 'b', 'mlflow.note.content': 'good' })
    expect(found.tags).not.toHaveProperty('team')
  })

  test('a batch that is wrong anywhere changes nothing', async () => {
    const run = await start('whole', { params: { lr: '0.1' } })
    const log = (body: object) => w.capstan.tracking.log({ params: { id: run.id }, body })
    const metrics = [point('loss', 1, 1)]
    await expect(log({ metrics, params: { lr: '0.2' } })).rejects.toMatchObject({
      body: { code: 'run/param-changed' },
    })
    await expect(log({ metrics: [...metrics, { key: '', value: 1, at: 0 }] })).rejects.toMatchObject({
      status: 400,
    })
    await expect(log({ metrics: [{ key: 'a', value: 1, step: 0.5, at: 0 }] })).rejects.toMatchObject({
      status: 400,
    })
    await expect(log({ metrics: [{ key: 'a', value: 'many', at: 0 }] })).rejects.toMatchObject({
      status: 400,
    })
    expect((await w.capstan.tracking.get({ params: { id: run.id } })).metrics).toEqual({})
    const none = w.capstan.tracking.log({ params: { id: 'run_none' }, body: { metrics } })
    await expect(none).rejects.toMatchObject({ status: 404 })
  })

  test('a search filters, orders with the missing last, and pages without gaps while runs are added', async () => {
    const values: [string, number | 'NaN' | null][] = [
      ['a', 3],
      ['b', 1],
      ['c', 'NaN'],
      ['d', null],
      ['e', 2],
    ]
    for (const [name, value] of values) {
      const run = await start(name, { experiment: 'order', params: { 'k e`y': name } })
      if (value !== null)
        await w.capstan.tracking.log({ params: { id: run.id }, body: { metrics: [point('m', value)] } })
    }
    const { id } = (await w.capstan.experiments.list()).find(({ name }) => name === 'order')!
    const search = (body: object) => w.capstan.tracking.search({ body: { experimentIds: [id], ...body } })
    const names = async (body: object) => (await search(body)).runs.map(({ name }) => name).join('')
    expect(await names({ orderBy: ['metrics.m'] })).toBe('beacd')
    expect(await names({ orderBy: ['metrics.m desc'] })).toBe('aebcd')
    expect(await names({ filter: 'metrics.m > 1', orderBy: ['name'] })).toBe('ae')
    expect(await names({ filter: "metrics.m != 1 OR name = 'd'", orderBy: ['name'] })).toBe('acde')
    expect(await names({ filter: "name LIKE 'B'" })).toBe('')
    expect(await names({ filter: "name ILIKE 'B'" })).toBe('b')
    expect(await names({ filter: `params."k e\`y" IN ('a', 'd')`, orderBy: ['name'] })).toBe('ad')
    expect(await names({ filter: 'NOT metrics.m < 3', orderBy: ['name'] })).toBe('acd')
    expect(await names({ filter: "name = 'a''; drop table runs --'" })).toBe('')
    const first = await search({ limit: 2, orderBy: ['name'] })
    await start('aa', { experiment: 'order' })
    const second = await search({ limit: 2, orderBy: ['name'], pageToken: first.nextPageToken! })
    const third = await search({ limit: 2, orderBy: ['name'], pageToken: second.nextPageToken! })
    expect([first, second, third].flatMap(({ runs }) => runs.map(({ name }) => name)).join('')).toBe('abcde')
    expect(third.nextPageToken).toBeNull()
    await expect(search({ filter: 'metrics.m >' })).rejects.toMatchObject({
      body: { code: 'search/invalid' },
    })
    await expect(search({ pageToken: 'zzz' })).rejects.toMatchObject({ status: 400 })
  })

  test('curves keep their extremes and draw what is no number', async () => {
    const run = await start('curve')
    for (let from = 0; from < 30_000; from += 10_000) {
      const metrics = Array.from({ length: 10_000 }, (_, i) =>
        point('loss', from + i === 12_345 ? 99 : 1, from + i),
      )
      await w.capstan.tracking.log({ params: { id: run.id }, body: { metrics } })
    }
    const [curve] = await w.capstan.tracking.curves({
      body: { runIds: [run.id], keys: ['loss', 'none'], buckets: 100, smoothing: 0.5 },
    })
    expect(curve).toMatchObject({ points: 30_000, runId: run.id })
    expect(curve!.x).toHaveLength(100)
    expect(Math.max(...curve!.max.map(Number))).toBe(99)
    expect(curve!.smoothed!.at(-1)).toBeCloseTo(1, 9)
    const [wall] = await w.capstan.tracking.curves({
      body: { runIds: [run.id], keys: ['loss'], axis: 'time', buckets: 10_000 },
    })
    expect(wall!.x[0]).toBe(0.001)
    expect(wall!.x.at(-1)).toBeCloseTo(29.998, 6)
  })

  test('a comparison shows what differs first', async () => {
    const [a, b] = [
      await start('a', { params: { lr: '1', same: 'x' }, tags: { 'git.commit': 'c1' } }),
      await start('b', { params: { lr: '2', same: 'x' }, tags: { 'git.commit': 'c2' } }),
    ]
    const { rows } = await w.capstan.tracking.compare({ body: { runIds: [a.id, b.id] } })
    expect(rows.map(({ group, key, differs }) => `${group} ${key} ${differs}`)).toEqual([
      'param lr true',
      'param same false',
      'code git.commit true',
    ])
  })

  test('deleting an experiment takes its runs along, and restoring brings them back', async () => {
    const run = await start('r', { experiment: 'gone' })
    const change = (lifecycle: 'active' | 'deleted') =>
      w.capstan.experiments.change({ params: { id: run.experimentId }, body: { lifecycle } })
    await change('deleted')
    const log = () => w.capstan.tracking.log({ params: { id: run.id }, body: { params: { a: 'b' } } })
    await expect(log()).rejects.toMatchObject({ body: { code: 'run/deleted' } })
    await expect(start('s', { experiment: 'gone' })).rejects.toMatchObject({ status: 400 })
    await change('active')
    await log()
  })
})
