/** @file Says why: what binds, why each other candidate was left out, why the runner-up lost. */
import { type Message, message } from '../messages/message.ts'
import { duration, possibleStarts } from './model.ts'
import type { AllocationInput, BindingLimit, Candidate, Chosen } from './portfolio.ts'
import { expectedValue } from './scenarios.ts'
import { byId, type Shortage, shortageAt, startsInOrder, usageOf } from './timing.ts'

export const explainChoice = (
  input: AllocationInput,
  chosen: readonly Chosen[],
  value: number,
  binding: readonly BindingLimit[],
): Message => {
  if (chosen.length === 0) return message('allocation.nothing', {})
  const names = nameList(input, chosen)
  // prices per unit cannot be compared between pools; what the whole limit is worth can
  const top = binding
    .filter((limit) => limit.shadowPrice > 0)
    .sort((a, b) => b.shadowPrice * b.capacity - a.shadowPrice * a.capacity)[0]
  if (!top) return message('allocation.chosenFree', { names, value })
  const pool = input.pools.find(({ id }) => id === top.poolId)!
  return message('allocation.chosen', {
    names,
    value,
    pool: pool.name,
    period: top.period + 1,
    unit: pool.unit,
    price: top.shadowPrice,
  })
}

/** The first reason that holds, from the hardest to the softest. */
export const whyRejected = (
  input: AllocationInput,
  chosen: readonly Chosen[],
  candidate: Candidate,
): Message => {
  const { periods, lambda } = input
  const possible = possibleStarts(candidate, periods)
  if (possible.length === 0) return message('allocation.reject.time', { periods })
  const empty = input.pools.map(() => new Array<number>(periods).fill(0))
  const alone = leastShortage(input, empty, candidate, possible)
  if (alone) return shortageMessage('allocation.reject.alone', input, alone)
  const rival = chosen.find(
    ({ initiativeId }) =>
      candidate.exclusions.includes(initiativeId) ||
      byId(input, initiativeId).exclusions.includes(candidate.id),
  )
  if (rival) return message('allocation.reject.excluded', { other: byId(input, rival.initiativeId).name })
  const absent = candidate.prerequisites.find((id) => !chosen.some((item) => item.initiativeId === id))
  if (absent) return message('allocation.reject.prerequisite', { other: byId(input, absent).name })
  const value = expectedValue(candidate)
  if (value <= 0) return message('allocation.reject.value', { value })
  const inOrder = startsInOrder(input, chosen, candidate)
  if (inOrder.length === 0) {
    const last = candidate.prerequisites
      .map((id) => chosen.find((item) => item.initiativeId === id)!)
      .sort((a, b) => endOf(input, b) - endOf(input, a))[0]!
    return message('allocation.reject.order', { other: byId(input, last.initiativeId).name })
  }
  const shortage = leastShortage(input, usageOf(input, chosen), candidate, inOrder)
  if (shortage) return shortageMessage('allocation.reject.fit', input, shortage)
  return lambda > 0
    ? message('allocation.reject.risk', { value })
    : message('allocation.reject.stopped', { value })
}

const endOf = (input: AllocationInput, { initiativeId, start }: Chosen): number =>
  start + duration(byId(input, initiativeId))

/** The shortage at the start that comes nearest to fitting; null when a start fits. */
const leastShortage = (
  input: AllocationInput,
  used: readonly number[][],
  candidate: Candidate,
  starts: readonly number[],
): Shortage | null => {
  const shortages = starts.map((start) => shortageAt(input, used, candidate, start))
  if (shortages.includes(null)) return null
  return (shortages as Shortage[]).reduce((best, next) =>
    next.left / next.need > best.left / best.need ? next : best,
  )
}

const shortageMessage = (
  code: 'allocation.reject.alone' | 'allocation.reject.fit',
  input: AllocationInput,
  { pool: p, period, need, left }: Shortage,
): Message => {
  const { name, unit, capacity } = input.pools[p]!
  const values = { pool: name, period: period + 1, need, unit }
  return code === 'allocation.reject.alone'
    ? message(code, { ...values, capacity: capacity[period]! })
    : message(code, { ...values, left })
}

export const whyRunnerUp = (
  input: AllocationInput,
  best: readonly Chosen[],
  other: readonly Chosen[],
  difference: number,
): Message => {
  const without = (from: readonly Chosen[], those: readonly Chosen[]) =>
    nameList(
      input,
      from.filter((item) => !those.some(({ initiativeId }) => initiativeId === item.initiativeId)),
    )
  const added = without(other, best)
  const removed = without(best, other)
  if (added === '') return message('allocation.runnerUp.fewer', { removed, difference })
  if (removed === '') return message('allocation.runnerUp.more', { added, difference })
  return difference > 0
    ? message('allocation.runnerUp', { added, removed, difference })
    : message('allocation.runnerUp.tie', { added, removed })
}

const nameList = (input: AllocationInput, chosen: readonly Chosen[]): string =>
  chosen.map(({ initiativeId }) => byId(input, initiativeId).name).join(', ')
