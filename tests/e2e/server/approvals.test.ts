/** @file Approvals and decisions through the real server: policies, votes, expiry, forecasts and their scores. */
import type { Client, Member } from '@capstan/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusalOf, startWorld, type World } from './world.ts'

const clock = { at: new Date('2026-03-02T02:00:00.000Z') }
const people = {} as Record<'olga' | 'lea' | 'ed' | 'rae', Member>
let world: World
let capstan: Client
let measureId: string
let keyResultId: string
beforeAll(async () => {
  world = await startWorld({ workers: 0, now: () => clock.at })
  capstan = world.capstan
  const roles = { olga: 'owner', lea: 'lead', ed: 'engineer', rae: 'reviewer' } as const
  for (const name of ['olga', 'lea', 'ed', 'rae'] as const)
    people[name] = await capstan.members.create({ body: { name, roles: [roles[name]] } })
  const cycle = await capstan.cycles.create({
    body: { name: 'Spring', start: '2026-03-01T00:00:00.000Z', end: '2026-03-29T00:00:00.000Z' },
  })
  const objective = await capstan.strategy.createObjective({
    body: { cycleId: cycle.id, title: 'Read digits' },
  })
  const measure = await capstan.measures.create({
    body: {
      ...{ key: 'accuracy', name: 'Accuracy', unit: '1', direction: 'up', scale: 'proportion' },
      query: { source: 'typed' },
    },
  })
  measureId = measure.id
  keyResultId = (
    await capstan.strategy.createKeyResult({
      body: { objectiveId: objective.id, title: 'Accuracy ≥ 0.9', measureId, target: 0.9, due: cycle.end },
    })
  ).id
})
afterAll(() => world.server.close())

const decide = (rest: object = {}) =>
  capstan.team.decide({
    body: {
      title: 'Which optimiser',
      options: ['adam', 'sgd'],
      chosen: 'adam',
      reason: 'It **converged** faster <script>alert(1)</script>',
      decidedBy: people.lea.id,
      ...rest,
    },
  })
const vote = (id: string, name: keyof typeof people, answer: 'approve' | 'reject' = 'approve') =>
  capstan.team.vote({
    params: { id },
    body: { memberId: people[name].id, role: people[name].roles[0]!, vote: answer },
  })

describe('a decision', () => {
  test('rests on what was stated, and is scored by what came', async () => {
    const made = await decide({ expectation: { measureId, low: 0.8, high: 0.9 } })
    expect(made).toMatchObject({ state: 'decided', outcome: null, expectation: { origin: 'typed' } })
    const record = (body: object) =>
      capstan.team.recordOutcome({
        params: { id: made.id },
        body: { recordedBy: people.lea.id, ...body } as never,
      })
    expect((await refusalOf(record({ met: true }))).message).toContain('value')
    expect((await refusalOf(record({}))).code).toBe('request/refused')
    const known = await record({ value: 0.9, note: 'measured on the test set' })
    // 2 (0.3·0.1·0.1 + 0.4·0.5·0.05)
    expect(known.score).toEqual({ rule: 'crps', value: expect.closeTo(0.026, 12) })
    expect((await refusalOf(record({ value: 0.5 }))).message).toContain('already')
    expect(await capstan.team.decision({ params: { id: made.id } })).toEqual(known)
  })

  test('of a key result takes its forecast, once there is one', async () => {
    expect((await refusalOf(decide({ expectation: { keyResultId } }))).message).toContain('no chance yet')
    for (const [day, value] of [
      [2, 0.7],
      [3, 0.78],
      [4, 0.83],
      [5, 0.88],
    ] as const) {
      clock.at = new Date(Date.UTC(2026, 2, day, 3))
      await capstan.measures.addPoint({ params: { id: measureId }, body: { value, note: 'by hand' } })
    }
    const made = await decide({ expectation: { keyResultId } })
    const keyResult = (await capstan.strategy.keyResults({}))[0]!
    expect(made.expectation).toEqual({ keyResultId, chance: keyResult.forecast.chance, origin: 'measured' })
    const known = await capstan.team.recordOutcome({
      params: { id: made.id },
      body: { recordedBy: people.lea.id, met: false },
    })
    expect(known.score!.value).toBeCloseTo(keyResult.forecast.chance! ** 2, 12)
  })

  test('that does not hold together is refused whole', async () => {
    const before = await capstan.team.decisions()
    for (const bad of [
      { chosen: 'lion' },
      { options: ['adam', 'adam'] },
      { expectation: { chance: 0.5, low: 0, high: 1 } },
      { expectation: { low: 2, high: 1 } },
      { expectation: { keyResultId: 'kr_none', chance: 0.5 } },
      { decidedBy: 'nobody' },
      { options: ['adam'] },
    ])
      expect((await refusalOf(decide(bad))).status).toBeLessThan(500)
    expect(await capstan.team.decisions()).toEqual(before)
  })
})

