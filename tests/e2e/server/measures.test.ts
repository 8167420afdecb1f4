/** @file Measures through the real server: defined by queries, followed to their evidence, overridden, rebuilt. */
import type { MeasureQueryInput } from '@capstan/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusalOf, startWorld, type World } from './world.ts'

let world: World
const ids: Record<string, string> = {}
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.server.close())

const definition = (key: string, query: MeasureQueryInput, change: object = {}) => ({
  key,
  name: `Measure ${key}`,
  unit: '1',
  direction: 'up' as const,
  scale: 'linear' as const,
  query,
  ...change,
})
const define = (key: string, query: MeasureQueryInput, change: object = {}) =>
  world.capstan.measures.create({ body: definition(key, query, change) })
const one = (id: string) => world.capstan.measures.get({ params: { id } })

/** A run of code that Capstan did not start, with what it logged. */
async function tracked(team: string, accuracy: number, state: 'finished' | 'failed' = 'finished') {
  const { capstan } = world
  const run = await capstan.tracking.start({
    body: { name: `run of ${team}`, experimentId: ids.experiment!, tags: { team }, params: { lr: '0.01' } },
  })
  await capstan.tracking.log({
    params: { id: run.id },
    body: { metrics: [{ key: 'acc', step: 1, value: accuracy, at: Date.now() }] },
  })
  await capstan.tracking.change({ params: { id: run.id }, body: { state } })
  return run.id
}

describe('a typed query over runs', () => {
  test('what has happened already becomes the history, and what happens next moves it', async () => {
    const { capstan } = world
    ids.experiment = (await capstan.experiments.create({ body: { name: 'vision' } })).id
    ids.first = await tracked('a', 0.7)
    const best = await define('best-acc', {
      source: 'query',
      of: 'run',
      where: [
        { field: 'tag.team', is: ['a'] },
        { field: 'state', is: ['finished'] },
        { field: 'param.lr', atMost: 0.1 },
      ],
      value: 'metric.acc',
      statistic: 'best',
    })
    expect(best).toMatchObject({ state: 'live', notice: null, latest: { value: 0.7, origin: 'measured' } })
    ids.second = await tracked('a', 0.9)
    await tracked('b', 0.95)
    await tracked('a', 0.99, 'failed')
    await tracked('a', 0.8)
    const { latest, points } = await one('best-acc')
    expect(latest).toMatchObject({ value: 0.9, evidence: { noun: 'run', id: ids.second }, facts: 3 })
    expect(points).toBe(3)
    const behind = await capstan.measures.facts({ params: { id: best.id } })
    expect(behind.facts.map(({ value }) => value)).toEqual([0.8, 0.9, 0.7])
    ids.best = best.id
  })

  test('a run that is deleted takes its number with it, and a restored one brings it back', async () => {
    const { capstan } = world
    const set = (lifecycle: 'deleted' | 'active') =>
      capstan.tracking.change({ params: { id: ids.second! }, body: { lifecycle } })
    await set('deleted')
    expect((await one(ids.best!)).latest).toMatchObject({ value: 0.8 })
    await set('active')
    expect((await one(ids.best!)).latest).toMatchObject({ value: 0.9, evidence: { id: ids.second } })
  })

  test('a measure over something deleted says its name and shows no number', async () => {
    const { capstan } = world
    const { id } = await capstan.experiments.create({ body: { name: 'short-lived' } })
    const { id: measure } = await define('short', {
      source: 'query',
      of: 'run',
      where: [{ field: 'experiment', is: [id] }],
      statistic: 'count',
    })
    await capstan.tracking.start({ body: { name: 'x', experimentId: id } })
    expect((await one(measure)).latest!.value).toBe(1)
    await capstan.experiments.change({ params: { id }, body: { lifecycle: 'deleted' } })
    expect(await one(measure)).toMatchObject({
      state: 'missing',
      latest: null,
      notice: { code: 'measure.gone', values: { things: 'short-lived' } },
    })
  })

  test('a preview says what a measure would say, and keeps nothing', async () => {
    const { capstan } = world
    const before = await capstan.measures.list()
    const preview = await capstan.measures.preview({
      body: {
        unit: '1',
        direction: 'up',
        scale: 'proportion',
        query: {
          source: 'query',
          of: 'run',
          where: [{ field: 'experiment', is: [ids.experiment!] }],
          statistic: 'share',
          part: [{ field: 'state', is: ['failed'] }],
        },
      },
    })
    expect(preview).toMatchObject({ count: 5, latest: { value: 0.2, facts: 5 } })
    expect(await capstan.measures.list()).toEqual(before)
  })

  test('a history comes in pages, newest first, and by range', async () => {
    const { capstan } = world
    const all = await capstan.measures.points({ params: { id: ids.best! } })
    const page = await capstan.measures.history({ params: { id: ids.best! }, query: { limit: 2 } })
    const rest = await capstan.measures.history({
      params: { id: ids.best! },
      query: { limit: 2, after: page.next! },
    })
    expect([...page.points, ...rest.points].reverse()).toEqual(all)
    expect(rest.next).toBeNull()
    const from = all[1]!.at
    expect(await capstan.measures.points({ params: { id: ids.best! }, query: { from } })).toEqual(
      all.slice(1),
    )
  })
})

