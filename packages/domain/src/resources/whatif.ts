/** @file What if: a changed allocation input, and how its plan differs from the one before. */
import { betaMean } from '../chance/gamma.ts'
import type { Allocation, AllocationInput, Chosen } from './portfolio.ts'

export type AllocationChange =
  /** `by` units more (or fewer, below 0) in one period, or in every period when that is left out. */
  | { kind: 'capacity'; poolId: string; by: number; period?: number }
  | { kind: 'scale'; poolId: string; factor: number }
  | { kind: 'must'; initiativeId: string }
  | { kind: 'never'; initiativeId: string }
  | { kind: 'lambda'; lambda: number }
  /** The mean chance, at the strength of belief that it has. */
  | { kind: 'chance'; initiativeId: string; chance: number }
  | { kind: 'value'; initiativeId: string; low: number; mode: number; high: number }
  | { kind: 'need'; initiativeId: string; poolId: string; factor: number }

/** The input with one change; capacities do not fall below 0. */
export const withChange = (input: AllocationInput, change: AllocationChange): AllocationInput => {
  const pools = (id: string, capacity: (amount: number, period: number) => number) => ({
    ...input,
    pools: input.pools.map((pool) =>
      pool.id === id
        ? { ...pool, capacity: pool.capacity.map((amount, period) => Math.max(0, capacity(amount, period))) }
        : pool,
    ),
  })
  const candidate = (
    id: string,
    edit: (one: AllocationInput['candidates'][number]) => Partial<AllocationInput['candidates'][number]>,
  ) => ({
    ...input,
    candidates: input.candidates.map((one) => (one.id === id ? { ...one, ...edit(one) } : one)),
  })
  switch (change.kind) {
    case 'capacity':
      return pools(change.poolId, (amount, period) =>
        change.period === undefined || change.period === period ? amount + change.by : amount,
      )
    case 'scale':
      return pools(change.poolId, (amount) => amount * change.factor)
    case 'must':
      return candidate(change.initiativeId, () => ({ mandatory: true }))
    case 'never':
      // one that can never start is never chosen, and says so
      return { ...input, candidates: input.candidates.filter(({ id }) => id !== change.initiativeId) }
    case 'lambda':
      return { ...input, lambda: change.lambda }
    case 'chance':
      return candidate(change.initiativeId, ({ chance: { alpha, beta } }) => ({
        chance: { alpha: change.chance * (alpha + beta), beta: (1 - change.chance) * (alpha + beta) },
      }))
    case 'value': {
      const { low, mode, high } = change
      return candidate(change.initiativeId, () => ({ value: { low, mode, high } }))
    }
    case 'need':
      return candidate(change.initiativeId, ({ needs }) => ({
        needs: {
          ...needs,
          [change.poolId]: (needs[change.poolId] ?? []).map((amount) => amount * change.factor),
        },
      }))
  }
}

export type AllocationDifference = {
  added: string[]
  removed: string[]
  /** Chosen in both, at another start. */
  moved: { initiativeId: string; from: number; to: number }[]
  expectedValue: number
  cvar: number
  objective: number
}

/** What the second plan has that the first has not; amounts are second less first. */
export const differenceOf = (first: Allocation, second: Allocation): AllocationDifference => {
  const start = (chosen: readonly Chosen[], id: string) =>
    chosen.find(({ initiativeId }) => initiativeId === id)?.start
  return {
    added: second.chosen
      .map(({ initiativeId }) => initiativeId)
      .filter((id) => start(first.chosen, id) === undefined),
    removed: first.chosen
      .map(({ initiativeId }) => initiativeId)
      .filter((id) => start(second.chosen, id) === undefined),
    moved: second.chosen.flatMap(({ initiativeId, start: to }) => {
      const from = start(first.chosen, initiativeId)
      return from === undefined || from === to ? [] : [{ initiativeId, from, to }]
    }),
    expectedValue: second.expectedValue - first.expectedValue,
    cvar: second.cvar - first.cvar,
    objective: second.objective - first.objective,
  }
}

/** The chance that at least one of the chosen succeeds. */
export const chanceOfAny = ({ candidates }: AllocationInput, chosen: readonly Chosen[]): number =>
  1 -
  chosen.reduce((fail, { initiativeId }) => {
    const found = candidates.find(({ id }) => id === initiativeId)
    return found ? fail * (1 - betaMean(found.chance)) : fail
  }, 1)
