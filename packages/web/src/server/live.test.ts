/** @file Live frames: points by key in step order, progress, and nothing from frames of another kind. */
import type { LiveEvent } from '@capstan/api'
import { describe, expect, it } from 'vitest'
import { framesOf, progressOf } from './live.view.ts'

const frame = (data: LiveEvent['data']): LiveEvent => ({
  seq: null,
  at: '2026-01-01T00:00:00.000Z',
  kind: 'run.metrics',
  noun: 'run',
  id: 'r1',
  data,
})

describe('live frames', () => {
  it('sorts points by key and step, and leaves out what is not a point', () => {
    const points = [
      { key: 'loss', step: 2, value: 1 },
      { key: 'loss', step: 1, value: 2 },
      { key: 'loss' },
      null,
    ]
    expect(
      framesOf(frame({ points }))
        .get('loss')
        ?.map((p) => p.step),
    ).toEqual([1, 2])
    expect(framesOf(frame({})).size).toBe(0)
  })
  it('takes progress with what came beside it', () => {
    const progress = { epoch: 1, epochs: 10, step: 5, steps: 100, samplesPerSecond: 9, secondsLeft: 3 }
    expect(progressOf(frame({ progress, epochLosses: [0.3] }))).toEqual({ progress, epochLosses: [0.3] })
    expect(progressOf(frame({ progress: null }))).toBeNull()
  })
})
