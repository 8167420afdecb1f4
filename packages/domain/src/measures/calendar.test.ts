/** @file Tests of local days, most of all where the clocks change. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { calendarOf, isTimeZone } from './calendar.ts'

const length = (zone: string, date: string): number => {
  const calendar = calendarOf(zone)
  const day = Date.parse(`${date}T00:00:00Z`) / 86_400_000
  return (Date.parse(calendar.startOf(day + 1)) - Date.parse(calendar.startOf(day))) / 3_600_000
}

describe('calendar', () => {
  it.each([
    ['Europe/Berlin', '2026-03-29', 23],
    ['Europe/Berlin', '2026-10-25', 25],
    ['America/New_York', '2026-03-08', 23],
    ['America/New_York', '2026-11-01', 25],
    ['Australia/Lord_Howe', '2026-04-05', 24.5],
    ['Asia/Shanghai', '2026-03-29', 24],
    ['UTC', '2026-03-29', 24],
  ])('in %s the day %s has %d hours', (zone, date, hours) => {
    expect(length(zone, date)).toBe(hours)
  })

  it('begins a day when the clocks skip its midnight', () => {
    // Cairo goes from 24:00 of 23 April to 01:00 of 24 April 2026
    const cairo = calendarOf('Africa/Cairo')
    const day = Date.parse('2026-04-24T00:00:00Z') / 86_400_000
    expect(cairo.startOf(day)).toBe('2026-04-23T22:00:00.000Z')
    expect(cairo.dayOf('2026-04-23T21:59:59.999Z')).toBe(day - 1)
    expect(cairo.dayOf('2026-04-23T22:00:00.000Z')).toBe(day)
  })

  it('puts an instant on the local date', () => {
    expect(calendarOf('Asia/Shanghai').dayOf('2026-01-01T16:00:00.000Z')).toBe(
      Date.parse('2026-01-02T00:00:00Z') / 86_400_000,
    )
  })

  it('every instant lies in its own day, whatever was asked before', () => {
    const calendars = ['Europe/Berlin', 'America/St_Johns', 'Pacific/Apia', 'Asia/Kathmandu'].map(calendarOf)
    const instant = fc.date({ min: new Date('1990-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(fc.constantFrom(...calendars), instant, (calendar, date) => {
        const at = date.toISOString()
        const day = calendar.dayOf(at)
        expect(calendar.startOf(day) <= at).toBe(true)
        expect(at < calendar.startOf(day + 1)).toBe(true)
        expect(calendar.dayOf(calendar.startOf(day))).toBe(day)
      }),
      { seed: 7, numRuns: 300 },
    )
  })

  it('knows zones by name', () => {
    expect([isTimeZone('Asia/Shanghai'), isTimeZone('UTC'), isTimeZone('Mars/Base')]).toEqual([
      true,
      true,
      false,
    ])
  })
})
