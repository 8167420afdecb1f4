/** @file Exact search of small allocations: depth-first over candidates, cut by a linear bound. */
import type { Board, Bound } from './board.ts'
import { type Ranked, ranking, tiny } from './ranking.ts'
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

/**
 * Visits every plan that could be among the two best. A branch is cut when the bound of what is decided and of the
 * options that still fit is no better than the second best known.
 */
export const searchPlans = (board: Board, bound: Bound, limits: SearchLimits): Found => {
  const { options, prerequisites, exclusions, durations, mandatory } = board
  const { gains, sorted } = bound
  const { beats } = appraiser(board)
  const { kept, offer } = ranking(limits.known)
  const order = searchOrder(board, bound)
  const left = Float64Array.from(board.capacity)
  const plan = new Int32Array(options.length).fill(-1)
  let nodes = 0
  // the runner-up is proven too, so the second best is what cuts
  const mustExceed = () => (kept.second ? kept.second.objective + tiny(kept.second.objective) : -Infinity)

  const startable = (i: number, option: number): boolean => {
    const { start } = options[i]![option]!
    for (const other of prerequisites[i]!) {
      const chosen = plan[other]!
      if (chosen < 0 || options[other]![chosen]!.start + durations[other]! > start) return false
    }
    return true
  }
  const excluded = (i: number): boolean => exclusions[i]!.some((other) => plan[other]! >= 0)

  /** The most that the undecided can add to the bound, or minus infinity when a mandatory one cannot fit. */
  const hope = (depth: number, enough: number): number => {
    let sum = 0
    for (let d = depth; d < order.length; d++) {
      const i = order[d]!
      let most = mandatory[i] ? -Infinity : 0
      for (const option of sorted[i]!) {
        const gain = gains[i]![option]!
        if (gain <= most) break
        if (fits(left, options[i]![option]!)) {
          most = gain
          break
        }
      }
      sum += most
      if (sum === -Infinity) return sum
    }
    return sum >= enough ? sum : -Infinity
  }

  const visit = (depth: number, gain: number): boolean => {
    nodes += 1
    if (nodes > limits.nodes) return false
    if (depth === order.length) {
      const objective = beats(plan, mustExceed())
      if (objective !== null) offer({ plan: Int32Array.from(plan), objective })
      return true
    }
    if (hope(depth, mustExceed() - gain) === -Infinity) return true
    const i = order[depth]!
    const open = !excluded(i)
    let leftOut = mandatory[i]!
    for (const option of sorted[i]!) {
      const value = gains[i]![option]!
      // leaving out stands at 0 among the gains
      if (!leftOut && value <= 0) {
        leftOut = true
        if (!visit(depth + 1, gain)) return false
      }
      if (!open || !startable(i, option) || !fits(left, options[i]![option]!)) continue
      plan[i] = option
      take(left, options[i]![option]!, 1)
      const going = visit(depth + 1, gain + value)
      take(left, options[i]![option]!, -1)
      plan[i] = -1
      if (!going) return false
    }
    return leftOut || visit(depth + 1, gain)
  }
  const complete = visit(0, bound.constant)
  return { ...kept, complete, nodes }
}

export const fits = (left: Float64Array, { limits, amounts }: Board['options'][number][number]): boolean => {
  for (let k = 0; k < limits.length; k++) if (amounts[k]! > left[limits[k]!]!) return false
  return true
}

export const take = (
  left: Float64Array,
  { limits, amounts }: Board['options'][number][number],
  sign: 1 | -1,
): void => {
  for (let k = 0; k < limits.length; k++) left[limits[k]!]! -= sign * amounts[k]!
}

/** The clearest decisions first, each after its prerequisites. */
const searchOrder = (board: Board, { gains }: Bound): number[] => {
  const weight = gains.map((values, i) =>
    board.mandatory[i] ? Infinity : Math.abs(values.reduce((most, value) => Math.max(most, value), 0)),
  )
  const placed = new Set<number>()
  const order: number[] = []
  const waiting = gains.map((_, i) => i)
  while (waiting.length > 0) {
    let pick = 0
    waiting.forEach((i, at) => {
      const ready = (j: number) => board.prerequisites[j]!.every((other) => placed.has(other))
      if (!ready(i)) return
      if (!ready(waiting[pick]!) || weight[i]! > weight[waiting[pick]!]!) pick = at
    })
    const [next] = waiting.splice(pick, 1)
    placed.add(next!)
    order.push(next!)
  }
  return order
}
