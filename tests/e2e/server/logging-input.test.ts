/** @file What no careful client would log: refused alone, and what is there can still be read. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LogRecord } from '@capstan/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ workers: 0 })
})
afterAll(() => world.server.close())

let sessions = 0
async function session() {
  const { capstan } = world
  const params = { id: `log_odd${sessions++}` }
  const { runId } = await capstan.logging.open({ params, body: { name: 'odd', startedAt: Date.now() } })
  const append = (first: number, ...records: LogRecord[]) =>
    capstan.logging.append({ params, body: { first, records } })
  return { runId, append }
}

const mlflow = async (path: string, body: object): Promise<[number, Record<string, unknown>]> => {
  const answer = await fetch(`${world.server.address}/api/2.0/mlflow/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return [answer.status, (await answer.json()) as Record<string, unknown>]
}

describe('clocks', () => {
  test.each([
    ['beyond what a date can be', 9e15],
    ['beyond the year 9999', 253_402_300_800_000],
    ['before 1970', -1],
  ])('a point %s is refused, and runs are still found', async (_, at) => {
    const { runId, append } = await session()
    await expect(append(1, { kind: 'metrics', at, step: 1, values: { a: 1 } })).rejects.toMatchObject({
      status: 400,
      body: { code: 'request/invalid' },
    })
    await append(1, { kind: 'metrics', at: 253_402_300_799_999, step: 1, values: { a: 1 } })
    const { runs } = await world.capstan.tracking.search({ body: {} })
    expect(runs.find(({ id }) => id === runId)?.metrics.a?.at).toBe('9999-12-31T23:59:59.999Z')
  })
})

describe('files', () => {
  const stored = () => world.capstan.blobs.put({ body: new TextEncoder().encode('hello') })

  test.each([
    '../x',
    '%2e%2e/x',
    '%252e%252e%252fx',
    '\u{ff0e}\u{ff0e}/x',
    'C:x',
    '/etc/passwd',
    'a//b',
  ])('one named %s is refused', async (path) => {
    const { hash: blob } = await stored()
    const { append } = await session()
    await expect(append(1, { kind: 'artifact', at: 1, path, blob, bytes: 5 })).rejects.toMatchObject({
      status: 400,
      body: { code: 'request/invalid' },
    })
  })

  test('has the size that it has, and one name is not a file and a folder', async () => {
    const { hash: blob } = await stored()
    const { runId, append } = await session()
    const { refused } = await append(
      1,
      { kind: 'artifact', at: 1, path: 'a', blob, bytes: 5_000_000 },
      { kind: 'artifact', at: 1, path: 'a/b', blob, bytes: 5 },
      { kind: 'metrics', at: 1, step: 1, values: { a: 1 } },
    )
    expect(refused).toMatchObject([{ record: 2 }])
    const params = { id: runId }
    expect(await world.capstan.artifacts.list({ params, query: {} })).toEqual([
      { path: 'a', folder: false, bytes: 5 },
    ])
    const bytes = await world.capstan.artifacts.get({ params, query: { path: 'a' } })
    expect(new TextDecoder().decode(bytes)).toBe('hello')
  })
})

describe('parents', () => {
  test('that are not here, or the run itself, are kept as tags alone', async () => {
    const [, made] = await mlflow('runs/create', { experiment_id: '0' })
    const { run_id } = (made.run as { info: { run_id: string } }).info
    for (const value of ['../../x y', run_id]) {
      expect((await mlflow('runs/set-tag', { run_id, key: 'mlflow.parentRunId', value }))[0]).toBe(200)
      const run = await world.capstan.tracking.get({ params: { id: run_id } })
      expect([run.parentRunId, run.tags['mlflow.parentRunId'], run.children]).toEqual([null, value, []])
    }
  })
})

describe('searches that are too large', () => {
  // what a search of nothing takes, one that has something to sort may not
  beforeAll(() => session())

  const search = (body: object) => mlflow('runs/search', { experiment_ids: ['0'], ...body })

  test('are refused with the limit', async () => {
    const many = (n: number, text: (i: number) => string) => Array.from({ length: n }, (_, i) => text(i))
    const refused = [400, { error_code: 'INVALID_PARAMETER_VALUE', message: expect.any(String) }]
    const compared = many(1000, (i) => `metrics.m${i} > 0`).join(' AND ')
    expect(await search({ filter: compared })).toMatchObject(refused)
    expect(await search({ order_by: many(21, (i) => `metrics.m${i}`) })).toMatchObject(refused)
    expect((await search({ order_by: many(20, (i) => `metrics.m${i}`) }))[0]).toBe(200)
  })

  test('over more experiments than a statement takes values are answered', async () => {
    const { runId } = await session()
    const [status, { runs }] = await search({
      experiment_ids: Array.from({ length: 40_000 }, (_, i) => String(i)),
    })
    expect(status).toBe(200)
    expect((runs as { info: { run_id: string } }[]).map(({ info }) => info.run_id)).toContain(runId)
  })
})

test('nothing of this was an accident of the server', () => {
  const log = readFileSync(join(world.folder, 'capstan.log'), 'utf8')
  expect(log).not.toContain('internal:')
})
