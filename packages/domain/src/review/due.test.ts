/** @file When a review is due, and when to remind of it. */
import { expect, it } from 'vitest'
import { reminderOf, reviewDue } from './due.ts'

const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString()
const cycle = { end: day(30), reviewedAt: null, remindedAt: null }

it('is due from the end on, until a review is taken after it', () => {
  expect(reviewDue(cycle, day(29))).toBe(false)
  expect(reviewDue(cycle, day(30))).toBe(true)
  expect(reviewDue({ ...cycle, reviewedAt: day(20) }, day(31))).toBe(true)
  expect(reviewDue({ ...cycle, reviewedAt: day(30) }, day(31))).toBe(false)
})

it('reminds once at the end, then once a week', () => {
  let remindedAt: string | null = null
  const told: [number, string][] = []
  for (let n = 25; n < 50; n++) {
    const reminder = reminderOf({ ...cycle, remindedAt }, day(n))
    if (!reminder) continue
    told.push([n, reminder])
    remindedAt = day(n)
  }
  expect(told).toEqual([
    [30, 'ended'],
    [37, 'overdue'],
    [44, 'overdue'],
  ])
})

it('an end that was moved past the last reminder reminds anew', () => {
  const moved = { end: day(60), reviewedAt: null, remindedAt: day(30) }
  expect(reminderOf(moved, day(40))).toBeNull()
  expect(reminderOf(moved, day(60))).toBe('ended')
})
