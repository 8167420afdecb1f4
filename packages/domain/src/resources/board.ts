/** @file The allocation as flat arrays, on which a search moves: who may start when, what it takes, what it brings. */
import { duration, possibleStarts } from './model.ts'
import type { AllocationInput } from './portfolio.ts'
import type { Scenarios } from './scenarios.ts'

/** One way to do a candidate: its start, and what it takes of which limit (`pool x periods + period`). */
export type Option = { start: number; limits: Int32Array; amounts: Float64Array }

export type Board = {
  input: AllocationInput
  scenarios: Scenarios
  /** Capacity per limit, with the tolerance that a shortage needs to count. */
  capacity: Float64Array
  /** Per candidate, by start. */
  options: Option[][]
  durations: number[]
  /** Indices of candidates; exclusions in both directions. */
  prerequisites: number[][]
  dependents: number[][]
  exclusions: number[][]
  mandatory: boolean[]
}

export const makeBoard = (input: AllocationInput, scenarios: Scenarios): Board => {
  const { candidates, periods, pools } = input
  const index = new Map(candidates.map(({ id }, i) => [id, i]))
  const indices = (ids: readonly string[]) => [...new Set(ids.map((id) => index.get(id)!))]
  const prerequisites = candidates.map((candidate) => indices(candidate.prerequisites))
  const exclusions = candidates.map(() => new Set<number>())
  candidates.forEach((candidate, i) => {
    for (const other of indices(candidate.exclusions)) {
      if (other === i) continue
      exclusions[i]!.add(other)
      exclusions[other]!.add(i)
    }
  })
  return {
    input,
    scenarios,
    capacity: Float64Array.from(
      pools.flatMap(({ capacity }) => capacity.map((value) => value + 1e-7 * Math.max(1, value))),
    ),
    options: candidates.map((candidate) =>
      possibleStarts(candidate, periods).map((start) => {
        const taken = pools.flatMap((pool, p) =>
          (candidate.needs[pool.id] ?? []).flatMap((amount, offset): [number, number][] =>
            amount > 0 ? [[p * periods + start + offset, amount]] : [],
          ),
        )
        return {
          start,
          limits: Int32Array.from(taken, ([limit]) => limit),
          amounts: Float64Array.from(taken, ([, amount]) => amount),
        }
      }),
    ),
    durations: candidates.map(duration),
    prerequisites,
    dependents: candidates.map((_, i) =>
      candidates.flatMap((__, j) => (prerequisites[j]!.includes(i) ? [j] : [])),
    ),
    exclusions: exclusions.map((others) => [...others]),
    mandatory: candidates.map(({ mandatory }) => mandatory === true),
  }
}
