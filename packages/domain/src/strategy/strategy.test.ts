/** @file Tests of objective chances, scores and scaling laws. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { objectiveChance } from './objective.ts'
import { epoch2024, hoffmann2022, scalingLoss, scalingOptimum, trainingFlop } from './scaling.ts'
import { rice, wsjf } from './scores.ts'

describe('objective', () => {
  it('multiplies, within the Frechet bounds', () => {
    expect(objectiveChance([{ chance: 0.9 }, { chance: 0.8 }])).toEqual({
      chance: expect.closeTo(0.72, 12),
      bounds: [expect.closeTo(0.7, 12), 0.8],
    })
    expect(objectiveChance([{ chance: 0.9 }, { chance: null }])).toEqual({ chance: null, bounds: null })
    expect(objectiveChance([])).toEqual({ chance: null, bounds: null })
    const chance = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(chance, { minLength: 1, maxLength: 6 }), (chances) => {
        const found = objectiveChance(chances.map((value) => ({ chance: value })))
        expect(found.chance!).toBeGreaterThanOrEqual(found.bounds![0] - 1e-12)
        expect(found.chance!).toBeLessThanOrEqual(found.bounds![1] + 1e-12)
      }),
    )
  })
})

describe('scores', () => {
  it('RICE and WSJF', () => {
    expect(rice({ reach: 100, impact: 2, confidence: 0.8, effort: 4 })).toBe(40)
    expect(wsjf({ value: 8, urgency: 5, riskReduction: 3, size: 4 })).toBe(4)
    expect(rice({ reach: 1, impact: 1, confidence: 1, effort: 0 })).toBeNull()
  })
})

describe('scaling laws', () => {
  it('Hoffmann et al.: 5.76e23 FLOP', () => {
    const { parameters, tokens } = scalingOptimum(hoffmann2022, 5.76e23)
    expect(parameters / 1e9).toBeCloseTo(32.2, 1)
    expect(tokens / 1e12).toBeCloseTo(2.98, 2)
    expect(trainingFlop(parameters, tokens) / 5.76e23).toBeCloseTo(1, 12)
  })

  it('Epoch AI refit', () => {
    const { parameters, tokens, loss } = scalingOptimum(epoch2024, 5.76e23)
    // the published coefficients are rounded, and the optimum is flat: 72.25 against the paper's 72.3
    expect(Math.abs(parameters / 72.3e9 - 1)).toBeLessThan(0.001)
    expect(tokens / 1e12).toBeCloseTo(1.33, 2)
    expect(scalingLoss(epoch2024, 70e9, 1.4e12)).toBeCloseTo(1.9739, 4)
    for (const shift of [0.8, 1.25])
      expect(scalingLoss(epoch2024, parameters * shift, tokens / shift)).toBeGreaterThan(loss)
  })
})
