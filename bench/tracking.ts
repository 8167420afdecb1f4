/** @file Tracking over HTTP: ingest, searches, long curves, stalls and memory, against a real MLflow server. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Figure, median } from './figure.ts'
import { needPython } from './peers/install.ts'
import { type MlflowPeer, startMlflow } from './tracking/mlflow.ts'

const smoke = process.env.CAPSTAN_BENCH_SMOKE === '1'
const BATCH = smoke ? 100 : 1000
const ROUNDS = smoke ? 1 : 3
/** Batches a round; MLflow gets fewer, since points a second are compared. */
const BATCHES = smoke ? 3 : 100
const PEER_BATCHES = 8
const RUNS = smoke ? 30 : 10_000
const PEER_RUNS = 200
const SEARCHES = smoke ? 3 : 60
const CURVE_BATCHES = smoke ? 3 : 1000
const CURVES = smoke ? 2 : 15
const SOAK_SECONDS = smoke ? 1 : 60

export async function run(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-bench-tracking-'))
  const peers: (MlflowPeer & { name: string })[] = []
  const ours = await startOurs(join(folder, 'workspace'))
  try {
    const python = smoke ? null : needPython('mlflow3', ['mlflow>=3'], true)
    if (!smoke && python === null) console.log('MLflow cannot be installed here; figures stand alone.')
    for (const store of python === null ? [] : (['sqlite', 'file'] as const)) {
      const place = join(folder, store)
      mkdirSync(place)
      try {
        peers.push({
          ...(await startMlflow(python!, place, store)),
          name: `MLflow 3, ${store === 'sqlite' ? 'SQLite' : 'file store'}`,
        })
      } catch (error) {
        console.log((error as Error).message)
      }
    }
    const figures = await ingest(ours, peers)
    figures.push(...(await searches(ours.address, peers)), await curves(ours.address), ...(await soak(ours)))
    return figures
  } finally {
    for (const { stop } of peers) stop()
    await ours.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function ingest(ours: Ours, peers: readonly (MlflowPeer & { name: string })[]): Promise<Figure[]> {
  const mine: number[] = []
  const theirs = peers.map((): number[] => [])
  await ours.report()
  for (let round = 0; round < ROUNDS; round++) {
    mine.push(await pointsPerSecond(ours.address, BATCHES))
    for (const [i, { address }] of peers.entries()) {
      theirs[i]!.push(await pointsPerSecond(address, PEER_BATCHES))
    }
  }
  const rate = median(mine)
  const target = figure(`log-batch of ${BATCH} points`, rate, 'target', 20_000, 'points/s', 'more')
  const figures = [target]
  for (const [i, { name }] of peers.entries()) {
    figures.push(figure(target.figure, rate, name, median(theirs[i]!), 'points/s', 'more'))
  }
  return figures
}

/** Four writers, each with a run of its own, as fast as they are answered. */
async function pointsPerSecond(address: string, batches: number): Promise<number> {
  const writers = await Promise.all(Array.from({ length: 4 }, () => newRun(address, 0)))
  let next = 0
  const began = performance.now()
  await Promise.all(
    writers.map(async (run_id) => {
      for (let batch = next++; batch < batches; batch = next++) await logBatch(address, run_id, batch)
    }),
  )
  return (batches * BATCH * 1000) / (performance.now() - began)
}

async function searches(
  address: string,
  peers: readonly (MlflowPeer & { name: string })[],
): Promise<Figure[]> {
  await fillRuns(address, RUNS)
  const mine = await searchTimes(address)
  const name = `runs/search, ${RUNS} runs of 50 metrics, 95th percentile`
  const figures = [figure(name, mine, 'target', 100, 'ms', 'less')]
  for (const peer of peers) {
    await fillRuns(peer.address, PEER_RUNS)
    const theirs = await searchTimes(peer.address)
    figures.push(figure(name, mine, `${peer.name}, ${PEER_RUNS} runs`, theirs, 'ms', 'less'))
  }
  return figures
}

async function fillRuns(address: string, runs: number): Promise<void> {
  let next = 0
  const fill = async () => {
    for (let i = next++; i < runs; i = next++) {
      const run_id = await newRun(address, i)
      const metrics = Array.from({ length: 50 }, (_, k) => ({
        ...{ key: `m${k}`, value: Math.sin(7.3 * i + k), timestamp: 1_700_000_000_000 + i, step: 1 },
      }))
      await post(address, 'runs/log-batch', { run_id, metrics })
    }
  }
  await Promise.all(Array.from({ length: 8 }, fill))
}

async function searchTimes(address: string): Promise<number> {
  const times: number[] = []
  for (let i = -2; i < SEARCHES; i++) {
    const began = performance.now()
    await post(address, 'runs/search', {
      ...{ experiment_ids: ['0'], max_results: 100, filter: `metrics.m${(i + 50) % 50} > 0.1` },
      order_by: [`metrics.m${(i + 50) % 50} DESC`],
    })
    if (i >= 0) times.push(performance.now() - began)
  }
  return times.toSorted((a, b) => a - b)[Math.floor(0.95 * times.length)]!
}

async function curves(address: string): Promise<Figure> {
  const id = await newRun(address, 0)
  for (let batch = 0; batch < CURVE_BATCHES; batch++) await logBatch(address, id, batch, 1)
  const times: number[] = []
  for (let i = 0; i < CURVES; i++) {
    const began = performance.now()
    const response = await fetch(`${address}/api/v1/runs/curves`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ runIds: [id], keys: ['m0'], buckets: 1000 }),
    })
    const [curve] = (await response.json()) as { points: number }[]
    if (curve?.points !== CURVE_BATCHES * BATCH) throw new Error('points are missing')
    times.push(performance.now() - began)
  }
  const name = `a curve of ${CURVE_BATCHES * BATCH} points as 1,000 buckets, median`
  return figure(name, median(times), 'target', 150, 'ms', 'less')
}

