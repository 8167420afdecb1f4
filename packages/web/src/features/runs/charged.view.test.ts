/** @file Tests of what a run was charged for. */
import type { LedgerEntry } from '@capstan/api'
import { expect, it } from 'vitest'
import { chargedOf, tagsOfPeople } from './charged.view.ts'

const entry = (id: string, quantity: number): LedgerEntry => ({
  ...{ id, quantity, at: '2026-01-01T00:00:00.000Z', initiativeId: null, poolId: 'pool_1' },
  ...{ unit: 'min', rate: 2, cost: 2 * quantity, origin: 'measured', evidence: { noun: 'run', id: 'run_1' } },
})

it('adds up what was charged while it ran', () => {
  expect(chargedOf([entry('b', 0.5), entry('a', 0.25)])).toEqual({
    quantity: 0.75,
    unit: 'min',
    rate: 2,
    newest: 'b',
  })
  expect(chargedOf([])).toBeNull()
})

it('leaves out tags that repeat what stands elsewhere', () => {
  const tags = { 'mlflow.runName': 'x', 'mlflow.source.git.commit': 'y', team: 'z', 'mlflow.runNames': 'w' }
  expect(tagsOfPeople(tags)).toEqual([['team', 'z']])
})
