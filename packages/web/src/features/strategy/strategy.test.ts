/** @file Beliefs and needs of initiatives. */
import { describe, expect, it } from 'vitest'
import { beliefOf, needsOf } from './strategy.view.ts'

describe('initiatives', () => {
  it('gives a belief with an interval inside 0 and 1', () => {
    const { mean, low, high } = beliefOf({ alpha: 9, beta: 1 })
    expect(mean).toBe(0.9)
    expect(low).toBeLessThan(mean)
    expect(high).toBeLessThanOrEqual(1)
  })
  it('adds up needs over periods and leaves out pools that are not needed', () => {
    const pool = (id: string) =>
      ({ id, name: id, kind: 'compute', unit: 'min', capacity: [1], rate: 0, origin: 'typed' }) as const
    const pools = [pool('a'), pool('b')].map((p) => ({ ...p, capacity: [...p.capacity] }))
    expect(needsOf({ needs: { a: [1, 2] } }, pools).map(({ total }) => total)).toEqual([3])
  })
})
