/** @file Frequencies, loss ranges and contributions of risks. */
import type { RiskSimulation } from '@capstan/api'
import { describe, expect, it } from 'vitest'
import { contributionOf, frequencyOf, lossRange } from './risk.view.ts'

describe('risks', () => {
  it('takes the indicator factor into the frequency', () => {
    expect(frequencyOf({ frequency: { alpha: 2, beta: 4 }, frequencyFactor: 0.6 })).toBeCloseTo(0.3)
  })
  it('reads the range of either loss', () => {
    expect(lossRange({ loss: { kind: 'lognormal', low: 1, high: 9 } })).toEqual([1, 9])
    expect(lossRange({ loss: { kind: 'pert', min: 0, mode: 1, max: 5 } })).toEqual([0, 5])
  })
  it('finds a contribution, or none before the first simulation', () => {
    const simulation = { contributions: [{ riskId: 'a', ale: 5, share: 1 }] } as RiskSimulation
    expect(contributionOf({ id: 'a' }, simulation)?.ale).toBe(5)
    expect(contributionOf({ id: 'a' }, undefined)).toBeNull()
  })
})
