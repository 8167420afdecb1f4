/** @file Tests of roles, tasks, approvals, load and bus factor. */
import { describe, expect, it } from 'vitest'
import { terms } from '../messages/terms.ts'
import { dayOfDate } from '../resources/periods.ts'
import {
  type ApprovalPolicy,
  approvalRefusal,
  approvalState,
  policyRefusal,
  releasePolicy,
  type Vote,
} from './approvals.ts'
import { decisionRefusal, scoreDecision } from './decisions.ts'
import { busFactors, loadPlan, loads } from './load.ts'
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

describe('policies', () => {
  const policy = (rest: Partial<ApprovalPolicy>): ApprovalPolicy => ({ ...releasePolicy, roles: [], ...rest })

  it('ask for people by name, and for a number of them', () => {
    const named = policy({ members: ['a', 'b'] })
    expect(approvalState(named, [vote('a', 'viewer')], (id) => id.toUpperCase())).toMatchObject({
      state: 'open',
      message: { code: 'approval.missingMembers', values: { members: 'B' } },
    })
    expect(approvalState(named, [vote('a', 'viewer'), vote('b', 'lead')]).state).toBe('approved')
    expect(approvalRefusal(named, { requestedBy: 'x' }, [], { memberId: 'c', role: 'owner' })!.code).toBe(
      'approval.named',
    )
    const three = policy({ roles: ['lead'], members: ['a'], count: 3 })
    const two = [vote('a', 'engineer'), vote('b', 'lead')]
    expect(approvalState(three, [vote('b', 'lead')]).message.code).toBe('approval.missingMembers')
    expect(approvalState(three, []).message.code).toBe('approval.missingBoth')
    expect(approvalState(three, two).message).toEqual({ code: 'approval.missingCount', values: { count: 1 } })
    expect(approvalState(three, [...two, vote('c', 'lead')]).state).toBe('approved')
  })

  it('that nobody can meet are refused', () => {
    expect(policyRefusal(policy({}))!.code).toBe('approval.policy.nobody')
    expect(policyRefusal(policy({ members: ['a', 'a'] }))!.code).toBe('approval.policy.twice')
    expect(policyRefusal(policy({ members: ['a'], count: 2 }))!.code).toBe('approval.policy.count')
    expect(policyRefusal(policy({ roles: ['lead'], count: 2 }))).toBeNull()
  })

  it('end, and then nobody votes', () => {
    const request = { requestedBy: 'x', expiresAt: '2026-01-02T00:00:00.000Z' }
    const at = (now: string) =>
      approvalRefusal(releasePolicy, request, [], { memberId: 'a', role: 'engineer' }, now)?.code ?? null
    expect(at('2026-01-01T23:59:59.999Z')).toBeNull()
    expect(at('2026-01-02T00:00:00.000Z')).toBe('approval.expired')
    const late = { ...request, state: 'expired' as const }
    expect(approvalRefusal(releasePolicy, late, [], { memberId: 'a', role: 'engineer' })!.code).toBe(
      'approval.expired',
    )
  })
})

