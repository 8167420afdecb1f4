/** @file What strategy refuses: dates outside the cycle, targets without a way, bets that cannot be placed. */
import type { Beta } from '../chance/gamma.ts'
import { type Direction, quantity, type Scale } from '../measures/measure.ts'
import { type Message, message } from '../messages/message.ts'
import type { ValueRange } from '../resources/portfolio.ts'
import type { Belief } from './belief.ts'

type Dated = { start: string; end: string }

/** @returns why a cycle cannot have these dates, or null; the longest is a hundred years. */
export const cycleRefusal = (name: string, { start, end }: Dated): Message | null => {
  if (end <= start) return message('cycle.dates', { name, start: day(start), end: day(end) })
  const days = (Date.parse(end) - Date.parse(start)) / 86_400_000
  return days > longestCycleDays ? message('cycle.long', { name, days, most: longestCycleDays }) : null
}

export const longestCycleDays = 100 * 366

export type CycleState = 'planning' | 'running' | 'review' | 'closed'
const order: readonly CycleState[] = ['planning', 'running', 'review', 'closed']

/** A cycle goes forward one state at a time, and may go back while it is open; closing is for good. */
export const cycleMoveRefusal = (name: string, from: CycleState, to: CycleState): Message | null => {
  if (from === to) return null
  if (from === 'closed') return message('cycle.closed', { name })
  const steps = order.indexOf(to) - order.indexOf(from)
  return steps === 1 || (steps < 0 && to !== 'closed')
    ? null
    : message('cycle.move', { name, from: term(from), to: term(to) })
}

/** A task in review is another thing than a cycle in its review. */
const term = (state: CycleState): string => (state === 'review' ? 'cycle-review' : state)

type Bound = {
  title: string
  baseline: number | null
  target: number
  due: string
}
type Measured = { name: string; unit: string; scale: Scale; direction: Direction }

/** @param now null when the due date is not being set, and may lie in the past */
export const keyResultRefusal = (
  { title, baseline, target, due }: Bound,
  measure: Measured,
  cycle: Dated & { name: string },
  now: string | null,
): Message | null => {
  if (now !== null && due <= now) return message('keyResult.past', { title, due: day(due) })
  if (isOutside(due, cycle))
    return message('keyResult.outside', {
      ...{ title, due: day(due), cycle: cycle.name },
      ...{ start: day(cycle.start), end: day(cycle.end) },
    })
  if (baseline === null) return null
  const shown = { name: measure.name, direction: measure.direction }
  const values = { ...shown, baseline: quantity(baseline, measure), target: quantity(target, measure) }
  if (baseline === target) return message('keyResult.still', values)
  return (measure.direction === 'up') === target > baseline ? null : message('keyResult.backwards', values)
}

/** By whole days (UTC): the last day of a cycle belongs to it. */
export const isOutside = (due: string, cycle: Dated): boolean =>
  day(due) < day(cycle.start) || day(due) > day(cycle.end)

export const beliefRefusal = (name: string, belief: Belief): Message | null => {
  if ('low' in belief) {
    const { low, high } = belief
    return low > 0 && high < 1 && low < high ? null : message('belief.interval', { name, low, high })
  }
  const { chance, trials } = belief
  return chance > 0 && chance < 1 && trials > 0 ? null : message('belief.chance', { name, chance, trials })
}

/** Ranges that fall: least above most likely, or that above the greatest. */
export const rangeRefusal = (name: string, field: string, { low, mode, high }: ValueRange): Message | null =>
  low <= mode && mode <= high ? null : message('range.falls', { name, field, low, mode, high })

export type Bet = {
  id: string
  name: string
  value: ValueRange
  chance: Beta
  needs: Record<string, number[]>
  earliest: number
  latest: number
  prerequisites: readonly string[]
  exclusions: readonly string[]
}

/**
 * @param others every other initiative that it may name
 * @param periods how many the cycle plans; a start after the last is refused, a need that runs on past it is too
 */
export const betRefusal = (bet: Bet, others: readonly Bet[], periods: number): Message | null => {
  const { name } = bet
  const falls = rangeRefusal(name, 'value', bet.value)
  if (falls) return falls
  if (bet.latest < bet.earliest)
    return message('initiative.window', { name, earliest: bet.earliest, latest: bet.latest })
  const duration = durationOf(bet)
  if (bet.earliest + duration > periods)
    return message('initiative.tooLong', { name, earliest: bet.earliest, duration, periods })
  const all = new Map([...others, bet].map((one) => [one.id, one]))
  const both = bet.prerequisites.find((id) => bet.exclusions.includes(id))
  if (both !== undefined) return message('initiative.both', { name, other: all.get(both)?.name ?? both })
  if ([...bet.prerequisites, ...bet.exclusions].includes(bet.id))
    return message('initiative.itself', { name })
  const circle = circleFrom(bet.id, all)
  if (circle) return message('allocation.cycle', { names: circle.map((id) => all.get(id)!.name).join(' → ') })
  const clash = clashOf(bet, all)
  if (clash) return message('initiative.clash', { name, ...clash })
  const soonest = soonestStart(bet, all)
  return soonest > bet.latest ? message('initiative.waits', { name, soonest, latest: bet.latest }) : null
}

/** In periods; the longest of its needs. */
export const durationOf = ({ needs }: Pick<Bet, 'needs'>): number =>
  Math.max(1, ...Object.values(needs).map(({ length }) => length))

/** The first period in which it can start, after everything it waits for, directly and indirectly. */
const soonestStart = (bet: Bet, all: ReadonlyMap<string, Bet>): number =>
  Math.max(
    bet.earliest,
    ...bet.prerequisites.flatMap((id) => {
      const before = all.get(id)
      return before ? [soonestStart(before, all) + durationOf(before)] : []
    }),
  )

/** The way around, first and last the same; null when there is none. */
const circleFrom = (start: string, all: ReadonlyMap<string, Bet>): string[] | null => {
  const visited = new Set<string>()
  const walk = (id: string, path: string[]): string[] | null => {
    for (const next of all.get(id)?.prerequisites ?? []) {
      if (next === start) return [...path, start]
      if (visited.has(next)) continue
      visited.add(next)
      const found = walk(next, [...path, next])
      if (found) return found
    }
    return null
  }
  return walk(start, [start])
}

/** Two that must both come before it, but exclude each other, or one that it excludes itself. */
const clashOf = (bet: Bet, all: ReadonlyMap<string, Bet>): { one: string; other: string } | null => {
  const needed = new Set<string>([bet.id])
  for (const id of needed) for (const next of all.get(id)?.prerequisites ?? []) needed.add(next)
  for (const id of needed) {
    const against = all.get(id)?.exclusions.find((other) => needed.has(other))
    if (against !== undefined) return { one: all.get(id)!.name, other: all.get(against)?.name ?? against }
  }
  return null
}

const day = (instant: string): string => instant.slice(0, 10)
