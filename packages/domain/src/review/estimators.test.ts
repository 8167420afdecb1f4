/** @file Tests of the bias of estimators: a case by hand, and the laws of shrinking. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { render } from '../messages/render.ts'
import { estimatorBias } from './estimators.ts'
import type { EstimateSnapshot } from './snapshot.ts'

const estimate = (memberId: string, predicted: number, actual: number): EstimateSnapshot => ({
  ...{ memberId, memberName: memberId, subject: 'effort' as const, predicted, actual },
})

describe('bias of estimators', () => {
  it('one estimate by hand', () => {
    // s^2 = 0.25, t^2 = 0.09; m = (ln 2/0.34)/(1/0.34 + 1/0.09); mu = (4 ln 2 + m/0.09)/(4 + 1/0.09)
    const team = Math.LN2 / 0.34 / (1 / 0.34 + 1 / 0.09)
    const mu = (4 * Math.LN2 + team / 0.09) / (4 + 1 / 0.09)
    const [found] = estimatorBias([estimate('mei', 2, 4)])
    expect(found!.factor).toBeCloseTo(Math.exp(mu), 12)
    expect(found!.low).toBeLessThan(1.1)
    expect(render(found!.message, 'zh-CN')).toContain('工作量')
  })

  it('many say what they say', () => {
    const [found] = estimatorBias(Array.from({ length: 20 }, () => estimate('mei', 2, 4)))
    expect(found!.factor).toBeGreaterThan(1.9)
    expect(found!.low).toBeGreaterThan(1.7)
    expect(found!.high).toBeLessThan(2.2)
  })

  it('a newcomer is judged like the team, and less surely', () => {
    const team = ['a', 'b', 'c', 'd'].flatMap((id) =>
      Array.from({ length: 12 }, (_, i) => estimate(id, 10, i % 2 ? 16 : 14)),
    )
    const found = estimatorBias([...team, estimate('new', 10, 10)])
    const by = (id: string) => found.find(({ memberId }) => memberId === id)!
    expect(by('new').factor).toBeGreaterThan(1.1)
    expect(by('new').factor).toBeLessThan(by('a').factor)
    expect(by('new').high / by('new').low).toBeGreaterThan(by('a').high / by('a').low)
  })

  it('effort and cost are apart, and what is not positive says nothing', () => {
    const found = estimatorBias([
      { ...estimate('mei', 1, 3), subject: 'cost' },
      estimate('mei', 0, 3),
      estimate('mei', 3, 0),
    ])
    expect(found.map(({ subject, count }) => [subject, count])).toEqual([['cost', 1]])
  })

  it('the factor lies between none and the mean of its own estimates when alone, and its interval holds it', () => {
    const ratios = fc.array(fc.double({ min: 0.2, max: 5, noNaN: true }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(ratios, (logs) => {
        const [found] = estimatorBias(logs.map((ratio) => estimate('mei', 1, ratio)))
        const mean = Math.exp(logs.reduce((sum, ratio) => sum + Math.log(ratio), 0) / logs.length)
        expect(found!.factor).toBeGreaterThanOrEqual(Math.min(1, mean) - 1e-12)
        expect(found!.factor).toBeLessThanOrEqual(Math.max(1, mean) + 1e-12)
        expect(found!.low).toBeLessThanOrEqual(found!.factor)
        expect(found!.high).toBeGreaterThanOrEqual(found!.factor)
      }),
    )
  })
})