async function soak(ours: Ours): Promise<Figure[]> {
  await pointsPerSecond(ours.address, BATCHES)
  const memory: number[] = []
  await ours.report()
  let stall = 0
  const until = performance.now() + SOAK_SECONDS * 1000
  while (performance.now() < until) {
    await pointsPerSecond(ours.address, BATCHES)
    const { stallMs, memoryMiB } = await ours.report()
    stall = Math.max(stall, stallMs)
    memory.push(memoryMiB)
  }
  const third = Math.ceil(memory.length / 3)
  const [start, end] = [median(memory.slice(0, third)), median(memory.slice(-third))]
  return [
    figure('longest stall of the event loop while ingesting', stall, 'target', 50, 'ms', 'less'),
    figure(`memory at the end of ${SOAK_SECONDS} s of ingest`, end, 'at its start', start, 'MiB', 'less'),
  ]
}

async function logBatch(address: string, run_id: string, batch: number, keys = 50): Promise<void> {
  const metrics = Array.from({ length: BATCH }, (_, i) => {
    const step = Math.floor((batch * BATCH + i) / keys)
    return { key: `m${i % keys}`, value: Math.sin(step / 100), timestamp: 1_700_000_000_000 + step, step }
  })
  await post(address, 'runs/log-batch', { run_id, metrics })
}

async function newRun(address: string, i: number): Promise<string> {
  const body = { experiment_id: '0', start_time: 1_700_000_000_000 + i }
  const { run } = (await post(address, 'runs/create', body)) as { run: { info: { run_id: string } } }
  return run.info.run_id
}

async function post(address: string, path: string, body: object): Promise<unknown> {
  const response = await fetch(`${address}/api/2.0/mlflow/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
  return response.json()
}

interface Ours {
  address: string
  /** Since the last report. */
  report(): Promise<{ stallMs: number; memoryMiB: number }>
  stop(): Promise<void>
}

async function startOurs(workspace: string): Promise<Ours> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'tracking', 'server.js'), [workspace])
  const [{ address }] = (await once(child, 'message')) as [{ address: string }]
  return {
    address,
    async report() {
      child.send('report')
      return (await once(child, 'message'))[0] as { stallMs: number; memoryMiB: number }
    },
    async stop() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

function figure(
  name: string,
  ours: number,
  peer: string,
  theirs: number,
  unit: string,
  better: 'more' | 'less',
): Figure {
  const ratio = better === 'more' ? ours / theirs : theirs / ours
  return { bench: 'tracking', figure: name, ours, peer, theirs, unit, ratio }
}
