/** @file Who uses what when, and whether one more would fit. */
import { duration, possibleStarts } from './model.ts'
import type { AllocationInput, Candidate, Chosen, PoolUsage } from './portfolio.ts'

/** used[pool][period] of the chosen. */
export const usageOf = (input: AllocationInput, chosen: readonly Chosen[]): number[][] =>
  input.pools.map((pool) =>
    Array.from({ length: input.periods }, (_, period) =>
      chosen.reduce((sum, { initiativeId, start }) => {
        const needs = byId(input, initiativeId).needs[pool.id]
        return sum + (needs?.[period - start] ?? 0)
      }, 0),
    ),
  )

export const usageTable = (input: AllocationInput, chosen: readonly Chosen[]): PoolUsage[] => {
  const used = usageOf(input, chosen)
  return input.pools.flatMap((pool, p) =>
    pool.capacity.map((capacity, period) => ({ poolId: pool.id, period, used: used[p]![period]!, capacity })),
  )
}

export type Shortage = { pool: number; period: number; need: number; left: number }

/** The pool and period that is shortest, relative to the need, if a candidate starts then; null if it fits. */
export const shortageAt = (
  input: AllocationInput,
  used: readonly number[][],
  candidate: Candidate,
  start: number,
): Shortage | null => {
  let worst: Shortage | null = null
  input.pools.forEach((pool, p) => {
    candidate.needs[pool.id]?.forEach((need, offset) => {
      const period = start + offset
      const left = pool.capacity[period]! - used[p]![period]!
      if (need <= left + tolerance(pool.capacity[period]!)) return
      if (worst === null || (need - left) / need > (worst.need - worst.left) / worst.need)
        worst = { pool: p, period, need, left: Math.max(0, left) }
    })
  })
  return worst
}

const tolerance = (capacity: number) => 1e-7 * Math.max(1, capacity)

/** Starts that come after every prerequisite has ended; none when one is not chosen. */
export const startsInOrder = (
  input: AllocationInput,
  chosen: readonly Chosen[],
  candidate: Candidate,
): number[] => {
  const ends = candidate.prerequisites.map((id) => {
    const found = chosen.find(({ initiativeId }) => initiativeId === id)
    return found ? found.start + duration(byId(input, id)) : Infinity
  })
  return possibleStarts(candidate, input.periods).filter((start) => ends.every((end) => end <= start))
}

/** The same selection with every start as early as it can be: programmes leave ties in time to chance. */
export const shiftedLeft = (input: AllocationInput, chosen: readonly Chosen[]): Chosen[] => {
  const moved = [...chosen].sort((a, b) => a.start - b.start)
  moved.forEach((item, i) => {
    const others = moved.filter((_, j) => j !== i)
    const candidate = byId(input, item.initiativeId)
    const used = usageOf(input, others)
    const start = startsInOrder(input, others, candidate).find(
      (possible) => shortageAt(input, used, candidate, possible) === null,
    )
    if (start !== undefined && start < item.start) moved[i] = { ...item, start }
  })
  return moved
}

export const byId = ({ candidates }: AllocationInput, id: string): Candidate =>
  candidates.find((candidate) => candidate.id === id)!
