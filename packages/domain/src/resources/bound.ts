/** @file Linear bounds of an allocation's objective, from the duals of its relaxations. */
import type { Board } from './board.ts'
import type { Model, RowMeaning } from './model.ts'
import type { Row } from './programme.ts'
import { tailShare } from './scenarios.ts'

/**
 * A linear function above the objective of every feasible plan, for any prices of the limits that are not negative:
 * `constant` + the limits' prices x capacities + the worth of the plan's options less what they take at those prices.
 */
export type Bound = {
  constant: number
  /** Per limit. */
  prices: Float64Array
  /** Per candidate and option, before what it takes is paid for. */
  worth: Float64Array[]
  /** Per candidate its part of the objective alone, without the logic between candidates. */
  values: number[]
  /** `worth` less what the option takes at `prices`. */
  gains: Float64Array[]
}

/** Rows with what they stand for, and a dual each. */
export type Priced = {
  rows: readonly Row[]
  meanings: readonly (RowMeaning | { kind: 'clique' })[]
  duals: readonly number[]
}

/**
 * The Lagrangian bound of multipliers for a model's rows. It holds for any multipliers: signs are corrected, and the
 * weights of scenarios are a density that CVaR's dual form allows.
 */
export const lagrangianBound = (board: Board, model: Model, duals: readonly number[]): Bound =>
  boundOf(board, model, linearValues(board, scenarioWeights(board, model, duals)), {
    rows: model.programme.rows,
    meanings: model.meanings,
    duals,
  })

/** The bound of `values`, which are above the objective, under the multipliers of any rows over the starts. */
export const boundOf = (
  board: Board,
  { starts }: Model,
  values: number[],
  { rows, meanings, duals }: Priced,
): Bound => {
  const { periods } = board.input
  const prices = new Float64Array(board.capacity.length)
  const worth = board.options.map((options, i) => new Float64Array(options.length).fill(values[i]!))
  const seen = board.options.map(() => 0)
  const place = starts.map(({ candidate }): [number, number] => [candidate, seen[candidate]!++])
  let constant = 0
  rows.forEach((row, r) => {
    const meaning = meanings[r]!
    const dual = duals[r] ?? 0
    if (meaning.kind === 'once' || meaning.kind === 'scenario' || !(dual > 0)) return
    if (meaning.kind === 'capacity') {
      prices[meaning.pool * periods + meaning.period] = dual
      return
    }
    constant += dual * (row.upper ?? 0)
    for (const [column, value] of row.coefficients) {
      const [candidate, option] = place[column]!
      worth[candidate]![option]! -= dual * value
    }
  })
  const gains = board.options.map((options, i) =>
    Float64Array.from(options, ({ limits, amounts }, k) =>
      limits.reduce((gain, limit, q) => gain - prices[limit]! * amounts[q]!, worth[i]![k]!),
    ),
  )
  return { constant, prices, worth, values, gains }
}

/** What no feasible plan exceeds. */
export const topOf = ({ capacity, mandatory }: Board, { constant, prices, gains }: Bound): number =>
  gains.reduce(
    (sum, values, i) =>
      sum + values.reduce((most, value) => Math.max(most, value), mandatory[i] ? -Infinity : 0),
    prices.reduce((sum, price, limit) => sum + price * capacity[limit]!, constant),
  )

/** Weights of scenarios from the duals: between 0 and 1/(share x count) each, 1 together. */
const scenarioWeights = (
  { input, scenarios }: Board,
  { meanings }: Model,
  duals: readonly number[],
): Float64Array => {
  const count = scenarios.drawn[0]?.length ?? 0
  const cap = 1 / (tailShare * count)
  const weights: number[] = []
  meanings.forEach(({ kind }, r) => {
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