describe('bad questions', () => {
  const query = (change: object): MeasureQueryInput => ({
    source: 'query',
    of: 'run',
    statistic: 'count',
    ...change,
  })
  test.each<[string, MeasureQueryInput, object, string]>([
    ['an unknown field', query({ where: [{ field: 'colour', is: ['red'] }] }), {}, 'measure.field'],
    ['bounds on a word', query({ where: [{ field: 'kind', atLeast: 1 }] }), {}, 'measure.isWord'],
    [
      'bounds upside down',
      query({ where: [{ field: 'cost', atLeast: 2, atMost: 1 }] }),
      {},
      'measure.bounds',
    ],
    ['a mean of nothing', query({ statistic: 'mean' }), {}, 'measure.needsValue'],
    ['a count of something', query({ value: 'cost' }), {}, 'measure.noValue'],
    ['a share without a part', query({ statistic: 'share' }), {}, 'measure.part'],
    ['a wrong unit', query({ statistic: 'sum', value: 'cost' }), { unit: 'EUR' }, 'measure.unit'],
    ['a proportion with a unit', query({}), { unit: 'ms', scale: 'proportion' }, 'measure.proportionUnit'],
    [
      'an age in a window',
      query({ statistic: 'age', window: { kind: 'cycle' } }),
      { unit: 'day' },
      'measure.ageWindow',
    ],
  ])('%s is refused with a sentence, in both languages', async (_, asked, change, code) => {
    const refusal = await refusalOf(define('bad', asked, change))
    expect(refusal).toMatchObject({ status: 409, values: { refusal: code } })
    const chinese = await fetch(`${world.server.address}/api/v1/measures`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': 'zh-CN' },
      body: JSON.stringify(definition('bad', asked, change)),
    })
    expect(((await chinese.json()) as { message: string }).message).toMatch(/[\u4e00-\u9fff]/)
    expect((await world.capstan.measures.list()).some(({ key }) => key === 'bad')).toBe(false)
  })

  test('what is not there cannot be asked about', async () => {
    const missing = query({ where: [{ field: 'initiative', is: ['initiative_none'] }] })
    expect(await refusalOf(define('bad', missing))).toMatchObject({ status: 404, code: 'request/not-found' })
  })
})

describe('measures of measures', () => {
  test('a ratio follows both, keeps its unit, and cannot stand on itself', async () => {
    const { capstan } = world
    const count = await define('runs', { source: 'query', of: 'run', statistic: 'count' }, { unit: 'runs' })
    const failed = await define(
      'failed',
      { source: 'query', of: 'run', statistic: 'count', where: [{ field: 'state', is: ['failed'] }] },
      { unit: 'runs' },
    )
    const formula = (measureIds: string[]) => ({ source: 'formula', operation: 'ratio', measureIds }) as const
    const ratio = await define('failure-share', formula([failed.id, count.id]))
    expect(ratio.latest!.value).toBeCloseTo(1 / 5, 12)
    await tracked('c', 0.5, 'failed')
    expect((await one(ratio.id)).latest!.value).toBeCloseTo(2 / 6, 12)
    const points = await capstan.measures.points({ params: { id: ratio.id } })
    expect(points.at(-1)!.value).toBeCloseTo(2 / 6, 12)
    await define('x', formula([count.id, ids.best!]), { unit: 'ms' })
    expect(
      await refusalOf(
        define(
          'y',
          { source: 'formula', operation: 'sum', measureIds: [count.id, ids.best!] },
          { unit: 'runs' },
        ),
      ),
    ).toMatchObject({ values: { refusal: 'measure.mixed' } })
    const circle = formula([ratio.id, count.id])
    expect(
      await refusalOf(
        capstan.measures.edit({
          params: { id: ratio.id },
          body: { revision: ratio.revision, query: circle },
        }),
      ),
    ).toMatchObject({ values: { refusal: 'measure.circle' } })
    Object.assign(ids, { count: count.id, failed: failed.id, ratio: ratio.id })
  })
})

