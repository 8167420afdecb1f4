/** @file Tests of frequencies: intervals as Gamma beliefs, what incidents teach, hysteresis of indicators. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gammaCdf, gammaQuantile } from '../chance/special.ts'
import { beliefOf, gammaFromInterval, learnedFrequency, rateInterval, scaleFrequency } from './frequency.ts'
import { indicatorRefusal, indicatorState, shownState } from './indicator.ts'
import { frequencyRefusal } from './refusals.ts'
import { meanRate } from './risk.ts'

describe('the incomplete gamma', () => {
  it('is the exponential and the Erlang distribution where they have closed forms', () => {
    expect(gammaCdf(1.5, 1)).toBeCloseTo(1 - Math.exp(-1.5), 14)
    // Erlang 3: 1 - e^-x (1 + x + x^2/2)
    expect(gammaCdf(4, 3)).toBeCloseTo(1 - Math.exp(-4) * (1 + 4 + 8), 13)
    expect(gammaCdf(0.2, 3)).toBeCloseTo(1 - Math.exp(-0.2) * (1 + 0.2 + 0.02), 13)
    // half a degree of freedom of chi square is the normal: P(1/2, x^2/2) = P(|Z| < x)
    expect(gammaCdf(1.959963984540054 ** 2 / 2, 0.5)).toBeCloseTo(0.95, 12)
  })

  it('inverts', () => {
    expect(gammaQuantile(0.5, 1)).toBeCloseTo(Math.LN2, 12)
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 500, noNaN: true }),
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        (shape, p) => {
          expect(gammaCdf(gammaQuantile(p, shape), shape)).toBeCloseTo(p, 9)
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('a frequency', () => {
  it('of an interval is the Gamma with these percentiles', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 5, noNaN: true }),
        fc.double({ min: 1.01, max: 1000, noNaN: true }),
        (low, ratio) => {
          const [at5, at95] = rateInterval(gammaFromInterval(low, low * ratio))
          expect(at5 / low).toBeCloseTo(1, 6)
          expect(at95 / (low * ratio)).toBeCloseTo(1, 6)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('of an exponential interval has the shape 1', () => {
    // quantiles of the exponential: -ln 0.95 and -ln 0.05
    const { alpha, beta } = gammaFromInterval(-Math.log(0.95), -Math.log(0.05))
    expect(alpha).toBeCloseTo(1, 9)
    expect(beta).toBeCloseTo(1, 9)
  })

  it('that is one number stays one', () => {
    expect(beliefOf({ low: 2, high: 2 })).toEqual({ rate: 2 })
    expect(beliefOf({ rate: 0.3 })).toEqual({ rate: 0.3 })
  })

  it('learns from incidents and from quiet time: Gamma-Poisson by hand', () => {
    // 2 in 4 years believed, 3 more in 2 years: 5 in 6
    expect(learnedFrequency({ alpha: 2, beta: 4 }, { events: 3, years: 2 })).toEqual({ alpha: 5, beta: 6 })
    expect(meanRate(learnedFrequency({ alpha: 2, beta: 4 }, { events: 0, years: 4 }))).toBe(0.25)
    expect(learnedFrequency({ rate: 0.5 }, { events: 0, years: 4 })).toEqual({ rate: 0.5 })
    expect(learnedFrequency({ rate: 0.5 }, { events: 1, years: 1 })).toEqual({ alpha: 1.5, beta: 2 })
  })

  it('approaches what is observed the longer it is observed', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.integer({ min: 0, max: 50 }),
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        (alpha, beta, events, years) => {
          const learned = meanRate(learnedFrequency({ alpha, beta }, { events, years }))
          const ends = [alpha / beta, events / years].sort((a, b) => a - b)
          expect(learned).toBeGreaterThanOrEqual(ends[0]! * (1 - 1e-12))
          expect(learned).toBeLessThanOrEqual(ends[1]! * (1 + 1e-12))
        },
      ),
    )
  })

  it('is refused with a sentence', () => {
    const code = (stated: Parameters<typeof frequencyRefusal>[1]) =>
      frequencyRefusal('R', stated)?.code ?? null
    expect(code({ rate: -1 })).toBe('risk.frequency')
    expect(code({ rate: Number.NaN })).toBe('risk.frequency')
    expect(code({ rate: 1e9 })).toBe('risk.frequencyHigh')
    expect(code({ alpha: 1, beta: 0 })).toBe('risk.frequency')
    expect(code({ alpha: 1e300, beta: 1e-300 })).toBe('risk.frequency')
    expect(code({ low: 2, high: 1 })).toBe('risk.frequencyOrder')
    expect(code({ low: 0, high: 1 })).toBe('risk.frequencyRange')
    expect(code({ low: -2, high: -1 })).toBe('risk.frequencyRange')
    expect(code({ low: 1e-9, high: 1 })).toBe('risk.frequencyWide')
    expect(code({ low: 0.1, high: 1 })).toBeNull()
    expect(code({ rate: 0 })).toBeNull()
  })

  it('scaled to nothing never strikes', () => {
    expect(meanRate(scaleFrequency({ alpha: 2, beta: 1 }, 0))).toBeLessThan(1e-11)
  })
})

describe('an indicator', () => {
  const up = { amber: 0.9, red: 0.8, direction: 'up', hysteresis: 0.02 } as const

  it('believes in recovery only beyond the hysteresis', () => {
    const walk = [0.95, 0.9, 0.91, 0.93, 0.79, 0.815, 0.83, 0.915, 0.925]
    const states: string[] = []
    for (const value of walk) states.push(indicatorState(value, up, (states.at(-1) as 'green') ?? 'unknown'))
    expect(states).toEqual(['green', 'amber', 'amber', 'green', 'red', 'red', 'amber', 'amber', 'green'])
  })

  it('gets worse at once, whatever it was', () => {
    for (const before of ['green', 'amber', 'red', 'unknown', 'stale'] as const) {
      expect(indicatorState(0.8, up, before)).toBe('red')
      expect(indicatorState(0.5, { amber: 0.1, red: 0.4, direction: 'down', hysteresis: 1 }, before)).toBe(
        'red',
      )
    }
  })

  it('is stale when its measure fell silent, and unknown before the first value', () => {
    expect(shownState('green', { state: 'stale' })).toBe('stale')
    expect(shownState('unknown', { state: 'stale' })).toBe('unknown')
    expect(shownState('red', { state: 'live' })).toBe('red')
  })

  it('has limits in order and factors that rise', () => {
    expect(indicatorRefusal('m', up)).toBeNull()
    expect(indicatorRefusal('m', { ...up, amber: 0.7 })?.code).toBe('indicator.amberBelow')
    expect(indicatorRefusal('m', { amber: 2, red: 1, direction: 'down' })?.code).toBe('indicator.amberAbove')
    expect(indicatorRefusal('m', up, { green: 1, amber: 0.9, red: 2 })?.code).toBe('indicator.factors')
  })
})
