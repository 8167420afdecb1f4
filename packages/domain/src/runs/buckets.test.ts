/** @file Tests of thinned and smoothed curves. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketsOf, emaOf } from './buckets.ts'

const values = fc.array(fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity)), {
  maxLength: 400,
})
const finite = (list: readonly number[]) => list.filter(Number.isFinite)

describe('bucketsOf', () => {
  it('keeps every extreme, the ends and the number of points', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 50 }), (y, most) => {
        const x = y.map((_, i) => i)
        const made = bucketsOf(x, y, most)
        expect(made.x.length).toBe(Math.min(y.length, most))
        expect(made.count.reduce((a, b) => a + b, 0)).toBe(y.length)
        expect(made.odd.reduce((a, b) => a + b, 0)).toBe(y.length - finite(y).length)
        expect([made.first[0], made.last.at(-1)]).toEqual([y[0], y.at(-1)])
        expect(Math.max(...finite(made.max))).toBe(Math.max(...finite(y)))
        expect(Math.min(...finite(made.min))).toBe(Math.min(...finite(y)))
        made.mean.forEach((mean, i) => {
          if (Number.isNaN(mean)) expect(made.count[i]).toBe(made.odd[i])
          else expect(Number.isFinite(mean)).toBe(true)
        })
      }),
    )
  })

  it('leaves a short curve as it is', () => {
    const made = bucketsOf([0, 5, 9], [1, Number.NaN, 3], 10)
    expect(made).toMatchObject({ x: [0, 5, 9], last: [1, Number.NaN, 3], mean: [1, Number.NaN, 3] })
  })

  it('smooths over all points, not over buckets', () => {
    const y = Array.from({ length: 100 }, (_, i) => Math.sin(i))
    const x = y.map((_, i) => i)
    const all = bucketsOf(x, y, 100, 0.9).smoothed!
    const thin = bucketsOf(x, y, 10, 0.9).smoothed!
    expect(thin).toEqual(all.filter((_, i) => i % 10 === 9))
  })
})

describe('emaOf', () => {
  it('has the values of the formula, bias removed', () => {
    const smooth = emaOf(0.5)
    // s: .5, 1.25, 2.125; 1 - w^t: .5, .75, .875
    expect([1, 2, 3].map(smooth)).toEqual([1, 1.25 / 0.75, 2.125 / 0.875])
  })
  it('lets what is not finite pass and forgets nothing', () => {
    const smooth = emaOf(0.9)
    expect(smooth(2)).toBeCloseTo(2, 12)
    expect(smooth(Number.NaN)).toBeNaN()
    expect(smooth(2)).toBeCloseTo(2, 12)
  })
  it('with no weight is the curve itself', () => expect([3, 1, 2].map(emaOf(0))).toEqual([3, 1, 2]))
})
