/** @file A node of the search: what is decided, what is left, and the bound at prices that were found for it. */
import type { Board } from './board.ts'
import type { Bound } from './bound.ts'
import type { Ways } from './ways.ts'

/** Prices of the limits with what follows from them: gains by option, and each candidate's options, best first. */
export type Level = { prices: Float64Array; gains: Float64Array; sorted: Int32Array }

export type Node = ReturnType<typeof createNode>

const rounds = 5
/** Polyak's step is cut by this when it did not help. */
const damping = 0.7

export const createNode = (board: Board, bound: Bound, ways: Ways) => {
  const { prerequisites, exclusions, durations, mandatory } = board
  const { first, start, begin, limits, amounts } = ways
  const count = board.options.length
  const worth = Float64Array.from(bound.worth.flatMap((own) => [...own]))
  const left = Float64Array.from(board.capacity)
  const plan = new Int32Array(count).fill(-1)
  const decided = new Uint8Array(count)
  const prices = Float64Array.from(bound.prices)
  const gains = new Float64Array(ways.count)
  const asked = new Float64Array(left.length)

  const fits = (option: number): boolean => {
    for (let q = begin[option]!, end = begin[option + 1]!; q < end; q++)
      if (amounts[q]! > left[limits[q]!]!) return false
    return true
  }
  const take = (option: number, sign: 1 | -1): void => {
    for (let q = begin[option]!, end = begin[option + 1]!; q < end; q++)
      left[limits[q]!]! -= sign * amounts[q]!
  }
  const excluded = (i: number): boolean => {
    const others = exclusions[i]!
    for (let k = 0; k < others.length; k++) if (plan[others[k]!]! >= 0) return true
    return false
  }
  /** Against the prerequisites that are decided. */
  const inOrder = (i: number, option: number): boolean => {
    const others = prerequisites[i]!
    for (let k = 0; k < others.length; k++) {
      const other = others[k]!
      if (decided[other] === 0) continue
      const chosen = plan[other]!
      if (chosen < 0 || start[chosen]! + durations[other]! > start[option]!) return false
    }
    return true
  }

  /** The bound at `prices`; leaves the gains in `gains`, and in `asked` what its options take. */
  const evaluate = (): number => {
    let total = bound.constant
    asked.fill(0)
    for (let l = 0; l < left.length; l++) total += prices[l]! * left[l]!
    for (let i = 0; i < count; i++) {
      if (decided[i] === 1) {
        if (plan[i]! >= 0) total += worth[plan[i]!]!
        continue
      }
      const open = !excluded(i)
      let most = mandatory[i] ? -Infinity : 0
      let best = -1
      for (let option = first[i]!, end = first[i + 1]!; option < end; option++) {
        let gain = worth[option]!
        let room = open
        for (let q = begin[option]!, last = begin[option + 1]!; q < last; q++) {
          const limit = limits[q]!
          gain -= prices[limit]! * amounts[q]!
          if (amounts[q]! > left[limit]!) room = false
        }
        gains[option] = gain
        if (gain > most && room && inOrder(i, option)) {
          most = gain
          best = option
        }
      }
      if (most === -Infinity) return most
      total += most
      if (best >= 0)
        for (let q = begin[best]!, last = begin[best + 1]!; q < last; q++) asked[limits[q]!]! += amounts[q]!
    }
    return total
  }

  /** A subgradient step towards `target` with Polyak's length; false at the least bound. */
  const step = (bound: number, target: number, length: number): boolean => {
    let norm = 0
    for (let l = 0; l < left.length; l++) {
      const spare = left[l]! - asked[l]!
      if (spare < 0 || prices[l]! > 0) norm += spare * spare
    }
    if (norm < 1e-9) return false
    const size = (length * (bound - target)) / norm
    for (let l = 0; l < left.length; l++) {
      const spare = left[l]! - asked[l]!
      if (spare < 0 || prices[l]! > 0) prices[l] = Math.max(0, prices[l]! - size * spare)
    }
    return true
  }

  /**
   * Lowers the bound of this node by other prices, from those of `from` on, until it is below `least`: what is
   * undecided may need another scarcity than the whole did. Leaves the best in `to`; returns its bound.
   */
  const reprice = (from: Level, to: Level, least: number): number => {
    prices.set(from.prices)
    let lowest = Infinity
    let length = 1
    for (let round = 0; round < rounds; round++) {
      const bound = evaluate()
      if (bound < lowest) {
        lowest = bound
        to.prices.set(prices)
        to.gains.set(gains)
      } else length *= damping
      if (bound === -Infinity || lowest < least) return lowest
      // without a plan to beat, a little below is what may be hoped for
      const target = least === -Infinity ? bound - 0.05 * Math.abs(bound) : least
      if (!step(bound, target, length)) break
    }
    sortWays(to)
    return lowest
  }

  const sortWays = ({ gains, sorted }: Level): void => {
    for (let i = 0; i < count; i++) {
      if (decided[i] === 1) continue
      const [from, end] = [first[i]!, first[i + 1]!]
      for (let at = from; at < end; at++) {
        const option = at
        let k = at
        for (; k > from && gains[sorted[k - 1]!]! < gains[option]!; k--) sorted[k] = sorted[k - 1]!
        sorted[k] = option
      }
    }
  }

  /** The bound of what is decided, at a level's prices: constant, what is left, and the worth of what is in. */
  const standing = (level: Level): number => {
    let total = bound.constant
    for (let l = 0; l < left.length; l++) total += level.prices[l]! * left[l]!
    for (let i = 0; i < count; i++) if (decided[i] === 1 && plan[i]! >= 0) total += worth[plan[i]!]!
    return total
  }

  const newLevel = (): Level => ({
    prices: Float64Array.from(bound.prices),
    gains: new Float64Array(ways.count),
    sorted: new Int32Array(ways.count),
  })
  return { plan, decided, left, fits, take, excluded, inOrder, reprice, standing, newLevel }
}
