/** @file How measures read time here: the workspace's days, and the starts of its cycles. */
import { type Calendar, calendarOf } from '@capstan/domain'
import { cycles } from '../cycles/store.ts'
import type { Db } from '../database/records.ts'
import type { Times } from '../histories/advance.ts'
import { readFacts } from '../workspace/facts.ts'

/** Calendars remember where their days begin. */
const calendars = new Map<string, Calendar>()

export async function timesOf(db: Db, now: string): Promise<Times> {
  const { timeZone } = await readFacts(db)
  let calendar = calendars.get(timeZone)
  if (!calendar) {
    calendar = calendarOf(timeZone)
    calendars.set(timeZone, calendar)
  }
  const starts = (await cycles.list(db)).map(({ start }) => new Date(start).toISOString()).sort()
  return { calendar, cycleStarts: starts, now }
}

/** What histories with windows depend on beside their facts. */
export const frameOf = ({ calendar, cycleStarts }: Times): string =>
  [calendar.timeZone, ...cycleStarts].join(' ')
