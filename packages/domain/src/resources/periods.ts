/** @file The periods that capacities and needs are counted in: local days from a cycle's start on. */
import type { Calendar } from '../measures/calendar.ts'

export type PeriodLength = 'week' | 'fortnight' | 'month' | 'quarter'

/** `first` and `end` are numbers of local days; `end` is the first day after the period. */
export type Period = { first: number; end: number }

const dayMs = 86_400_000

/** `2026-03-01` for the number of a local day. */
export const dateOfDay = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)

/** The number of the local day of a date such as `2026-03-01`; NaN when it is no date. */
export const dayOfDate = (date: string): number => {
  const at = Date.parse(`${date}T00:00:00Z`)
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(date) ? at / dayMs : Number.NaN
}

/** Monday is 1, Sunday 7. */
export const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1

/** Months later, on the same day of the month, or on its last where that month is shorter. */
export const addMonths = (day: number, months: number): number => {
  const date = new Date(day * dayMs)
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months]
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  return Date.UTC(year, month, Math.min(date.getUTCDate(), last)) / dayMs
}

const startOf = (first: number, length: PeriodLength, index: number): number => {
  if (length === 'week') return first + 7 * index
  if (length === 'fortnight') return first + 14 * index
  return addMonths(first, index * (length === 'month' ? 1 : 3))
}

/** So many periods from the local day that holds `start` (ISO 8601 UTC). */
export const periodsFrom = (
  start: string,
  length: PeriodLength,
  count: number,
  calendar: Calendar,
): Period[] => {
  const first = calendar.dayOf(start)
  return Array.from({ length: count }, (_, i) => ({
    first: startOf(first, length, i),
    end: startOf(first, length, i + 1),
  }))
}

/** How many periods it takes to reach `end`; at least one. */
export const periodsUntil = (
  start: string,
  end: string,
  length: PeriodLength,
  calendar: Calendar,
): number => {
  const first = calendar.dayOf(start)
  const last = calendar.dayOf(end)
  let count = 1
  while (startOf(first, length, count) < last && count < 60) count++
  return count
}
