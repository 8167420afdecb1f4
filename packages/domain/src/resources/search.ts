/** @file Exact search of small allocations: depth-first over candidates, cut by bounds at prices found on the way. */
import type { Board } from './board.ts'
import type { Bound } from './bound.ts'
import { createNode, type Level } from './node.ts'
import { type Ranked, ranking, tiny } from './ranking.ts'
import { flatWays } from './ways.ts'
import { appraiser } from './worth.ts'

export type Found = {
  /** The best plan and the best with another selection; as far as the search came. */
  best: Ranked | null
  second: Ranked | null
  /** Every plan was visited or cut: the two are proven. */
  complete: boolean
  nodes: number
}

export type SearchLimits = {
  /** Give up after so many nodes. */
  nodes: number
  /** Known plans, which only better ones replace. */
  known?: readonly Ranked[]
}

/** With fewer undecided, new prices cost more than the nodes that they save. */
const fewUndecided = 10

/**
 * Visits every plan that could be among the two best. Above, where a node holds a large tree, its bound is lowered by
 * prices of its own and what matters most is decided first; below, at fixed prices, what is clearest. A branch is cut
 * when its bound is no better than the second best known.
 */
export const searchPlans = (board: Board, bound: Bound, limits: SearchLimits): Found => {
  const { prerequisites, mandatory } = board
  const ways = flatWays(board)
  const { first } = ways
  const count = board.options.length
  const node = createNode(board, bound, ways)
  const { plan, decided, fits, take, excluded, inOrder } = node
  const { beats } = appraiser(board)
  const { kept, offer } = ranking(limits.known)
  const repricing = Math.ceil(ways.count / 8)
  let nodes = 0
  // the runner-up is proven too, so the second best is what cuts
  const mustExceed = () => (kept.second ? kept.second.objective + tiny(kept.second.objective) : -Infinity)

  const levels: Level[] = []
  const levelAt = (depth: number): Level => {
    levels[depth] ??= node.newLevel()
    return levels[depth]
  }

  const appraise = (): true => {
    const objective = beats(plan, mustExceed())
    if (objective !== null)
      offer({
        plan: plan.map((option, i) => (option < 0 ? -1 : option - first[i]!)),
        objective,
      })
    return true
  }

  /** Decides candidate i in every way, the best gain first; leaving it out stands at 0 among the gains. */
  const branch = (
    i: number,
    { gains, sorted }: Level,
    gain: number,
    go: (gain: number) => boolean,
  ): boolean => {
    const open = !excluded(i)
    let leftOut = mandatory[i]!
    decided[i] = 1
    let going = true
    for (let k = first[i]!, end = first[i + 1]!; going && k < end; k++) {
      const option = sorted[k]!
      const value = gains[option]!
      if (!leftOut && value <= 0) {
        leftOut = true
        going = go(gain)
        if (!going) break
      }
      if (!open || !inOrder(i, option) || !fits(option)) continue
      plan[i] = option
      take(option, 1)
      going = go(gain + value)
      take(option, -1)
      plan[i] = -1
    }
    if (going && !leftOut) going = go(gain)
    decided[i] = 0
    return going
  }

  const visitPriced = (depth: number, from: Level): boolean => {
    nodes += repricing
    if (nodes > limits.nodes) return false
    const level = levelAt(depth)
    const least = mustExceed()
    const most = node.reprice(from, level, least)
    if (most === -Infinity || most < least) return true
    if (count - depth <= fewUndecided) {
      const order = searchOrder(board, level, first, decided)
      return visitFixed(0, node.standing(level), order, level)
    }
    const next = weightiest(level)
    return branch(next, level, 0, () => visitPriced(depth + 1, level))
  }

  /** The candidate that would change most, whether it is in or out; its prerequisites are decided. */
  const weightiest = ({ gains, sorted }: Level): number => {
    let pick = -1
    let most = -Infinity
    for (let i = 0; i < count; i++) {
      if (decided[i] === 1 || !prerequisites[i]!.every((other) => decided[other] === 1)) continue
      const gain = first[i]! < first[i + 1]! ? gains[sorted[first[i]!]!]! : 0
      const weight = mandatory[i] ? Infinity : bound.values[i]! - Math.abs(gain)
      if (pick >= 0 && weight <= most) continue
      most = weight
      pick = i
    }
    return pick
  }

  const visitFixed = (at: number, gain: number, order: readonly number[], level: Level): boolean => {
    nodes += 1
    if (nodes > limits.nodes) return false
    if (at === order.length) return appraise()
    if (!hopeful(at, order, level, mustExceed() - gain)) return true
    return branch(order[at]!, level, gain, (next) => visitFixed(at + 1, next, order, level))
  }

  /** Whether the undecided can add `enough` to the bound; not where a mandatory one cannot fit. */
  const hopeful = (
    at: number,
    order: readonly number[],
    { gains, sorted }: Level,
    enough: number,
  ): boolean => {
    let sum = 0
    for (let d = at; d < order.length; d++) {
      const i = order[d]!
      let most = mandatory[i] ? -Infinity : 0
      for (let k = first[i]!, end = first[i + 1]!; k < end; k++) {
        const option = sorted[k]!
        const gain = gains[option]!
        if (gain <= most) break
        if (!fits(option)) continue
        most = gain
        break
      }
      sum += most
      if (sum === -Infinity) return false
    }
    return sum >= enough
  }

  const root = node.newLevel()
  const complete = visitPriced(0, root)
  return { ...kept, complete, nodes }
}

/** The clearest decisions first, each after its prerequisites. */
const searchOrder = (
  { prerequisites, mandatory }: Board,
  { gains, sorted }: Level,
  first: Int32Array,
  decided: Uint8Array,
): number[] => {
  const placed = Uint8Array.from(decided)
  const weight = prerequisites.map((_, i) => {
    if (mandatory[i]) return Infinity
    return first[i]! < first[i + 1]! ? Math.abs(Math.max(0, gains[sorted[first[i]!]!]!)) : 0
  })
  const order: number[] = []
  for (;;) {
    let pick = -1
    for (let i = 0; i < placed.length; i++) {
      if (placed[i] === 1 || (pick >= 0 && weight[i]! <= weight[pick]!)) continue
      if (prerequisites[i]!.every((other) => placed[other] === 1)) pick = i
    }
    if (pick < 0) return order
    placed[pick] = 1
    order.push(pick)
  }
}
