/** @file Requests about runs with parts replaced by what no client would send: answered or refused, never an accident. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorld, type World } from './world.ts'

type Body = Record<string, unknown>
type Call = readonly [method: string, path: string, body?: Body]

let world: World
let run: string
let calls: readonly Call[]
beforeAll(async () => {
  world = await startWorld({ workers: 0 })
  const { capstan } = world
  run = (await capstan.tracking.start({ body: { name: 'fuzzed' } })).id
  const metrics = [0, 1, 2].map((step) => ({ key: 'loss', value: 1 / (step + 1), step, at: 1000 + step }))
  await capstan.tracking.log({
    params: { id: run },
    body: { metrics, params: { lr: '1' }, tags: { a: 'b' } },
  })
  const { hash } = await capstan.blobs.put({ body: new TextEncoder().encode('{"a": [1, 2]}') })
  const session = { params: { id: 'log_fuzz' } }
  await capstan.logging.open({ ...session, body: { name: 'f', startedAt: 1, runId: run } })
  const record = { kind: 'artifact' as const, at: 1, path: 'a/b.json', blob: hash, bytes: 13 }
  await capstan.logging.append({ ...session, body: { first: 1, records: [record] } })
  calls = callsOn(run, hash)
  for (const [method, path, body] of calls) {
    const { status, text } = await send(method, path, body)
    expect([method, path, status < 300 ? 200 : text]).toEqual([method, path, 200])
  }
}, 60_000)
afterAll(() => world.server.close())

/** Each is well as it is. */
function callsOn(run_id: string, blob: string): Call[] {
  const mlflow = (method: string, path: string, body: Body = {}): Call => [
    method,
    `/api/2.0/mlflow/${path}`,
    body,
  ]
  const own = (method: string, path: string, body?: Body): Call => [method, `/api/v1/${path}`, body]
  const point = { key: 'loss', value: 0.5, timestamp: 5, step: 3 }
  const inputs = [{ dataset: { name: 'd', digest: 'x', source_type: 's', source: '{}' }, tags: [] }]
  const search = { experiment_ids: ['0'], filter: "metrics.loss < 2 AND params.lr = '1'", max_results: 5 }
  const space = { lr: { type: 'float', low: 0.1, high: 1, log: true }, n: { type: 'int', low: 1, high: 9 } }
  const plan = { space, goal: { metric: 'loss', direction: 'min' }, method: 'random', budget: { runs: 2 } }
  const command = { name: 'c', command: ['true', '{lr}', '{n}'], folder: '/', machine: 'elsewhere' }
  return [
    mlflow('POST', 'experiments/create', { name: 'e', tags: [{ key: 'k', value: 'v' }] }),
    mlflow('GET', 'experiments/get', { experiment_id: '0' }),
    mlflow('POST', 'experiments/search', {
      filter: "name LIKE '%'",
      order_by: ['name DESC'],
      max_results: 5,
    }),
    mlflow('POST', 'experiments/set-experiment-tag', { experiment_id: '0', key: 'a', value: 'b' }),
    mlflow('POST', 'runs/create', { experiment_id: '0', start_time: 5, run_name: 'r', tags: [] }),
    mlflow('GET', 'runs/get', { run_id }),
    mlflow('POST', 'runs/update', { run_id, status: 'RUNNING', run_name: 'x' }),
    mlflow('POST', 'runs/log-metric', { run_id, ...point }),
    mlflow('POST', 'runs/log-parameter', { run_id, key: 'lr', value: '1' }),
    mlflow('POST', 'runs/set-tag', { run_id, key: 'a', value: 'b' }),
    mlflow('POST', 'runs/log-batch', {
      run_id,
      metrics: [point],
      params: [],
      tags: [{ key: 'a', value: 'b' }],
    }),
    mlflow('POST', 'runs/log-inputs', { run_id, datasets: inputs }),
    mlflow('POST', 'runs/log-model', { run_id, model_json: '{"artifact_path": "m", "run_id": "r"}' }),
    mlflow('POST', 'runs/search', { ...search, order_by: ['metrics.loss DESC'] }),
    mlflow('GET', 'metrics/get-history', { run_id, metric_key: 'loss', max_results: '5' }),
    mlflow('GET', 'metrics/get-history-bulk-interval', {
      ...{ run_ids: run_id, metric_key: 'loss', max_results: '9', start_step: '0', end_step: '9' },
    }),
    mlflow('GET', 'artifacts/list', { run_id, path: 'a' }),
    mlflow('POST', 'logged-models', {
      experiment_id: '0',
      name: 'm',
      source_run_id: run_id,
      tags: [],
      params: [],
    }),
    mlflow('POST', 'logged-models/search', { experiment_ids: ['0'], filter: "name = 'm'", max_results: 5 }),
    mlflow('POST', 'registered-models/create', { name: 'fuzz', tags: [], description: 'd' }),
    mlflow('GET', 'registered-models/search', { filter: "name LIKE '%f%'", max_results: '5' }),
    mlflow('POST', 'model-versions/create', {
      ...{ name: 'fuzz', source: `runs:/${run_id}/a`, run_id, tags: [], description: 'd' },
    }),
    mlflow('GET', 'model-versions/search', { filter: "name = 'fuzz'", max_results: '5' }),
    mlflow('POST', 'registered-models/alias', { name: 'fuzz', alias: 'best', version: '1' }),
    mlflow('GET', 'registered-models/alias', { name: 'fuzz', alias: 'best' }),
    own('POST', 'tracking/runs', {
      name: 'n',
      params: { a: '1' },
      tags: {},
      startedAt: '2026-01-01T00:00:00Z',
    }),
    own('POST', `tracking/runs/${run_id}/log`, {
      metrics: [{ key: 'k', value: 1, step: 1, at: 5 }],
      params: {},
    }),
    own('GET', `tracking/runs/${run_id}`),
    own('PATCH', `tracking/runs/${run_id}`, { name: 'n', note: 'x' }),
    own('POST', 'runs/search', {
      filter: 'NOT (metrics.loss > 2 OR duration > 1)',
      orderBy: ['metrics.loss'],
    }),
    own('POST', 'runs/export', { filter: '', format: 'csv', orderBy: ['number DESC'] }),
    own('POST', 'runs/export', { filter: '', format: 'parquet', orderBy: ['number DESC'] }),
    own('POST', 'runs/curves', {
      runIds: [run_id],
      keys: ['loss'],
      axis: 'time',
      buckets: 9,
      smoothing: 0.5,
    }),
    own('POST', 'runs/comparison', { runIds: [run_id, run_id] }),
    own('GET', `runs/${run_id}/metrics`, { key: 'loss', max: '10' }),
    own('GET', `runs/${run_id}/artifacts`, { path: 'a' }),
    own('GET', `runs/${run_id}/artifacts/file`, { path: 'a/b.json' }),
    own('GET', `runs/${run_id}/artifacts/preview`, { path: 'a/b.json' }),
    own('GET', `runs/${run_id}/logs`, { offset: '0', limit: '10' }),
    own('GET', `runs/${run_id}/repetition`, { with: run_id, relative: '0.1' }),
    own('PUT', 'logging/sessions/log_fuzz', { name: 'f', startedAt: 1, runId: run_id }),
    own('POST', 'logging/sessions/log_fuzz/records', {
      first: 2,
      records: [
        { kind: 'metrics', at: 1, step: 1, values: { z: 1 } },
        { kind: 'params', values: { p: 'q' } },
        { kind: 'artifact', at: 1, path: 'c', blob, bytes: 1 },
        { kind: 'missing', count: 1, reason: 'r' },
      ],
    }),
    own('POST', 'runs/commands', { ...command, cores: 1, wallSeconds: 5, tags: { a: 'b' } }),
    own('POST', 'sweeps', { name: 's', plan, subject: { kind: 'command', input: command } }),
  ]
}

