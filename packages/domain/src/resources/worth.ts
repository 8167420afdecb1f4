/** @file What a selection is worth, recomputed quickly for many selections that resemble each other. */
import type { Board } from './board.ts'
import { tailShare } from './scenarios.ts'

const kept = 24

/**
 * Evaluates selections: expected value less lambda times the CVaR of the shortfall. `beats` rejects most selections
 * without sorting scenarios: the worst tenth of a selection seen before weighs a new one's scenarios too, and any
 * weighting bounds its CVaR from below (the dual form of Rockafellar and Uryasev 2000).
 */
export const appraiser = ({ input, scenarios }: Board) => {
  const { lambda } = input
  const { expected, means, drawn } = scenarios
  const count = lambda > 0 ? (drawn[0]?.length ?? 0) : 0
  const tail = count * tailShare
  const totals = new Float64Array(count)
  const sorted = new Float64Array(count)
  const tangents: Float64Array[] = []
  let next = 0

  const objective = (plan: ArrayLike<number>): number => {
    let value = 0
    let mean = 0
    totals.fill(0)
    for (let i = 0; i < plan.length; i++) {
      if (plan[i]! < 0) continue
      value += expected[i]!
      mean += means[i]!
      const values = drawn[i]!
      for (let s = 0; s < count; s++) totals[s]! += values[s]!
    }
    if (count === 0) return value
    sorted.set(totals)
    sorted.sort()
    let worst = 0
    for (let s = 0; s < tail; s++) worst += sorted[s]! * Math.min(1, tail - s)
    return value - lambda * Math.max(0, mean - worst / tail)
  }

  /** Values per candidate whose sum is the objective here and at least the objective elsewhere. */
  const tangent = (): Float64Array => {
    if (count === 0) return Float64Array.from(expected)
    const limit = sorted[Math.ceil(tail) - 1]!
    let below = 0
    let at = 0
    for (let s = 0; s < count; s++) {
      if (totals[s]! < limit) below += 1
      else if (totals[s] === limit) at += 1
    }
    const share = (tail - below) / at
    return Float64Array.from(expected, (value, i) => {
      let worst = 0
      for (let s = 0; s < count; s++)
        if (totals[s]! <= limit) worst += drawn[i]![s]! * (totals[s]! < limit ? 1 : share)
      return value - lambda * (means[i]! - worst / tail)
    })
  }

  /** The objective when it is above `least`, else null. */
  const beats = (plan: ArrayLike<number>, least: number): number | null => {
    for (const values of tangents) {
      let sum = 0
      for (let i = 0; i < plan.length; i++) if (plan[i]! >= 0) sum += values[i]!
      if (sum <= least) return null
    }
    const value = objective(plan)
    if (value > least) return value
    if (count > 0) {
      tangents[next] = tangent()
      next = (next + 1) % kept
    }
    return null
  }
  /** Values per candidate whose sum is the objective of `plan`, and at least the objective elsewhere. */
  const tangentAt = (plan: ArrayLike<number>): Float64Array => {
    objective(plan)
    return tangent()
  }
  return { objective, beats, tangentAt }
}
