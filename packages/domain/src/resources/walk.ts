/** @file A plan that moves: what walks over plans share, whether they may overdraw limits or not. */
import { type Random, seeded } from '../chance/random.ts'
import type { Board } from './board.ts'
import type { Bound } from './bound.ts'
import type { Plan } from './ranking.ts'
import type { Ways } from './ways.ts'

export type Walk = ReturnType<typeof createWalk>

/** `values`: what each candidate adds to the objective, by some linear function above it. */
export const createWalk = (
  board: Board,
  bound: Bound,
  ways: Ways,
  values: ArrayLike<number>,
  seed: number,
) => {
  const { prerequisites, exclusions, durations } = board
  const { first, start, begin, limits, amounts } = ways
  const count = board.options.length
  const random = seeded(seed)
  const left = Float64Array.from(board.capacity)
  /** Per candidate its option, counted through, or -1. */
  const plan = new Int32Array(count).fill(-1)
  /** The chosen candidates, in no order: the first `size` of `list`. */
  const chosen = { list: new Int32Array(count), size: 0 }
  const place = new Int32Array(count)

  const put = (i: number, option: number): void => {
    plan[i] = option
    place[i] = chosen.size
    chosen.list[chosen.size++] = i
    for (let q = begin[option]!, end = begin[option + 1]!; q < end; q++) left[limits[q]!]! -= amounts[q]!
  }
  const remove = (i: number): void => {
    const option = plan[i]!
    for (let q = begin[option]!, end = begin[option + 1]!; q < end; q++) left[limits[q]!]! += amounts[q]!
    plan[i] = -1
    const last = chosen.list[--chosen.size]!
    chosen.list[place[i]!] = last
    place[last] = place[i]!
  }
  const fits = (option: number): boolean => {
    for (let q = begin[option]!, end = begin[option + 1]!; q < end; q++)
      if (amounts[q]! > left[limits[q]!]!) return false
    return true
  }
  const inOrder = (i: number, option: number): boolean => {
    const others = prerequisites[i]!
    for (let k = 0; k < others.length; k++) {
      const theirs = plan[others[k]!]!
      if (theirs < 0 || start[theirs]! + durations[others[k]!]! > start[option]!) return false
    }
    return true
  }
  const excluded = (i: number): boolean => {
    const others = exclusions[i]!
    for (let k = 0; k < others.length; k++) if (plan[others[k]!]! >= 0) return true
    return false
  }
  return {
    board,
    ways,
    random,
    values: urgent(board, values),
    plan,
    left,
    chosen,
    put,
    remove,
    fits,
    inOrder,
    excluded,
    propose: proposals(bound, ways, random),
    /** The plan, options counted within their candidate. */
    snapshot: (): Plan => plan.map((option, i) => (option < 0 ? -1 : option - first[i]!)),
  }
}

/** A mandatory candidate outweighs all others together. */
const urgent = ({ mandatory }: Board, values: ArrayLike<number>): Float64Array => {
  const all = Array.from(values).reduce((sum, value) => sum + Math.abs(value), 1)
  return Float64Array.from(values, (value, i) => (mandatory[i] ? value + all : value))
}

/** Options by chance: the more often, the less they lose at the bound's prices. */
const proposals = ({ gains, values }: Bound, { count }: Ways, random: Random): (() => number) => {
  const scale = 0.5 * meanWorth(values)
  const sums = new Float64Array(count)
  let total = 0
  let at = 0
  for (const own of gains)
    for (const gain of own) {
      total += Math.exp(Math.min(0, gain) / scale) + 0.02
      sums[at++] = total
    }
  const table = new Int32Array(2 ** 14)
  let option = 0
  for (let k = 0; k < table.length; k++) {
    while (sums[option]! < ((k + 0.5) / table.length) * total) option++
    table[k] = option
  }
  return () => table[Math.floor(random() * table.length)]!
}

/** The mean of the values above 0: the scale on which losses are large or small. */
export const meanWorth = (values: ArrayLike<number>): number => {
  let sum = 0
  let count = 0
  for (let i = 0; i < values.length; i++) {
    if (!(values[i]! > 0)) continue
    sum += values[i]!
    count += 1
  }
  return count === 0 ? 1 : sum / count
}
