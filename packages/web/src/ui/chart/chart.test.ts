/** @file Scales, ticks, smoothing and curves. */
import { describe, expect, it } from 'vitest'
import { curveOf, nearest, smooth, thin } from './curve.view.ts'
import { bandPath, linearScale, logScale, roundTicks } from './scale.ts'

describe('scales', () => {
  it('maps and inverts', () => {
    const x = linearScale([0, 10], [100, 200])
    expect(x(5)).toBe(150)
    expect(x.invert(150)).toBe(5)
    const y = logScale([0.01, 100], [400, 0])
    expect(y(1)).toBeCloseTo(200)
    expect(y.invert(200)).toBeCloseTo(1)
  })
  it('takes round ticks inside the domain', () => {
    expect(roundTicks(0, 8600, 4)).toEqual([0, 5000])
    expect(roundTicks(0, 1, 4)).toEqual([0, 0.5, 1])
    expect(linearScale([3, 3], [0, 1]).ticks.length).toBeGreaterThan(0)
    expect(logScale([0.02, 2.5], [0, 1]).ticks).toEqual([0.03, 0.1, 0.3, 1])
  })
  it('draws no band where nothing is forecast', () => {
    expect(bandPath([], [])).toBe('')
    expect(bandPath([[0, 1]], [[0, 2]])).toBe('M0.0 1.0L0.0 2.0Z')
  })
})

describe('learning curve', () => {
  const run = {
    progress: { epoch: 2, epochs: 4, step: 100, steps: 100 },
    parameters: { epochs: 4 },
    validation: [{ epoch: 1, loss: 0.3, accuracy: 0.91 }],
    epochLosses: [0.4],
  }
  const points = Array.from({ length: 200 }, (_, i) => ({ step: i + 1, at: '', value: 2 }))
  it('leaves a constant alone, from its first point on', () => {
    const flat = [1, 2, 9].map((step) => [step, 2] as const)
    expect(smooth(flat, 10).every(([, value]) => Math.abs(value - 2) < 1e-12)).toBe(true)
  })
  it('marks epochs over all steps of the run', () => {
    const curve = curveOf(points, run)
    expect(curve.steps).toBe(400)
    expect(curve.epochEnds).toEqual([100, 200, 300, 400])
    expect(curve.validation[0]).toMatchObject({ step: 100, accuracy: 0.91 })
  })
  it('keeps the extremes when it thins', () => {
    const wave = Array.from({ length: 1000 }, (_, i) => [i, i === 500 ? 9 : Math.sin(i)] as const)
    const thinned = thin(wave, 50)
    expect(thinned.length).toBe(100)
    expect(Math.max(...thinned.map(([, value]) => value))).toBe(9)
    expect(thin(wave.slice(0, 10), 50)).toHaveLength(10)
  })
  it('draws the means of epochs where only extremes are known', () => {
    const extremes = Array.from({ length: 10_000 }, (_, i) => ({
      step: i * 10,
      at: '',
      value: i % 2 ? 9 : 0,
    }))
    expect(curveOf(extremes, run).smoothed).toEqual(curveOf(extremes, run).epochMeans)
  })
  it('drops points that are not numbers and finds the nearest', () => {
    const curve = curveOf([...points, { step: 201, at: '', value: Number.NaN }], run)
    expect(curve.raw).toHaveLength(200)
    expect(nearest(curve.raw, 41.2)).toBe(40)
    expect(nearest([], 1)).toBe(-1)
  })
})
