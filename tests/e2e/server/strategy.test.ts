/** @file Strategy through the real server: cycles, objectives, initiatives, the market, lineages. */
import type { Client } from '@capstan/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusalOf, startWorld, type World } from './world.ts'

const clock = { at: new Date('2026-03-02T02:00:00.000Z') }
let world: World
let capstan: Client
beforeAll(async () => {
  world = await startWorld({ workers: 0, now: () => clock.at })
  capstan = world.capstan
})
afterAll(() => world.server.close())

const start = '2026-03-01T00:00:00.000Z'
const end = '2026-03-29T00:00:00.000Z'
const due = '2026-03-28T00:00:00.000Z'
const flat = (value: number) => ({ low: value, mode: value, high: value })

async function boundWorld() {
  const cycle = (await capstan.cycles.list())[0]!
  const [objective] = await capstan.strategy.objectives()
  const measure = (await capstan.measures.list()).find(({ key }) => key === 'win-rate')!
  return { cycle, objective: objective!, measure }
}

describe('cycles', () => {
  test('have dates in order, one at a time', async () => {
    const create = (name: string, from: string, to: string) =>
      capstan.cycles.create({ body: { name, start: from, end: to } })
    expect((await refusalOf(create('Backwards', end, start))).message).toContain('must end after')
    expect((await refusalOf(create('Endless', start, '2199-01-01T00:00:00Z'))).message).toContain('longest')
    await create('Spring', start, end)
    expect((await refusalOf(create('Second', start, end))).message).toContain('“Spring” is still open')
  })

  test('are edited by one person at a time, and keep to the ways of their states', async () => {
    const [cycle] = await capstan.cycles.list()
    const edit = (body: object) =>
      capstan.cycles.edit({ params: { id: cycle!.id }, body: { revision: cycle!.revision!, ...body } })
    expect((await refusalOf(edit({ state: 'closed' }))).code).toBe('request/refused')
    const moved = await edit({ state: 'running', name: 'Spring 2026' })
    expect(moved).toMatchObject({ state: 'running', name: 'Spring 2026' })
    expect((await refusalOf(edit({ name: 'Other' }))).code).toBe('request/changed-meanwhile')
  })
})

describe('objectives and key results', () => {
  test('go the way their measure goes, in its unit, by a day of the cycle', async () => {
    const [cycle] = await capstan.cycles.list()
    const measure = await capstan.measures.create({
      body: {
        key: 'win-rate',
        name: 'Win rate',
        unit: '1',
        direction: 'up',
        scale: 'proportion',
        query: { source: 'typed' },
      },
    })
    const objective = await capstan.strategy.createObjective({
      body: { cycleId: cycle!.id, title: 'Answer better' },
    })
    const bind = (body: object) =>
      capstan.strategy.createKeyResult({
        body: {
          ...{ objectiveId: objective.id, title: 'Win 60 %', measureId: measure.id, target: 0.6, due },
          ...body,
        },
      })
    expect((await refusalOf(bind({ target: 1.2 }))).message).toContain('share')
    expect((await refusalOf(bind({ baseline: 0.7 }))).message).toContain('other way')
    expect((await refusalOf(bind({ baseline: 0.6 }))).message).toContain('nothing to reach')
    expect((await refusalOf(bind({ unit: 'ms' }))).message).toContain('ms')
    expect((await refusalOf(bind({ due: '2026-05-01T00:00:00.000Z' }))).message).toContain(
      'outside the cycle',
    )
    expect((await refusalOf(bind({ due: '2026-03-01T12:00:00.000Z' }))).message).toContain('passed')
    expect(await capstan.strategy.keyResults()).toEqual([])
    const bound = await bind({ baseline: 0.4 })
    expect(bound).toMatchObject({ target: 0.6, met: null, forecast: { basis: 'none' }, revision: 1 })

    const shorter = { revision: (await capstan.cycles.list())[0]!.revision!, end: '2026-03-20T00:00:00.000Z' }
    const refusal = await refusalOf(capstan.cycles.edit({ params: { id: cycle!.id }, body: shorter }))
    expect(refusal.message).toContain('Win 60 %')
  })

  test('are changed, chanced and removed; what they hold is told', async () => {
    const { objective, measure } = await boundWorld()
    const [keyResult] = await capstan.strategy.keyResults()
    const params = { id: keyResult!.id }
    const edited = await capstan.strategy.editKeyResult({ params, body: { revision: 1, target: 0.55 } })
    expect(edited).toMatchObject({ target: 0.55, baseline: 0.4, revision: 2 })
    const stale = capstan.strategy.editKeyResult({ params, body: { revision: 1, target: 0.5 } })
    expect((await refusalOf(stale)).code).toBe('request/changed-meanwhile')
    for (const [day, value] of [
      [3, 0.41],
      [5, 0.44],
      [8, 0.47],
      [11, 0.5],
    ] as const) {
      clock.at = new Date(Date.UTC(2026, 2, day, 8))
      await capstan.measures.addPoint({ params: { id: measure.id }, body: { value, note: 'panel of 200' } })
    }
    const [chance] = await capstan.strategy.chances()
    expect(chance!.keyResults).toEqual([keyResult!.id])
    expect(chance!.chance!).toBeGreaterThan(0.5)
    const removal = capstan.strategy.removeObjective({ params: { id: objective.id } })
    expect((await refusalOf(removal)).message).toContain('Win 60 %')
  })
})

