/** @file Initiatives for the eye: what one is worth, how likely it succeeds, what it needs. */
import type { Initiative, Pool } from '@capstan/api'

/** Mean and 90 % interval (normal approximation, cut at 0 and 1) of a Beta belief. */
export function beliefOf({ alpha, beta }: Initiative['chance']) {
  const mean = alpha / (alpha + beta)
  const deviation = Math.sqrt((alpha * beta) / ((alpha + beta) ** 2 * (alpha + beta + 1)))
  return { mean, low: Math.max(0, mean - 1.645 * deviation), high: Math.min(1, mean + 1.645 * deviation) }
}

/** Total need by pool, in the pools' order. */
export function needsOf(initiative: Pick<Initiative, 'needs'>, pools: readonly Pool[]) {
  return pools.flatMap((pool) => {
    const total = (initiative.needs[pool.id] ?? []).reduce((sum, amount) => sum + amount, 0)
    return total > 0 ? [{ pool, total }] : []
  })
}
