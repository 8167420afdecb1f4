/** @file Tests of costs, budgets and runway. */
import { describe, expect, it } from 'vitest'
import { normalCdf } from '../chance/normal.ts'
import { atCompletion, burn, cost, wouldBreak } from './budget.ts'
import { simulateRunway } from './runway.ts'

describe('budget', () => {
  it('charges used amounts at their rates', () => {
    expect(cost({ cpuSeconds: 90, gigabytes: 2 }, { cpuSeconds: { rate: 0.4, per: 3600 } })).toBeCloseTo(
      0.01,
      12,
    )
  })

  it('burns', () => {
    expect(burn({ budget: 30, spent: 1.5, committed: 3 })).toEqual({
      remaining: 25.5,
      burned: 0.05,
      claimed: 0.15,
      over: false,
    })
    expect(burn({ budget: 0, spent: 1, committed: 0 })).toMatchObject({ burned: null, over: true })
    expect(atCompletion(6, 0.25)).toBe(24)
    expect(atCompletion(6, 0)).toBeNull()
  })

  it('refuses only what does not fit', () => {
    expect(wouldBreak(30, 25, 5, 'min')).toBeNull()
    expect(wouldBreak(30, 28, 5, 'min')).toEqual({
      code: 'budget.break',
      values: { request: 5, left: 2, budget: 30, unit: 'min' },
    })
  })
})

describe('runway', () => {
  const input = {
    cash: 100,
    burn: { mean: 10, deviation: 0 },
    revenue: { mean: 0, deviation: 0 },
    horizonMonths: 24,
    seed: 1,
  }

  it('without noise ends when the money does', () => {
    expect(simulateRunway({ ...input, burn: { mean: 15, deviation: 0 }, draws: 10 }).months).toEqual({
      p05: 7,
      p50: 7,
      p95: 7,
    })
    expect(simulateRunway({ ...input, burn: { mean: 1, deviation: 0 }, draws: 10 }).months.p50).toBeNull()
  })

  it('pays for failed runs again', () => {
    const runs = { mean: 4, deviation: 0, failureShare: 0.2 }
    expect(simulateRunway({ ...input, runs, draws: 10 }).netBurn).toBeCloseTo(15, 12)
  })

  it('survives one month as the normal distribution says', () => {
    const draws = 40_000
    const { survival } = simulateRunway({ ...input, cash: 5, burn: { mean: 4, deviation: 2 }, draws })
    const exact = normalCdf((5 - 4) / 2)
    expect(Math.abs(survival[0]! - exact)).toBeLessThan(4 * Math.sqrt((exact * (1 - exact)) / draws))
  })
})
