/** @file Cycles in their form: days and hours, and the states offered. */
import type { Cycle } from '@capstan/api'
import { describe, expect, it } from 'vitest'
import { cycleBody, cycleFields, mayClose, statesOf } from './cycle.view.ts'

const now = new Date('2026-03-02T10:30:00')
const cycle = (state: Cycle['state']): Cycle => ({
  ...{ id: 'c', number: 1, name: 'One', state, period: 'month' },
  start: now.toISOString(),
  end: new Date('2026-04-02T10:30:00').toISOString(),
})

describe('a cycle', () => {
  it('keeps the hours of days that were left alone', () => {
    const one = cycle('running')
    const fields = cycleFields(now, one)(one)
    expect(cycleBody(one)(fields)).toMatchObject({ start: one.start, end: one.end })
    const { end } = cycleBody(one)({ ...fields, end: '2026-04-05' })
    expect([new Date(end).getDate(), new Date(end).getHours()]).toEqual([5, 23])
  })
  it('begins today, as long as the last one and counted as that', () => {
    expect(cycleFields(now, cycle('closed'))(null)).toMatchObject({
      ...{ start: '2026-03-02', end: '2026-04-02', period: 'month', state: 'planning' },
    })
    expect(cycleFields(now, undefined)(null).end).toBe('2026-05-25')
  })
  it('goes where the domain lets it, and is closed from its review only', () => {
    expect(statesOf(cycle('planning'))).toEqual(['planning', 'running'])
    expect(statesOf(cycle('review'))).toEqual(['planning', 'running', 'review'])
    const closable = (['planning', 'running', 'review', 'closed'] as const).map((s) => mayClose(cycle(s)))
    expect(closable).toEqual([false, false, true, false])
  })
})
