/** @file Schedules against their formulas. */
import { describe, expect, it } from 'vitest'
import { constant, cosine, oneCycle, plateau, type Schedule, stepDecay, warmUp } from './schedule.ts'

const at = (step: number, steps = 100, history: { loss: number; validationLoss?: number }[] = []) => ({
  step,
  steps,
  epoch: Math.floor(step / 10),
  history,
})
const rates = (schedule: Schedule, steps: readonly number[]): number[] => steps.map((s) => schedule(at(s)))

describe('a schedule', () => {
  it('may be constant or fall in steps', () => {
    expect(rates(constant(0.1), [0, 99])).toEqual([0.1, 0.1])
    expect(rates(stepDecay({ rate: 1, every: 3, factor: 0.5 }), [0, 29, 30, 60])).toEqual([1, 1, 0.5, 0.25])
  })

  it('follows half a cosine', () => {
    const [first, middle, last] = rates(cosine({ rate: 1, final: 0.2 }), [0, 50, 100])
    expect(first).toBe(1)
    expect(middle).toBeCloseTo(0.6)
    expect(last).toBeCloseTo(0.2)
  })

  it('rises and falls in one cycle, with PyTorch values at the turns', () => {
    const [first, top, last] = rates(oneCycle({ peak: 1 }), [0, 29, 99])
    expect(first).toBeCloseTo(0.04)
    expect(top).toBeCloseTo(1)
    expect(last).toBeCloseTo(0.04 / 1e4)
  })

  it('warms up', () => {
    expect(rates(warmUp(4, cosine({ rate: 1 })), [0, 1, 3, 4])).toEqual([0.2, 0.4, 0.8, 1])
  })

  it('falls on a plateau, by the validation loss where there is one', () => {
    const schedule = plateau({ rate: 1, factor: 0.5, patience: 1 })
    const after = (losses: number[], validation?: number[]) =>
      schedule(
        at(
          0,
          1,
          losses.map((loss, i) => ({ loss, ...(validation ? { validationLoss: validation[i]! } : {}) })),
        ),
      )
    expect(after([3, 2, 1])).toBe(1)
    expect(after([3, 2, 2])).toBe(1)
    expect(after([3, 2, 2, 2])).toBe(0.5)
    expect(after([3, 2, 2, 2, 2, 2])).toBe(0.25)
    expect(after([3, 2, 1, 0.5], [1, 1, 1, 1])).toBe(0.5)
  })
})
