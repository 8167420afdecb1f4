/** @file Sittings over a review: what is asked, what is decided, what moves, and the points of the history. */
import type { PlanWhatIf, Proposal, TrackRecord } from '@capstan/api'
import { describe, expect, it } from 'vitest'
import { askedOf, decisionsOf, differencesOf, editOf, numberOf, pointsOf } from './sitting.view.ts'

const words = { code: 'proposal.measure.effect', values: {} }
const proposal = (id: string, change: Proposal['change'], state: Proposal['state'] = 'open'): Proposal => ({
  ...{ id, change, state, reviewId: 'r', kind: change.kind, title: words, reason: words, effect: words },
  ...{ evidence: [], decidedBy: null, decidedAt: null },
})
const extend = proposal('a', { kind: 'extend-pool', poolId: 'p', amount: 4 })
const stop = proposal('b', { kind: 'stop-initiative', initiativeId: 'i' })
const done = proposal('c', { kind: 'measure', keyResultId: 'k' }, 'accepted')

describe('a sitting', () => {
  it('asks for what is accepted, with other numbers where somebody typed them', () => {
    const sitting = { a: { choice: 'accept', number: '2.5' }, b: { choice: 'reject', number: '' } } as const
    expect(askedOf([extend, stop, done], sitting)).toEqual([{ id: 'a', edit: { amount: 2.5 } }])
    expect(decisionsOf([extend, stop, done], sitting, 'why')).toEqual([
      { proposalId: 'a', decision: 'accept', note: 'why', edit: { amount: 2.5 } },
      { proposalId: 'b', decision: 'reject', note: 'why' },
    ])
  })

  it('asks nothing while a number is wrong, and never decides what is decided', () => {
    expect(askedOf([extend], { a: { choice: 'accept', number: 'much' } })).toBeNull()
    expect(askedOf([done], { c: { choice: 'accept', number: '' } })).toEqual([])
    expect(editOf(extend.change, '4')).toBeUndefined()
    expect(numberOf(stop.change)).toBeNull()
    const risk = { kind: 'change-risk', riskId: 'r', to: { alpha: 3, beta: 2 } } as const
    expect(numberOf(risk)).toEqual({ field: 'to', value: 1.5 })
  })
})

describe('a what-if', () => {
  it('shows what moves and leaves out what stays', () => {
    const side = (chance: number, capacity: number): PlanWhatIf['before'] => ({
      cycle: { number: 1, start: '', end: '' },
      objectives: [{ id: 'o', title: 'O', chance, bounds: null }],
      keyResults: [],
      initiatives: [{ id: 'i', name: 'I', state: 'funded', chance: 0.5, expectedValue: 1 }],
      pools: [{ id: 'p', name: 'P', unit: 'h', capacity, granted: 4 }],
      budgets: [],
      risks: [],
      mitigations: [],
      ...{ expectedValue: 10, ale: 5, mitigationCost: 0 },
    })
    const rows = differencesOf({ before: side(0.4, 10), after: side(0.6, 12), resolved: null })
    expect(rows.map(({ kind, before, after }) => [kind, before, after])).toEqual([
      ['objective', 0.4, 0.6],
      ['pool', 6, 8],
    ])
  })
})

it('the points of the history say each number as people read it', () => {
  const turn = {
    ...{ cycleId: 'c', number: 2, name: 'Two', from: '', to: '', closed: true, crps: null, estimates: null },
    brier: { mean: 0.2, count: 3 },
    coverage: { hits: 3, count: 4, share: 0.75, low: 0.5, high: 0.9 },
    value: { predicted: 100, came: 80 },
    budget: { predicted: 10, came: 12, error: 0.2 },
  }
  const record = { turns: [turn] } as unknown as TrackRecord
  expect(pointsOf(record, 'brier')[0]).toMatchObject({ turn: 2, value: 0.2, count: 3 })
  expect(pointsOf(record, 'coverage')[0]).toMatchObject({ value: 0.75, low: 0.5, high: 0.9 })
  expect(pointsOf(record, 'value')[0]!.value).toBeCloseTo(-0.2, 12)
  expect(pointsOf(record, 'estimates')).toEqual([])
})