describe('initiatives', () => {
  const bet = async (name: string, more: object = {}) =>
    capstan.strategy.createInitiative({
      body: {
        ...{ cycleId: (await capstan.cycles.list())[0]!.id, name, value: { low: 100, mode: 200, high: 300 } },
        ...{ chance: { alpha: 5, beta: 5 }, needs: {} },
        ...more,
      },
    })

  test('say their chance as people do, and their value in any currency with a rate', async () => {
    await capstan.resources.createPool({
      body: { name: 'People', kind: 'people', unit: 'day', capacity: [10, 10, 10, 10], rate: 10 },
    })
    const [people] = await capstan.resources.pools()
    const dollars = { currency: 'USD', chance: undefined, belief: { low: 0.4, high: 0.7 } }
    expect((await refusalOf(bet('Abroad', dollars))).message).toContain('exchange rate')
    await capstan.resources.addExchangeRate({
      body: { currency: 'USD', rate: 7, date: '2026-03-01', source: 'bank' },
    })
    const abroad = await bet('Abroad', { ...dollars, needs: { [people!.id]: [2, 3] } })
    expect(abroad.value).toEqual({ low: 700, mode: 1400, high: 2100 })
    const [ranked] = (await capstan.strategy.ranking()).ranked
    expect(ranked).toMatchObject({ name: 'Abroad', cost: 50 })
    expect(ranked!.chance[0]).toBeCloseTo(0.4, 3)
    expect(ranked!.chance[1]).toBeCloseTo(0.7, 3)
    expect((await refusalOf(bet('Both', { belief: { low: 0.4, high: 0.7 } }))).message).toContain('once')
  })

  test('rank by RICE and WSJF beside their value', async () => {
    const [people] = await capstan.resources.pools()
    const needs = { [people!.id]: [4] }
    await bet('Reach', {
      ...{ needs, rice: { reach: 1000, impact: 2, confidence: 0.8 } },
      wsjf: { value: 5, urgency: 3, riskReduction: 2, size: 5 },
    })
    const { ranked } = await capstan.strategy.ranking()
    expect(ranked.find(({ name }) => name === 'Reach')).toMatchObject({ rice: 400, wsjf: 2 })
    expect(ranked.find(({ name }) => name === 'Abroad')).toMatchObject({ rice: null })
  })

  test('that could never be placed are refused, and nothing of them stays', async () => {
    const [people] = await capstan.resources.pools()
    const before = await capstan.strategy.initiatives()
    const one = before.find(({ name }) => name === 'Abroad')!
    const refused = async (more: object) => (await refusalOf(bet('Odd', more))).message
    expect(await refused({ value: { low: 3, mode: 2, high: 1 } })).toContain('must not fall')
    expect(await refused({ earliest: 9 })).toContain('only 4 periods')
    expect(await refused({ earliest: 2, latest: 1 })).toContain('no window')
    expect(await refused({ needs: { [people!.id]: [1, 1, 1, 1, 1] } })).toContain('5 periods')
    expect(await refused({ prerequisites: [one.id], exclusions: [one.id] })).toContain('exclude it')
    expect(await refused({ prerequisites: [one.id], latest: 1 })).toContain('waits for others until period 2')
    const second = await bet('Second', { prerequisites: [one.id] })
    const circle = capstan.strategy.editInitiative({
      params: { id: one.id },
      body: { revision: one.revision!, prerequisites: [second.id] },
    })
    expect((await refusalOf(circle)).message).toContain('Abroad → Second → Abroad')
    const needed = capstan.strategy.removeInitiative({ params: { id: one.id } })
    expect((await refusalOf(needed)).message).toContain('Second')
    await capstan.strategy.removeInitiative({ params: { id: second.id } })
    expect(await capstan.strategy.initiatives()).toEqual(before)
  })

  test('are edited by one at a time', async () => {
    const one = (await capstan.strategy.initiatives()).find(({ name }) => name === 'Reach')!
    const [keyResult] = await capstan.strategy.keyResults()
    const edit = (body: object) =>
      capstan.strategy.editInitiative({ params: { id: one.id }, body: { revision: one.revision!, ...body } })
    const edited = await edit({ belief: { chance: 0.25, trials: 8 }, serves: [keyResult!.id] })
    expect(edited).toMatchObject({ chance: { alpha: 2, beta: 6 }, serves: [keyResult!.id] })
    expect((await refusalOf(edit({ name: 'Late' }))).code).toBe('request/changed-meanwhile')
    await capstan.strategy.removeKeyResult({ params: { id: keyResult!.id } })
    expect((await capstan.strategy.initiative({ params: { id: one.id } })).serves).toEqual([])
  })
})

