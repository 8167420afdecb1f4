/** @file Frequencies, loss ranges and contributions of risks. */
import type { Risk, RiskSimulation } from '@capstan/api'
import { describe, expect, it } from 'vitest'
import {
  appetiteRows,
  contributionOf,
  frequencyOf,
  lossRange,
  referencesBySource,
  tornadoSpans,
  withPoint,
} from './risk.view.ts'

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

  it('gathers references under their source', () => {
    expect(
      referencesBySource([
        { source: 'nist-ai-rmf', number: 'MAP 4.1' },
        { source: 'eu-ai-act', number: '10' },
        { source: 'nist-ai-rmf', number: 'GOVERN 6.1' },
      ]),
    ).toEqual([
      ['nist-ai-rmf', ['MAP 4.1', 'GOVERN 6.1']],
      ['eu-ai-act', ['10']],
    ])
  })
  it('places the bars of the tornado between the least and the greatest loss', () => {
    const bars = [
      { low: { ale: 50 }, high: { ale: 250 } },
      { low: { ale: 90 }, high: { ale: 110 } },
    ]
    expect(tornadoSpans(bars, 100)).toMatchObject([
      { from: 0, to: 1, middle: 0.25 },
      { from: 0.2, to: 0.3 },
    ])
    expect(tornadoSpans([], 0)).toEqual([])
  })
  it('sets a point of the appetite in its place, and shows what was simulated for it', () => {
    const points = withPoint([{ loss: 100, chance: 0.1 }], { loss: 10, chance: 0.5 })
    expect(points.map(({ loss }) => loss)).toEqual([10, 100])
    expect(withPoint(points, { loss: 10, chance: 0.4 })[0]).toEqual({ loss: 10, chance: 0.4 })
    const standing = { points: [{ loss: 10, chance: 0.5, found: 0.6, within: false }] }
    expect(appetiteRows({ points, standing: standing as never })).toMatchObject([
      { found: 0.6, within: false },
      { found: null, within: null },
    ])
  })
})
