/** @file Importance and learning curves against functions whose answers are known. */
import { describe, expect, it } from 'vitest'
import { drawNormal } from '../../chance/normal.ts'
import { seeded } from '../../chance/random.ts'
import { importanceOf } from './importance.ts'
import { forecastCurve } from './learning-curve.ts'
import { assign, type SearchSpace } from './space.ts'

const space: SearchSpace = {
  a: { type: 'float', low: 0, high: 1 },
  b: { type: 'float', low: 0, high: 1 },
  c: { type: 'float', low: 0, high: 1 },
}
const sample = (f: (a: number, b: number, c: number) => number, count = 400) => {
  const random = seeded(5)
  return Array.from({ length: count }, () => {
    const values = assign(space, random)
    return { values, value: f(Number(values.a), Number(values.b), Number(values.c)) }
  })
}

describe('importance', () => {
  it('of a sum is the share of each variance', () => {
    const found = importanceOf(
      space,
      sample((a, b) => 3 * a + b),
    )
    const share = (name: string) => found.find(({ parameters }) => parameters.join() === name)!.share
    // Var(3a) : Var(b) = 9 : 1
    expect(share('a')).toBeGreaterThan(0.85)
    expect(share('a')).toBeLessThan(0.95)
    expect(share('b')).toBeGreaterThan(0.05)
    expect(share('b')).toBeLessThan(0.15)
    expect(share('c')).toBeLessThan(0.01)
  })

  it('of a saddle lies in the pair, not in its parts', () => {
    const found = importanceOf(
      space,
      sample((a, b) => (a - 0.5) * (b - 0.5)),
    )
    expect(found[0]!.parameters).toEqual(['a', 'b'])
    expect(found[0]!.share).toBeGreaterThan(0.6)
  })

  it('needs a few different results, and survives a diverged one', () => {
    expect(
      importanceOf(
        space,
        sample((a) => a, 7),
      ),
    ).toEqual([])
    expect(
      importanceOf(
        space,
        sample(() => 1),
      ),
    ).toEqual([])
    const diverged = sample((a) => a)
    diverged[3]!.value = 1e12
    expect(importanceOf(space, diverged)[0]!.parameters).toEqual(['a'])
    expect(importanceOf(space, diverged)[0]!.share).toBeGreaterThan(0.9)
  })
})

describe('a learning curve', () => {
  const families: Record<string, (random: () => number) => (t: number) => number> = {
    power: (u) => {
      const [c, a, b] = [u(), 0.5 + u(), 0.2 + u()]
      return (t) => c + a * t ** -b
    },
    exponential: (u) => {
      const [c, a, k] = [u(), 0.5 + u(), (1 + 6 * u()) / 100]
      return (t) => c + a * Math.exp(-k * t)
    },
    // none of the family that is fitted
    hill: (u) => {
      const [c, a, k] = [u(), 0.5 + u(), 5 + 30 * u()]
      return (t) => c + a / (1 + (t / k) ** 1.3)
    },
    janoschek: (u) => {
      const [c, a, k] = [u(), 0.5 + u(), 0.05 + 0.2 * u()]
      return (t) => c + a * Math.exp(-k * t ** 0.7)
    },
  }

  it.each(
    Object.keys(families),
  )('of the shape %s ends inside its interval about nine times in ten', (name) => {
    const random = seeded(11)
    let inside = 0
    let tried = 0
    let width = 0
    for (let i = 0; i < 200; i++) {
      const curve = families[name]!(random)
      const noise = 0.02 * random()
      const seen = 15 + Math.floor(50 * random())
      const points = Array.from({ length: seen }, (_, k) => ({
        step: k + 1,
        value: curve(k + 1) + noise * drawNormal(random),
      }))
      const { interval } = forecastCurve(points, 100)!
      const end = curve(100) + noise * drawNormal(random)
      tried++
      width += interval[1] - interval[0]
      if (end >= interval[0] && end <= interval[1]) inside++
    }
    expect(inside / tried).toBeGreaterThan(0.85)
    expect(width / tried).toBeLessThan(0.45)
  })

  it('that is flat, short, or not a number is met without surprise', () => {
    const flat = Array.from({ length: 10 }, (_, step) => ({ step, value: 0.5 }))
    const { estimate, interval } = forecastCurve(flat, 100)!
    expect(estimate).toBeCloseTo(0.5, 6)
    expect(interval[1] - interval[0]).toBeLessThan(1e-6)
    expect(forecastCurve(flat.slice(0, 3), 100)).toBeNull()
    expect(forecastCurve([...flat.slice(0, 3), { step: 4, value: Number.NaN }], 100)).toBeNull()
    expect(
      forecastCurve(
        Array.from({ length: 9 }, () => ({ step: 1, value: 2 })),
        100,
      ),
    ).toBeNull()
  })
})
