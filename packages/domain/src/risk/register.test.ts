/** @file Tests of the register as a whole: triggers, shared causes, contributions, tornado, appetite, refusals. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { appetiteRefusal, appetiteReleaseRefusal, appetiteStanding } from './appetite.ts'
import { causesRefusal, correlationRoot } from './correlation.ts'
import { mitigated, rankMitigations } from './mitigation.ts'
import { mitigationRefusal, riskRefusal, triggersRefusal } from './refusals.ts'
import { circleIn, expectedEvents, expectedLosses, totalExpectedLoss } from './register.ts'
import {
  annualLossCovariance,
  annualLossExpectancy,
  annualLossVariance,
  type Mitigation,
  type Risk,
  type SharedCause,
} from './risk.ts'
import { drawLoss, lossSampler } from './sampling.ts'
import { simulate } from './simulate.ts'
import { tornado } from './tornado.ts'

const fixed = (id: string, rate: number, amount: number, more: Partial<Risk> = {}): Risk => ({
  ...{ id, name: id, frequency: { rate }, loss: { kind: 'fixed', amount } },
  ...more,
})
const varianceOf = (found: { aleError: number; years: number }) => found.aleError ** 2 * found.years

describe('risks that set others off', () => {
  // a strikes 2 times a year; each time b follows with 1/2, and each b sets c off with 1/4
  const chain = [
    fixed('c', 0, 100, { triggeredBy: [{ riskId: 'b', chance: 0.25 }] }),
    fixed('b', 1, 10, { triggeredBy: [{ riskId: 'a', chance: 0.5 }] }),
    fixed('a', 2, 1),
  ]

  it('are expected by hand: b 1 + 2/2, c a quarter of that', () => {
    expect([...expectedEvents(chain)]).toEqual([
      ['a', 2],
      ['b', 2],
      ['c', 0.5],
    ])
    expect(totalExpectedLoss(chain)).toBe(2 + 20 + 50)
  })

  it('are simulated to the same, with the covariance of thinning', () => {
    const found = simulate(chain, { seed: 3, years: 200_000 })
    expect(Math.abs(found.ale - 72)).toBeLessThan(4 * found.aleError)
    // a and what follows it alone: N ~ Poisson(2), M | N ~ Binomial(N, 1/2): Var(N + 10 M) = 2 + 100 + 2 x 10 x 1
    const pair = simulate(
      [fixed('a', 2, 1), fixed('b', 0, 10, { triggeredBy: [{ riskId: 'a', chance: 0.5 }] })],
      { seed: 4, years: 200_000 },
    )
    expect(varianceOf(pair) / 122).toBeCloseTo(1, 1)
    expect(pair.contributions.map(({ ale }) => Math.round(ale))).toEqual([2, 10])
  })

  it('go in no circle', () => {
    expect(triggersRefusal(chain)).toBeNull()
    const circle = [...chain.slice(0, 2), fixed('a', 2, 1, { triggeredBy: [{ riskId: 'c', chance: 1 }] })]
    expect(circleIn(circle)).toEqual(['c', 'b', 'a', 'c'])
    expect(triggersRefusal(circle)?.code).toBe('risk.circle')
    expect(triggersRefusal([fixed('a', 1, 1, { triggeredBy: [{ riskId: 'a', chance: 1 }] })])?.code).toBe(
      'risk.triggersItself',
    )
    expect(triggersRefusal([fixed('a', 1, 1, { triggeredBy: [{ riskId: 'b', chance: 2 }] })])?.code).toBe(
      'risk.triggerChance',
    )
  })

  it('are rarer when what sets them off is mitigated', () => {
    const plan: Mitigation = {
      ...{ id: 'm', name: 'm', riskId: 'a', frequencyFactor: 0.5, lossFactor: 1, annualCost: 10 },
    }
    // a 2 -> 1, b 2 -> 1.5, c 0.5 -> 0.375: 72 -> 1 + 15 + 37.5
    const [ranked] = rankMitigations(chain, [plan])
    expect(ranked).toMatchObject({ aleBefore: 72, aleAfter: 53.5, saved: 18.5 })
    expect(ranked!.returnOnCost).toBeCloseTo(0.85, 12)
    const found = simulate(chain, { seed: 5, years: 200_000, mitigations: [plan] })
    expect(Math.abs(found.ale - 53.5)).toBeLessThan(4 * found.aleError)
    expect(Math.abs(found.inherent!.ale - 72)).toBeLessThan(4 * found.inherent!.aleError)
  })
})

describe('shared causes', () => {
  const cause = (id: string, volatility: number, correlations: SharedCause['correlations'] = []) => ({
    ...{ id, name: id, volatility, correlations },
  })

  it('strike together: the variance of a sum by hand', () => {
    const pair = ['a', 'b'].map((id) => fixed(id, 2, 1, { causes: [{ causeId: 'k', weight: 1 }] }))
    // volatility 1: each lambda + lambda^2 = 6, covariance lambda^2 = 4: 6 + 6 + 2 x 4 = 20
    const causes = [cause('k', 1)]
    expect(annualLossVariance(pair[0]!, causes)).toBeCloseTo(6, 12)
    expect(annualLossCovariance(pair[0]!, pair[1]!, causes)).toBeCloseTo(4, 12)
    const found = simulate(pair, { seed: 1, years: 400_000, causes })
    expect(Math.abs(found.ale - 4)).toBeLessThan(4 * found.aleError)
    expect(varianceOf(found)).toBeGreaterThan(19)
    expect(varianceOf(found)).toBeLessThan(21)
  })

  it('correlate by the correlation of their logarithms', () => {
    const causes = [cause('k', 0.8, [{ causeId: 'l', correlation: -0.6 }]), cause('l', 0.5)]
    const pair = [
      fixed('a', 3, 1, { causes: [{ causeId: 'k', weight: 0.7 }] }),
      fixed('b', 2, 2, { causes: [{ causeId: 'l', weight: 0.9 }] }),
    ]
    const spread = (v: number) => Math.sqrt(Math.log(1 + v * v))
    const covariance = 3 * 4 * 0.7 * 0.9 * (Math.exp(-0.6 * spread(0.8) * spread(0.5)) - 1)
    expect(annualLossCovariance(pair[0]!, pair[1]!, causes)).toBeCloseTo(covariance, 12)
    const expected =
      annualLossVariance(pair[0]!, causes) + annualLossVariance(pair[1]!, causes) + 2 * covariance
    const found = simulate(pair, { seed: 2, years: 400_000, causes })
    expect(varianceOf(found) / expected).toBeCloseTo(1, 1.5)
    expect(Math.abs(found.ale - 7)).toBeLessThan(4 * found.aleError)
  })

  it('cannot be correlated against each other all at once', () => {
    const three = ['a', 'b', 'c'].map((id, i, all) =>
      cause(
        id,
        1,
        all.slice(i + 1).map((causeId) => ({ causeId, correlation: -0.9 })),
      ),
    )
    expect(correlationRoot(three)).toBeNull()
    expect(causesRefusal(three)?.code).toBe('cause.matrix')
    expect(causesRefusal(three.map((one) => ({ ...one, correlations: [] })))).toBeNull()
    expect(causesRefusal([cause('a', 1, [{ causeId: 'b', correlation: 1 }]), cause('b', 2)])).toBeNull()
    expect(causesRefusal([cause('a', 1, [{ causeId: 'a', correlation: 1 }])])?.code).toBe('cause.correlation')
    expect(causesRefusal([cause('a', -1)])?.code).toBe('cause.volatility')
    const both = [
      cause('a', 1, [{ causeId: 'b', correlation: 0.5 }]),
      cause('b', 1, [{ causeId: 'a', correlation: 0.4 }]),
    ]
    expect(causesRefusal(both)?.code).toBe('cause.conflict')
  })

  it('weigh at most 1 together', () => {
    const weighing = (weight: number, commonCause: number) =>
      riskRefusal(fixed('a', 1, 1, { commonCause, causes: [{ causeId: 'k', weight }] }))?.code ?? null
    expect(weighing(0.5, 0.5)).toBeNull()
    expect(weighing(0.6, 0.5)).toBe('risk.weights')
    expect(weighing(-0.1, 0)).toBe('risk.weights')
  })
})

describe('the profile', () => {
  it('counts a Poisson year by hand: chances, shortfall, curve and limits', () => {
    const found = simulate([fixed('a', 1, 100)], { seed: 8, years: 400_000, limits: [0, 150] })
    // P(N > 0) = 1 - 1/e, P(N > 1) = 1 - 2/e
    expect(found.limits[0]!.chance).toBeCloseTo(1 - Math.exp(-1), 2)
    expect(found.limits[1]!.chance).toBeCloseTo(1 - 2 * Math.exp(-1), 2)
    expect([found.var95, found.var99]).toEqual([300, 400])
    expect(found.exceedance.map(({ loss }) => loss).slice(0, 3)).toEqual([100, 200, 300])
    // worst 5 %: N >= 4 has 0.018988, the rest are threes; E[N; N >= 4] = 1 - P(1) - 2 P(2) - 3 P(3)
    const [p1, p2, p3] = [1, 1 / 2, 1 / 6].map((w) => w * Math.exp(-1))
    const four = 1 - Math.exp(-1) - p1! - p2! - p3!
    const shortfall = (100 * (1 - p1! - 2 * p2! - 3 * p3! + 3 * (0.05 - four))) / 0.05
    expect(Math.abs(found.es95 - shortfall)).toBeLessThan(4 * found.es95Error + 0.5)
  })

  it('splits expectancy and shortfall among the risks', () => {
    const found = simulate([fixed('often', 10, 1), fixed('rare', 0.05, 200)], { seed: 6 })
    const [often, rare] = found.contributions
    expect(often!.share + rare!.share).toBeCloseTo(1, 9)
    expect(often!.tailShare + rare!.tailShare).toBeCloseTo(1, 9)
    expect(rare!.tailShare).toBeGreaterThan(rare!.share + 0.2)
    expect(Math.abs(often!.ale - 10)).toBeLessThan(4 * often!.aleError)
  })

  it('has standard errors that shrink with the years as the spread of seeds does', () => {
    const risks = [fixed('a', 2, 0, { loss: { kind: 'lognormal', low: 1, high: 30 } })]
    const runs = Array.from({ length: 40 }, (_, seed) => simulate(risks, { seed: seed + 1, years: 4000 }))
    for (const [value, error] of [
      ['ale', 'aleError'],
      ['var95', 'var95Error'],
      ['es95', 'es95Error'],
    ] as const) {
      const values = runs.map((run) => run[value])
      const mean = values.reduce((a, b) => a + b) / values.length
      const spread = Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1))
      const stated = runs.reduce((sum, run) => sum + run[error], 0) / runs.length
      expect(stated / spread).toBeGreaterThan(0.6)
      expect(stated / spread).toBeLessThan(1.6)
    }
  })

  it('draws losses that keep the mean of their distribution', () => {
    for (const loss of [
      { kind: 'lognormal', low: 1, high: 100 },
      { kind: 'pert', min: 5, mode: 20, max: 50, gamma: 2 },
      { kind: 'pert', min: 0, mode: 0, max: 1 },
    ] as const) {
      const one = fixed('x', 1, 0, { loss })
      const sampler = lossSampler(loss)
      const steps = 1 << 20
      let sum = 0
      for (let i = 0; i < steps; i++) sum += drawLoss(sampler, (i + 0.5) * (2 ** 32 / steps))
      expect(sum / steps / annualLossExpectancy(one)).toBeCloseTo(1, 4)
    }
  })

  it('a mitigation never raises any number, nor a contribution, whatever is shared or set off', () => {
    const factor = fc.double({ min: 0, max: 1, noNaN: true })
    const causes = [
      { id: 'k', name: 'k', volatility: 1.2, correlations: [{ causeId: 'l', correlation: 0.5 }] },
      { id: 'l', name: 'l', volatility: 0.7 },
    ]
    const risks: Risk[] = [
      fixed('a', 1.5, 0, {
        loss: { kind: 'lognormal', low: 10, high: 900 },
        causes: [{ causeId: 'k', weight: 0.6 }],
      }),
      fixed('b', 0, 0, {
        frequency: { alpha: 2, beta: 3 },
        loss: { kind: 'pert', min: 1, mode: 20, max: 300 },
        causes: [{ causeId: 'l', weight: 0.5 }],
        commonCause: 0.3,
        triggeredBy: [{ riskId: 'a', chance: 0.4 }],
      }),
      fixed('c', 0.2, 50, { triggeredBy: [{ riskId: 'b', chance: 0.7 }] }),
    ]
    const anyPlan = fc.record({
      ...{ id: fc.constant('m'), name: fc.constant('m'), riskId: fc.constantFrom('a', 'b', 'c') },
      ...{ frequencyFactor: factor, lossFactor: factor, annualCost: fc.constant(1) },
    })
    fc.assert(
      fc.property(
        fc.array(anyPlan, { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 1e6 }),
        (mitigations, seed) => {
          const options = { seed, years: 800, causes, limits: [0, 100, 1000] }
          const before = simulate(risks, options)
          const after = simulate(risks, { ...options, mitigations })
          for (const key of ['ale', 'var95', 'es95', 'var99', 'es99'] as const)
            expect(after[key]).toBeLessThanOrEqual(before[key] * (1 + 1e-12))
          after.limits.forEach(({ chance }, i) => {
            expect(chance).toBeLessThanOrEqual(before.limits[i]!.chance)
          })
          after.contributions.forEach(({ ale }, i) => {
            expect(ale).toBeLessThanOrEqual(before.contributions[i]!.ale * (1 + 1e-12))
          })
          expect(after.inherent!.ale).toBeCloseTo(before.ale, 6)
          const closed = totalExpectedLoss(
            risks.map((risk) => mitigations.filter((m) => m.riskId === risk.id).reduce(mitigated, risk)),
          )
          expect(closed).toBeLessThanOrEqual(totalExpectedLoss(risks) * (1 + 1e-12))
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('what moves the expected loss', () => {
  it('is each input at its ends, widest first; what is known leaves no bar', () => {
    const risks = [
      fixed('known', 1, 50),
      fixed('wide', 0, 10, { frequency: { alpha: 1, beta: 1 } }),
      fixed('dear', 2, 0, { loss: { kind: 'lognormal', low: 10, high: 1000 } }),
    ]
    const bars = tornado(risks)
    expect(bars.map(({ riskId, input }) => `${riskId} ${input}`)).toEqual(['dear loss', 'wide frequency'])
    const ale = totalExpectedLoss(risks)
    const dear = expectedLosses(risks).get('dear')!
    expect(bars[0]!.low.ale).toBeCloseTo(ale - dear + 2 * 10, 9)
    expect(bars[0]!.high.ale).toBeCloseTo(ale - dear + 2 * 1000, 9)
    // the exponential's 5th percentile is -ln 0.95
    expect(bars[1]!.low.value).toBeCloseTo(-Math.log(0.95), 9)
    expect(bars[1]!.high.ale - bars[1]!.low.ale).toBeCloseTo(10 * Math.log(19), 6)
  })
})

describe('the appetite', () => {
  const curve = [
    { loss: 10, chance: 0.5 },
    { loss: 100, chance: 0.1 },
  ]

  it('prefers a counted chance to one that is read from the curve', () => {
    const points = [{ loss: 50, chance: 0.25 }]
    expect(appetiteStanding(curve, points)[0]).toMatchObject({ within: true })
    expect(appetiteStanding(curve, points, [{ loss: 50, chance: 0.3 }])[0]).toMatchObject({
      found: 0.3,
      within: false,
    })
  })

  it('gates: never simulated, stale, beyond, within', () => {
    const standing = (chance: number) =>
      appetiteStanding(curve, [
        { loss: 10, chance: 0.5 },
        { loss: 100, chance },
      ])
    const code = (facts: Parameters<typeof appetiteReleaseRefusal>[0]) => appetiteReleaseRefusal(facts)?.code
    expect(code({ simulated: 'never' })).toBe('appetite.never')
    expect(code({ simulated: 'stale' })).toBe('appetite.stale')
    expect(appetiteReleaseRefusal({ simulated: 'now', standing: standing(0.05) })).toEqual({
      code: 'appetite.exceeded',
      values: { loss: 100, chance: 0.1, accepted: 0.05 },
    })
    expect(appetiteReleaseRefusal({ simulated: 'now', standing: standing(0.1) })).toBeNull()
  })

  it('falls with the loss', () => {
    const code = (...points: [number, number][]) =>
      appetiteRefusal(points.map(([loss, chance]) => ({ loss, chance })))?.code ?? null
    expect(code([10, 0.5], [100, 0.1])).toBeNull()
    expect(code()).toBe('appetite.empty')
    expect(code([-1, 0.5])).toBe('appetite.loss')
    expect(code([1, 1.5])).toBe('appetite.chance')
    expect(code([10, 0.5], [10, 0.1])).toBe('appetite.order')
    expect(code([10, 0.1], [100, 0.5])).toBe('appetite.rises')
  })
})

describe('refusals', () => {
  it('of losses', () => {
    const code = (loss: Risk['loss']) => riskRefusal(fixed('a', 1, 1, { loss }))?.code ?? null
    expect(code({ kind: 'fixed', amount: -1 })).toBe('risk.lossNegative')
    expect(code({ kind: 'fixed', amount: 1e15 })).toBe('risk.lossHigh')
    expect(code({ kind: 'lognormal', low: 5, high: 4 })).toBe('risk.loss')
    expect(code({ kind: 'lognormal', low: 1e-3, high: 1e4 })).toBe('risk.lossWide')
    expect(code({ kind: 'pert', min: 2, mode: 1, max: 3 })).toBe('risk.loss')
    expect(code({ kind: 'pert', min: 1, mode: 2, max: 3 })).toBeNull()
  })

  it('of mitigations', () => {
    const plan = { name: 'm', frequencyFactor: 0.5, lossFactor: 1, annualCost: 10 }
    const code = (more: Partial<typeof plan>) => mitigationRefusal({ ...plan, ...more })?.code ?? null
    expect(code({})).toBeNull()
    expect(code({ frequencyFactor: 1.1 })).toBe('mitigation.frequency')
    expect(code({ lossFactor: -0.1 })).toBe('mitigation.loss')
    expect(code({ frequencyFactor: 1 })).toBe('mitigation.nothing')
    expect(code({ annualCost: -1 })).toBe('mitigation.cost')
  })
})
