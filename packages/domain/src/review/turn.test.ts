/** @file Tests of the review: a typical first turn, learning, scores and each rule. */
import { describe, expect, it } from 'vitest'
import type { Point } from '../measures/measure.ts'
import { render } from '../messages/render.ts'
import { forecastKeyResult } from '../strategy/forecast.ts'
import { brier, crps } from './scores.ts'
import type { BudgetSnapshot, KeyResultSnapshot, Snapshot } from './snapshot.ts'
import { reviewTurn } from './turn.ts'

const then = '2026-01-01T00:00:00.000Z'
const now = '2026-01-02T00:00:00.000Z'

const keyResult = (more: Partial<KeyResultSnapshot>, at = now): KeyResultSnapshot => {
  const given = {
    id: 'kr',
    name: 'Test accuracy',
    unit: '',
    direction: 'up' as const,
    scale: 'proportion' as const,
    baseline: 0.1,
    target: 0.97,
    due: '2026-04-01T00:00:00.000Z',
    points: [],
    ...more,
  }
  return { ...given, forecast: more.forecast ?? forecastKeyResult({ ...given, now: at }) }
}

const measured = (value: number, standardError: number, noun: 'evaluation' | 'endpoint'): Point => ({
  at: '2026-01-01T12:00:00.000Z',
  value,
  standardError,
  origin: 'measured',
  evidence: { noun, id: `${noun} 1` },
})

const budget = (more: Partial<BudgetSnapshot> = {}): BudgetSnapshot => ({
  initiativeId: 'cnn',
  poolId: 'cpu',
  poolName: 'This machine',
  kind: 'compute',
  unit: 'min',
  budget: 30,
  spent: 0,
  committed: 0,
  done: 0,
  evidence: [{ noun: 'ledger', id: 'l1' }],
  ...more,
})

const latency = (points: Point[], at = now) =>
  keyResult(
    {
      id: 'p95',
      name: 'Latency p95',
      unit: 'ms',
      direction: 'down',
      scale: 'log',
      baseline: 50,
      target: 10,
      points,
    },
    at,
  )

const snapshot = (more: Partial<Snapshot>): Snapshot => ({
  at: now,
  cycleId: 'c1',
  keyResults: [],
  initiatives: [
    { id: 'cnn', name: 'SimpleCNN', state: 'chosen', chance: { alpha: 6, beta: 2 }, expectedValue: 30 },
    {
      id: 'wide',
      name: 'Wider network',
      state: 'candidate',
      chance: { alpha: 3, beta: 3 },
      expectedValue: 20,
    },
    { id: 'linear', name: 'Linear', state: 'candidate', chance: { alpha: 3, beta: 3 }, expectedValue: 25 },
  ],
  budgets: [],
  risks: [],
  lossProfile: null,
  decisions: [],
  estimates: [],
  allocation: {
    id: 'a1',
    chosen: [{ initiativeId: 'cnn', start: 0 }],
    runnerUp: [{ initiativeId: 'wide', start: 0 }],
  },
  ...more,
})

const firstTurn = () => {
  const risk = (state: 'unknown' | 'green', value: number | null) => ({
    id: 'r1',
    name: 'Accuracy falls below the target',
    frequency: { alpha: 2, beta: 2 },
    ale: 1000,
    indicator: {
      measureName: 'Accuracy margin',
      scale: 'proportion' as const,
      value,
      state,
      evidence: value === null ? [] : [{ noun: 'evaluation' as const, id: 'evaluation 1' }],
    },
  })
  const before = snapshot({
    at: then,
    keyResults: [keyResult({}, then), latency([], then)],
    budgets: [budget()],
    risks: [risk('unknown', null)],
  })
  const after = snapshot({
    keyResults: [
      keyResult({ points: [measured(0.98, 0.0014, 'evaluation')] }),
      latency([measured(3, 0.1, 'endpoint')]),
    ],
    budgets: [budget({ spent: 1.5, done: 1 })],
    risks: [risk('green', 0.01)],
  })
  return reviewTurn(before, after)
}