describe('decisions', () => {
  const given = { options: ['go', 'wait'], chosen: 'go' }
  it('choose one of their options, and expect one thing', () => {
    const refusal = (rest: object) => decisionRefusal({ ...given, expectation: null, ...rest })?.code ?? null
    expect(refusal({})).toBeNull()
    expect(refusal({ chosen: 'stop' })).toBe('decision.chosen')
    expect(refusal({ options: ['go', 'go'] })).toBe('decision.options')
    expect(refusal({ expectation: {} })).toBe('decision.expectation')
    expect(refusal({ expectation: { chance: 0.5, low: 1, high: 2 } })).toBe('decision.expectation')
    expect(refusal({ expectation: { low: 1 } })).toBe('decision.interval')
    expect(refusal({ expectation: { low: 2, high: 1 } })).toBe('decision.interval')
  })

  it('are scored by what was expected', () => {
    expect(scoreDecision({ chance: 0.7 }, { met: true })).toEqual({
      score: { rule: 'brier', value: expect.closeTo(0.09, 12) },
    })
    expect(scoreDecision({ chance: 0.7 }, { value: 1 })).toMatchObject({
      refusal: { code: 'decision.outcome.met' },
    })
    // three quantiles stand for 0.3, 0.4 and 0.3 of the probability: 2 (0.3·0.1·4 + 0.4·0.5·2 + 0.3·0.1·0)
    expect(scoreDecision({ low: 6, high: 10 }, { value: 10 })).toEqual({
      score: { rule: 'crps', value: expect.closeTo(1.04, 12) },
    })
    expect(scoreDecision({ low: 6, high: 10 }, {})).toMatchObject({
      refusal: { code: 'decision.outcome.one' },
    })
    expect(scoreDecision(null, { met: false })).toEqual({ score: null })
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

  it('counts runs beside tasks, each source alike', () => {
    const work = [
      { initiativeId: 'i', memberId: 'a', days: 40, source: 'tasks' as const },
      { initiativeId: 'i', memberId: 'b', days: 3, source: 'runs' as const },
    ]
    expect(busFactors(work)[0]).toEqual({
      initiativeId: 'i',
      factor: 2,
      members: [
        { memberId: 'a', share: 0.5 },
        { memberId: 'b', share: 0.5 },
      ],
    })
  })

  describe('plan', () => {
    // two weeks from Monday on
    const first = dayOfDate('2026-03-02')
    const weeks = [0, 1].map((i) => ({ first: first + 7 * i, end: first + 7 * (i + 1) }))
    const ann = { id: 'ann', skills: ['Data'], daysPerPeriod: 5, absences: [] }
    const bo = { id: 'bo', skills: ['data ', 'training'], daysPerPeriod: 5, absences: [] }
    const task = (remainingDays: number, rest: object = {}) => ({
      ...{ assigneeId: 'ann', skill: 'data', remainingDays, due: null },
      ...rest,
    })

    it('spreads work until its due date over what is left of each week', () => {
      // on Wednesday three of five days are left
      const wednesday = first + 2
      const plan = loadPlan([ann], [task(4), task(3, { due: first + 4 })], weeks, [], wednesday)
      const [now, next] = plan.members[0]!.periods
      expect(now!.capacityDays).toBeCloseTo(3, 12)
      // 4 days in the ratio 3 to 5, and 3 days due this week
      expect([now!.assignedDays, next!.assignedDays]).toEqual([
        expect.closeTo(4.5, 12),
        expect.closeTo(2.5, 12),
      ])
      expect([now!.over, next!.over, next!.load]).toEqual([true, false, expect.closeTo(0.5, 12)])
    })

    it('counts absences, skills in any case, and work of nobody', () => {
      const away = { ...ann, absences: [{ from: '2026-03-02', to: '2026-03-08' }] }
      const tasks = [task(2), task(6, { assigneeId: null }), task(1, { due: first - 10 })]
      const plan = loadPlan([away, bo], tasks, weeks, [], first)
      const [, next] = plan.members[0]!.periods
      // what is overdue stays in the first week, although she is away
      expect(plan.members[0]!.periods[0]).toEqual({
        capacityDays: 0,
        assignedDays: 1,
        load: null,
        over: true,
      })
      expect(next!.assignedDays).toBeCloseTo(2, 12)
      expect(plan.unassignedDays).toBe(6)
      expect(plan.skills.map(({ skill }) => skill)).toEqual(['Data', 'training'])
      const data = plan.skills[0]!.periods
      expect(data.map(({ capacityDays }) => capacityDays)).toEqual([5, 10])
      // nothing is lost and nothing is counted twice
      expect(data.reduce((sum, { assignedDays }) => sum + assignedDays, 0)).toBeCloseTo(9, 12)
    })
  })
})