describe('the market', () => {
  test('segments are ranges with sources; what they come to follows', async () => {
    const add = (name: string, more: object = {}) =>
      capstan.market.addSegment({
        body: {
          name,
          size: flat(1000),
          growth: flat(0.1),
          share: flat(0.05),
          year: 2026,
          source: 'survey',
          ...more,
        },
      })
    expect((await refusalOf(add('Falling', { size: { low: 5, mode: 4, high: 6 } }))).message).toContain(
      'size',
    )
    expect((await refusalOf(add('Negative', { size: flat(-1) }))).code).toBe('request/invalid')
    expect((await refusalOf(add('Euro', { currency: 'EUR' }))).message).toContain('exchange rate')
    const schools = await add('Schools')
    const one = (await capstan.strategy.initiatives()).find(({ name }) => name === 'Reach')!
    await capstan.strategy.editInitiative({
      params: { id: one.id },
      body: { revision: one.revision!, segmentId: schools.id, value: flat(30) },
    })
    const outlook = await capstan.market.outlook({ query: { year: 2028 } })
    expect(outlook.total.size.mean).toBeCloseTo(1210, 6)
    expect(outlook.initiatives).toEqual([
      expect.objectContaining({ segmentId: schools.id, ifItWorks: expect.closeTo(30 / 60.5, 6) }),
    ])
    expect((await refusalOf(capstan.market.outlook({ query: { year: 2080 } }))).message).toContain('too far')
    const removal = capstan.market.removeSegment({ params: { id: schools.id } })
    expect((await refusalOf(removal)).message).toContain('Reach')
  })

  test('competitors are compared by scores with sources', async () => {
    const quality = await capstan.market.addCriterion({
      body: { of: 'competitor', name: 'Quality', weight: 3 },
    })
    const price = await capstan.market.addCriterion({ body: { of: 'competitor', name: 'Price' } })
    const score = (criterionId: string, value: number) => ({
      criterionId,
      score: value,
      source: 'blind test',
    })
    const add = (name: string, scores: object[], more: object = {}) =>
      capstan.market.addContender({ body: { kind: 'competitor', name, scores: scores as never, ...more } })
    const us = await add('Us', [score(quality.id, 8), score(price.id, 4)], { ours: true })
    await add('Them', [score(quality.id, 6), score(price.id, 9)])
    await add('New', [])
    expect((await refusalOf(add('Us', []))).code).toBe('request/exists')
    expect((await refusalOf(add('Twice', [score(price.id, 1), score(price.id, 2)]))).message).toContain(
      'two scores',
    )
    expect((await refusalOf(add('Lost', [score('criterion_none', 1)]))).code).toBe('request/not-found')
    const { standings, behind } = await capstan.market.comparison()
    expect(standings.map(({ name, rank, score: points }) => [name, rank, points])).toEqual([
      ['Us', 1, 7],
      ['Them', 2, 6.75],
      ['New', null, null],
    ])
    expect(behind).toEqual([{ criterionId: price.id, leaderId: standings[1]!.id, by: 5 }])
    const used = capstan.market.removeCriterion({ params: { id: price.id } })
    expect((await refusalOf(used)).message).toContain('Us, Them')
    await capstan.market.addSwot({
      body: { kind: 'weakness', text: 'Price', link: { noun: 'competitor', id: us.id } },
    })
    const wrong = capstan.market.addSwot({
      body: { kind: 'threat', text: 'X', link: { noun: 'trend', id: us.id } },
    })
    expect((await refusalOf(wrong)).code).toBe('request/not-found')
    expect(await capstan.market.swot()).toHaveLength(1)
  })
})

