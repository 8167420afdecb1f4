/** @file Tests of roles, tasks, approvals, load and bus factor. */
import { describe, expect, it } from 'vitest'
import { terms } from '../messages/terms.ts'
import { approvalRefusal, approvalState, releasePolicy, type Vote } from './approvals.ts'
import { busFactors, loads } from './load.ts'
import { may, type Role, rights, roleRefusal } from './roles.ts'
import { taskRefusal } from './tasks.ts'

const vote = (memberId: string, role: Role, approve = true): Vote => ({
  memberId,
  role,
  approve,
  at: '2026-01-01T00:00:00.000Z',
})

describe('roles', () => {
  it('give rights from one table', () => {
    expect([may('viewer', 'read'), may('viewer', 'approve'), may('reviewer', 'start-run')]).toEqual([
      true,
      false,
      false,
    ])
    expect(roleRefusal('owner', 'manage-members')).toBeNull()
    expect(roleRefusal('viewer', 'plan')!.values).toMatchObject({ roles: 'owner, lead' })
  })
})

describe('words', () => {
  it('exist for every action in both languages', () => {
    for (const action of Object.keys(rights)) expect(terms[action]).toBeDefined()
  })
})

describe('tasks', () => {
  const task = { title: 'Train', state: 'todo', assigneeId: 'm' } as const

  it('move by the table, with an owner and finished dependencies', () => {
    expect(taskRefusal(task, 'doing')).toBeNull()
    expect(taskRefusal(task, 'done')!.code).toBe('task.move')
    expect(taskRefusal({ ...task, assigneeId: null }, 'doing')!.code).toBe('task.noOwner')
    const dependsOn = [
      { title: 'Label', state: 'doing' },
      { title: 'Plan', state: 'done' },
    ] as const
    expect(taskRefusal({ ...task, dependsOn }, 'doing')).toEqual({
      code: 'task.waits',
      values: { title: 'Train', others: 'Label' },
    })
    expect(taskRefusal({ ...task, dependsOn }, 'dropped')).toBeNull()
  })
})

describe('approvals', () => {
  const request = { requestedBy: 'author' }
  const refusal = (votes: Vote[], memberId: string, role: Role) =>
    approvalRefusal(releasePolicy, request, votes, { memberId, role })?.code ?? null

  it('need every role once, from different people', () => {
    expect(approvalState(releasePolicy, [])).toMatchObject({
      state: 'open',
      missing: ['engineer', 'reviewer'],
    })
    expect(approvalState(releasePolicy, [vote('a', 'engineer')]).missing).toEqual(['reviewer'])
    expect(approvalState(releasePolicy, [vote('a', 'engineer'), vote('b', 'reviewer')]).state).toBe(
      'approved',
    )
    expect(approvalState(releasePolicy, [vote('a', 'owner')]).state).toBe('open')
    expect(approvalState(releasePolicy, [vote('a', 'reviewer', false)]).state).toBe('rejected')
  })

  it('place an owner where it is needed', () => {
    for (const other of ['engineer', 'reviewer'] as const)
      expect(approvalState(releasePolicy, [vote('o', 'owner'), vote('a', other)]).state).toBe('approved')
  })

  it('refuse one’s own work, wrong roles, second votes and late votes', () => {
    expect(refusal([], 'author', 'engineer')).toBe('approval.own')
    expect(refusal([], 'a', 'viewer')).toBe('approval.role')
    expect(refusal([vote('a', 'engineer')], 'a', 'engineer')).toBe('approval.twice')
    expect(refusal([vote('a', 'engineer')], 'b', 'reviewer')).toBeNull()
    expect(refusal([vote('a', 'engineer'), vote('b', 'reviewer')], 'c', 'reviewer')).toBe('approval.closed')
  })
})

describe('load', () => {
  it('compares what is assigned with what there is', () => {
    const found = loads({ a: 5, b: 0 }, [
      { memberId: 'a', remainingDays: 4 },
      { memberId: 'a', remainingDays: 2 },
      { memberId: 'c', remainingDays: 1 },
    ])
    expect(found).toEqual([
      { memberId: 'a', capacityDays: 5, assignedDays: 6, load: 1.2, over: true },
      { memberId: 'b', capacityDays: 0, assignedDays: 0, load: null, over: false },
      { memberId: 'c', capacityDays: 0, assignedDays: 1, load: null, over: true },
    ])
  })

  it('counts who carries an initiative', () => {
    const work = (memberId: string, days: number) => ({ initiativeId: 'i', memberId, days })
    expect(busFactors([work('a', 8), work('b', 1), work('c', 1)])[0]).toMatchObject({ factor: 1 })
    expect(busFactors([work('a', 4), work('b', 3), work('c', 3)])[0]).toMatchObject({ factor: 2 })
    expect(busFactors([work('a', 0)])[0]).toMatchObject({ factor: 0 })
  })
})