describe('people', () => {
  test('an override stands in front, signed; withdrawn, the measured value counts again', async () => {
    const { capstan } = world
    const params = { id: ids.count! }
    const measured = (await one(ids.count!)).latest!
    const signed = await capstan.measures.override({ params, body: { value: 5, note: 'two were tests' } })
    expect((await one(ids.count!)).latest).toMatchObject({
      value: 5,
      origin: 'typed',
      evidence: { noun: 'member', note: 'two were tests' },
      override: { id: signed.id, replaced: { value: measured.value, origin: 'measured' } },
    })
    expect((await one(ids.ratio!)).latest).toMatchObject({ value: 2 / 5, origin: 'typed' })
    expect((await capstan.measures.points({ params })).at(-1)).toMatchObject({ value: 5, origin: 'typed' })
    const withdrawal = { params: { id: ids.count!, overrideId: signed.id } }
    expect(
      await refusalOf(capstan.measures.withdraw({ ...withdrawal, body: { revision: 9, note: 'x' } })),
    ).toMatchObject({ code: 'request/changed-meanwhile' })
    await capstan.measures.withdraw({
      ...withdrawal,
      body: { revision: signed.revision, note: 'they counted' },
    })
    const { latest, overrides } = await one(ids.count!)
    expect(latest).toEqual(measured)
    expect(overrides).toMatchObject([{ value: 5, withdrawn: { note: 'they counted' } }])
  })

  test('one point may be overridden, and both values stay', async () => {
    const { capstan } = world
    const params = { id: ids.best! }
    const [first] = await capstan.measures.points({ params })
    await capstan.measures.override({ params, body: { value: 0.6, note: 'leaked data', point: first!.id! } })
    const [now] = await capstan.measures.points({ params })
    expect(now).toMatchObject({ at: first!.at, value: 0.6, override: { replaced: { value: 0.7 } } })
    const until = new Date(Date.now() - 1000).toISOString()
    expect(
      await refusalOf(capstan.measures.override({ params, body: { value: 1, note: 'x', until } })),
    ).toMatchObject({ values: { refusal: 'measure.overrideUntil' } })
  })

  test('of two who edit, the second is told; what hangs on a measure keeps it', async () => {
    const { capstan } = world
    const { revision } = await one(ids.best!)
    const edit = (name: string) =>
      capstan.measures.edit({ params: { id: ids.best! }, body: { revision, name } })
    expect((await edit('Best accuracy')).revision).toBe(revision + 1)
    expect(await refusalOf(edit('Other'))).toMatchObject({ code: 'request/changed-meanwhile' })
    const { revision: count, hanging } = await one(ids.count!)
    expect(hanging).toMatchObject([{ noun: 'measure', name: 'Measure failure-share' }, { noun: 'measure' }])
    const params = { id: ids.count! }
    const refusals = [
      () => capstan.measures.edit({ params, body: { revision: count, archived: true } }),
      () => capstan.measures.edit({ params, body: { revision: count, unit: 'pieces' } }),
      () => capstan.measures.remove({ params, query: { revision: count } }),
    ]
    for (const refused of refusals)
      expect(await refusalOf(refused())).toMatchObject({ values: { refusal: 'measure.hangs' } })
  })

  test('another query makes another history; archived it takes no more, restored it catches up', async () => {
    const { capstan } = world
    const params = { id: ids.best! }
    const edit = async (body: object) =>
      capstan.measures.edit({ params, body: { revision: (await one(ids.best!)).revision, ...body } })
    const edited = await edit({
      query: { source: 'query', of: 'run', statistic: 'min', value: 'metric.acc' },
    })
    expect(edited.latest!.value).toBe(0.5)
    const x = (await capstan.measures.list()).find(({ key }) => key === 'x')!
    await capstan.measures.remove({ params: { id: x.id }, query: { revision: x.revision } })
    await edit({ archived: true })
    await tracked('d', 0.1)
    expect((await capstan.measures.list()).some(({ id }) => id === ids.best)).toBe(false)
    expect((await edit({ archived: false })).latest!.value).toBe(0.1)
  })

  test('points that cannot be typed', async () => {
    const type = (id: string, body: { value: number; at?: string }) =>
      refusalOf(world.capstan.measures.addPoint({ params: { id }, body: { note: 'x', ...body } }))
    expect(await type(ids.ratio!, { value: 1 })).toMatchObject({ values: { refusal: 'measure.computed' } })
    const at = new Date(Date.now() + 86_400_000).toISOString()
    expect(await type(ids.count!, { value: 1, at })).toMatchObject({ values: { refusal: 'measure.future' } })
  })
})