async function send(method: string, path: string, body?: Body): Promise<{ status: number; text: string }> {
  const query = method === 'GET' && body ? `?${new URLSearchParams(asTexts(body))}` : ''
  const answer = await fetch(`${world.server.address}${path}${query}`, {
    method,
    ...(method === 'GET'
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  return { status: answer.status, text: await answer.text() }
}

const asTexts = (body: Body): Record<string, string> =>
  Object.fromEntries(
    Object.entries(body).map(([k, v]) => [k, typeof v === 'string' ? v : (JSON.stringify(v) ?? '')]),
  )

const odd: readonly unknown[] = [
  ...[null, true, 0, -1, 0.5, 2 ** 53, -(2 ** 53), 1e308, -1e308, 8.64e15 + 1, 253_402_300_800_000],
  ...['', ' ', '0', '-1', '1e999', 'NaN', '-Infinity', '9223372036854775807', '99999999999999999999'],
  ...['../x', '%2e%2e/x', '\u0000', 'a\u0000b', '\ud800', '\u202e', '💥'.repeat(70), 'x'.repeat(20_001)],
  ...["'", '"', '`', "' OR 1=1 --", 'metrics.', 'metrics.`', '(', 'NOT', 'a.b.c = ', "x LIKE '%_[*?'"],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'CON', '.', '/', '//', 'a//b'],
  ...[[], {}, [null], [[]], [{}], { a: { b: {} } }, Array(1001).fill('x'), Array(70).fill('metrics.loss')],
]

/** The same body with one or two parts replaced, left out or doubled. */
function spoilt(body: Body, random: () => number): Body {
  const copy = structuredClone(body)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  for (let changes = random() < 0.7 ? 1 : 2; changes > 0; changes--) {
    let at: Record<string, unknown> = copy
    let key = pick(Object.keys(at).length > 0 ? Object.keys(at) : ['x'])
    while (typeof at[key] === 'object' && at[key] !== null && random() < 0.7) {
      const inner = at[key] as Record<string, unknown>
      if (Object.keys(inner).length === 0) break
      at = inner
      key = pick(Object.keys(inner))
    }
    const way = random()
    if (way < 0.1) delete at[key]
    else if (way < 0.15 && Array.isArray(at)) at.push(structuredClone(at[0]))
    else if (way < 0.2 && !Array.isArray(at)) at[String(pick(odd))] = structuredClone(pick(odd))
    else at[key] = structuredClone(pick(odd))
  }
  return copy
}

/** mulberry32 */
function randomOf(seed: number): () => number {
  let s = seed
  return () => {
    s = (s + 0x6d2b79f5) | 0
    let t = Math.imul(s ^ (s >>> 15), 1 | s)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const seeds = (process.env.CAPSTAN_FUZZ_SEEDS ?? '1').split(',').map(Number)

test.each(seeds)('thousands of spoilt requests, seed %i', { timeout: 300_000 }, async (seed) => {
  const random = randomOf(seed)
  const accidents: string[] = []
  const statuses = new Map<number, number>()
  for (let round = 0; round < 45; round++)
    for (const [method, path, body] of calls) {
      const sent = spoilt(body ?? {}, random)
      const { status, text } = await send(method, path, sent)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status >= 500 && status !== 501 && status !== 507)
        accidents.push(
          `${method} ${path} ${JSON.stringify(sent).slice(0, 400)}: ${status} ${text.slice(0, 200)}`,
        )
    }
  expect(accidents).toEqual([])
  expect(statuses.get(200)).toBeGreaterThan(100)
  expect(statuses.get(400)).toBeGreaterThan(500)
  const { runs } = await world.capstan.tracking.search({ body: { limit: 1000 } })
  expect(runs.length).toBeGreaterThan(1)
  const whole = await world.capstan.tracking.get({ params: { id: run } })
  expect(whole.metrics.loss).toBeDefined()
})
