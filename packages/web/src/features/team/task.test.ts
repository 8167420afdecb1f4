/** @file Tasks, decisions and policies as forms hold them. */
import type { ApprovalPolicy, Task } from '@capstan/api'
import { describe, expect, it } from 'vitest'
import { awaitsOutcome, decisionBody, decisionFields, outcomeKind, withoutOption } from './decision.view.ts'
import { policyInForce } from './policy.view.ts'
import { linksOf, statesFrom, taskBody, taskFields } from './task.view.ts'

describe('a task', () => {
  it('is sent as it is shown: nobody, no day and no skill are null', () => {
    const body = taskBody(taskFields(null), [])
    expect(body).toMatchObject({
      assigneeId: null,
      initiativeId: null,
      due: null,
      skill: null,
      estimateDays: 1,
    })
  })
  it('keeps what was noted of its links', () => {
    const known = [{ noun: 'run', id: 'r', note: 'the best' }] as Task['links']
    expect(linksOf(['run/r', 'version/v'], known)).toEqual([known[0], { noun: 'version', id: 'v' }])
  })
  it('offers the state it is in and those that may follow', () => {
    expect(statesFrom('todo')).toEqual(['todo', 'doing', 'blocked', 'dropped'])
  })
})

describe('a decision', () => {
  const defaults = { keyResultId: 'k', measureId: 'm', decidedBy: 'ann' }
  const fields = { ...decisionFields(), title: 'x', options: ['a ', 'b'], chosen: 1 }
  it('names the chosen option and who decided', () => {
    expect(decisionBody(fields, defaults)).toMatchObject({
      ...{ options: ['a', 'b'], chosen: 'b', decidedBy: 'ann', expectation: null },
    })
  })
  it('rests on a forecast, a chance or an interval', () => {
    const on = (given: object) => decisionBody({ ...fields, ...given }, defaults).expectation
    expect(on({ grounds: 'forecast' })).toEqual({ keyResultId: 'k' })
    expect(on({ grounds: 'chance', percent: 70 })).toEqual({ chance: 0.7 })
    expect(on({ grounds: 'interval', low: 1, high: 2 })).toEqual({ measureId: 'm', low: 1, high: 2 })
  })
  it('keeps its choice when another option is taken out', () => {
    expect(withoutOption({ options: ['a', 'b', 'c'], chosen: 2 }, 0)).toEqual({
      options: ['b', 'c'],
      chosen: 1,
    })
    expect(withoutOption({ options: ['a', 'b', 'c'], chosen: 1 }, 1).chosen).toBe(0)
  })
  it('waits for an outcome of the kind that was expected', () => {
    expect(outcomeKind({ expectation: { low: 1, high: 2 } })).toBe('value')
    expect(outcomeKind({ expectation: null })).toBe('met')
    expect(awaitsOutcome({ state: 'proposed', outcome: null })).toBe(false)
    expect(awaitsOutcome({ outcome: null })).toBe(true)
  })
})

describe('a policy', () => {
  it('is the newest of its kind, else the usual one; decisions have none', () => {
    const own = [
      { subject: 'release', count: 1 },
      { subject: 'release', count: 2 },
    ] as ApprovalPolicy[]
    expect(policyInForce(own, 'release')?.count).toBe(2)
    expect(policyInForce([], 'budget')?.roles).toEqual(['lead'])
    expect(policyInForce([], 'decision')).toBeNull()
  })
})
