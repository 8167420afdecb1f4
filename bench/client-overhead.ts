/** @file What a logged point costs the training loop: the spooling client against MLflow's client and one request a point. */
import { join } from 'node:path'
import { createClient } from '@capstan/api'
import { startRun } from '@capstan/api/logging'
import { type Figure, median } from './figure.ts'
import { type Peer, startPeer } from './peers/process.ts'
import { smoke } from './tracking/api.ts'
import { compared, withSides } from './tracking/sides.ts'

const POINTS = smoke ? 500 : 50_000
const REQUESTS = smoke ? 20 : 400
/** MLflow's client that queues needs longer to deliver than to log; it is waited for. */
const PEER_POINTS = { waiting: 400, queued: 5_000 } as const
const ROUNDS = smoke ? 1 : 5

export const run = (): Promise<Figure[]> =>
  withSides(['sqlite'], async ({ ours, peers, python, folder }) => {
    const clients: { name: string; peer: Peer; points: number; times: number[] }[] = []
    for (const { address, name } of peers) {
      for (const mode of ['waiting', 'queued'] as const) {
        const points = PEER_POINTS[mode]
        const script = join(process.cwd(), 'bench', 'peers', 'mlflow_client.py')
        const peer = await startPeer(python!, [script, address, String(points), mode])
        const words = mode === 'waiting' ? 'log_metric' : 'log_metric, synchronous=False'
        clients.push({ name: `${name}: ${words}`, peer, points, times: [] })
      }
    }
    const mine: number[] = []
    const requests: number[] = []
    try {
      for (let round = 0; round < ROUNDS; round++) {
        mine.push(await spooled(ours.address, join(folder, 'spool')))
        requests.push(await requested(ours.address))
        for (const { peer, points, times } of clients) {
          times.push((Number((await peer.round()).seconds) * 1e6) / points)
        }
      }
    } finally {
      for (const { peer } of clients) peer.stop()
    }
    const against = (peer: string, theirs: number): Figure =>
      compared({
        ...{ bench: 'client-overhead', figure: 'time that one point takes from the training loop' },
        ...{ ours: median(mine), peer, theirs, unit: 'microseconds', better: 'less' },
      })
    return [
      against('target', 20),
      against('fetch and await, a request a point', median(requests)),
      ...clients.map(({ name, times }) => against(name, median(times))),
    ]
  })

/** Microseconds a point; what arrives in the background is waited for, and checked, outside the clock. */
async function spooled(server: string, spool: string): Promise<number> {
  const logged = startRun({ name: 'bench', server, spool, patience: 300 })
  const began = performance.now()
  for (let step = 0; step < POINTS; step++) logged.log({ loss: 1 / (step + 1) }, { step })
  const took = performance.now() - began
  const { waiting, lost, delivered } = await logged.finish()
  if (waiting !== 0 || lost !== 0 || delivered !== POINTS + 1) throw new Error('points are missing')
  return (took * 1000) / POINTS
}

async function requested(baseUrl: string): Promise<number> {
  const client = createClient({ baseUrl })
  const { id } = await client.tracking.start({ body: { name: 'bench peer' } })
  const began = performance.now()
  for (let step = 0; step < REQUESTS; step++) {
    const metrics = [{ key: 'loss', value: 1 / (step + 1), step, at: Date.now() }]
    await client.tracking.log({ params: { id }, body: { metrics } })
  }
  return ((performance.now() - began) * 1000) / REQUESTS
}