describe('a decision that needs approval', () => {
  test('holds once the others agree, never by one’s own vote', async () => {
    const bad = await refusalOf(capstan.team.createPolicy({ body: { subject: 'decision' } }))
    expect(bad.message).toContain('at least one role or one member')
    await capstan.team.createPolicy({
      body: { subject: 'decision', roles: ['owner'], members: [people.ed.id], expiresAfterHours: 48 },
    })
    const made = await decide({ expectation: { chance: 0.6 } })
    expect(made.state).toBe('proposed')
    const id = made.approvalId!
    const waiting = async (name: keyof typeof people) =>
      (await capstan.team.approvals({ query: { waitingFor: people[name].id } })).map((a) => a.id)
    expect([await waiting('olga'), await waiting('ed'), await waiting('lea')]).toEqual([[id], [id], []])
    expect((await capstan.team.approvals())[0]!.missing).toMatchObject({ code: 'approval.missingBoth' })
    expect((await refusalOf(vote(id, 'rae'))).message).toContain('does not count here')
    expect((await refusalOf(vote(id, 'lea'))).code).toBe('request/refused')
    const early = capstan.team.recordOutcome({
      params: { id: made.id },
      body: { recordedBy: people.lea.id, met: true },
    })
    expect((await refusalOf(early)).message).toContain('not approved yet')
    await vote(id, 'olga')
    expect((await refusalOf(vote(id, 'olga'))).message).toContain('already voted')
    expect(await vote(id, 'ed')).toMatchObject({ state: 'approved', missing: null })
    expect((await capstan.team.decision({ params: { id: made.id } })).state).toBe('decided')
    expect((await refusalOf(vote(id, 'ed', 'reject'))).message).toContain('already decided')
  })

  test('is rejected by one, and by nobody in time', async () => {
    const no = await decide()
    await vote(no.approvalId!, 'olga', 'reject')
    expect((await capstan.team.decision({ params: { id: no.id } })).state).toBe('rejected')

    const late = await decide()
    clock.at = new Date(clock.at.getTime() + 48 * 3_600_000)
    const refusal = await refusalOf(vote(late.approvalId!, 'ed'))
    expect(refusal.message).toContain('too late')
    await expect
      .poll(async () => (await capstan.team.decision({ params: { id: late.id } })).state, { timeout: 15_000 })
      .toBe('rejected')
    const ended = (await capstan.team.approvals({ query: { state: 'expired' } })).map(({ id }) => id)
    expect(ended).toEqual([late.approvalId])
    expect((await refusalOf(vote(late.approvalId!, 'ed'))).message).toContain('too late')
  })

  test('is not decided by whoever proposed it, even with the right role', async () => {
    const own = await decide({ decidedBy: people.olga.id })
    expect((await refusalOf(vote(own.approvalId!, 'olga'))).message).toContain('own work')
  })
})
