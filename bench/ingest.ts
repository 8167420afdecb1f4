/** @file Points a second through log-batch over HTTP against a real MLflow server; then full load: stalls and memory. */
import { type Figure, median } from './figure.ts'
import { BATCH, pointsPerSecond, smoke } from './tracking/api.ts'
import type { Ours } from './tracking/ours.ts'
import { compared, type NamedPeer, withSides } from './tracking/sides.ts'

const ROUNDS = smoke ? 1 : 5
/** Batches a round; MLflow gets fewer, since points a second are compared. */
const BATCHES = smoke ? 3 : 100
const PEER_BATCHES = 8
const SOAK_SECONDS = smoke ? 1 : Number(process.env.CAPSTAN_BENCH_SOAK_SECONDS ?? 600)
const bench = 'ingest'

export const run = (): Promise<Figure[]> =>
  withSides(['sqlite', 'file'], async ({ ours, peers }) => [
    ...(await rates(ours, peers)),
    ...(await fullLoad(ours)),
  ])

async function rates(ours: Ours, peers: readonly NamedPeer[]): Promise<Figure[]> {
  const mine: number[] = []
  const theirs = peers.map((): number[] => [])
  for (let round = 0; round < ROUNDS; round++) {
    mine.push(await pointsPerSecond(ours.address, BATCHES))
    for (const [i, { address }] of peers.entries()) {
      theirs[i]!.push(await pointsPerSecond(address, PEER_BATCHES))
    }
  }
  const against = (peer: string, rate: number): Figure =>
    compared({
      ...{ bench, figure: `log-batch of ${BATCH} points`, ours: median(mine), peer, theirs: rate },
      ...{ unit: 'points/s', better: 'more' },
    })
  return [
    against('target', 20_000),
    ...peers.flatMap(({ name }, i) => [
      against(name, median(theirs[i]!)),
      against(`5 times ${name}`, 5 * median(theirs[i]!)),
    ]),
  ]
}

async function fullLoad(ours: Ours): Promise<Figure[]> {
  await pointsPerSecond(ours.address, BATCHES)
  const memory: number[] = []
  const stalls: number[] = []
  await ours.report()
  const until = performance.now() + SOAK_SECONDS * 1000
  while (performance.now() < until) {
    await pointsPerSecond(ours.address, BATCHES)
    const { stallMs, memoryMiB } = await ours.report()
    stalls.push(stallMs)
    memory.push(memoryMiB)
  }
  const third = Math.ceil(memory.length / 3)
  const [start, end] = [median(memory.slice(0, third)), median(memory.slice(-third))]
  const stall = (figure: string, ms: number): Figure =>
    compared({ bench, figure, ours: ms, peer: 'target', theirs: 50, unit: 'ms', better: 'less' })
  return [
    stall('longest stall of the event loop while ingesting', Math.max(...stalls)),
    stall('longest stall in a second or two, median', median(stalls)),
    compared({
      ...{ bench, figure: `memory at the end of ${SOAK_SECONDS} s of full load`, ours: end },
      ...{ peer: 'in its first third', theirs: start, unit: 'MiB', better: 'less' },
    }),
  ]
}
