/** @file The time of a long curve thinned for a picture, against the same of a real MLflow server. */
import { type Figure, median } from './figure.ts'
import { BATCH, logBatch, newRun, smoke } from './tracking/api.ts'
import { compared, type NamedPeer, withSides } from './tracking/sides.ts'

const BATCHES = smoke ? 3 : 1000
/** MLflow gets a twentieth of the curve, which makes it faster: the ratio flatters it. */
const PEER_BATCHES = 50
const BUCKETS = 1000
const ROUNDS = smoke ? 2 : 15

export const run = (): Promise<Figure[]> =>
  withSides(['sqlite'], async ({ ours, peers }) => {
    const run = await fill(ours.address, BATCHES)
    const mine = await medianTime(() => thinned(ours.address, run))
    const against = (peer: string, theirs: number): Figure =>
      compared({
        ...{ bench: 'curves', figure: `a curve of ${BATCHES * BATCH} points as ${BUCKETS} buckets, median` },
        ...{ ours: mine, peer, theirs, unit: 'ms', better: 'less' },
      })
    const figures = [against('target', 150)]
    for (const peer of peers) {
      const theirRun = await fill(peer.address, PEER_BATCHES)
      const theirs = await medianTime(() => sampled(peer, theirRun))
      figures.push(against(`${peer.name}, ${PEER_BATCHES * BATCH} points, sampled`, theirs))
    }
    return figures
  })

async function fill(address: string, batches: number): Promise<string> {
  const id = await newRun(address, 0)
  for (let batch = 0; batch < batches; batch++) await logBatch(address, id, batch, 1)
  return id
}

async function medianTime(fetchCurve: () => Promise<void>): Promise<number> {
  const times: number[] = []
  await fetchCurve()
  for (let i = 0; i < ROUNDS; i++) {
    const began = performance.now()
    await fetchCurve()
    times.push(performance.now() - began)
  }
  return median(times)
}

async function thinned(address: string, runId: string): Promise<void> {
  const response = await fetch(`${address}/api/v1/runs/curves`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ runIds: [runId], keys: ['m0'], buckets: BUCKETS }),
  })
  const [curve] = (await response.json()) as { points: number }[]
  if (curve?.points !== BATCHES * BATCH) throw new Error('points are missing')
}

/** What MLflow's own page asks for; it picks points at even distances, and extremes may be lost. */
async function sampled({ address }: NamedPeer, runId: string): Promise<void> {
  const query = `run_ids=${runId}&metric_key=m0&max_results=${BUCKETS}`
  const response = await fetch(`${address}/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?${query}`)
  const { metrics } = (await response.json()) as { metrics?: unknown[] }
  if ((metrics?.length ?? 0) < BUCKETS / 2) throw new Error('MLflow sent no curve')
}
