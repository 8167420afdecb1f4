/** @file Reviews through the real server: what-ifs that come true, stale and double decisions, all or nothing, the history. */
import type { PlanChange } from '@capstan/api'
import { type Change, type Plan, type PlanEvent, replayPlan } from '@capstan/domain'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openReader } from '../../../packages/server/src/database/open.ts'
import { readPlan } from '../../../packages/server/src/review/state.ts'
import { refusalOf, startWorld, type World } from './world.ts'

let world: World
const ids: Record<string, string> = {}
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

beforeAll(async () => {
  world = await startWorld()
  const { capstan } = world
  const cycle = await capstan.cycles.create({
    body: { name: 'Cycle 1', start: inDays(-10), end: inDays(20) },
  })
  const measure = await capstan.measures.create({
    body: {
      ...{ key: 'score', name: 'Score', unit: 'points', direction: 'up', scale: 'linear' },
      query: { source: 'typed' },
    },
  })
  for (const [ago, value] of [
    [9, 50],
    [7, 54],
    [5, 57],
    [3, 62],
    [1, 66],
  ] as const) {
    await capstan.measures.addPoint({
      params: { id: measure.id },
      body: { value, at: inDays(-ago), note: 'counted' },
    })
  }
  const objective = await capstan.strategy.createObjective({
    body: { cycleId: cycle.id, title: 'A better score' },
  })
  const keyResult = await capstan.strategy.createKeyResult({
    body: {
      ...{ objectiveId: objective.id, title: 'Score at least 90', measureId: measure.id },
      ...{ target: 90, baseline: 40, due: inDays(20) },
    },
  })
  const other = await capstan.strategy.createObjective({
    body: { cycleId: cycle.id, title: 'Something else' },
  })
  const blind = await capstan.measures.create({
    body: {
      ...{ key: 'blind', name: 'Blind', unit: 'points', direction: 'up', scale: 'linear' },
      query: { source: 'typed' },
    },
  })
  await capstan.strategy.createKeyResult({
    body: {
      ...{ objectiveId: other.id, title: 'Blind at least 5', measureId: blind.id },
      ...{ target: 5, due: inDays(20) },
    },
  })
  const compute = await capstan.resources.createPool({
    body: { name: 'Machine', kind: 'compute', unit: 'h', capacity: [10, 10], rate: 3 },
  })
  const bet = (name: string, worth: number, hours: number) =>
    capstan.strategy.createInitiative({
      body: {
        ...{ cycleId: cycle.id, name, chance: { alpha: 6, beta: 4 }, needs: { [compute.id]: [hours] } },
        value: { low: worth * 0.9, mode: worth, high: worth * 1.1 },
      },
    })
  const first = await bet('First', 10_000, 7.5)
  const second = await bet('Second', 8_000, 8.2)
  const third = await bet('Third', 6_000, 4.4)
  const risk = await capstan.risk.create({
    body: {
      ...{ name: 'Leak', frequency: { alpha: 2, beta: 4 } },
      loss: { kind: 'lognormal', low: 1000, high: 10_000 },
    },
  })
  const allocation = await capstan.resources.solve({ body: { cycleId: cycle.id, lambda: 0 } })
  await capstan.resources.approve({ params: { id: allocation.id }, body: {} })
  Object.assign(ids, { cycle: cycle.id, kr: keyResult.id, compute: compute.id, risk: risk.id })
  Object.assign(ids, { first: first.id, second: second.id, third: third.id, measure: measure.id })
})
afterAll(() => world.server.close())

const startOf = (change: PlanChange) => (change.kind === 'start-initiative' ? change.start : Number.NaN)

