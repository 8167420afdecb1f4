/** @file Allocations of two sizes: seconds to the proven plan, and the gap that is left to the relaxation. */
import {
  type AllocationInput,
  allocate,
  buildAllocation,
  fromHighs,
  type HighsResult,
  highsOptions,
  type Programme,
  seeded,
  toLp,
} from '@capstan/domain'
import loadHighs from 'highs'
import { type Figure, median } from './figure.ts'

const smoke = process.env.CAPSTAN_BENCH_SMOKE === '1'
const lambda = 0.2
const small = { initiatives: smoke ? 6 : 20, periods: 4, pools: 4, seeds: smoke ? [1] : [1, 2, 3, 4, 5] }
const large = {
  initiatives: smoke ? 20 : 100,
  periods: smoke ? 4 : 8,
  pools: 6,
  seeds: smoke ? [1] : [1, 2, 3],
}
const target = { smallSeconds: 0.5, largeSeconds: 10, largeGap: 0.02 }

type Size = { initiatives: number; periods: number; pools: number }
type Highs = { solve(text: string, options: object): unknown }

export async function run(): Promise<Figure[]> {
  const highs = (await (loadHighs as unknown as () => Promise<Highs>)()) as Highs
  const solve = (programme: Programme) =>
    fromHighs(programme, highs.solve(toLp(programme), highsOptions(programme)) as HighsResult)
  const timed = async (work: () => unknown) => {
    const began = performance.now()
    await work()
    return (performance.now() - began) / 1000
  }
  const solver = async (programme: Programme) => solve(programme)
  // the solver's code is compiled as it is first used
  await allocate(caseOf({ ...small, initiatives: 5 }, 99), solver)

  const ours: number[] = []
  const theirs: number[] = []
  for (const seed of small.seeds) {
    const input = caseOf(small, seed)
    ours.push(await timed(() => allocate(input, solver)))
    theirs.push(await timed(() => solve({ ...buildAllocation(input), relativeGap: 1e-6, seconds: 60 })))
  }
  const largeSeconds: number[] = []
  const gaps: number[] = []
  const theirGaps: number[] = []
  for (const seed of large.seeds) {
    const input = { ...caseOf(large, seed), relativeGap: target.largeGap }
    let top = 0
    const seconds = await timed(async () => {
      const { gap, bound } = await allocate(input, solver)
      gaps.push(gap)
      top = bound
    })
    largeSeconds.push(seconds)
    const solved = solve({ ...buildAllocation(input), relativeGap: target.largeGap, seconds })
    theirGaps.push(
      solved.status === 'optimal' || solved.status === 'feasible' ? (top - solved.objective) / top : 1,
    )
  }
  const name = ({ initiatives, periods, pools }: Size) => `${initiatives} x ${periods} x ${pools}`
  return [
    figure(`${name(small)}, proven with runner-up`, median(ours), 'target', target.smallSeconds, 's'),
    figure(`${name(small)}, proven`, median(ours), 'HiGHS alone', median(theirs), 's'),
    figure(`${name(large)}`, median(largeSeconds), 'target', target.largeSeconds, 's'),
    figure(`${name(large)}, gap to the relaxation`, median(gaps), 'target', target.largeGap, 'share'),
    figure(`${name(large)}, gap after as long`, median(gaps), 'HiGHS alone', median(theirGaps), 'share'),
  ]
}

const figure = (name: string, ours: number, peer: string, theirs: number, unit: string): Figure => ({
  bench: 'allocation',
  figure: name,
  ours,
  peer,
  theirs,
  unit,
  ratio: theirs / ours,
})

/** Initiatives of several periods that need most pools; the pools carry about half of all that is asked for. */
function caseOf({ initiatives, periods, pools }: Size, seed: number): AllocationInput {
  const random = seeded(seed)
  const whole = (low: number, high: number) => low + Math.floor(random() * (high - low + 1))
  const candidates = Array.from({ length: initiatives }, (_, i) => {
    const low = whole(20, 200)
    const mode = low + whole(10, 300)
    const length = whole(1, Math.max(1, Math.min(4, periods >> 1)))
    const needs = Array.from({ length: pools }, (_, p) => [
      `p${p}`,
      random() < 0.7 ? Array.from({ length }, () => whole(1, 20)) : [],
    ]).filter(([, amounts]) => amounts!.length > 0)
    return {
      id: `i${i}`,
      name: `Initiative ${i}`,
      value: { low, mode, high: mode + whole(10, 500) },
      chance: { alpha: whole(1, 8), beta: whole(1, 8) },
      needs: Object.fromEntries(needs) as Record<string, number[]>,
      earliest: 0,
      latest: periods - 1,
      prerequisites: i > 0 && random() < 0.15 ? [`i${whole(0, i - 1)}`] : [],
      exclusions: i > 0 && random() < 0.1 ? [`i${whole(0, i - 1)}`] : [],
    }
  })
  const asked = (pool: string) =>
    candidates.reduce((sum, { needs }) => sum + (needs[pool] ?? []).reduce((a, b) => a + b, 0), 0)
  return {
    candidates,
    periods,
    lambda,
    seed,
    pools: Array.from({ length: pools }, (_, p) => ({
      id: `p${p}`,
      name: `Pool ${p}`,
      kind: 'compute' as const,
      unit: 'h',
      capacity: Array.from({ length: periods }, () =>
        Math.round((asked(`p${p}`) / periods) * (0.35 + 0.3 * random())),
      ),
    })),
  }
}
