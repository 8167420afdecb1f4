/** @file Beliefs, rankings, comparisons, markets, lineages, and what strategy refuses. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { betaMean } from '../chance/gamma.ts'
import { seeded } from '../chance/random.ts'
import { betaQuantile } from '../chance/special.ts'
import { beliefInterval, betaFromInterval, betaOf } from './belief.ts'
import { compareContenders } from './comparison.ts'
import { lineageCircle, meterLineage } from './lineage.ts'
import { marketOutlook, shareOfSegment } from './market.ts'
import { agreement, rank } from './ranking.ts'
import {
  type Bet,
  beliefRefusal,
  betRefusal,
  cycleMoveRefusal,
  cycleRefusal,
  keyResultRefusal,
} from './rules.ts'

describe('beliefs', () => {
  it('turns an interval into the Beta that has it', () => {
    const shares = fc.double({ min: 0.02, max: 0.98, noNaN: true })
    fc.assert(
      fc.property(shares, shares, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)]
        fc.pre(high - low > 0.02 && high - low < 0.7)
        const { alpha, beta } = betaFromInterval(low, high)
        expect(betaQuantile(0.1, alpha, beta)).toBeCloseTo(low, 4)
        expect(betaQuantile(0.9, alpha, beta)).toBeCloseTo(high, 4)
      }),
      { numRuns: 40 },
    )
  })

  it('keeps the chance that was said, and narrows with trials', () => {
    expect(betaMean(betaOf({ chance: 0.3, trials: 8 }))).toBeCloseTo(0.3, 12)
    const width = (trials: number) => {
      const [low, high] = beliefInterval(betaOf({ chance: 0.3, trials }))
      return high - low
    }
    expect(width(40)).toBeLessThan(width(8))
  })

  it('refuses what is no belief', () => {
    expect(beliefRefusal('A', { low: 0.6, high: 0.4 })?.code).toBe('belief.interval')
    expect(beliefRefusal('A', { low: 0, high: 0.4 })?.code).toBe('belief.interval')
    expect(beliefRefusal('A', { chance: 1, trials: 4 })?.code).toBe('belief.chance')
    expect(beliefRefusal('A', { low: 0.2, high: 0.4 })).toBeNull()
  })
})

describe('ranking', () => {
  const pools = [
    { id: 'people', kind: 'people' as const, rate: 100 },
    { id: 'gpu', kind: 'compute' as const, rate: 2 },
  ]
  const base = { value: { low: 0, mode: 1000, high: 2000 }, chance: { alpha: 1, beta: 1 } }

  it('takes cost at the rates of the pools, and people-days as effort', () => {
    const [first] = rank(
      [
        {
          id: 'a',
          name: 'A',
          ...base,
          needs: { people: [1, 2], gpu: [10] },
          rice: { reach: 30, impact: 2, confidence: 0.5 },
          wsjf: { value: 8, urgency: 3, riskReduction: 1, size: 4 },
        },
      ],
      pools,
    )
    expect(first).toMatchObject({ expected: 500, cost: 320, net: 180, yield: 500 / 320, rice: 10, wsjf: 3 })
  })

  it('leaves out what has nothing to rank by, and tells how far the scores agree', () => {
    const one = (id: string, mode: number, reach: number | null) => ({
      ...base,
      ...{ id, name: id, needs: { people: [1] }, value: { low: mode, mode, high: mode } },
      rice: reach === null ? null : { reach, impact: 1, confidence: 1 },
    })
    const ranked = rank([one('a', 10, 5), one('b', 30, 3), one('c', 20, 4), one('d', 40, null)], pools)
    expect(ranked.map(({ id }) => id)).toEqual(['d', 'b', 'c', 'a'])
    expect(ranked.find(({ id }) => id === 'd')!.ranks).toMatchObject({ net: 1, rice: null })
    expect(agreement(ranked, 'rice')).toBeCloseTo(-1, 12)
    expect(agreement(ranked, 'wsjf')).toBeNull()
  })
})

describe('comparison', () => {
  const criteria = [
    { id: 'q', name: 'quality', weight: 3 },
    { id: 'p', name: 'price', weight: 1 },
  ]

  it('weighs what is scored, bounds what is not, and ranks', () => {
    const { standings, behind } = compareContenders(
      criteria,
      [
        {
          id: 'us',
          name: 'us',
          scores: [
            { criterionId: 'q', score: 8 },
            { criterionId: 'p', score: 4 },
          ],
        },
        {
          id: 'x',
          name: 'x',
          scores: [
            { criterionId: 'q', score: 6 },
            { criterionId: 'p', score: 9 },
          ],
        },
        { id: 'y', name: 'y', scores: [{ criterionId: 'p', score: 2 }] },
        { id: 'z', name: 'z', scores: [] },
      ],
      seeded(1),
    )
    expect(standings.map(({ id, score, rank: place }) => [id, score, place])).toEqual([
      ['us', 7, 1],
      ['x', 6.75, 2],
      ['y', 2, 3],
      ['z', null, null],
    ])
    expect(standings[2]).toMatchObject({ range: [0.5, 8], known: 0.25 })
    expect(standings[3]).toMatchObject({ range: [0, 10], known: 0 })
    expect(behind).toEqual([{ criterionId: 'p', leaderId: 'x', by: 5 }])
  })

  it('tells how often the first is first, whatever the weights: exact for two criteria', () => {
    // us beats x where w_q (8-6) > w_p (9-4), that is w_q > 5/7: 2/7 of the flat Dirichlet
    const { standings } = compareContenders(
      criteria,
      [
        {
          id: 'us',
          name: 'us',
          scores: [
            { criterionId: 'q', score: 8 },
            { criterionId: 'p', score: 4 },
          ],
        },
        {
          id: 'x',
          name: 'x',
          scores: [
            { criterionId: 'q', score: 6 },
            { criterionId: 'p', score: 9 },
          ],
        },
      ],
      seeded(3),
    )
    const standardError = Math.sqrt(((2 / 7) * (5 / 7)) / 2000)
    expect(Math.abs(standings.find(({ id }) => id === 'us')!.firstShare - 2 / 7)).toBeLessThan(
      4 * standardError,
    )
    expect(standings.reduce((sum, { firstShare }) => sum + firstShare, 0)).toBeCloseTo(1, 9)
  })
})

describe('market', () => {
  const flat = (value: number) => ({ low: value, mode: value, high: value })

  it('compounds growth, and adds up', () => {
    const outlook = marketOutlook(
      [
        { id: 'a', size: flat(100), growth: flat(0.1), share: flat(0.2), year: 2026 },
        { id: 'b', size: flat(50), growth: flat(0), share: flat(0.1), year: 2026 },
      ],
      2028,
      1,
    )
    expect(outlook.total.size.mean).toBeCloseTo(171, 9)
    expect(outlook.total.winnable.p50).toBeCloseTo(29.2, 9)
    const { winnable } = outlook.segments[0]!
    expect(shareOfSegment({ value: flat(12.1), chance: { alpha: 1, beta: 1 } }, winnable)).toEqual({
      ifItWorks: expect.closeTo(0.5, 9),
      expected: expect.closeTo(0.25, 9),
    })
  })

  it('has the mean of the closed form within its standard error, and leaves the others as they were', () => {
    const segment = (id: string) => ({
      ...{ id, size: { low: 60, mode: 100, high: 200 }, growth: flat(0), share: flat(1), year: 2026 },
    })
    const alone = marketOutlook([segment('a')], 2026, 5)
    const both = marketOutlook([segment('a'), segment('b')], 2026, 5)
    expect(both.segments[0]).toEqual(alone.segments[0])
    // PERT: (60 + 400 + 200)/6 = 110; its standard deviation is below 140/4
    expect(Math.abs(alone.total.size.mean - 110)).toBeLessThan((4 * 35) / Math.sqrt(4000))
  })
})

describe('lineage', () => {
  const ancestors = [
    { id: 'base', name: 'base', flop: 2e24, parents: [], foreign: true },
    { id: 'sft', name: 'sft', flop: 3e23, parents: ['base'], foreign: false },
    { id: 'rl', name: 'rl', flop: 5e23, parents: ['base', 'sft'], foreign: false },
  ]

  it('counts each training once where lines meet', () => {
    const meter = meterLineage('rl', ancestors)
    expect(meter.steps.map(({ id }) => id)).toEqual(['base', 'sft', 'rl'])
    expect(meter.flop).toBeCloseTo(2.8e24, -12)
    expect(meter.modified).toBeCloseTo(0.4, 12)
    expect(meter).toMatchObject({ modifier: true, reached: ['generalPurpose'], unknown: [] })
    expect(meter.message.code).toBe('lineage.general')
  })

  it('says nothing of a third of what nobody knows', () => {
    const meter = meterLineage('sft', [{ ...ancestors[0]!, flop: null }, ancestors[1]!])
    expect(meter).toMatchObject({ modified: null, unknown: ['base'], reached: ['generalPurpose'] })
  })

  it('reaches the thresholds at them', () => {
    const one = (flop: number) =>
      meterLineage('a', [{ id: 'a', name: 'a', flop, parents: [], foreign: false }]).message.code
    expect([one(9.9e22), one(1e23), one(1e25)]).toEqual([
      'lineage.below',
      'lineage.general',
      'lineage.systemic',
    ])
  })

  it('finds the way around', () => {
    expect(lineageCircle('base', ['rl'], ancestors)).toEqual(['base', 'rl', 'base'])
    expect(lineageCircle('new', ['rl'], ancestors)).toBeNull()
  })
})

describe('what strategy refuses', () => {
  const cycle = { name: 'C', start: '2026-01-01T00:00:00Z', end: '2026-03-31T00:00:00Z' }
  const measure = { name: 'accuracy', unit: '1', scale: 'proportion' as const, direction: 'up' as const }
  const keyResult = { title: 'K', baseline: 0.9, target: 0.95, due: '2026-03-01T00:00:00Z' }
  const now = '2026-02-01T00:00:00Z'

  it('key results without a way to go, or outside their cycle', () => {
    const refuse = (change: Partial<typeof keyResult>, direction: 'up' | 'down' = 'up') =>
      keyResultRefusal({ ...keyResult, ...change }, { ...measure, direction }, cycle, now)?.code
    expect(refuse({})).toBeUndefined()
    expect(refuse({ target: 0.9 })).toBe('keyResult.still')
    expect(refuse({ target: 0.8 })).toBe('keyResult.backwards')
    expect(refuse({}, 'down')).toBe('keyResult.backwards')
    expect(refuse({ due: '2026-01-15T00:00:00Z' })).toBe('keyResult.past')
    expect(refuse({ due: '2026-06-01T00:00:00Z' })).toBe('keyResult.outside')
  })

  it('cycles that end before they begin, and ways that states do not go', () => {
    expect(cycleRefusal('C', { start: cycle.end, end: cycle.start })?.code).toBe('cycle.dates')
    expect(cycleRefusal('C', { start: cycle.start, end: '2140-01-01T00:00:00Z' })?.code).toBe('cycle.long')
    expect(cycleMoveRefusal('C', 'planning', 'running')).toBeNull()
    expect(cycleMoveRefusal('C', 'review', 'running')).toBeNull()
    expect(cycleMoveRefusal('C', 'planning', 'closed')?.code).toBe('cycle.move')
    expect(cycleMoveRefusal('C', 'closed', 'running')?.code).toBe('cycle.closed')
  })

  const bet = (id: string, change: Partial<Bet> = {}): Bet => ({
    ...{ id, name: id, value: { low: 1, mode: 2, high: 3 }, chance: { alpha: 1, beta: 1 } },
    ...{ needs: { p: [1] }, earliest: 0, latest: 3, prerequisites: [], exclusions: [] },
    ...change,
  })

  it('bets that cannot be placed', () => {
    const refuse = (one: Bet, others: Bet[] = []) => betRefusal(one, others, 4)?.code
    expect(refuse(bet('a'))).toBeUndefined()
    expect(refuse(bet('a', { value: { low: 3, mode: 2, high: 1 } }))).toBe('range.falls')
    expect(refuse(bet('a', { earliest: 3, latest: 1 }))).toBe('initiative.window')
    expect(refuse(bet('a', { earliest: 3, needs: { p: [1, 1] } }))).toBe('initiative.tooLong')
    expect(refuse(bet('a', { prerequisites: ['a'] }))).toBe('initiative.itself')
    expect(refuse(bet('a', { prerequisites: ['b'], exclusions: ['b'] }), [bet('b')])).toBe('initiative.both')
    expect(refuse(bet('a', { prerequisites: ['b'] }), [bet('b', { prerequisites: ['a'] })])).toBe(
      'allocation.cycle',
    )
    const pair = [bet('b', { exclusions: ['c'] }), bet('c')]
    expect(refuse(bet('a', { prerequisites: ['b', 'c'] }), pair)).toBe('initiative.clash')
    const long = bet('b', { needs: { p: [1, 1, 1, 1] } })
    expect(refuse(bet('a', { prerequisites: ['b'] }), [long])).toBe('initiative.waits')
  })
})
