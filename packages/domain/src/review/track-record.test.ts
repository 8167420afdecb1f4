/** @file Tests of the track record: scores of one turn by hand, and trends over turns. */
import { describe, expect, it } from 'vitest'
import { studentQuantile } from '../chance/student.ts'
import type { KeyResultSnapshot, Snapshot } from './snapshot.ts'
import { trackRecord, trendOf, turnRecord } from './track-record.ts'

const fan = { p05: 0.85, p25: 0.88, p50: 0.9, p75: 0.92, p95: 0.95 }
const keyResult = (value: number | null, more: Partial<KeyResultSnapshot> = {}): KeyResultSnapshot => ({
  ...{ id: 'kr', name: 'Accuracy', unit: '1', direction: 'up', scale: 'proportion', baseline: 0.8 },
  ...{ target: 0.9, due: '2026-02-01T00:00:00.000Z' },
  points:
    value === null
      ? []
      : [
          {
            ...{ at: '2026-01-20T00:00:00.000Z', value, origin: 'measured' },
            evidence: { noun: 'evaluation', id: 'e' },
          },
        ],
  forecast: {
    basis: 'history',
    chance: 0.6,
    interval: [0.86, 0.94],
    fan: [{ at: '2026-02-01T00:00:00.000Z', ...fan }],
    message: { code: 'forecast.none', values: {} },
  },
  ...more,
})

const snapshot = (more: Partial<Snapshot>): Snapshot => ({
  ...{ at: '2026-01-01T00:00:00.000Z', cycleId: 'c1', keyResults: [keyResult(null)], initiatives: [] },
  ...{ budgets: [], risks: [], lossProfile: null, decisions: [], estimates: [], allocation: null },
  ...more,
})
const end = (more: Partial<Snapshot>) => snapshot({ at: '2026-01-25T00:00:00.000Z', ...more })

describe('track record', () => {
  it('scores chances, values and intervals once they are decided', () => {
    const record = turnRecord(snapshot({}), end({ keyResults: [keyResult(0.91)] }), true)
    expect(record.brier).toEqual({ mean: (0.6 - 1) ** 2, count: 1 })
    expect(record.coverage).toMatchObject({ hits: 1, count: 1, share: 1 })
    expect(record.coverage!.low).toBeGreaterThan(0.3)
    expect(record.crps!.mean).toBeGreaterThan(0)
    expect(record.crps!.mean).toBeLessThan(0.2)
  })

  it('what is neither due nor met is not decided while the turn is open', () => {
    const open = turnRecord(snapshot({}), end({ keyResults: [keyResult(0.85)] }), false)
    expect([open.brier, open.crps, open.coverage]).toEqual([null, null, null])
    const closed = turnRecord(snapshot({}), end({ keyResults: [keyResult(0.85)] }), true)
    expect(closed.brier!.mean).toBeCloseTo(0.36, 12)
    expect(closed.coverage).toMatchObject({ hits: 0, share: 0 })
  })

  it('a value that was known at the plan is no outcome of it', () => {
    const plan = snapshot({ keyResults: [keyResult(0.91)] })
    expect(turnRecord(plan, end({ keyResults: [keyResult(0.91)] }), true).brier).toBeNull()
  })

  it('compares value, budget and estimates with what came', () => {
    const chosen = { id: 'a', name: 'A', state: 'chosen' as const }
    const budget = { initiativeId: 'a', poolId: 'p', poolName: 'P', kind: 'compute' as const, unit: 'h' }
    const record = turnRecord(
      snapshot({
        initiatives: [{ ...chosen, chance: { alpha: 1, beta: 1 }, expectedValue: 50 }],
        allocation: { id: 'al', chosen: [{ initiativeId: 'a', start: 0 }], runnerUp: null },
      }),
      end({
        initiatives: [{ ...chosen, chance: { alpha: 3, beta: 1 }, expectedValue: 75 }],
        budgets: [{ ...budget, budget: 10, spent: 6, committed: 0, done: 0.5, rate: 2 }],
        estimates: [1, 2, 4].map((actual) => ({
          ...{ memberId: 'm', memberName: 'M', subject: 'effort' as const, predicted: 1, actual },
        })),
      }),
      true,
    )
    expect(record.value).toEqual({ predicted: 50, came: 75 })
    expect(record.budget).toEqual({ predicted: 10, came: 12, error: 12 / 10 - 1 })
    expect(record.estimates).toMatchObject({ factor: expect.closeTo(2, 12), count: 3 })
  })
})

describe('trends', () => {
  it('Student quantiles as in the tables', () => {
    expect(studentQuantile(0.9, 1)).toBeCloseTo(3.0776835, 6)
    expect(studentQuantile(0.975, 10)).toBeCloseTo(2.2281389, 6)
    expect(studentQuantile(0.1, 5)).toBeCloseTo(-studentQuantile(0.9, 5), 12)
  })

  it('few turns have none, noise is unclear, falling misses are better', () => {
    expect(trendOf([0.3, 0.2]).verdict).toBe('few')
    expect(trendOf([0.2, 0.3, 0.2, 0.3]).verdict).toBe('unclear')
    const falling = trendOf([0.4, 0.31, 0.2, 0.11])
    expect(falling).toMatchObject({ verdict: 'better', slope: expect.closeTo(-0.098, 12) })
    expect(trendOf([0.1, 0.2, 0.3, 0.41]).verdict).toBe('worse')
  })

  it('open turns are listed but not counted', () => {
    const turn = (closed: boolean) => turnRecord(snapshot({}), end({ keyResults: [keyResult(0.91)] }), closed)
    const record = trackRecord([turn(true), turn(true), turn(false)])
    expect(record.turns).toHaveLength(3)
    expect(record.trends.brier).toMatchObject({ count: 2, verdict: 'few' })
  })
})
