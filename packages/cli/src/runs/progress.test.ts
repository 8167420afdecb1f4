/** @file Tests of a run's progress in steps. */
import type { Run } from '@capstan/api'
import { expect, test } from 'vitest'
import { shareDone, stepsDone, stepsKept, stepsLost } from './progress.ts'

const at = (
  epoch: number,
  step: number,
  checkpoint: [epoch: number, step: number] | null,
): Pick<Run, 'progress' | 'checkpoint'> => ({
  progress: { epoch, epochs: 10, step, steps: 100, samplesPerSecond: 1, secondsLeft: 1 },
  checkpoint: checkpoint && {
    blob: 'a'.repeat(64),
    epoch: checkpoint[0],
    step: checkpoint[1],
    at: '2026-01-01T00:00:00Z',
  },
})

test('a run in its third epoch has done two and a part', () => {
  expect(stepsDone(at(3, 40, null))).toBe(240)
  expect(shareDone(at(3, 40, null))).toBeCloseTo(0.24)
})

test('what a stop loses is what was done since the checkpoint', () => {
  expect(stepsKept(at(3, 40, [2, 0]))).toBe(200)
  expect(stepsLost(at(3, 40, [2, 0]))).toBe(40)
  expect(stepsLost(at(3, 40, [2, 40]))).toBe(0)
  expect(stepsLost(at(3, 40, null))).toBe(240)
})

test('a run without progress has nothing to lose', () => {
  const fresh = { progress: null, checkpoint: null }
  expect([stepsDone(fresh), stepsLost(fresh), shareDone(fresh)]).toEqual([0, 0, 0])
})
