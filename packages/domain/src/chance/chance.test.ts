/** @file Tests of the distributions against known values, and of draws against their moments. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { drawBeta, drawGamma } from './gamma.ts'
import { lognormalFromInterval, lognormalMean } from './lognormal.ts'
import { drawNormal, normalCdf, normalQuantile } from './normal.ts'
import { pertMean, pertQuantile, pertShape, pertVariance } from './pert.ts'
import { gammaPoissonQuantile, poissonQuantile } from './poisson.ts'
import { quantile } from './quantiles.ts'
import { seeded, shuffle, uniformAt } from './random.ts'
import { betaCdf, betaQuantile, logGamma } from './special.ts'

const moments = (count: number, draw: () => number) => {
  let sum = 0
  let squares = 0
  for (let i = 0; i < count; i++) {
    const value = draw()
    sum += value
    squares += value * value
  }
  const mean = sum / count
  return { mean, variance: squares / count - mean * mean }
}

describe('random numbers', () => {
  it('repeat with their seed and differ without', () => {
    const draw = (seed: number) => Array.from({ length: 5 }, seeded(seed))
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
  })

  it('are uniform, streamed or addressed', () => {
    const random = seeded(1)
    let i = 0
    for (const draw of [random, () => uniformAt(99, i++, 0), () => uniformAt(99, 5, i++)]) {
      const { mean, variance } = moments(100_000, draw)
      expect(mean).toBeCloseTo(0.5, 2)
      expect(variance).toBeCloseTo(1 / 12, 2)
    }
  })

  it('addressed: neighbours are not correlated', () => {
    let product = 0
    for (let i = 0; i < 50_000; i++) product += (uniformAt(3, i, 1) - 0.5) * (uniformAt(3, i + 1, 1) - 0.5)
    expect(Math.abs(product / 50_000)).toBeLessThan(0.002)
  })

  it('shuffle keeps every item', () => {
    const items = shuffle(
      Array.from({ length: 100 }, (_, i) => i),
      seeded(3),
    )
    expect(items).not.toEqual([...items].sort((a, b) => a - b))
    expect(new Set(items).size).toBe(100)
  })
})

describe('distributions', () => {
  it('normal quantile and distribution function', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12)
    expect(normalQuantile(0.95) - normalQuantile(0.05)).toBeCloseTo(3.28971, 5)
    expect(normalQuantile(1e-10)).toBeCloseTo(-6.361340902404, 9)
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 12)
    expect(normalCdf(-8) / 6.22096057427178e-16).toBeCloseTo(1, 4)
    fc.assert(
      fc.property(fc.double({ min: -6, max: 6, noNaN: true }), (x) => {
        expect(normalQuantile(normalCdf(x))).toBeCloseTo(x, 5)
      }),
    )
  })

  it('lognormal from a 90 % interval', () => {
    expect(lognormalMean(lognormalFromInterval(635_000, 19_000_000))).toBeCloseTo(5922706.83351131, 5)
  })

  it('BetaPERT shape', () => {
    const { alpha, beta } = pertShape({ min: 5, mode: 20, max: 50, gamma: 2 })
    expect(alpha).toBeCloseTo(1.6667, 4)
    expect(beta).toBeCloseTo(2.3333, 4)
    expect(pertMean({ min: 5, mode: 20, max: 50 })).toBeCloseTo((5 + 80 + 50) / 6, 12)
    expect(pertVariance({ min: 3, mode: 3, max: 3 })).toBe(0)
    expect(pertQuantile(0.5, { min: 0, mode: 5, max: 10 })).toBeCloseTo(5, 9)
  })

  it('gamma, beta and normal draws have their moments', () => {
    const random = seeded(11)
    const gamma = moments(60_000, () => drawGamma(random, 2.5, 2))
    expect(gamma.mean).toBeCloseTo(1.25, 1)
    expect(gamma.variance).toBeCloseTo(0.625, 1)
    expect(moments(60_000, () => drawGamma(random, 0.4, 1)).mean).toBeCloseTo(0.4, 1)
    expect(moments(60_000, () => drawBeta(random, { alpha: 2, beta: 6 })).mean).toBeCloseTo(0.25, 2)
    expect(moments(60_000, () => drawNormal(random)).variance).toBeCloseTo(1, 1)
  })

  it('Poisson by inversion has its moments and never falls as the rate rises', () => {
    const random = seeded(5)
    for (const rate of [0.1, 3, 40, 800]) {
      const { mean, variance } = moments(60_000, () => poissonQuantile(random(), rate))
      expect(Math.abs(mean - rate)).toBeLessThan(5 * Math.sqrt(rate / 60_000) + 1e-3 * rate)
      expect(variance / rate).toBeCloseTo(1, 1)
    }
    const unit = fc.double({ min: 0.0001, max: 0.9999, noNaN: true })
    fc.assert(
      fc.property(unit, fc.double({ min: 0, max: 50, noNaN: true }), unit, (u, rate, factor) => {
        expect(poissonQuantile(u, rate * factor)).toBeLessThanOrEqual(poissonQuantile(u, rate))
      }),
    )
  })

  it('Gamma-Poisson has its moments and never falls as the mean rises', () => {
    const random = seeded(6)
    for (const [shape, rate] of [
      [2, 4],
      [0.3, 0.1],
      [20, 0.5],
      [5000, 5],
    ] as const) {
      const { mean, variance } = moments(60_000, () => gammaPoissonQuantile(random(), shape, rate))
      expect(mean / (shape / rate)).toBeCloseTo(1, 1)
      expect(variance / (shape / rate + shape / rate ** 2)).toBeCloseTo(1, 0)
    }
    fc.assert(
      fc.property(fc.double({ min: 0.0001, max: 0.9999, noNaN: true }), (u) => {
        expect(gammaPoissonQuantile(u, 2, 1.1)).toBeLessThanOrEqual(gammaPoissonQuantile(u, 2, 1))
      }),
    )
  })

  it('special functions', () => {
    expect(logGamma(10)).toBeCloseTo(Math.log(362880), 11)
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 11)
    expect(betaCdf(0.3, 1, 1)).toBeCloseTo(0.3, 12)
    expect(betaCdf(0.3, 2, 5)).toBeCloseTo(0.579825, 6)
    expect(betaQuantile(0.579825, 2, 5)).toBeCloseTo(0.3, 6)
  })

  it('quantile between order statistics', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5)
    expect(quantile([1], 0.9)).toBe(1)
  })
})
