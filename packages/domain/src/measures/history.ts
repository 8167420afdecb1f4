/** @file A measure's history: one point for each fact, and one where the window slid; the same however facts arrive. */
import type { Calendar } from './calendar.ts'
import { emptyFold, type Fold, type Folded, fold, folded, foldedNothing, sortedWindow } from './fold.ts'
import type { Direction } from './measure.ts'
import type { Input, Query } from './query.ts'

/** How a history reads time. */
export type Clock = {
  calendar: Calendar
  /** Starts of all cycles, rising. */
  cycleStarts: readonly string[]
  /** Until when windows have slid; facts may lie beyond. */
  now: string
  direction: Direction
}

/** `input` is null where no fact came, but the window slid past some. */
export type HistoryRow = Folded & { at: string; key: string; input: Input | null }

export type History = {
  rows: HistoryRow[]
  /** As of the later of now and the last fact; null when the window holds nothing that has such a number. */
  current: Folded | null
  /** Where a history without a window goes on from. */
  fold: Fold
}

/** The key of rows without a fact; it stands before every fact of its instant. */
export const MARK = '-'

/** Whether the number may change although nothing happens. */
export const slides = ({ window, statistic }: Query): boolean =>
  window.kind !== 'all' || statistic === 'rate' || statistic === 'age'

/** Whether the statistic asks for the order of the values. */
export const needsOrder = ({ statistic }: Query) => statistic === 'median' || statistic === 'quantile'

/** Whether the next fact needs nothing but the fold of those before; of order statistics also their sorted values. */
export const goesOnFromFold = (query: Query): boolean => !slides(query)

/** The first instant whose facts matter to rows from `from` on; null: all facts do. */
export const neededSince = (query: Query, { calendar, cycleStarts }: Clock, from: string): string | null => {
  if (query.statistic === 'age') return null
  // a fact of the day before the window leaves it at the midnight that `from` may be
  if (query.window.kind === 'days') return calendar.startOf(calendar.dayOf(from) - query.window.days)
  if (query.window.kind === 'cycle') return cycleStarts.findLast((start) => start < from) ?? null
  return null
}

/**
 * The rows from `from` on.
 * @param inputs sorted by `at` and `key`; at least those since `neededSince`
 * @param previous the value of the row before `from`, when there is one
 */
export function replay(
  query: Query,
  clock: Clock,
  inputs: readonly Input[],
  { from = '', previous = null }: { from?: string; previous?: number | null } = {},
): History {
  const rows: HistoryRow[] = []
  const marks = slides(query) ? marksOf(query, clock, inputs, from) : []
  const window = windowOver(query, clock, inputs)
  let shown = previous
  let [next, mark] = [0, 0]
  while (next < inputs.length || mark < marks.length) {
    const input = inputs[next]
    if (input && (mark >= marks.length || input.at < marks[mark]!)) {
      next += 1
      // what lies before only fills the window
      if (input.at < from) continue
      const value = window.advance(input.at, next)
      rows.push({ ...value!, at: input.at, key: input.key, input })
      shown = value!.value
    } else {
      const at = marks[mark++]!
      const value = window.advance(at, next)
      if (value === null || shown === null || value.value === shown) continue
      rows.push({ ...value, at, key: MARK, input: null })
      shown = value.value
    }
  }
  const last = inputs.at(-1)?.at ?? ''
  const current = window.advance(last > clock.now ? last : clock.now, inputs.length)
  return { rows, current, fold: window.fold() }
}

/**
 * One more fact at the end of a history without a window.
 * @param sorted values of the history with that of the fact, sorted upwards; of order statistics alone
 */
export function goOn(
  query: Query,
  direction: Direction,
  before: Fold,
  input: Input,
  sorted: readonly number[] = [],
): { row: HistoryRow; fold: Fold } {
  const after = fold(before, input)
  return {
    row: { ...folded(query, after, { direction, sorted })!, at: input.at, key: input.key, input },
    fold: after,
  }
}

/** Facts up to `next` are in the window unless they lie before its start, which never moves back. */
function windowOver(query: Query, clock: Clock, inputs: readonly Input[]) {
  const sorted = needsOrder(query) ? sortedWindow() : null
  let state = emptyFold
  let [start, end] = [0, 0]
  return {
    fold: () => state,
    advance(at: string, next: number): Folded | null {
      const since = windowStart(query, clock, at)
      let left = start
      while (left < next && inputs[left]!.at < since) left += 1
      if (left > start) {
        for (let i = start; i < Math.min(left, end); i++) sorted?.remove(inputs[i]!.value)
        // taking away from a sum is not exact; adding up again is
        state = emptyFold
        for (let i = left; i < end; i++) state = fold(state, inputs[i]!)
        start = left
        end = Math.max(end, left)
      }
      for (; end < next; end++) {
        state = fold(state, inputs[end]!)
        sorted?.add(inputs[end]!.value)
      }
      const newest = inputs[next - 1]
      if (!newest) return null
      if (state.count === 0) return foldedNothing(query, newest)
      return folded(query, state, {
        direction: clock.direction,
        ...around(query, clock, state, at, sorted?.values),
      })
    },
  }
}

function around(
  query: Query,
  { calendar, cycleStarts }: Clock,
  state: Fold,
  at: string,
  sorted: readonly number[] | undefined,
): { sorted?: readonly number[]; days?: number; age?: number } {
  if (sorted) return { sorted }
  if (query.statistic === 'age') return { age: calendar.dayOf(at) - calendar.dayOf(state.last!.at) }
  if (query.statistic !== 'rate') return {}
  if (query.window.kind === 'days') return { days: query.window.days }
  const since =
    (query.window.kind === 'cycle' ? cycleStarts.findLast((start) => start <= at) : undefined) ?? state.first!
  return { days: calendar.dayOf(at) - calendar.dayOf(since) + 1 }
}

/** The first instant of the window that ends at `at`. */
export function windowStart(
  { window }: Query,
  { calendar, cycleStarts }: Pick<Clock, 'calendar' | 'cycleStarts'>,
  at: string,
): string {
  if (window.kind === 'days') return calendar.startOf(calendar.dayOf(at) - window.days + 1)
  if (window.kind === 'cycle') return cycleStarts.findLast((start) => start <= at) ?? ''
  return ''
}

/** Instants from `from` to now at which the number may change although nothing happens, rising. */
function marksOf(query: Query, clock: Clock, inputs: readonly Input[], from: string): string[] {
  const { calendar, cycleStarts, now } = clock
  const [first] = inputs
  if (!first) return []
  const marks = new Set<string>()
  const add = (at: string) => {
    if (at >= from && at > first.at && at <= now) marks.add(at)
  }
  if (query.window.kind === 'cycle') cycleStarts.forEach(add)
  if (query.statistic === 'age' || (query.statistic === 'rate' && query.window.kind !== 'days')) {
    const since = from > first.at ? from : first.at
    if (since <= now) {
      const today = calendar.dayOf(now)
      for (let day = calendar.dayOf(since); day <= today; day++) add(calendar.startOf(day))
    }
  } else if (query.window.kind === 'days') {
    for (const { at } of inputs) add(calendar.startOf(calendar.dayOf(at) + query.window.days))
  }
  return [...marks].sort()
}