describe('a typical first turn', () => {
  const turn = firstTurn()

  it('proposes sensible changes, each with reason, evidence and effect', () => {
    expect(turn.proposals.map(({ id }) => id)).toEqual([
      'change-target:kr',
      'change-target:p95',
      'move-compute:cnn:cpu',
      're-estimate:cnn:cpu',
      'change-risk:r1',
    ])
    for (const { evidence, title, reason, effect } of turn.proposals) {
      expect(evidence.length).toBeGreaterThan(0)
      for (const text of [title, reason, effect])
        for (const language of ['en', 'zh-CN'] as const)
          expect(render(text, language)).not.toMatch(/[{}]|NaN|null/)
    }
  })

  it('says them plainly', () => {
    const [raise, tighten, move, estimate, calm] = turn.proposals.map(({ title }) => render(title, 'en'))
    expect(raise).toBe('Raise the target of Test accuracy from 97% to 97.5%')
    expect(tighten).toBe('Tighten the target of Latency p95 from 10 ms to 5.5 ms')
    expect(move).toBe('Move 28.5 min of This machine from SimpleCNN to Wider network')
    expect(estimate).toBe('Re-base the estimate of This machine for SimpleCNN from 30 to 1.9 min')
    expect(calm).toBe('Lower the frequency of “Accuracy falls below the target” from 1 to 0.75 a year')
    expect(render(turn.proposals[0]!.title, 'zh-CN')).toBe('将 Test accuracy 的目标由 97% 提高到 97.5%')
  })

  it('carries typed changes', () => {
    expect(turn.proposals[0]!.change).toEqual({
      kind: 'change-target',
      keyResultId: 'kr',
      from: 0.97,
      to: 0.975,
    })
    expect(turn.proposals[2]!.change).toMatchObject({ toInitiativeId: 'wide', amount: 28.5 })
  })

  it('tells what changed and learns from it', () => {
    expect(turn.summary.values).toEqual({ changed: 2, proposals: 5 })
    expect(render(turn.keyResults[0]!.message, 'en')).toBe(
      'Test accuracy: first measured at 98% (target 97%).',
    )
    expect(turn.keyResults[0]).toMatchObject({ chanceBefore: null, valueAfter: 0.98 })
    expect(turn.initiatives).toMatchObject([{ initiativeId: 'cnn', after: { alpha: 8, beta: 2 } }])
  })

  it('does not count the same success twice', () => {
    const after = snapshot({ keyResults: [keyResult({ points: [measured(0.98, 0.0014, 'evaluation')] })] })
    expect(reviewTurn(after, after).initiatives).toEqual([])
  })
})

describe('rules', () => {
  it('stop what has burned its budget without hope', () => {
    const keyResults = [keyResult({ points: [measured(0.9, 0.003, 'evaluation')] })]
    const budgets = [budget({ spent: 27, done: 0.9 })]
    const { proposals } = reviewTurn(snapshot({ at: then }), snapshot({ keyResults, budgets }))
    expect(proposals.map(({ kind }) => kind)).toEqual(['stop-initiative'])
  })

  it('re-base an estimate that is overrun', () => {
    const { proposals } = reviewTurn(
      snapshot({ at: then }),
      snapshot({ budgets: [budget({ spent: 27, done: 0.5 })] }),
    )
    expect(proposals.map(({ change }) => change)).toEqual([
      { kind: 're-estimate', initiativeId: 'cnn', poolId: 'cpu', from: 30, to: 68 },
    ])
  })

  it('start the next when everything chosen is done', () => {
    const initiatives = snapshot({}).initiatives.map((initiative) =>
      initiative.id === 'cnn' ? { ...initiative, state: 'done' as const } : initiative,
    )
    const { proposals } = reviewTurn(snapshot({ at: then }), snapshot({ initiatives }))
    expect(proposals.map(({ id }) => id)).toEqual(['start-initiative:wide'])
  })

  it('ask for a measurement where there is none', () => {
    const { proposals } = reviewTurn(snapshot({ at: then }), snapshot({ keyResults: [keyResult({})] }))
    expect(proposals.map(({ kind }) => kind)).toEqual(['measure'])
  })

  it('propose nothing when nothing is known to be wrong', () => {
    expect(reviewTurn(snapshot({ at: then }), snapshot({})).proposals).toEqual([])
  })
})

describe('learning', () => {
  it('scores decisions once, when their outcome is known', () => {
    const decision = { id: 'd', title: 'Fund', forecast: { kind: 'chance' as const, chance: 0.8 } }
    const before = snapshot({ decisions: [{ ...decision, outcome: null }] })
    const after = snapshot({ decisions: [{ ...decision, outcome: { kind: 'happened', happened: true } }] })
    expect(reviewTurn(before, after).decisions).toMatchObject([{ rule: 'brier', score: brier(0.8, true) }])
    expect(reviewTurn(after, after).decisions).toEqual([])
    expect(brier(0.8, true)).toBeCloseTo(0.04, 12)
  })

  it('CRPS of a point is its distance, and a tighter right forecast is better', () => {
    expect(crps([{ p: 0.5, value: 3 }], 5)).toBeCloseTo(2, 12)
    const around = (spread: number) =>
      crps(
        [0.1, 0.5, 0.9].map((p) => ({ p, value: 10 + (p - 0.5) * spread })),
        10,
      )
    expect(around(1)).toBeLessThan(around(5))
  })

  it('shares the evidence among the initiatives that serve a key result', () => {
    const chosen = (id: string) => ({
      ...{ id, name: id, state: 'chosen' as const, chance: { alpha: 1, beta: 1 }, expectedValue: 1 },
    })
    const both = [chosen('a'), chosen('b')]
    const after = snapshot({
      initiatives: both,
      keyResults: [keyResult({ points: [measured(0.98, 0.001, 'evaluation')] })],
    })
    const beliefs = reviewTurn(snapshot({ at: then, initiatives: both }), after).initiatives
    expect(beliefs.map(({ after }) => after)).toEqual([
      { alpha: 1.5, beta: 1 },
      { alpha: 1.5, beta: 1 },
    ])
  })

  it('learns what happened before the last review only once', () => {
    const plan = snapshot({ at: then, keyResults: [keyResult({}, then)] })
    const after = snapshot({ keyResults: [keyResult({ points: [measured(0.98, 0.0014, 'evaluation')] })] })
    expect(reviewTurn(plan, after).initiatives).toHaveLength(1)
    expect(reviewTurn(plan, after, after).initiatives).toEqual([])
  })
})
