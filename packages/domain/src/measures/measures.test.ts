/** @file Tests of reading measures. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Point, quantity } from './measure.ts'
import { scales } from './scale.ts'
import { latest, margin, measureState, meets } from './state.ts'

const point = (at: string, value: number): Point => ({
  at,
  value,
  origin: 'measured',
  evidence: { noun: 'run', id: 'r1' },
})

describe('measure', () => {
  const first = point('2026-01-01T00:00:00Z', 1)
  const second = point('2026-01-03T00:00:00.000Z', 2)

  it('reads the latest point whatever the order, and the last given of equals', () => {
    expect(latest([second, first])).toBe(second)
    expect(latest([])).toBeNull()
    const again = { ...second, value: 3 }
    expect(latest([second, again, first])).toBe(again)
  })

  it('is missing, live, then stale', () => {
    const state = (now: string) => measureState([first], { now, staleAfterDays: 7 })
    expect(measureState([], { now: first.at, staleAfterDays: 7 })).toBe('missing')
    expect([state('2026-01-08T00:00:00Z'), state('2026-01-08T00:00:01Z')]).toEqual(['live', 'stale'])
  })

  it('meets a target exactly when its margin is not negative', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(number, number, fc.constantFrom('up', 'down'), (value, target, direction) => {
        expect(meets(value, target, direction)).toBe(margin(value, target, direction) >= 0)
      }),
    )
  })

  it('scales map back', () => {
    for (const scale of ['linear', 'log', 'proportion'] as const)
      expect(scales[scale].from(scales[scale].to(0.37))).toBeCloseTo(0.37, 12)
  })

  it('shows quantities', () => {
    expect(quantity(0.98123, { scale: 'proportion' })).toBe('98.12%')
    expect(quantity(3.26789, { unit: 'ms', scale: 'log' })).toBe('3.268 ms')
    expect(quantity(123456.7, {})).toBe('123,457')
  })
})
