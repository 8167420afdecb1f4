/** @file The pairs of two snapshots. */
import type { Review } from '@capstan/api'
import { describe, expect, it } from 'vitest'
import { pairsOf } from './review.view.ts'

const snapshot = (chance: number | null): Review['before'] => ({
  id: 's',
  cycleId: 'c',
  at: '',
  reason: 'plan',
  objectiveChance: chance === null ? null : { chance, interval: [0, 1] },
  keyResults: [{ id: 'k', title: 'K', target: 1, value: null, chance }],
  budgets: [],
  initiatives: [],
  risk: null,
  risks: [],
})

describe('review', () => {
  it('pairs what was with what is, unknown staying unknown', () => {
    const pairs = pairsOf({ before: snapshot(null), after: snapshot(0.8) })
    expect(pairs.map(({ kind, before, after }) => [kind, before, after])).toEqual([
      ['objective', null, 0.8],
      ['keyResult', null, 0.8],
    ])
  })
})
