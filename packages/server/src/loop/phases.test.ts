/** @file Tests of the derived phases. */
import { describe, expect, test } from 'vitest'
import { type PhaseFacts, phaseStates } from './phases.ts'

const nothing: PhaseFacts = {
  keyResults: 0,
  initiatives: 0,
  allocated: false,
  tasks: { open: 0, done: 0 },
  openApprovals: 0,
  riskSimulated: false,
  reviewed: false,
  openProposals: 0,
  reviewDue: false,
}
const everything: PhaseFacts = {
  ...nothing,
  keyResults: 2,
  initiatives: 3,
  allocated: true,
  tasks: { open: 0, done: 5 },
  riskSimulated: true,
  reviewed: true,
}

describe('phaseStates', () => {
  test('a new cycle begins with strategy', () => {
    expect(phaseStates(nothing)).toEqual({
      strategy: 'now',
      resources: 'next',
      team: 'next',
      risk: 'next',
      review: 'next',
    })
  })

  test('a complete cycle has every phase done', () => {
    expect(new Set(Object.values(phaseStates(everything)))).toEqual(new Set(['done']))
  })

  test('when the time is up it is the turn of the review, whatever was left undone', () => {
    expect(phaseStates({ ...nothing, keyResults: 1, reviewDue: true })).toEqual({
      ...{ strategy: 'done', resources: 'done', team: 'done', risk: 'done' },
      review: 'now',
    })
  })

  test.each([
    ['an open approval', { openApprovals: 1 }, 'team'],
    ['an open task', { tasks: { open: 1, done: 4 } }, 'team'],
    ['an indicator that turned after the simulation', { riskSimulated: false }, 'risk'],
    ['an undecided proposal', { openProposals: 1 }, 'review'],
    ['a cycle whose time is up', { reviewDue: true }, 'review'],
    ['a plan without an allocation', { allocated: false }, 'resources'],
  ] as const)('%s keeps its phase on, and later ones next', (_, change, phase) => {
    const states = phaseStates({ ...everything, ...change })
    expect(states[phase]).toBe('now')
    const order = Object.keys(states)
    for (const [i, name] of order.entries()) {
      if (i > order.indexOf(phase)) expect(states[name as keyof typeof states]).toBe('next')
    }
  })
})
