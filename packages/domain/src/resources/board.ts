/** @file The allocation as flat arrays, on which a search moves: who may start when, what it takes, what it brings. */
import { duration, type Model, possibleStarts } from './model.ts'
import type { AllocationInput } from './portfolio.ts'
import { type Scenarios, tailShare } from './scenarios.ts'

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

/** A linear function above the objective of every feasible plan: `constant` + the gains of its options. */
export type Bound = {
  constant: number
  gains: Float64Array[]
  /** Per candidate its part of the objective, before what it takes is paid for. */
  values: number[]
  /** Per candidate its options, the best gain first. */
  sorted: number[][]
}

/**
 * The Lagrangian bound of multipliers for the model's rows, read from duals of its relaxation. It holds for any
 * multipliers: signs are corrected, and the scenario weights are made a density that CVaR's dual form allows.
 */
export const lagrangianBound = (board: Board, model: Model, duals: readonly number[]): Bound => {
  const { input } = board
  const values = linearValues(board, scenarioWeights(board, model, duals))
  const gains = board.options.map((options, i) => new Float64Array(options.length).fill(values[i]!))
  const place = new Map<number, [number, number]>()
  const seen = input.candidates.map(() => 0)
  model.starts.forEach(({ candidate }, k) => {
    place.set(k, [candidate, seen[candidate]!++])
  })
  let constant = 0
  model.programme.rows.forEach((row, r) => {
    const kind = model.meanings[r]!.kind
    const dual = duals[r] ?? 0
    if (kind === 'once' || kind === 'scenario' || !(dual > 0)) return
    constant += dual * (row.upper ?? 0)
    for (const [column, value] of row.coefficients) {
      const [candidate, option] = place.get(column)!
      gains[candidate]![option]! -= dual * value
    }
  })
  const sorted = gains.map((values) => [...values.keys()].sort((a, b) => values[b]! - values[a]!))
  return { constant, gains, values, sorted }
}

/** Weights of scenarios from the duals: between 0 and 1/(share x count) each, 1 together. */
const scenarioWeights = (
  { input, scenarios }: Board,
  model: Model,
  duals: readonly number[],
): Float64Array => {
  const count = scenarios.drawn[0]?.length ?? 0
  const cap = 1 / (tailShare * count)
  const weights: number[] = []
  model.meanings.forEach(({ kind }, r) => {
    if (kind === 'scenario') weights.push(Math.min(cap, Math.max(0, -(duals[r] ?? 0) / input.lambda)))
  })
  return density(
    Float64Array.from({ length: count }, (_, s) => weights[s] ?? 0),
    cap,
  )
}

const density = (weights: Float64Array, cap: number): Float64Array => {
  const sum = weights.reduce((total, value) => total + value, 0)
  if (sum > 1) return weights.map((value) => value / sum)
  let missing = 1 - sum
  return weights.map((value) => {
    const added = Math.min(cap - value, missing)
    missing -= added
    return value + added
  })
}

/** Each candidate's value less lambda times its part of the shortfall under the weights. */
const linearValues = ({ input, scenarios }: Board, weights: Float64Array): number[] =>
  scenarios.expected.map((expected, i) => {
    if (input.lambda === 0) return expected
    let weighted = 0
    for (let s = 0; s < weights.length; s++) weighted += weights[s]! * scenarios.drawn[i]![s]!
    return expected - input.lambda * (scenarios.means[i]! - weighted)
  })