describe('what is bound to a measure', () => {
  test('speaks its unit, and is never bound to an archived one', async () => {
    const { capstan } = world
    const day = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString()
    const cycle = await capstan.cycles.create({ body: { name: 'C', start: day(-1), end: day(30) } })
    const { id: objectiveId } = await capstan.strategy.createObjective({
      body: { cycleId: cycle.id, title: 'O' },
    })
    const keyResult = (measureId: string, unit: string) =>
      capstan.strategy.createKeyResult({
        body: { objectiveId, title: 'KR', measureId, target: 10, due: day(30), unit },
      })
    expect(await refusalOf(keyResult(ids.count!, 'ms'))).toMatchObject({
      message: 'Measure runs is measured in runs; ms cannot be held against it.',
    })
    expect((await keyResult(ids.count!, 'runs')).measure.id).toBe(ids.count)
    const risk = await capstan.risk.create({
      body: {
        name: 'R',
        frequency: { alpha: 1, beta: 1 },
        loss: { kind: 'lognormal', low: 10, high: 100 },
      },
    })
    const indicator = (unit: string) =>
      capstan.risk.createIndicator({
        body: { riskId: risk.id, measureId: ids.failed!, amber: 9, red: 5, unit },
      })
    expect(await refusalOf(indicator('h'))).toMatchObject({ values: { refusal: 'measure.bound' } })
    expect((await indicator('runs')).state).toBe('red')
    expect((await one(ids.failed!)).hanging).toMatchObject([
      { noun: 'indicator', name: 'R' },
      { noun: 'measure' },
    ])
    const old = await define('old', { source: 'typed' }, { unit: 'runs' })
    await capstan.measures.edit({
      params: { id: old.id },
      body: { revision: old.revision, archived: true },
    })
    expect(await refusalOf(keyResult(old.id, 'runs'))).toMatchObject({
      values: { refusal: 'measure.archived' },
    })
  })
})

describe('days', () => {
  test('another time zone moves the windows, an unknown one is refused', async () => {
    const { capstan } = world
    await capstan.workspace.update({ body: { timeZone: 'Pacific/Kiritimati' } })
    const today = await define('today', {
      source: 'query',
      of: 'run',
      statistic: 'count',
      window: { kind: 'days', days: 1 },
    })
    expect(today.latest!.value).toBeGreaterThan(0)
    await capstan.workspace.update({ body: { timeZone: 'Pacific/Niue' } })
    expect((await capstan.workspace.get()).timeZone).toBe('Pacific/Niue')
    expect(await refusalOf(capstan.workspace.update({ body: { timeZone: 'Mars/Base' } }))).toMatchObject({
      status: 400,
      code: 'request/invalid',
    })
  })

  test('everything that was kept up is what a rebuild makes', async () => {
    const { facts, measures } = await world.capstan.measures.rebuild({ body: { check: true } })
    expect(facts).toBe(0)
    expect(measures.length).toBeGreaterThan(4)
    expect(measures.filter(({ added, changed, removed }) => added + changed + removed > 0)).toEqual([])
    const { measures: rebuilt } = await world.capstan.measures.rebuild({ body: {} })
    expect(rebuilt).toEqual(measures)
  })
})
