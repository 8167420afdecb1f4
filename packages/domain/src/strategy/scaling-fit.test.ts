/** @file Tests of fitted scaling laws and compute plans. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawNormal } from '../chance/normal.ts'
import { seeded } from '../chance/random.ts'
import { computeThresholds, knownDevices, meterCompute, planCompute } from './compute-plan.ts'
import { epoch2024, hoffmann2022, type ScalingLaw, scalingLoss, scalingOptimum } from './scaling.ts'
import { adviseScaling, fitScaling, type ScalingRun } from './scaling-fit.ts'

const grid = (law: ScalingLaw, noise = 0, seed = 1): ScalingRun[] => {
  const random = seeded(seed)
  return [1e7, 3e7, 1e8, 3e8, 1e9].flatMap((parameters) =>
    [2e8, 1e9, 5e9, 2.5e10].map((tokens) => ({
      parameters,
      tokens,
      loss: scalingLoss(law, parameters, tokens) * Math.exp(noise * drawNormal(random)),
    })),
  )
}

const fitted = (runs: ScalingRun[], resamples = 40) => {
  const fit = fitScaling(runs, { seed: 1, resamples })
  if (!fit.ok) throw new Error(fit.refusal.code)
  return fit.value
}

describe('fitted scaling law', () => {
  it.each([hoffmann2022, epoch2024])('recovers the exponents of clean runs', (law) => {
    const { law: found, error } = fitted(grid(law), 2)
    expect(found.alpha).toBeCloseTo(law.alpha, 3)
    expect(found.beta).toBeCloseTo(law.beta, 3)
    expect(found.e).toBeCloseTo(law.e, 2)
    expect(error).toBeLessThan(1e-4)
  })

  it('is near them under noise, and its interval says how near', () => {
    const fit = fitted(grid(hoffmann2022, 0.003, 5), 60)
    expect(Math.abs(fit.law.alpha - 0.34)).toBeLessThan(0.05)
    expect(Math.abs(fit.law.beta - 0.28)).toBeLessThan(0.05)
    for (const key of ['e', 'alpha', 'beta'] as const)
      expect(fit.interval[key].high - fit.interval[key].low).toBeGreaterThan(0)
  })

  it('is not led astray by a diverged run', () => {
    const runs = grid(hoffmann2022)
    const spoiled = runs.map((run, i) => (i === 7 ? { ...run, loss: run.loss * 2 } : run))
    expect(Math.abs(fitted(spoiled, 2).law.alpha - 0.34)).toBeLessThan(0.03)
  })

  it('advises inside the runs and refuses beyond', () => {
    const fit = fitted(grid(hoffmann2022), 10)
    const advice = adviseScaling(fit, 3e18)
    if (!advice.ok) throw new Error(advice.refusal.code)
    const exact = scalingOptimum(hoffmann2022, 3e18)
    expect(advice.value.parameters / exact.parameters).toBeCloseTo(1, 1)
    expect(advice.value.loss).toBeCloseTo(exact.loss, 3)
    expect(advice.value.interval.loss.low).toBeLessThanOrEqual(advice.value.loss + 1e-12)
    expect(adviseScaling(fit, 5.76e23)).toMatchObject({
      ok: false,
      refusal: { code: 'scaling.beyond', values: { name: 'FLOP' } },
    })
  })

  it('refuses what cannot be fitted', () => {
    const code = (runs: ScalingRun[]) => {
      const fit = fitScaling(runs, { seed: 1, resamples: 1 })
      return fit.ok ? 'fitted' : fit.refusal.code
    }
    const runs = grid(hoffmann2022)
    expect(code(runs.slice(0, 7))).toBe('scaling.few')
    expect(code(runs.map((run) => ({ ...run, parameters: 1e8 })))).toBe('scaling.distinct')
    expect(code(runs.map((run, i) => ({ ...run, parameters: 1e6 * 1.5 ** i, tokens: 2e7 * 1.5 ** i })))).toBe(
      'scaling.together',
    )
    expect(code(runs.map((run, i) => (i === 3 ? { ...run, loss: Number.NaN } : run)))).toBe(
      'scaling.positive',
    )
  })
})

describe('compute plan', () => {
  const size = { parameters: 7e9, tokens: 1.4e11 }

  it('costs 6 N D at the rate and speed of the device', () => {
    const device = { name: 'd', flopPerSecond: 1e15, memoryBytes: 80e9, rate: 2 }
    const { flop, plans } = planCompute(size, [device], { devices: 8, utilisation: 0.4, sharding: 'full' })
    expect(flop).toBeCloseTo(5.88e21, -18)
    expect(plans[0]!.hours).toBeCloseTo(5.88e21 / (1e15 * 0.4 * 8) / 3600, 9)
    expect(plans[0]!.cost).toBeCloseTo(plans[0]!.hours * 8 * 2, 9)
    expect(plans[0]).toMatchObject({ memoryBytes: 14e9, fits: true, leastDevices: 2 })
    const alone = planCompute(size, [device], { devices: 8, utilisation: 0.4, sharding: 'none' })
    expect(alone.plans[0]).toMatchObject({ memoryBytes: 112e9, fits: false })
  })

  it('takes the same device hours however many devices', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4096 }),
        fc.double({ min: 0.05, max: 0.9, noNaN: true }),
        (devices, utilisation) => {
          const hours = (count: number) =>
            planCompute(size, knownDevices, { devices: count, utilisation, sharding: 'full' }).plans[0]!
              .deviceHours
          expect(hours(devices) / hours(1)).toBeCloseTo(1, 9)
        },
      ),
    )
  })

  it('meters a lineage against the thresholds', () => {
    expect(meterCompute({ original: 9e22, added: [] }).reached).toEqual([])
    expect(meterCompute({ original: 9e22, added: [1e22] })).toMatchObject({
      reached: ['generalPurpose'],
      modifier: false,
    })
    expect(meterCompute({ original: computeThresholds.systemicRisk, added: [3.4e24] })).toMatchObject({
      reached: ['generalPurpose', 'systemicRisk'],
      modifier: true,
    })
    expect(meterCompute({ original: 0, added: [1] }).modified).toBeNull()
  })
})
