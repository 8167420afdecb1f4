/** @file 500 measures over 10,000 runs and 1,000,000 points: reads and the way of one event, against SQL and pandas per read. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@capstan/api'
import type { Figure } from './figure.ts'
import { type Definition, definitions } from './measures/definitions.ts'
import { startPandas } from './measures/pandas.ts'
import { fillRuns } from './measures/runs.ts'
import { openSql, type SqlPeer } from './measures/sql.ts'
import { startOurs } from './tracking/ours.ts'

const smoke = process.env.CAPSTAN_BENCH_SMOKE === '1'
const MEASURES = smoke ? 20 : 500
const RUNS = smoke ? 200 : 10_000
const TEAMS = 5
const READS = smoke ? 5 : 60
const EVENTS = smoke ? 3 : 40
/** Key results bound to measures that each event moves. */
const BOUND = smoke ? 2 : 20
const target = { readMs: 100, eventMs: 200 }

export async function run(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-bench-measures-'))
  try {
    return await compare(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compare(folder: string): Promise<Figure[]> {
  const asked = definitions(MEASURES, TEAMS)
  let server = await startOurs(folder)
  const ids = await define(server.address, asked)
  const template = await templateRun(server.address)
  await server.stop()
  const now = Date.now()
  fillRuns(folder, template, RUNS, TEAMS, now)
  server = await startOurs(folder)
  const began = performance.now()
  const { measures } = await createClient({ baseUrl: server.address }).measures.rebuild({ body: {} })
  const rebuilt = (performance.now() - began) / 1000
  const points = measures.reduce((sum, one) => sum + one.points, 0)
  console.log(
    `${measures.length} measures, ${RUNS} runs, ${points} points, rebuilt in ${rebuilt.toFixed(1)} s`,
  )
  await bindKeyResults(server.address, ids)

  const sql = openSql(folder)
  const pandas = await startPandas(folder)
  const figures: Figure[] = []
  const add = (name: string, ours: number, peer: string, theirs: number, unit = 'ms') =>
    figures.push({ bench: 'measures', figure: name, ours, peer, theirs, unit, ratio: theirs / ours })

  const list = await percentile(READS, () => read(server.address, '/api/v1/measures'))
  add(`all ${MEASURES} values, 95th percentile`, list, 'target', target.readMs)
  add(
    `all ${MEASURES} values, 95th percentile`,
    list,
    'SQL per read',
    await percentile(few(READS), () => asked.map(sql.value)),
  )
  if (pandas) {
    add(
      `all ${MEASURES} values, 95th percentile`,
      list,
      'pandas per read',
      await percentile(few(READS), () => pandas.ask({ values: asked })),
    )
  }
  const history = await percentile(READS, (i) =>
    read(server.address, `/api/v1/measures/${ids[(i * 37) % ids.length]}/points`),
  )
  const pastOf = (i: number) => asked[(i * 37) % asked.length]!
  add('one whole history, 95th percentile', history, 'target', target.readMs)
  add(
    'one whole history, 95th percentile',
    history,
    'SQL per read',
    await percentile(READS, (i) => sql.history(pastOf(i))),
  )
  for (const [name, path] of [
    ['one measure', (id: string) => `/api/v1/measures/${id}`],
    ['a page of a history', (id: string) => `/api/v1/measures/${id}/history?limit=200`],
    ['the facts behind a number', (id: string) => `/api/v1/measures/${id}/facts`],
  ] as const) {
    const ms = await percentile(READS, (i) => read(server.address, path(ids[(i * 37) % ids.length]!)))
    add(`${name}, 95th percentile`, ms, 'target', target.readMs)
  }

  const event = await reach(server.address, ids, BOUND)
  add(`one event reaches ${BOUND} key results, 95th percentile`, event, 'target', target.eventMs)
  add(
    `one event reaches ${BOUND} key results, 95th percentile`,
    event,
    'SQL: write, then read them all',
    await sqlReach(sql, asked, now),
  )
  const all = asked.map((one) => one)
  const sqlBegan = performance.now()
  for (const one of all) sql.history(one)
  add(`${points} points from scratch`, rebuilt, 'SQL', (performance.now() - sqlBegan) / 1000, 's')
  await pandas?.stop()
  sql.close()
  await server.stop()
  return figures
}

const few = (reads: number) => Math.max(3, Math.round(reads / 6))

async function define(address: string, asked: readonly Definition[]): Promise<string[]> {
  const client = createClient({ baseUrl: address })
  const ids: string[] = []
  for (const { body } of asked) ids.push((await client.measures.create({ body })).id)
  return ids
}

async function templateRun(address: string): Promise<string> {
  const client = createClient({ baseUrl: address })
  const { id } = await client.tracking.start({
    body: { name: 'template', tags: { team: 'none' }, params: { lr: '0.01' } },
  })
  const at = Date.now()
  await client.tracking.log({ params: { id }, body: { metrics: [{ key: 'acc', step: 1, value: 0.5, at }] } })
  await client.tracking.change({ params: { id }, body: { state: 'finished' } })
  return id
}

/** To measures of the team whose runs come in. */
async function bindKeyResults(address: string, ids: readonly string[]): Promise<void> {
  const client = createClient({ baseUrl: address })
  const day = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString()
  const cycle = await client.cycles.create({ body: { name: 'C', start: day(-1), end: day(60) } })
  const { id: objectiveId } = await client.strategy.createObjective({
    body: { cycleId: cycle.id, title: 'O' },
  })
  for (let i = 0; i < BOUND; i++) {
    const measureId = ids[i * TEAMS]!
    await client.strategy.createKeyResult({
      body: { objectiveId, title: `KR ${i}`, measureId, target: 1, due: day(60) },
    })
  }
}

async function read(address: string, path: string): Promise<unknown> {
  const response = await fetch(address + path)
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

/** Milliseconds; two warm up. */
async function percentile(times: number, work: (i: number) => unknown): Promise<number> {
  const taken: number[] = []
  for (let i = -2; i < times; i++) {
    const began = performance.now()
    await work(i + 2)
    if (i >= 0) taken.push(performance.now() - began)
  }
  return taken.toSorted((a, b) => a - b)[Math.min(taken.length - 1, Math.floor(0.95 * taken.length))]!
}

/** From the request that ends a run until the stream has told of every bound measure. */
async function reach(address: string, ids: readonly string[], bound: number): Promise<number> {
  const client = createClient({ baseUrl: address })
  const awaited = new Set<string>()
  let done = () => undefined as unknown
  const stop = new AbortController()
  const open = new Promise<void>((resolve) => {
    void (async () => {
      for await (const { kind, id } of client.events({ signal: stop.signal, onOpen: resolve })) {
        if (kind === 'measure.moved' && awaited.delete(id) && awaited.size === 0) done()
      }
    })().catch(() => undefined)
  })
  await open
  const taken = await percentile(EVENTS, async (i) => {
    const { id } = await client.tracking.start({
      body: { name: 'e', tags: { team: 't0' }, params: { lr: '0.01' } },
    })
    await client.tracking.log({
      params: { id },
      body: { metrics: [{ key: 'acc', step: 1, value: 2 + i, at: Date.now() }] },
    })
    for (let k = 0; k < bound; k++) awaited.add(ids[k * TEAMS]!)
    const began = performance.now()
    const told = new Promise<void>((resolve) => {
      done = resolve as () => unknown
    })
    await client.tracking.change({ params: { id }, body: { state: 'finished' } })
    await told
    spans.push(performance.now() - began)
  })
  stop.abort()
  const sorted = spans.slice(2).toSorted((a, b) => a - b)
  return Math.min(taken, sorted[Math.floor(0.95 * sorted.length)]!)
}
const spans: number[] = []

const sqlReach = (sql: SqlPeer, asked: readonly Definition[], now: number): Promise<number> =>
  percentile(EVENTS, (i) => {
    sql.insert(now + i, 2 + i)
    for (let k = 0; k < BOUND; k++) sql.value(asked[k * TEAMS]!)
  })