const state = async () => {
  const { capstan } = world
  const [keyResults, initiatives, pools, risks, budgets, cycles] = await Promise.all([
    capstan.strategy.keyResults({}),
    capstan.strategy.initiatives({}),
    capstan.resources.pools(),
    capstan.risk.list(),
    capstan.resources.budgets(),
    capstan.cycles.list(),
  ])
  const activity = await capstan.loop.activity({ query: { limit: 1 } })
  return JSON.stringify({
    keyResults: keyResults.map(({ id, target, due }) => ({ id, target, due })),
    ...{ initiatives, pools, risks, budgets, cycles, last: activity[0]!.seq },
  })
}

/** The whole plan as the server reads it, with the last entry of the audit log. */
const planNow = async (): Promise<{ plan: Plan; seq: number }> => {
  const db = openReader(world.folder)
  try {
    const cycle = (await world.capstan.cycles.list())[0]!
    const [last] = await world.capstan.loop.activity({ query: { limit: 1 } })
    return { plan: await readPlan(db, cycle.id, new Date().toISOString()), seq: last!.seq }
  } finally {
    await db.destroy()
  }
}

/** What people decide of a plan; what has ended stays behind in its cycle. */
const decidedPart = ({
  cycle,
  keyResults,
  initiatives,
  pools,
  risks,
  tasks,
  allocation,
  mitigations,
}: Plan) => ({
  cycle: [cycle.number, cycle.start, cycle.end],
  keyResults: keyResults.map(({ id, target, due }) => ({ id, target, due })),
  initiatives: initiatives.flatMap(({ id, state, chance, needs }) =>
    state === 'done' || state === 'stopped' ? [] : [{ id, state, chance, needs }],
  ),
  pools: pools.map(({ id, capacity }) => ({ id, capacity })),
  risks: risks.map(({ id, frequency }) => ({ id, frequency })),
  // tasks to measure and to hire are made without an estimate
  tasks: tasks
    .filter(({ estimateDays }) => estimateDays > 0)
    .map(({ id, estimateDays }) => ({ id, estimateDays })),
  chosen: allocation!.chosen,
  grants: allocation!.grants,
  adopted: mitigations.filter(({ adopted }) => adopted).map(({ id }) => id),
})

describe('what if', () => {
  test('it leaves the plan and the audit log alone, and refuses what cannot be, in both languages', async () => {
    const { capstan } = world
    const before = await state()
    const found = await capstan.review.whatIf({
      body: {
        changes: [
          { kind: 'change-target', keyResultId: ids.kr!, to: 75 },
          { kind: 'stop-initiative', initiativeId: ids.second! },
          { kind: 'extend-pool', poolId: ids.compute!, amount: 5 },
          { kind: 'change-chance', initiativeId: ids.third!, to: { alpha: 9, beta: 1 } },
        ],
      },
    })
    expect(found.after.cycle.number).toBe(2)
    expect(found.after.pools[0]).toMatchObject({ capacity: 30, granted: 7.5 })
    expect(found.after.keyResults[0]!.chance!).toBeGreaterThan(found.before.keyResults[0]!.chance!)
    expect(found.resolved!.chosen.map(({ name }) => name).sort()).toEqual(['First', 'Third'])
    const wrong = capstan.review.whatIf({
      body: {
        changes: [
          {
            ...{ kind: 'move-compute', poolId: ids.compute!, amount: 8 },
            ...{ fromInitiativeId: ids.first!, toInitiativeId: ids.third! },
          },
        ],
      },
    })
    expect(await refusalOf(wrong)).toMatchObject({
      status: 409,
      message: expect.stringContaining('7.5 h can be moved'),
    })
    expect(await state()).toBe(before)
  })

  test.each([
    ['a kind that is not there', { kind: 'burn-it-down' }],
    ['a field too many', { kind: 'stop-initiative', initiativeId: 'x', why: 'no' }],
    ['an amount of nothing', { kind: 'extend-pool', poolId: 'pool_x', amount: Number.NaN }],
  ])('%s is refused', async (_, change) => {
    const before = await state()
    const refusal = await refusalOf(world.capstan.review.whatIf({ body: { changes: [change as never] } }))
    expect(refusal.status).toBe(400)
    expect(await state()).toBe(before)
  })
})

