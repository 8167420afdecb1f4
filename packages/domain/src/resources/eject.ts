/** @file A walk over plans that hold every limit: what enters throws out what is in its way. */
import { meanWorth, type Walk } from './walk.ts'

const hot = 0.15
const cold = 0.03
/** At most so many are thrown out for one. */
const mostOut = 4
/** How much chance there is in who is thrown out. */
const whim = 6

/**
 * Ejection moves (Glover 1996) under annealing: a proposed start takes its place, and on the limit that is shortest
 * the candidate goes that is worth least for what it frees, again until all fits; what was thrown out comes back where
 * there is room. `visit` sees each plan that is accepted, and
 * ends the walk by false.
 */
export const ejectionWalk = (walk: Walk, moves: number, visit: (plan: Int32Array) => boolean): void => {
  const { board, ways, random, values, plan, left, chosen, put, remove, fits, inOrder, excluded, propose } =
    walk
  const { prerequisites, dependents, exclusions, durations } = board
  const { first, owner, start, begin, limits, amounts, dense } = ways
  const width = left.length
  const gone = { list: new Int32Array(plan.length + 1), options: new Int32Array(plan.length + 1), size: 0 }
  const scale = meanWorth(values)
  let temperature = 0

  const eject = (i: number): number => {
    gone.list[gone.size] = i
    gone.options[gone.size++] = plan[i]!
    remove(i)
    let loss = values[i]!
    for (const other of dependents[i]!) if (plan[other]! >= 0) loss += eject(other)
    return loss
  }
  const shortest = (option: number): number => {
    let limit = -1
    let most = 0
    for (let q = begin[option]!, end = begin[option + 1]!; q < end; q++) {
      const short = (amounts[q]! - left[limits[q]!]!) / amounts[q]!
      if (short <= most || amounts[q]! <= left[limits[q]!]!) continue
      most = short
      limit = limits[q]!
    }
    return limit
  }
  const cheapestOn = (limit: number, need: number): number => {
    let pick = -1
    let lowest = Infinity
    for (let k = 0; k < chosen.size; k++) {
      const i = chosen.list[k]!
      const frees = dense[plan[i]! * width + limit]!
      if (!(frees > 0)) continue
      const worth = (values[i]! / Math.min(frees, need)) * (1 + whim * random())
      if (worth >= lowest) continue
      lowest = worth
      pick = i
    }
    return pick
  }
  /** Throws out until `option` fits; what that costs, or infinity when it cannot or must not be. */
  const makeRoom = (i: number, option: number, most: number, spent: number): number => {
    let loss = spent
    for (let limit = shortest(option); limit >= 0; limit = shortest(option)) {
      if (loss > most || gone.size >= mostOut) return Infinity
      const out = cheapestOn(limit, dense[option * width + limit]! - left[limit]!)
      if (out < 0 || prerequisites[i]!.includes(out)) return Infinity
      loss += eject(out)
    }
    return loss <= most ? loss : Infinity
  }
  const comeBack = (): void => {
    for (let k = 0; k < gone.size; k++) {
      const i = gone.list[k]!
      if (excluded(i)) continue
      const own = first[i + 1]! - first[i]!
      const skip = Math.floor(random() * own)
      for (let way = 0; way < own; way++) {
        const option = first[i]! + ((way + skip) % own)
        if (!fits(option) || !inOrder(i, option)) continue
        put(i, option)
        break
      }
    }
  }

  for (let move = 0; move < moves; move++) {
    if (move % 1024 === 0) temperature = scale * hot * (cold / hot) ** (move / moves)
    const option = propose()
    const i = owner[option]!
    const was = plan[i]!
    if (was === option || !inOrder(i, option)) continue
    gone.size = 0
    const most = values[i]! - temperature * Math.log(random())
    let loss = 0
    if (was >= 0) {
      loss = values[i]!
      remove(i)
      for (const other of dependents[i]!)
        if (plan[other]! >= 0 && start[plan[other]!]! < start[option]! + durations[i]!) loss += eject(other)
    }
    for (const other of exclusions[i]!) if (plan[other]! >= 0) loss += eject(other)
    loss = makeRoom(i, option, most, loss)
    if (loss === Infinity) {
      for (let k = gone.size - 1; k >= 0; k--) put(gone.list[k]!, gone.options[k]!)
      if (was >= 0) put(i, was)
      continue
    }
    put(i, option)
    comeBack()
    if (!visit(plan)) return
  }
}
