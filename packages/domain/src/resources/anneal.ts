/** @file A walk over plans that may overdraw limits for a price, while that price rises and the walk cools. */
import type { Bound } from './bound.ts'
import { meanWorth, type Walk } from './walk.ts'

/** Temperatures at the beginning and the end, in mean values of a candidate. */
const hot = 0.4
const cold = 0.007
/** How often a move takes out, and how often one that puts in takes another out in exchange. */
const takesOut = 0.15
const exchanges = 0.5
/** Share of the moves after which what is overdrawn has its full price. */
const risen = 0.8

/**
 * Simulated annealing (Kirkpatrick et al. 1983) with overdrawn limits paid for: first little more than the bound's
 * prices, in the end so much that no candidate is worth it. What is still overdrawn then is taken out.
 */
export const anneal = (walk: Walk, bound: Bound, moves: number): void => {
  const { board, ways, random, values, plan, left, chosen, put, remove, propose } = walk
  const { prerequisites, dependents, exclusions, durations } = board
  const { begin, limits, amounts, owner, start } = ways
  const price = prices(walk, bound)
  const after = new Float64Array(left.length)
  const mark = new Int32Array(left.length)
  const touched = new Int32Array(left.length)
  let stamp = 0
  let count = 0
  const add = (option: number, sign: 1 | -1) => {
    for (let q = begin[option]!, end = begin[option + 1]!; q < end; q++) {
      const limit = limits[q]!
      if (mark[limit] !== stamp) {
        mark[limit] = stamp
        touched[count++] = limit
        after[limit] = left[limit]!
      }
      after[limit]! -= sign * amounts[q]!
    }
  }
  /** Whether i can be in by this option when `out` has left. */
  const mayEnter = (i: number, option: number, out: number): boolean => {
    const begins = start[option]!
    for (const other of prerequisites[i]!) {
      const theirs = plan[other]!
      if (other === out || theirs < 0 || start[theirs]! + durations[other]! > begins) return false
    }
    for (const other of exclusions[i]!) if (other !== out && plan[other]! >= 0) return false
    for (const other of dependents[i]!)
      if (other !== out && plan[other]! >= 0 && start[plan[other]!]! < begins + durations[i]!) return false
    return true
  }
  const mayLeave = (i: number): boolean => {
    for (const other of dependents[i]!) if (plan[other]! >= 0) return false
    return true
  }
  const scale = meanWorth(bound.values)
  let temperature = 0
  for (let move = 0; move < moves; move++) {
    if (move % 1024 === 0) {
      temperature = scale * hot * (cold / hot) ** (move / moves)
      price.rise(Math.min(1, move / moves / risen))
    }
    let i: number
    let option = -1
    let out = -1
    if (chosen.size > 0 && random() < takesOut) i = chosen.list[Math.floor(random() * chosen.size)]!
    else {
      option = propose()
      i = owner[option]!
      if (plan[i] === option) continue
      if (plan[i]! < 0 && chosen.size > 0 && random() < exchanges)
        out = chosen.list[Math.floor(random() * chosen.size)]!
    }
    if (option >= 0 ? !mayEnter(i, option, out) : !mayLeave(i)) continue
    if (out >= 0 && !mayLeave(out)) continue
    const was = plan[i]!
    stamp += 1
    count = 0
    if (option >= 0) add(option, 1)
    if (was >= 0) add(was, -1)
    if (out >= 0) add(plan[out]!, -1)
    let loss = 0
    for (let k = 0; k < count; k++) {
      const limit = touched[k]!
      loss += price.now[limit]! * (Math.min(0, left[limit]!) - Math.min(0, after[limit]!))
    }
    if (was < 0) loss -= values[i]!
    else if (option < 0) loss += values[i]!
    if (out >= 0) loss += values[out]!
    if (loss > 0 && random() >= Math.exp(-loss / temperature)) continue
    if (was >= 0) remove(i)
    if (out >= 0) remove(out)
    if (option >= 0) put(i, option)
  }
  repair(walk)
}

/** What a unit overdrawn costs, per limit; `rise(1)` makes it dearer than any candidate is worth. */
const prices = ({ board, ways, values, left }: Walk, bound: Bound) => {
  const needs = new Float64Array(left.length)
  const users = new Float64Array(left.length)
  ways.limits.forEach((limit, q) => {
    needs[limit]! += ways.amounts[q]!
    users[limit]! += 1
  })
  const meanNeed = needs.map((need, l) => (users[l]! > 0 ? need / users[l]! : 1))
  const floor = bound.prices.reduce((sum, price, l) => sum + price * meanNeed[l]!, 0) / left.length
  const low = bound.prices.map((price, l) => Math.max(price + (0.2 * floor) / meanNeed[l]!, 1e-9))
  const dearest = values.reduce((most, value, i) => (board.mandatory[i] ? most : Math.max(most, value)), 1e-9)
  const high = meanNeed.map((need) => (3 * dearest) / need)
  const now = Float64Array.from(low)
  return {
    now,
    rise(share: number) {
      for (let l = 0; l < now.length; l++) now[l] = low[l]! ** (1 - share) * high[l]! ** share
    },
  }
}

/** Takes out what is worth least for what it frees, until no limit is overdrawn. */
const repair = ({ board, ways, values, plan, left, chosen, remove }: Walk): void => {
  const leave = (i: number): void => {
    if (plan[i]! < 0) return
    remove(i)
    for (const other of board.dependents[i]!) leave(other)
  }
  for (let limit = 0; limit < left.length; limit++)
    while (left[limit]! < 0) {
      let least = -1
      let lowest = Infinity
      for (let k = 0; k < chosen.size; k++) {
        const i = chosen.list[k]!
        const frees = ways.dense[plan[i]! * left.length + limit]!
        const worth = values[i]! / Math.min(frees, -left[limit]!)
        if (!(frees > 0) || worth >= lowest) continue
        lowest = worth
        least = i
      }
      if (least < 0) break
      leave(least)
    }
}
