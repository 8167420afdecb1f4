/** @file Frequencies, loss ranges and contributions of risks. */
import type { Risk, RiskSimulation } from '@capstan/api'
import { describe, expect, it } from 'vitest'
import { contributionOf, frequencyOf, lossRange } from './risk.view.ts'

describe('risks', () => {
  it('reads the mean of a belief, and a known number', () => {
    const now = { frequency: { alpha: 2, beta: 4 } } as Risk['now']
    expect(frequencyOf({ now })).toBeCloseTo(0.5)
    expect(frequencyOf({ now: { ...now, frequency: { rate: 0.2 } } })).toBe(0.2)
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
