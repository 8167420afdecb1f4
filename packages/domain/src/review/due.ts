/** @file Whether a cycle waits for its review because its time is up, and when to remind of it. */
import { daysBetween } from '../measures/measure.ts'

export type CycleTimes = {
  end: string
  /** The last review of the cycle; null when there is none. */
  reviewedAt: string | null
  /** The last reminder; null before the first. */
  remindedAt: string | null
}

/** Days between two reminders of the same review. */
const again = 7

/** The cycle's end has passed, and no review has been taken since. */
export const reviewDue = ({ end, reviewedAt }: Omit<CycleTimes, 'remindedAt'>, now: string): boolean =>
  daysBetween(end, now) >= 0 && (reviewedAt === null || daysBetween(reviewedAt, end) > 0)

/** `ended`: the first reminder, when the end has passed; `overdue`: a week later, and each week from then on. */
export const reminderOf = (times: CycleTimes, now: string): 'ended' | 'overdue' | null => {
  if (!reviewDue(times, now)) return null
  if (times.remindedAt === null || daysBetween(times.remindedAt, times.end) > 0) return 'ended'
  return daysBetween(times.remindedAt, now) >= again ? 'overdue' : null
}
