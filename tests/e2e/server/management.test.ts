/** @file Plan, allocation, budget, risk, review and the next cycle through the real server, on evidence typed and measured. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepDesign, refusalOf, startWorld, uploadDigits, type World, waitFor } from './world.ts'

let world: World
const ids: Record<string, string> = {}
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.server.close())

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

describe('strategy', () => {
  test('a key result without points has no chance, and says so', async () => {
    const { capstan } = world
    const cycle = await capstan.cycles.create({
      body: { name: 'Cycle 1', start: inDays(-1), end: inDays(30) },
    })
    expect(
      await refusalOf(capstan.cycles.create({ body: { name: 'Again', start: inDays(0), end: inDays(1) } })),
    ).toMatchObject({ status: 409 })
    const dataset = await uploadDigits(capstan)
    const measure = await capstan.measures.create({
      body: {
        key: 'accuracy',
        name: 'Accuracy',
        unit: '1',
        direction: 'up',
        scale: 'proportion',
        query: { source: 'evaluation', statistic: 'accuracy', datasetId: dataset.datasetId },
      },
    })
    const objective = await capstan.strategy.createObjective({
      body: { cycleId: cycle.id, title: 'Read digits' },
    })
    const keyResult = await capstan.strategy.createKeyResult({
      body: {
        objectiveId: objective.id,
        title: 'Accuracy at least 50 %',
        measureId: measure.id,
        target: 0.5,
        due: inDays(30),
      },
    })
    expect(keyResult).toMatchObject({
      met: null,
      measure: { state: 'missing' },
      forecast: { basis: 'none', chance: null },
    })
    expect((await capstan.loop.get()).chance.now).toBeNull()
    Object.assign(ids, { cycle: cycle.id, measure: measure.id, objective: objective.id, data: dataset.id })
  })

  test.each([
    ['a target beyond a share', { target: 1.5 }],
    ['a due date in the past', { due: inDays(-1) }],
    ['a measure that is not there', { measureId: 'measure_none' }],
  ])('%s is refused', async (_, wrong) => {
    const body = {
      objectiveId: ids.objective!,
      title: 'x',
      measureId: ids.measure!,
      target: 0.9,
      due: inDays(30),
      ...wrong,
    }
    expect((await refusalOf(world.capstan.strategy.createKeyResult({ body }))).status).toBeGreaterThanOrEqual(
      400,
    )
    expect(await world.capstan.strategy.keyResults()).toHaveLength(1)
  })

  test('a typed point stays marked as typed, with who and why', async () => {
    const { capstan } = world
    const typed = await capstan.measures.create({
      body: {
        key: 'mood',
        name: 'Mood',
        unit: 'points',
        direction: 'up',
        scale: 'linear',
        query: { source: 'typed' },
      },
    })
    await capstan.measures.addPoint({ params: { id: typed.id }, body: { value: 3, note: 'asked around' } })
    const [point] = await capstan.measures.points({ params: { id: typed.id } })
    expect(point).toMatchObject({
      value: 3,
      origin: 'typed',
      evidence: { noun: 'member', note: 'asked around' },
    })
  })
})

describe('resources', () => {
  test('the solver chooses what fits, names the binding limit and its price, and the runner-up', async () => {
    const { capstan } = world
    const pool = (name: string, kind: 'compute' | 'people', unit: string, capacity: number, rate: number) =>
      capstan.resources.createPool({ body: { name, kind, unit, capacity: [capacity, capacity], rate } })
    const compute = await pool('Machine', 'compute', 'min', 4, 6)
    const people = await pool('People', 'people', 'day', 5, 500)
    const design = await keepDesign(capstan)
    const bet = (name: string, worth: number, days: number, minutes: number) =>
      capstan.strategy.createInitiative({
        body: {
          cycleId: ids.cycle!,
          name,
          value: { low: worth * 0.8, mode: worth, high: worth * 1.2 },
          chance: { alpha: 8, beta: 2 },
          needs: { [people.id]: [days], [compute.id]: [minutes] },
          designId: design.id,
        },
      })
    const small = await bet('Small', 10_000, 3, 2)
    const large = await bet('Large', 14_000, 5, 4)
    await bet('Vain', 100, 5, 4)
    const allocation = await capstan.resources.solve({ body: { cycleId: ids.cycle!, lambda: 0 } })
    const chosen = allocation.result.chosen.map(({ initiativeId }) => initiativeId).sort()
    expect(chosen).toEqual([small.id, large.id].sort())
    expect(allocation.result.binding.some(({ shadowPrice }) => shadowPrice > 0)).toBe(true)
    expect(allocation.result.runnerUp!.objective).toBeLessThanOrEqual(allocation.result.objective)
    expect(allocation.result.rejected).toHaveLength(1)
    await capstan.resources.approve({ params: { id: allocation.id }, body: {} })
    expect(
      await refusalOf(capstan.resources.approve({ params: { id: allocation.id }, body: {} })),
    ).toMatchObject({ status: 409 })
    const budgets = await capstan.resources.budgets()
    expect(budgets.find((b) => b.initiativeId === small.id && b.poolId === compute.id)).toMatchObject({
      amount: 2,
      used: 0,
      burn: 0,
    })
    Object.assign(ids, { small: small.id, large: large.id, compute: compute.id, design: design.id })
  })

  test('a run that would break its budget is refused, before anything is spent', async () => {
    const { capstan } = world
    const body = {
      name: 'too long',
      initiativeId: ids.small!,
      designId: ids.design!,
      datasetVersionId: ids.data!,
    }
    const refusal = await refusalOf(
      capstan.runs.create({ body: { ...body, parameters: { epochs: 10_000 } } }),
    )
    expect(refusal).toMatchObject({ status: 409, code: 'request/refused' })
    expect(await capstan.runs.list()).toEqual([])
  })

  test('what a run used is in the ledger, at the rate of the pool, and moves the burn', async () => {
    const { capstan } = world
    const burn = await capstan.measures.create({
      body: {
        key: 'burn',
        name: 'Burn',
        unit: '1',
        direction: 'down',
        scale: 'linear',
        query: { source: 'ledger', statistic: 'burn', poolId: ids.compute!, initiativeId: ids.small! },
      },
    })
    const body = {
      name: 'small',
      initiativeId: ids.small!,
      designId: ids.design!,
      datasetVersionId: ids.data!,
    }
    const queued = await capstan.runs.create({ body: { ...body, parameters: { epochs: 3 } } })
    const run = await waitFor(capstan, queued.id, ['finished'])
    const entries = await capstan.resources.ledger({ query: { initiativeId: ids.small! } })
    const quantity = entries.reduce((sum, entry) => sum + entry.quantity, 0)
    expect(quantity * 60).toBeCloseTo(run.cost.wallSeconds, 6)
    expect(entries.reduce((sum, entry) => sum + entry.cost, 0)).toBeCloseTo(run.cost.amount, 9)
    expect(run.cost.amount).toBeCloseTo(quantity * 6, 9)
    const points = await capstan.measures.points({ params: { id: burn.id } })
    expect(points.at(-1)!.value).toBeCloseTo(quantity / 2, 9)
    expect(points.at(-1)!.evidence.noun).toBe('ledger')
    const judged = await capstan.runs.evaluate({ params: { id: run.id }, body: {} })
    await waitFor(capstan, judged.id, ['finished'])
    const [keyResult] = await capstan.strategy.keyResults()
    expect(keyResult).toMatchObject({
      met: true,
      measure: { latest: { origin: 'measured', evidence: { noun: 'evaluation' } } },
    })
    expect(keyResult!.forecast.chance).toBeGreaterThan(0.9)
  })

  test('a cancelled run stops, keeps its cost, and cannot be cancelled twice', async () => {
    const { capstan } = world
    const body = {
      name: 'long',
      designId: ids.design!,
      datasetVersionId: ids.data!,
      parameters: { epochs: 5000 },
    }
    const queued = await capstan.runs.create({ body })
    await waitFor(capstan, queued.id, ['running'])
    const cancel = () => capstan.runs.cancel({ params: { id: queued.id }, body: {} })
    expect((await cancel()).state).toBe('cancelled')
    expect(await refusalOf(cancel())).toMatchObject({ status: 409 })
  })
})

describe('team', () => {
  test('a task without an owner, or whose dependency is open, cannot begin', async () => {
    const { capstan } = world
    const member = await capstan.members.create({ body: { name: 'Ann', roles: ['engineer'] } })
    const first = await capstan.team.createTask({
      body: { title: 'first', initiativeId: ids.small!, assigneeId: member.id },
    })
    const second = await capstan.team.createTask({
      body: { title: 'second', initiativeId: ids.small!, assigneeId: member.id, dependsOn: [first.id] },
    })
    const orphan = await capstan.team.createTask({ body: { title: 'orphan' } })
    const move = (id: string, state: 'doing' | 'done') =>
      capstan.team.moveTask({ params: { id }, body: { state } })
    expect(await refusalOf(move(orphan.id, 'doing'))).toMatchObject({ status: 409 })
    expect((await refusalOf(move(second.id, 'doing'))).message).toContain('first')
    for (const id of [first.id, second.id]) {
      await move(id, 'doing')
      await move(id, 'done')
    }
    expect((await capstan.team.tasks()).filter(({ state }) => state === 'done')).toHaveLength(2)
  })
})

describe('risk and review', () => {
  test('an indicator raises its risk as the measure it watches moves', async () => {
    const { capstan } = world
    const risk = await capstan.risk.create({
      body: {
        name: 'Accuracy falls',
        frequency: { alpha: 2, beta: 2 },
        loss: { kind: 'lognormal', low: 1000, high: 10_000 },
      },
    })
    const calm = await capstan.risk.simulate({ body: { years: 20_000 } })
    expect(calm.ale).toBeCloseTo(1 * 4040.01, -3)
    const indicator = await capstan.risk.createIndicator({
      body: { riskId: risk.id, measureId: ids.measure!, amber: 0.999, red: 0.1 },
    })
    expect(indicator.state).toBe('amber')
    expect((await capstan.risk.list())[0]!.frequencyFactor).toBeGreaterThan(1)
    const worse = await capstan.risk.simulate({ body: { years: 20_000 } })
    expect(worse.ale).toBeGreaterThan(calm.ale)
    expect(
      await refusalOf(
        capstan.risk.createIndicator({
          body: { riskId: risk.id, measureId: ids.measure!, amber: 0.1, red: 0.9 },
        }),
      ),
    ).toMatchObject({ status: 409, values: { refusal: 'indicator.twice' } })
    expect(
      await refusalOf(
        capstan.risk.create({
          body: {
            name: 'odd',
            frequency: { alpha: 1, beta: 1 },
            loss: { kind: 'lognormal', low: 10, high: 1 },
          },
        }),
      ),
    ).toMatchObject({ status: 409 })
  })

  test('the review scores the decision, learns, and proposes; every proposal can be accepted, and the next cycle opens', async () => {
    const { capstan } = world
    const review = await capstan.review.create({ body: {} })
    expect(review.before.objectiveChance).toBeNull()
    expect(review.after.objectiveChance!.chance).toBeGreaterThan(0.9)
    expect(review.scores[0]).toMatchObject({ rule: 'brier' })
    const believed = (when: typeof review.before) =>
      when.initiatives.find(({ id }) => id === ids.small)!.chance
    expect(believed(review.after)).toBeGreaterThan(believed(review.before))
    expect(review.proposals.length).toBeGreaterThan(0)
    for (const { evidence } of review.proposals) {
      for (const { noun, id } of evidence) {
        if (noun === 'ledger')
          expect((await capstan.resources.ledger()).map((entry) => entry.id)).toContain(id)
      }
    }
    for (const proposal of review.proposals) {
      const { cycle } = await capstan.review.decide({
        params: { id: proposal.id },
        body: { decision: 'accept' },
      })
      expect(cycle.number).toBe(2)
      const twice = capstan.review.decide({ params: { id: proposal.id }, body: { decision: 'reject' } })
      expect(await refusalOf(twice)).toMatchObject({ status: 409 })
    }
    const loop = await capstan.loop.get()
    expect(loop.cycle).toMatchObject({ number: 2, name: 'Cycle 2', state: 'planning' })
    expect(loop.openProposals).toEqual([])
    expect(loop.keyResults).toHaveLength(1)
    expect(loop.budgets.every(({ used }) => used === 0)).toBe(true)
    expect((await capstan.strategy.initiative({ params: { id: ids.small! } })).state).toBe('done')
    expect(await capstan.loop.verifyActivity()).toMatchObject({ intact: true })
  })
})
