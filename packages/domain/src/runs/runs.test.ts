/** @file Tests of run states, leases, costs, curves and lines. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runCost } from './cost.ts'
import { downsample } from './curve.ts'
import {
  afterFailure,
  afterLeaseExpired,
  backOffSeconds,
  claimable,
  leaseExpired,
  leaseUntil,
} from './lease.ts'
import { accuracyLine, epochLine } from './lines.ts'
import { runRefusal } from './state.ts'

const now = '2026-01-01T00:00:00.000Z'

describe('states', () => {
  it('follow the table, and say why not', () => {
    expect(runRefusal('queued', 'running')).toBeNull()
    expect(runRefusal('lost', 'queued')).toBeNull()
    expect(runRefusal('finished', 'running')).toEqual({
      code: 'run.move',
      values: { from: 'finished', to: 'running' },
    })
  })
})

describe('leases', () => {
  it('hold until their instant, then no longer', () => {
    const run = { state: 'running' as const, leaseUntil: leaseUntil(now, 30) }
    expect(leaseExpired(run, '2026-01-01T00:00:29.999Z')).toBe(false)
    expect(leaseExpired(run, '2026-01-01T00:00:30.000Z')).toBe(true)
    expect(claimable(run, '2026-01-01T00:01:00.000Z')).toBe(false)
  })

  it('wait out the back-off', () => {
    const queued = { state: 'queued' as const, leaseUntil: null, notBefore: leaseUntil(now, 4) }
    expect(claimable(queued, now)).toBe(false)
    expect(claimable(queued, leaseUntil(now, 4))).toBe(true)
    expect([1, 2, 3, 20].map((attempt) => backOffSeconds(attempt))).toEqual([2, 4, 8, 300])
  })

  it('resume from a checkpoint, restart without, give up in the end', () => {
    const checkpoint = { id: 'c', epoch: 3 }
    expect(afterLeaseExpired({ attempt: 1, epochsDone: 4, checkpoint }, now)).toMatchObject({
      kind: 'resume',
      fromEpoch: 3,
      message: { values: { epoch: 3, lost: 1 } },
    })
    expect(afterLeaseExpired({ attempt: 1, epochsDone: 0, checkpoint: null }, now).kind).toBe('restart')
    expect(afterLeaseExpired({ attempt: 3, epochsDone: 4, checkpoint }, now)).toMatchObject({ state: 'lost' })
    const failed = { attempt: 1, epochsDone: 0, checkpoint: null }
    expect(afterFailure({ ...failed, transient: false }, now)).toMatchObject({ state: 'failed' })
    expect(afterFailure({ ...failed, transient: true }, now).kind).toBe('restart')
  })
})

describe('cost', () => {
  it('is seconds at an hourly rate', () => {
    expect(runCost({ cpuSeconds: 90, wallSeconds: 50 }, { cpuHour: 0.4 })).toBeCloseTo(0.01, 12)
    expect(
      runCost({ cpuSeconds: 90, wallSeconds: 1800, deviceSeconds: 3600 }, { wallHour: 1, deviceHour: 2 }),
    ).toBe(2.5)
  })
})

describe('curves', () => {
  it('keep first, last and extremes in order, within the limit', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 400 })
    fc.assert(
      fc.property(values, fc.integer({ min: 4, max: 60 }), (list, max) => {
        const points = list.map((value, step) => ({ step, value }))
        const thin = downsample(points, max)
        expect(thin.length).toBeLessThanOrEqual(Math.max(max, 4))
        expect(thin[0]).toBe(points[0])
        expect(thin.at(-1)).toBe(points.at(-1))
        expect(thin.every((p, i) => i === 0 || p.step > thin[i - 1]!.step)).toBe(true)
        expect(Math.max(...thin.map((p) => p.value))).toBe(Math.max(...list))
        expect(Math.min(...thin.map((p) => p.value))).toBe(Math.min(...list))
      }),
    )
  })
})

describe('lines', () => {
  it('print as they should', () => {
    expect(epochLine(1, 10, 0.12341)).toBe('Epoch [1/10], Loss: 0.1234')
    expect(accuracyLine(0.981)).toBe('Accuracy of the network on the test images: 98.1%')
  })
})