describe('lineages', () => {
  test('add up the compute of what a version was made from', async () => {
    const fetchMlflow = (path: string, body: object) =>
      fetch(`${world.server.address}/api/2.0/mlflow/${path}`, {
        ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
        body: JSON.stringify(body),
      }).then((answer) => answer.json() as Promise<Record<string, { run: { info: { run_id: string } } }>>)
    const { run } = (await fetchMlflow('runs/create', { experiment_id: '0' })) as never as {
      run: { info: { run_id: string } }
    }
    const runId = run.info.run_id
    await fetchMlflow('runs/log-parameter', { run_id: runId, key: 'parameters', value: '7e9' })
    await fetchMlflow('runs/log-parameter', { run_id: runId, key: 'tokens', value: '1e12' })
    await fetchMlflow('registered-models/create', { name: 'chat' })
    for (const source of ['base', 'tuned'])
      await fetchMlflow('model-versions/create', {
        ...{ name: 'chat', source: `s3://weights/${source}` },
        ...(source === 'tuned' ? { run_id: runId } : {}),
      })
    const [model] = await capstan.registry.models()
    const [base, tuned] = model!.versions
    const set = (id: string, body: object) => capstan.lineage.set({ params: { id }, body: body as never })
    await set(base!.id, { foreign: [{ name: 'Open 7B', flop: 1e23, source: 'model card' }], flop: 1e21 })
    const meter = await set(tuned!.id, { parents: [base!.id] })
    // 6 x 7e9 x 1e12 = 4.2e22 of its own run, 1e21 typed, 1e23 of others
    expect(meter.flop / 1.43e23).toBeCloseTo(1, 9)
    expect(meter).toMatchObject({ reached: ['generalPurpose'], modifier: true, unknown: 0 })
    expect(meter.steps.map(({ basis, foreign }) => [basis, foreign])).toEqual([
      ['typed', true],
      ['typed', false],
      ['run', false],
    ])
    expect(meter.steps[2]!.evidence).toEqual({ noun: 'run', id: runId })
    const circle = set(base!.id, { revision: 1, parents: [tuned!.id] })
    expect((await refusalOf(circle)).message).toContain('descend from itself')
    expect((await refusalOf(set(base!.id, {}))).code).toBe('request/changed-meanwhile')
  })
})