describe('a review', () => {
  test('made at any time; two made at once do not learn the same thing twice', async () => {
    const { capstan } = world
    const chances = async () =>
      (await capstan.strategy.initiatives({})).map(({ chance }) => chance.alpha + chance.beta)
    const before = await chances()
    await Promise.all([capstan.review.create({ body: {} }), capstan.review.create({ body: {} })])
    expect(await chances()).toEqual(before)
    const [newest, older] = await capstan.review.list({})
    expect(newest!.outcomes!.map(({ kind }) => kind)).toContain('keyResult')
    expect(older!.proposals.every(({ state }) => state === 'superseded')).toBe(true)
    expect((await capstan.review.get({ params: { id: newest!.id } })).id).toBe(newest!.id)
  })

  test('what was measured meanwhile is learned, with its effect on the objectives', async () => {
    const { capstan } = world
    // a budget used up without hope
    await capstan.measures.addPoint({
      params: { id: ids.measure! },
      body: { value: 66, note: 'stands still' },
    })
    const review = await capstan.review.create({ body: {} })
    expect(review.changes[0]!.code).toBe('review.summary')
    for (const { effects, basis, subject } of review.proposals) {
      expect(subject).toBeTruthy()
      expect(basis!.length).toBeGreaterThan(0)
      if (effects) expect(effects.objectives).toHaveLength(2)
    }
    ids.review = review.id
  })

  test('a decision on an older review, or by someone who comes second, is told so', async () => {
    const { capstan } = world
    const [, older] = await capstan.review.list({})
    const superseded = older!.proposals[0]
    if (superseded) {
      const late = capstan.review.decide({ params: { id: superseded.id }, body: { decision: 'reject' } })
      expect(await refusalOf(late)).toMatchObject({ status: 409 })
    }
    const review = await capstan.review.get({ params: { id: ids.review! } })
    const one = review.proposals.find(({ kind }) => kind === 'measure')
    expect(one!.kind).toBe('measure')
    const answers = await Promise.allSettled(
      [1, 2].map(() => capstan.review.decide({ params: { id: one!.id }, body: { decision: 'reject' } })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const refused = answers.find((answer) => answer.status === 'rejected')!.reason
    expect(refused.body.message).toContain('has decided this proposal already: rejected')
  })

  test('what has changed since the review is named, and refuses the decision', async () => {
    const { capstan } = world
    const review = await capstan.review.get({ params: { id: ids.review! } })
    const extend = review.proposals.find(({ kind }) => kind === 'extend-pool')
    expect(extend!.effect.code).toBe('proposal.extend.effect')
    const pool = (await capstan.resources.pools()).find(({ id }) => id === ids.compute)!
    const set = async (capacity: number[], revision: number) =>
      capstan.resources.editPool({ params: { id: pool.id }, body: { capacity, revision } })
    const edited = await set([10, 11], pool.revision!)
    const before = await state()
    const stale = capstan.review.decide({ params: { id: extend!.id }, body: { decision: 'accept' } })
    expect((await refusalOf(stale)).message).toBe(
      'The plan has changed since the review. Machine: the capacity was 20 and is now 21. Make a new review.',
    )
    expect(await state()).toBe(before)
    await set([10, 10], edited.revision!)
  })
})

describe('acceptance', () => {
  test('stale, wrongly changed or impossible: nothing of the whole set is applied', async () => {
    const { capstan } = world
    // a first cycle with proposals of several kinds: everything of First is done, and it used an hour
    const member = await capstan.members.create({ body: { name: 'Ann', roles: ['engineer'] } })
    const task = await capstan.team.createTask({
      body: { title: 'all of it', initiativeId: ids.first!, assigneeId: member.id },
    })
    for (const to of ['doing', 'done'] as const)
      await capstan.team.moveTask({ params: { id: task.id }, body: { state: to } })
    const review = await capstan.review.create({ body: {} })
    const fund = review.proposals.find(({ kind }) => kind === 'start-initiative')!
    expect(fund.change).toMatchObject({ initiativeId: ids.third })
    expect(fund.effects!.expectedValue.after).toBeGreaterThan(fund.effects!.expectedValue.before)
    const others = review.proposals.filter(({ id }) => id !== fund.id)
    const decisions = (edit?: object) =>
      [fund, ...others].map(({ id }) => ({
        proposalId: id,
        decision: 'accept' as const,
        ...(id === fund.id && edit ? { edit } : {}),
      }))
    const before = await state()
    const wrong = capstan.review.decideAll({
      params: { id: review.id },
      body: { decisions: decisions({ factor: 2 }) },
    })
    expect(await refusalOf(wrong)).toMatchObject({
      status: 409,
      message: expect.stringContaining('What can be changed: start'),
    })
    const foreign = capstan.review.decideAll({
      params: { id: review.id },
      body: { decisions: [...decisions(), { proposalId: 'proposal_none', decision: 'accept' }] },
    })
    expect(await refusalOf(foreign)).toMatchObject({ status: 404 })
    expect(await state()).toBe(before)
    expect((await capstan.review.get({ params: { id: review.id } })).proposals).toEqual(review.proposals)
    Object.assign(ids, { review: review.id, fund: fund.id })
  })

  test('what a what-if says is what acceptance then makes', async () => {
    const { capstan } = world
    const review = await capstan.review.get({ params: { id: ids.review! } })
    const asked = review.proposals.map(({ id, kind, change }) => ({
      id,
      ...(kind === 'start-initiative' ? { edit: { start: 1 - startOf(change) } } : {}),
    }))
    const said = await capstan.review.whatIf({ body: { proposals: asked, resolve: false } })
    const { review: decided, cycle } = await capstan.review.decideAll({
      params: { id: review.id },
      body: {
        decisions: asked.map(({ id, edit }) => ({
          ...{ proposalId: id, decision: 'accept' as const, note: 'together' },
          ...(edit ? { edit } : {}),
        })),
      },
    })
    expect(cycle).toMatchObject({ number: 2, state: 'planning' })
    expect(decided.proposals.every(({ state, note }) => state === 'accepted' && note === 'together')).toBe(
      true,
    )
    const edited = decided.proposals.find(({ kind }) => kind === 'start-initiative')!
    expect(startOf(edited.change)).toBe(1 - startOf(edited.proposed!))
    const { before: now } = await capstan.review.whatIf({ body: { opens: 'same', resolve: false } })
    for (const part of ['initiatives', 'pools', 'budgets', 'risks'] as const)
      expect(now[part]).toEqual(expect.arrayContaining(said.after[part] as never[]))
    expect(now.expectedValue).toBeCloseTo(said.after.expectedValue, 6)
    expect(now.ale).toBeCloseTo(said.after.ale, 6)
    expect(now.keyResults[0]!.target).toBe(said.after.keyResults[0]!.target)
    expect(now.objectives[0]!.chance!).toBeCloseTo(said.after.objectives[0]!.chance!, 3)
    expect((await capstan.strategy.initiative({ params: { id: ids.third! } })).state).toBe('funded')
    expect(await capstan.loop.verifyActivity()).toMatchObject({ intact: true })
  })

  test('every change of the plan stands in the audit log, and replaying it there gives the plan', async () => {
    const { capstan } = world
    const before = await planNow()
    const review = await capstan.review.create({ body: {} })
    const more = await capstan.review.propose({
      params: { id: review.id },
      body: {
        change: { kind: 'extend-pool', poolId: ids.compute!, amount: 30 },
        note: 'A second machine is on its way',
      },
    })
    expect(more).toMatchObject({ state: 'open', kind: 'extend-pool', proposedBy: 'owner' })
    expect(more.effects!.objectives).toHaveLength(2)
    const bet = await capstan.review.propose({
      params: { id: review.id },
      body: { change: { kind: 'change-risk', riskId: ids.risk!, to: { alpha: 3, beta: 2 } } },
    })
    const { proposals } = await capstan.review.get({ params: { id: review.id } })
    expect(proposals.map(({ id }) => id)).toEqual(expect.arrayContaining([more.id, bet.id]))
    await capstan.review.decideAll({
      params: { id: review.id },
      body: {
        decisions: proposals.map(({ id, change }) => ({
          ...{ proposalId: id, decision: 'accept' as const },
          ...(change.kind === 'extend-pool' && id === more.id ? { edit: { amount: 12 } } : {}),
        })),
      },
    })
    const entries = (await capstan.loop.activity({ query: { limit: 200 } }))
      .filter(({ seq }) => seq > before.seq)
      .reverse()
    const events = entries.flatMap(({ kind, id, data, at }): PlanEvent[] => {
      if (kind === 'cycle.opened') return [{ kind: 'turned', at }]
      if (kind === 'proposal.applied') return [{ kind: 'changed', change: data.change as Change }]
      if (kind === 'initiative.learned')
        return [{ kind: 'learned', initiativeId: id, chance: data.to as { alpha: number; beta: number } }]
      return []
    })
    expect(events[0]!.kind).not.toBe('changed')
    expect(events.length).toBeGreaterThan(2)
    expect(decidedPart(replayPlan(before.plan, events))).toEqual(decidedPart((await planNow()).plan))
  })

  test('a proposal of a person that the plan does not take is refused, and so is one to an older review', async () => {
    const { capstan } = world
    const [newest, older] = await capstan.review.list({})
    const before = await state()
    const impossible = capstan.review.propose({
      params: { id: newest!.id },
      body: { change: { kind: 'stop-initiative', initiativeId: 'nothing' } },
    })
    expect(await refusalOf(impossible)).toMatchObject({
      status: 409,
      message: 'There is no initiative nothing in this plan.',
    })
    const late = capstan.review.propose({
      params: { id: older!.id },
      body: { change: { kind: 'extend-pool', poolId: ids.compute!, amount: 1 } },
    })
    expect((await refusalOf(late)).message).toContain('Propose to the newest review.')
    expect(await state()).toBe(before)
  })

  test('the next cycle opens without any change when people say so, and only once', async () => {
    const { capstan } = world
    const cycle = (await capstan.cycles.list())[0]!
    const allocation = await capstan.resources.solve({ body: { cycleId: cycle.id, lambda: 0 } })
    await capstan.resources.approve({ params: { id: allocation.id }, body: {} })
    const review = await capstan.review.create({ body: {} })
    const id = { id: review.id }
    const nothing = capstan.review.decideAll({ params: id, body: { decisions: [] } })
    expect((await refusalOf(nothing)).message).toContain('Nothing was decided')
    const decisions = review.proposals.map((p) => ({ proposalId: p.id, decision: 'reject' as const }))
    if (decisions.length > 0) {
      const kept = await capstan.review.decideAll({ params: id, body: { decisions } })
      expect(kept.cycle.id).toBe(cycle.id)
    }
    const opened = await capstan.review.decideAll({ params: id, body: { decisions: [], opens: 'next' } })
    expect(opened.cycle.number).toBe(cycle.number + 1)
    const twice = capstan.review.decideAll({ params: id, body: { decisions: [], opens: 'next' } })
    expect(await refusalOf(twice)).toMatchObject({
      status: 409,
      message: `Cycle ${cycle.number} is closed already, and the next one has been opened.`,
    })
  })
})

describe('history', () => {
  test('a turn that closed counts, with what it predicted and what came', async () => {
    const { turns, trends } = await world.capstan.review.history()
    expect(turns.map(({ number }) => number)).toEqual([1, 2, 3])
    expect(turns[0]).toMatchObject({ number: 1, closed: true, name: 'Cycle 1' })
    expect(turns[0]!.value!.predicted).toBeGreaterThan(0)
    expect(trends.brier.verdict).toBe('few')
  })
})
