/** @file Tests of losses: closed forms, the simulation's moments, updates, indicators and mitigations. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lognormalMean } from '../chance/lognormal.ts'
import { appetiteBreaches, chanceToExceed } from './appetite.ts'
import { updateFrequency } from './frequency.ts'
import { indicatorState, withIndicator } from './indicator.ts'
import { rankMitigations, returnOnMitigation } from './mitigation.ts'
import { riskRefusal } from './refusals.ts'
import {
  annualLossExpectancy,
  annualLossVariance,
  lognormalAle,
  lognormalAleVariance,
  lossShape,
  meanRate,
  type Risk,
} from './risk.ts'
import { simulate } from './simulate.ts'

const risk = (id: string, rate: number, low: number, high: number, more: Partial<Risk> = {}): Risk => ({
  id,
  name: id,
  frequency: { rate },
  loss: { kind: 'lognormal', low, high },
  ...more,
})

describe('closed forms', () => {
  it('annual loss expectancy to the digits', () => {
    expect(lognormalAle(0.1, 1, 10)).toBeCloseTo(0.4040012826945718, 12)
    expect(lognormalAle(3, 1, 10)).toBeCloseTo(12.120038480837177, 11)
    expect(lognormalMean(lossShape({ kind: 'lognormal', low: 635_000, high: 19_000_000 }))).toBeCloseTo(
      5922706.83351131,
      6,
    )
  })

  it('variance is lambda e^(2 mu + 2 sigma^2)', () => {
    const { mu, sigma } = lossShape({ kind: 'lognormal', low: 1, high: 10 })
    expect(lognormalAleVariance(3, 1, 10)).toBeCloseTo(3 * Math.exp(2 * mu + 2 * sigma ** 2), 10)
    expect(annualLossVariance(risk('a', 3, 1, 10))).toBeCloseTo(lognormalAleVariance(3, 1, 10), 10)
  })

  it('return on mitigation', () => {
    expect(returnOnMitigation(100, 40, 20)).toBe(2)
    expect(returnOnMitigation(100, 40, 0)).toBeNull()
  })
})

describe('simulation', () => {
  it('has the mean, the variance and the chance of no loss of the closed forms', () => {
    for (const rate of [0.1, 3]) {
      const one = risk('fire', rate, 1, 10)
      const found = simulate([one], { seed: 7 })
      expect(Math.abs(found.ale - annualLossExpectancy(one))).toBeLessThan(4 * found.aleError)
      expect((found.aleError ** 2 * found.years) / annualLossVariance(one)).toBeCloseTo(1, 1)
      expect(Math.abs(found.chanceOfNoLoss - Math.exp(-rate))).toBeLessThan(0.005)
    }
  })

  it('draws each of several losses a year by itself', () => {
    // one draw times the frequency would give 9 times the single variance, not 3 second moments
    const found = simulate([risk('a', 3, 5, 5.0001)], { seed: 3 })
    expect(found.aleError ** 2 * found.years).toBeCloseTo(3 * 25, -1)
  })

  it('keeps the mean and widens the spread under a Gamma belief and a common cause', () => {
    const unsure = risk('a', 0, 2, 2, { frequency: { alpha: 2, beta: 1 }, commonCause: 0.5 })
    const found = simulate([unsure], { seed: 5 })
    expect(Math.abs(found.ale - 4)).toBeLessThan(4 * found.aleError)
    expect((found.aleError ** 2 * found.years) / annualLossVariance(unsure)).toBeCloseTo(1, 1)
  })

  it('lets a common cause strike two risks together: variance of the sum by hand', () => {
    const pair = (commonCause: number) => ['a', 'b'].map((id) => risk(id, 2, 1, 1, { commonCause }))
    // each: lambda + lambda^2 = 6; covariance lambda^2 = 4; sum: 6 + 6 + 2 x 4 = 20, and 4 without a cause
    const together = simulate(pair(1), { seed: 9 })
    const apart = simulate(pair(0), { seed: 9 })
    expect(together.aleError ** 2 * together.years).toBeGreaterThan(19)
    expect(together.aleError ** 2 * together.years).toBeLessThan(21)
    expect(apart.aleError ** 2 * apart.years).toBeCloseTo(4, 0)
    expect(together.es95).toBeGreaterThan(apart.es95)
  })

  it('follows a PERT loss', () => {
    const one = risk('p', 2, 0, 0, { loss: { kind: 'pert', min: 5, mode: 20, max: 50, gamma: 2 } })
    const found = simulate([one], { seed: 2 })
    expect(Math.abs(found.ale - annualLossExpectancy(one))).toBeLessThan(4 * found.aleError)
  })

  it('orders var, shortfall and curve, and splits the whole among the risks', () => {
    const found = simulate([risk('a', 0.5, 10, 1000), risk('b', 4, 1, 20)], { seed: 1 })
    expect(found.es95).toBeGreaterThan(found.var95)
    expect(found.exceedance.length).toBeGreaterThan(60)
    found.exceedance.slice(1).forEach((point, i) => {
      expect(point.loss).toBeGreaterThan(found.exceedance[i]!.loss)
      expect(point.chance).toBeLessThanOrEqual(found.exceedance[i]!.chance)
    })
    expect(chanceToExceed(found.exceedance, found.var95)).toBeCloseTo(0.05, 2)
    expect(found.contributions.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
  })

  it('is calm without risks', () => {
    expect(simulate([], { seed: 1, years: 100 })).toMatchObject({ ale: 0, exceedance: [], chanceOfNoLoss: 1 })
  })

  it('leaves the draws of one risk alone when another joins', () => {
    const a = risk('a', 0.5, 10, 1000)
    const alone = simulate([a], { seed: 4, years: 5000 })
    const joined = simulate([risk('z', 2, 1, 5), a], { seed: 4, years: 5000 })
    expect(joined.contributions[1]!.ale).toBe(alone.contributions[0]!.ale)
  })

  it('a mitigation never raises any number of the profile', () => {
    const factor = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(factor, factor, fc.integer({ min: 1, max: 1e6 }), (frequencyFactor, lossFactor, seed) => {
        const risks = [
          risk('a', 0.8, 10, 1000, { commonCause: 0.4 }),
          risk('b', 0, 1, 20, { frequency: { alpha: 3, beta: 2 } }),
        ]
        const plan = { id: 'm', name: 'm', riskId: 'a', frequencyFactor, lossFactor, annualCost: 1 }
        const before = simulate(risks, { seed, years: 500 })
        const after = simulate(risks, { seed, years: 500, mitigations: [plan, { ...plan, riskId: 'b' }] })
        expect(after.ale).toBeLessThanOrEqual(before.ale)
        expect(after.var95).toBeLessThanOrEqual(before.var95)
        expect(after.es95).toBeLessThanOrEqual(before.es95)
      }),
      { numRuns: 60 },
    )
  })

  it('simulates 100,000 years of 10 risks well under a second', () => {
    const risks = Array.from({ length: 10 }, (_, i) =>
      risk(`r${i}`, 0, 100, 10_000, { frequency: { alpha: 2, beta: 2 }, commonCause: 0.3 }),
    )
    const begun = performance.now()
    simulate(risks, { seed: 1 })
    expect(performance.now() - begun).toBeLessThan(2000)
  })
})

describe('learning', () => {
  it('updates a Gamma belief by incidents', () => {
    expect(updateFrequency({ alpha: 2, beta: 4 }, { events: 3, years: 2 })).toEqual({ alpha: 5, beta: 6 })
    expect(updateFrequency({ rate: 0.5 }, { events: 0, years: 1 })).toEqual({ alpha: 0.5, beta: 2 })
  })

  it('reads indicators, and never takes silence for green', () => {
    const up = { amber: 0.01, red: 0, direction: 'up' } as const
    expect([0.02, 0.01, 0, -1, null, Number.NaN].map((value) => indicatorState(value, up))).toEqual([
      'green',
      'amber',
      'red',
      'red',
      'unknown',
      'unknown',
    ])
    const down = { amber: 0.8, red: 1, direction: 'down' } as const
    expect([0.5, 0.9, 1.2].map((value) => indicatorState(value, down))).toEqual(['green', 'amber', 'red'])
  })

  it('lets an indicator scale the mean and keep the relative width', () => {
    const red = withIndicator({ alpha: 2, beta: 4 }, 'red')
    expect(meanRate(red)).toBeCloseTo(1.5, 12)
    expect(red).toMatchObject({ alpha: 2 })
  })
})

describe('decisions', () => {
  it('ranks mitigations by return', () => {
    const risks = [risk('a', 1, 100, 1000), risk('b', 0.1, 100, 1000)]
    const plan = { name: '', frequencyFactor: 0.5, lossFactor: 1, annualCost: 50 }
    const ranked = rankMitigations(risks, [
      { ...plan, id: 'on b', riskId: 'b' },
      { ...plan, id: 'on a', riskId: 'a' },
    ])
    expect(ranked.map(({ mitigation, worthIt }) => [mitigation.id, worthIt])).toEqual([
      ['on a', true],
      ['on b', false],
    ])
  })

  it('names each broken point of the appetite', () => {
    const curve = [
      { loss: 10, chance: 0.5 },
      { loss: 100, chance: 0.1 },
    ]
    const found = appetiteBreaches(curve, [
      { loss: 10, chance: 0.6 },
      { loss: 100, chance: 0.05 },
      { loss: 1000, chance: 0 },
    ])
    expect(found).toEqual([{ code: 'risk.appetite', values: { loss: 100, chance: 0.1, accepted: 0.05 } }])
    expect(chanceToExceed(curve, Math.sqrt(1000))).toBeCloseTo(0.3, 12)
  })

  it('refuses what cannot be simulated', () => {
    expect(riskRefusal(risk('a', 1, 1, 2))).toBeNull()
    expect(riskRefusal(risk('a', -1, 1, 2))!.code).toBe('risk.frequency')
    expect(riskRefusal(risk('a', 1, 0, 2))!.code).toBe('risk.loss')
    expect(riskRefusal(risk('a', 1, 1, 2, { commonCause: 2 }))!.code).toBe('risk.commonCause')
  })
})
