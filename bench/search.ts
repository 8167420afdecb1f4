/** @file The time of runs/search, filtered and sorted by a metric, against a real MLflow server. */
import type { Figure } from './figure.ts'
import { newRun, post, smoke } from './tracking/api.ts'
import { compared, withSides } from './tracking/sides.ts'

const METRICS = 50
const RUNS = smoke ? 30 : 10_000
/** MLflow takes half an hour to be filled with 10,000 runs; fewer make it faster, so the ratio flatters it. */
const PEER_RUNS = 500
const SEARCHES = smoke ? 3 : 60

export const run = (): Promise<Figure[]> =>
  withSides(['sqlite', 'file'], async ({ ours, peers }) => {
    await fill(ours.address, RUNS)
    const mine = await percentile95(ours.address)
    const against = (peer: string, theirs: number): Figure =>
      compared({
        ...{ bench: 'search', figure: `runs/search, ${RUNS} runs of ${METRICS} metrics, 95th percentile` },
        ...{ ours: mine, peer, theirs, unit: 'ms', better: 'less' },
      })
    const figures = [against('target', 100)]
    for (const { name, address } of peers) {
      await fill(address, PEER_RUNS)
      figures.push(against(`${name}, ${PEER_RUNS} runs`, await percentile95(address)))
    }
    return figures
  })

async function fill(address: string, runs: number): Promise<void> {
  let next = 0
  const writer = async () => {
    for (let i = next++; i < runs; i = next++) {
      const run_id = await newRun(address, i)
      const metrics = Array.from({ length: METRICS }, (_, k) => ({
        ...{ key: `m${k}`, value: Math.sin(7.3 * i + k), timestamp: 1_700_000_000_000 + i, step: 1 },
      }))
      await post(address, 'runs/log-batch', { run_id, metrics })
    }
  }
  await Promise.all(Array.from({ length: 8 }, writer))
}

/** Milliseconds; every search asks for another metric, and the first two warm up. */
async function percentile95(address: string): Promise<number> {
  const times: number[] = []
  for (let i = -2; i < SEARCHES; i++) {
    const key = `metrics.m${(i + METRICS) % METRICS}`
    const began = performance.now()
    await post(address, 'runs/search', {
      ...{ experiment_ids: ['0'], max_results: 100, filter: `${key} > 0.1`, order_by: [`${key} DESC`] },
    })
    if (i >= 0) times.push(performance.now() - began)
  }
  return times.toSorted((a, b) => a - b)[Math.floor(0.95 * times.length)]!
}
