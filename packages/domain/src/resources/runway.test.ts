/** @file The runway against closed forms. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalCdf } from '../chance/normal.ts'
import { chanceToReach, flowOf, runFlow, simulateRunway } from './runway.ts'

const still = { mean: 0, deviation: 0 }
const base = { cash: 100, burn: still, revenue: still, horizonMonths: 12, seed: 7, draws: 20_000 }

describe('runway', () => {
  test('without chance it is a division', () => {
    const { months, survival, netBurn, fan } = simulateRunway({
      ...base,
      burn: { mean: 30, deviation: 0 },
      revenue: { mean: 10, deviation: 0 },
    })
    expect(netBurn).toBe(20)
    // 100 is gone when the sixth month takes 20 from nothing
    expect(months).toEqual({ p05: 6, p50: 6, p95: 6 })
    expect(survival).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0])
    expect(fan.slice(0, 5).map(({ p50 }) => p50)).toEqual([80, 60, 40, 20, 0])
  })

  test('the first month follows the normal distribution within its standard error', () => {
    const flow = { mean: 90, deviation: 25 }
    const { survival } = simulateRunway({ ...base, burn: flow })
    const exact = normalCdf((100 - 90) / 25)
    expect(Math.abs(survival[0]! - exact)).toBeLessThan(4 * Math.sqrt((exact * (1 - exact)) / 20_000))
  })

  test('cash that cannot run out follows the sum of its months', () => {
    const { fan } = simulateRunway({ ...base, cash: 1e6, burn: { mean: 100, deviation: 30 } })
    const month = fan[11]!
    const [mean, deviation] = [1e6 - 1200, 30 * Math.sqrt(12)]
    const error = (4 * deviation * 1.2533) / Math.sqrt(20_000)
    expect(Math.abs(month.p50 - mean)).toBeLessThan(error)
    expect(Math.abs(month.p95 - (mean + 1.645 * deviation))).toBeLessThan(2 * error)
  })

  test('growth compounds', () => {
    const { fan } = simulateRunway({
      ...base,
      revenue: { mean: 10, deviation: 0 },
      growth: 0.1,
    })
    expect(fan[2]!.p50).toBeCloseTo(100 + 10 + 11 + 12.1, 9)
  })

  test('funding comes with its chance', () => {
    const { survival } = simulateRunway({
      ...base,
      burn: { mean: 30, deviation: 0 },
      events: [{ month: 3, amount: { low: 1000, mode: 1000, high: 1000 }, chance: 0.4 }],
    })
    expect(survival.slice(0, 3)).toEqual([1, 1, 1])
    expect(Math.abs(survival[3]! - 0.4)).toBeLessThan(4 * Math.sqrt(0.24 / 20_000))
  })

  test('reruns: a failure share of one half doubles what a month of finished runs costs', () => {
    const { netBurn } = simulateRunway({ ...base, runs: { mean: 10, deviation: 0, failureShare: 0.5 } })
    expect(netBurn).toBe(20)
  })

  test('more cash never shortens it, and survival never rises', () => {
    fc.assert(
      fc.property(
        fc.record({
          cash: fc.double({ min: 0, max: 1000, noNaN: true }),
          more: fc.double({ min: 0, max: 500, noNaN: true }),
          burn: fc.double({ min: 0, max: 200, noNaN: true }),
          deviation: fc.double({ min: 0, max: 80, noNaN: true }),
          seed: fc.nat(),
        }),
        ({ cash, more, burn, deviation, seed }) => {
          const of = (start: number) =>
            simulateRunway({ ...base, cash: start, burn: { mean: burn, deviation }, seed, draws: 200 })
              .survival
          const [poor, rich] = [of(cash), of(cash + more)]
          poor.forEach((chance, i) => {
            if (i > 0) expect(chance).toBeLessThanOrEqual(poor[i - 1]!)
          })
          // the first month draws the same numbers for both
          expect(rich[0]!).toBeGreaterThanOrEqual(poor[0]!)
        },
      ),
    )
  })

  test('a range is a 90 % interval', () => {
    const { mean, deviation } = flowOf({ low: 100 - 16.44855, high: 100 + 16.44855 })
    expect([mean, deviation]).toEqual([expect.closeTo(100, 9), expect.closeTo(10, 9)])
  })

  test('milestones are reached when cash lasts through their month', () => {
    const run = { survival: [1, 0.9, 0.5] }
    expect([0, 1, 2, 3, 4].map((month) => chanceToReach(run, month))).toEqual([1, 1, 0.9, 0.5, null])
  })

  test('the flow of runs counts quiet days, and its parts add up to what was paid', () => {
    const flow = runFlow(
      [
        { day: 1, finished: 30, unfinished: 10 },
        { day: 4, finished: 30, unfinished: 10 },
      ],
      10,
    )!
    expect(flow.failureShare).toBeCloseTo(0.25, 12)
    expect(flow.mean / (1 - flow.failureShare)).toBeCloseTo((80 / 10) * (365.25 / 12), 9)
    const values = [30, 30, 0, 0, 0, 0, 0, 0, 0, 0]
    const variance = values.reduce((sum, value) => sum + (value - 6) ** 2, 0) / 9
    expect(flow.deviation).toBeCloseTo(Math.sqrt(variance * (365.25 / 12)), 9)
    expect(runFlow([], 10)).toBeNull()
  })
})
