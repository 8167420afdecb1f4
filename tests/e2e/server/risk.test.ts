/** @file Risks through the real server: beliefs and incidents, indicators, shared causes, mitigations, appetite and its gate. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusalOf, startWorld, type World } from './world.ts'

let world: World
const ids: Record<string, string> = {}
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
const loss = { kind: 'fixed', amount: 100 } as const

beforeAll(async () => {
  world = await startWorld()
  const { capstan } = world
  await capstan.cycles.create({ body: { name: 'Cycle 1', start: inDays(-10), end: inDays(20) } })
  const measure = await capstan.measures.create({
    body: {
      ...{ key: 'score', name: 'Score', unit: 'points', direction: 'up', scale: 'linear' },
      ...{ query: { source: 'typed' }, staleAfterDays: 30 },
    },
  })
  ids.measure = measure.id
})
afterAll(() => world.server.close())

const create = (name: string, more: object = {}) =>
  world.capstan.risk.create({ body: { name, frequency: { rate: 1 }, loss, ...more } })
const get = (id: string) => world.capstan.risk.get({ params: { id } })
const told = async (attempt: Promise<unknown>) => {
  const { values, status } = (await refusalOf(attempt)) as { values?: { refusal?: string }; status: number }
  return values?.refusal ?? status
}

describe('the register', () => {
  test('takes a number, an interval and a belief, and shows what each makes', async () => {
    const number = await create('Number')
    expect(number).toMatchObject({
      frequency: { rate: 1 },
      frequencyRange: null,
      now: { ale: 100, inherentAle: 100, events: 1, incidents: 0, interval: [1, 1] },
    })
    const range = await create('Range', { frequency: { low: 0.5, high: 2 } })
    expect(range.frequencyRange).toEqual({ low: 0.5, high: 2 })
    expect(range.now.interval[0]).toBeCloseTo(0.5, 6)
    expect(range.now.interval[1]).toBeCloseTo(2, 6)
    const belief = await create('Belief', { frequency: { alpha: 2, beta: 4 } })
    expect(belief.now.ale).toBe(50)
    Object.assign(ids, { number: number.id, range: range.id, belief: belief.id })
  })

  test.each([
    ['a negative frequency', { frequency: { rate: -1 } }, 'risk.frequency'],
    ['an interval that goes down', { frequency: { low: 2, high: 1 } }, 'risk.frequencyOrder'],
    ['a frequency that is a running cost', { frequency: { rate: 5000 } }, 'risk.frequencyHigh'],
    ['a loss whose low is above its high', { loss: { kind: 'lognormal', low: 9, high: 1 } }, 'risk.loss'],
    ['a PERT out of order', { loss: { kind: 'pert', min: 3, mode: 2, max: 5 } }, 'risk.loss'],
    ['a negative loss', { loss: { kind: 'fixed', amount: -5 } }, 'risk.lossNegative'],
    ['a common cause above 1', { commonCause: 1.5 }, 'risk.commonCause'],
    ['a cause that is not there', { causes: [{ causeId: 'cause_none', weight: 0.5 }] }, 404],
    ['a trigger that is not there', { triggeredBy: [{ riskId: 'risk_none', chance: 0.5 }] }, 404],
    ['an owner who is nobody', { ownerId: 'member_none' }, 404],
    ['an estimate of tomorrow', { estimatedAt: inDays(1) }, 'risk.future'],
    ['a field that is none', { colour: 'red' }, 400],
    ['a loss of no kind', { loss: { kind: 'guess', amount: 1 } }, 400],
  ])('%s is refused, and nothing is kept', async (_, wrong, code) => {
    const before = await world.capstan.risk.list()
    expect(await told(create('Wrong', wrong))).toBe(code)
    expect(await world.capstan.risk.list()).toEqual(before)
  })

  test('is changed by who has seen the newest, archived and restored', async () => {
    const { capstan } = world
    const { revision } = await get(ids.number!)
    const edit = (body: Parameters<typeof capstan.risk.edit>[0]['body']) =>
      capstan.risk.edit({ params: { id: ids.number! }, body })
    const edited = await edit({ revision, name: 'A number', treatment: 'accept' })
    expect(edited).toMatchObject({ name: 'A number', treatment: 'accept', now: { ale: 100 } })
    expect(await refusalOf(edit({ revision, name: 'Late' }))).toMatchObject({
      code: 'request/changed-meanwhile',
    })
    const gone = await edit({ revision: edited.revision, archived: true })
    expect((await capstan.risk.list()).map(({ id }) => id)).not.toContain(ids.number)
    expect((await capstan.risk.list({ query: { archived: true } })).map(({ id }) => id)).toEqual([ids.number])
    expect(await told(edit({ revision: gone.revision, name: 'X' }))).toBe('risk.archived')
    expect((await edit({ revision: gone.revision, archived: false })).archived).toBe(false)
  })

  test('sets risks off, in no circle, and not what is archived', async () => {
    const { capstan } = world
    const first = await create('First', { frequency: { rate: 2 } })
    const then = await create('Then', {
      frequency: { rate: 1 },
      triggeredBy: [{ riskId: first.id, chance: 0.5 }],
    })
    expect(then.now).toMatchObject({ events: 2, ale: 200 })
    const circle = capstan.risk.edit({
      params: { id: first.id },
      body: { revision: first.revision, triggeredBy: [{ riskId: then.id, chance: 0.1 }] },
    })
    expect(await refusalOf(circle)).toMatchObject({
      message: 'Risks would set each other off in a circle: First → Then → First. Take one link out.',
    })
    const archive = capstan.risk.edit({
      params: { id: first.id },
      body: { revision: first.revision, archived: true },
    })
    expect(await told(archive)).toBe('risk.sets')
    Object.assign(ids, { first: first.id })
  })
})

describe('incidents', () => {
  test('update the frequency of their risk by Gamma-Poisson, and become facts for measures', async () => {
    const { capstan } = world
    // 2 in 4 years believed, four years ago
    const risk = await create('Learning', {
      frequency: { alpha: 2, beta: 4 },
      estimatedAt: inDays(-4 * 365.25),
    })
    expect(risk.now).toMatchObject({ incidents: 0, years: 4, frequency: { alpha: 2, beta: 8 } })
    const lost = await capstan.measures.create({
      body: {
        ...{ key: 'lost', name: 'Lost', unit: 'CNY', direction: 'down', scale: 'linear' },
        query: {
          ...{ source: 'query', of: 'incident', statistic: 'sum', value: 'loss' },
          where: [{ field: 'risk', is: [risk.id] }],
        },
      } as never,
    })
    const open = (title: string, days: number, more: object = {}) =>
      capstan.risk.openIncident({ body: { title, riskId: risk.id, at: inDays(-days), ...more } })
    await open('one', 100, { loss: 500, resolvedAt: inDays(-99), severity: 'high' })
    const two = await open('two', 50, { loss: 250 })
    await open('before the estimate', 2000)
    expect(two).toMatchObject({ state: 'open', resolvedAt: null, reportedBy: 'owner' })
    expect((await get(risk.id)).now).toMatchObject({ incidents: 2, frequency: { alpha: 4, beta: 8 } })
    const points = await capstan.measures.points({ params: { id: lost.id } })
    expect(points.at(-1)).toMatchObject({ value: 750, origin: 'typed' })

    const dismissed = await capstan.risk.editIncident({
      params: { id: two.id },
      body: { revision: two.revision, state: 'dismissed' },
    })
    expect(dismissed.state).toBe('dismissed')
    expect((await get(risk.id)).now.incidents).toBe(1)
    expect((await capstan.measures.points({ params: { id: lost.id } })).at(-1)!.value).toBe(500)
    const again = await capstan.risk.editIncident({
      params: { id: two.id },
      body: { revision: dismissed.revision, state: 'resolved', loss: 300 },
    })
    expect(Date.parse(again.resolvedAt!)).toBeLessThanOrEqual(Date.now())
    expect((await capstan.measures.points({ params: { id: lost.id } })).at(-1)!.value).toBe(800)
    // a new estimate starts the observation anew
    const { revision } = await get(risk.id)
    const anew = await capstan.risk.edit({
      params: { id: risk.id },
      body: { revision, frequency: { alpha: 3, beta: 3 } },
    })
    expect(anew.now).toMatchObject({ incidents: 0, years: 0, frequency: { alpha: 3, beta: 3 } })
    ids.learning = risk.id
  })

  test.each([
    ['in the future', { at: inDays(1) }, 'incident.future'],
    ['resolved before it began', { at: inDays(-1), resolvedAt: inDays(-2) }, 'incident.resolved'],
    ['of a risk that is not there', { riskId: 'risk_none' }, 404],
    ['linked to a run that is not there', { links: [{ noun: 'run', id: 'run_none' }] }, 'incident.link'],
    ['with a negative loss', { loss: -1 }, 400],
    ['without a title', { title: '  ' }, 400],
  ])('%s are refused', async (_, wrong, code) => {
    const before = await world.capstan.risk.incidents()
    expect(await told(world.capstan.risk.openIncident({ body: { title: 'x', ...(wrong as object) } }))).toBe(
      code,
    )
    expect(await world.capstan.risk.incidents()).toEqual(before)
  })
})

describe('indicators', () => {
  const type = (value: number, days = 0) =>
    world.capstan.measures.addPoint({
      params: { id: ids.measure! },
      body: { value, note: 'counted', ...(days ? { at: inDays(-days) } : {}) },
    })
  const indicator = async () => (await world.capstan.risk.indicators())[0]!

  test('raise and lower their risk as the measure moves, with hysteresis on the way back', async () => {
    const { capstan } = world
    await type(95, 3)
    const made = await capstan.risk.createIndicator({
      body: {
        ...{ riskId: ids.belief!, measureId: ids.measure!, amber: 90, red: 80, hysteresis: 2 },
        factors: { green: 0.5, amber: 2, red: 4 },
      },
    })
    expect(made).toMatchObject({ state: 'green', value: 95 })
    const factors = [(await get(ids.belief!)).frequencyFactor]
    for (const value of [89, 79, 81, 85, 91, 93]) {
      await type(value)
      factors.push((await get(ids.belief!)).frequencyFactor)
    }
    expect(factors).toEqual([0.5, 2, 4, 4, 2, 2, 0.5])
    expect((await get(ids.belief!)).now.ale).toBeCloseTo(25, 9)
    const turned = await capstan.loop.activity({ query: { limit: 100 } })
    expect(turned.filter(({ kind }) => kind === 'indicator.turned')).toHaveLength(5)
    ids.indicator = made.id
  })

  test('are refused when amber is beyond red, and watch no measure twice', async () => {
    const { capstan } = world
    const body = { riskId: ids.range!, measureId: ids.measure!, amber: 70, red: 80 }
    expect(await refusalOf(capstan.risk.createIndicator({ body }))).toMatchObject({
      values: { refusal: 'indicator.amberBelow' },
      message: expect.stringContaining('amber (70) must be reached before red (80)'),
    })
    const twice = { ...body, riskId: ids.belief!, amber: 90 }
    expect(await told(capstan.risk.createIndicator({ body: twice }))).toBe('indicator.twice')
    expect(await told(capstan.risk.createIndicator({ body: { ...body, measureId: 'measure_no' } }))).toBe(404)
    const old = await capstan.measures.create({
      body: {
        ...{ key: 'old', name: 'Old', unit: 'points', direction: 'up', scale: 'linear' },
        query: { source: 'typed' },
      },
    })
    await capstan.measures.edit({
      params: { id: old.id },
      body: { revision: old.revision, archived: true },
    })
    const archived = { ...body, measureId: old.id, amber: 90 }
    expect(await told(capstan.risk.createIndicator({ body: archived }))).toBe('measure.archived')
  })

  test('are edited, which looks at the value anew, and removed, which frees the risk', async () => {
    const { capstan } = world
    const { id, revision } = await indicator()
    const edited = await capstan.risk.editIndicator({
      params: { id },
      body: { revision, amber: 99, red: 94 },
    })
    expect(edited.state).toBe('red')
    expect((await get(ids.belief!)).frequencyFactor).toBe(4)
    expect(
      await told(
        capstan.risk.editIndicator({ params: { id }, body: { revision: edited.revision, amber: 1 } }),
      ),
    ).toBe('indicator.amberBelow')
    await capstan.risk.removeIndicator({ params: { id } })
    expect((await get(ids.belief!)).frequencyFactor).toBe(1)
    expect(await capstan.risk.indicators()).toEqual([])
  })

  test('of a measure that fell silent are stale, and keep what it last said', async () => {
    const { capstan } = world
    const silent = await capstan.measures.create({
      body: {
        ...{ key: 'silent', name: 'Silent', unit: 'points', direction: 'down', scale: 'linear' },
        ...{ query: { source: 'typed' }, staleAfterDays: 5 },
      },
    })
    const made = await capstan.risk.createIndicator({
      body: { riskId: ids.range!, measureId: silent.id, amber: 10, red: 20 },
    })
    expect(made.state).toBe('unknown')
    await capstan.measures.addPoint({
      params: { id: silent.id },
      body: { value: 15, note: 'n', at: inDays(-9) },
    })
    expect(await indicator()).toMatchObject({ state: 'stale', said: 'amber', value: 15 })
    expect((await get(ids.range!)).frequencyFactor).toBe(1.5)
    expect((await capstan.loop.get()).indicators[0]!.state).toBe('stale')
    await capstan.risk.removeIndicator({ params: { id: made.id } })
  })
})

describe('shared causes', () => {
  test('move risks together, and are refused when they cannot hold at once', async () => {
    const { capstan } = world
    const cause = (name: string, correlations: { causeId: string; correlation: number }[] = []) =>
      capstan.risk.createCause({ body: { name, volatility: 1, correlations } })
    const a = await cause('Market')
    const b = await cause('Supplier', [{ causeId: a.id, correlation: -0.9 }])
    const impossible = cause('Weather', [
      { causeId: a.id, correlation: -0.9 },
      { causeId: b.id, correlation: -0.9 },
    ])
    expect(await told(impossible)).toBe('cause.matrix')
    expect(await capstan.risk.causes()).toHaveLength(2)
    const both = { causes: [{ causeId: a.id, weight: 0.8 }] }
    const one = await create('Together 1', both)
    await create('Together 2', both)
    expect(await told(create('Too much', { ...both, commonCause: 0.5 }))).toBe('risk.weights')
    expect(await told(capstan.risk.removeCause({ params: { id: a.id } }))).toBe('cause.used')
    const free = await capstan.risk.editCause({
      params: { id: b.id },
      body: { revision: b.revision, correlations: [] },
    })
    expect(await capstan.risk.removeCause({ params: { id: free.id } })).toEqual({ id: b.id })
    expect(one.causes).toEqual(both.causes)
  })
})

describe('mitigations', () => {
  test('are ranked by return, and an adopted one lowers every number of the simulation', async () => {
    const { capstan } = world
    const before = await capstan.risk.simulate({ body: { years: 20_000 } })
    expect(before.inherent).toBeNull()
    const plan = (name: string, riskId: string, annualCost: number, more: object) =>
      capstan.risk.createMitigation({ body: { name, riskId, annualCost, ...more } })
    const good = await plan('Half as often', ids.first!, 20, { frequencyFactor: 0.5 })
    // first 200 + then 200 -> 100 + 150
    expect(good.worth).toMatchObject({ aleBefore: 400, aleAfter: 250, saved: 150, worthIt: true })
    expect(good.worth!.returnOnCost).toBeCloseTo(6.5, 9)
    await plan('Dear', ids.number!, 1000, { lossFactor: 0.9 })
    expect((await capstan.risk.mitigations()).map(({ name }) => name)).toEqual(['Half as often', 'Dear'])
    const adopted = await capstan.risk.editMitigation({
      params: { id: good.id },
      body: { revision: good.revision, adopted: true },
    })
    expect(adopted.adoptedAt).not.toBeNull()
    expect(await get(ids.first!)).toMatchObject({ now: { ale: 100, inherentAle: 200 } })
    const after = await capstan.risk.simulate({ body: { years: 20_000 } })
    expect(after.inherent!.ale).toBeCloseTo(before.ale, 6)
    for (const key of ['ale', 'var95', 'es95', 'var99', 'es99'] as const)
      expect(after[key]!).toBeLessThanOrEqual(before[key]!)
    expect(after.ale).toBeLessThan(before.ale - 3 * before.aleError)
    expect(after.contributions.reduce((sum, { tailShare }) => sum + tailShare!, 0)).toBeCloseTo(1, 6)
    const [bar] = await capstan.risk.tornado()
    expect(bar!.high.ale).toBeGreaterThan(bar!.low.ale)
    ids.good = good.id
  })

  test.each([
    ['that raises the frequency', { frequencyFactor: 1.2 }, 'mitigation.frequency'],
    ['that changes nothing', {}, 'mitigation.nothing'],
    ['with a negative cost', { lossFactor: 0.5, annualCost: -1 }, 'mitigation.cost'],
    ['of no risk', { lossFactor: 0.5, riskId: 'risk_none' }, 404],
  ])('one %s is refused', async (_, wrong, code) => {
    const body = { name: 'x', riskId: ids.first!, annualCost: 1, ...wrong }
    expect(await told(world.capstan.risk.createMitigation({ body }))).toBe(code)
  })
})

describe('the appetite', () => {
  test('is a curve that falls, with the standing of the newest simulation', async () => {
    const { capstan } = world
    expect(await capstan.risk.appetite()).toBeNull()
    const set = (points: { loss: number; chance: number }[], revision?: number) =>
      capstan.risk.setAppetite({ body: { points, ...(revision ? { revision } : {}) } })
    expect(await told(set([]))).toBe('appetite.empty')
    expect(
      await told(
        set([
          { loss: 10, chance: 0.1 },
          { loss: 100, chance: 0.5 },
        ]),
      ),
    ).toBe('appetite.rises')
    expect(await told(set([{ loss: -10, chance: 0.1 }]))).toBe('appetite.loss')
    const first = await set([
      { loss: 500, chance: 0.9 },
      { loss: 1000, chance: 0.0001 },
    ])
    // its losses have not been counted yet
    expect(first.standing).toMatchObject({ simulated: 'stale', refusal: { code: 'appetite.stale' } })
    await capstan.risk.simulate({ body: { years: 20_000 } })
    const beyond = await capstan.risk.appetite()
    expect(beyond!.standing).toMatchObject({ simulated: 'now', refusal: { code: 'appetite.exceeded' } })
    expect(beyond!.standing.points.map(({ within }) => within)[1]).toBe(false)
    expect(await told(set([{ loss: 1, chance: 1 }]))).toBe(409)
    await set([{ loss: 1_000_000, chance: 0.01 }], first.revision)
    await capstan.risk.simulate({ body: { years: 20_000 } })
    expect((await capstan.risk.appetite())!.standing).toMatchObject({ simulated: 'now', refusal: null })
    // any change of the register takes the ground away
    await create('Something new')
    expect((await capstan.risk.appetite())!.standing.simulated).toBe('stale')
  })
})

describe('the catalogue', () => {
  test('is there in both languages, and gives risks marked as a demonstration', async () => {
    const { capstan } = world
    const [en, zh] = await Promise.all([
      capstan.risk.catalogue({ query: { language: 'en' } }),
      capstan.risk.catalogue({ query: { language: 'zh-CN' } }),
    ])
    expect(en.length).toBeGreaterThanOrEqual(25)
    expect(zh.map(({ key }) => key)).toEqual(en.map(({ key }) => key))
    const take = (key: string, body: object = {}) =>
      capstan.risk.fromCatalogue({ params: { key }, body: { language: 'zh-CN', ...body } })
    const drift = await take('drift')
    expect(drift).toMatchObject({ name: '数据漂移', origin: 'demonstration', catalogueKey: 'drift' })
    expect(drift.references.map(({ source }) => source)).toContain('nist-ai-rmf')
    expect(await told(take('drift'))).toBe('risk.present')
    expect(await told(take('nothing-such'))).toBe('risk.catalogue')
    const own = await take('outage', { frequency: { low: 1, high: 3 }, loss })
    expect(own).toMatchObject({ origin: 'typed', frequencyRange: { low: 1, high: 3 } })
    expect((await capstan.risk.catalogue({ query: {} })).find(({ key }) => key === 'drift')!.riskId).toBe(
      drift.id,
    )
    // who estimates it anew makes it theirs
    const estimated = await capstan.risk.edit({
      params: { id: drift.id },
      body: { revision: drift.revision, frequency: { rate: 2 } },
    })
    expect(estimated.origin).toBe('typed')
  })
})

describe('a review', () => {
  test('takes over what incidents taught, and adopts a mitigation that pays', async () => {
    const { capstan } = world
    const [cycle] = await capstan.cycles.list()
    const pool = await capstan.resources.createPool({
      body: { name: 'Machine', kind: 'compute', unit: 'h', capacity: [10, 10], rate: 3 },
    })
    await capstan.strategy.createInitiative({
      body: {
        ...{ cycleId: cycle!.id, name: 'Bet', needs: { [pool.id]: [2] }, chance: { alpha: 6, beta: 4 } },
        value: { low: 900, mode: 1000, high: 1100 },
      },
    })
    const allocation = await capstan.resources.solve({ body: { cycleId: cycle!.id, lambda: 0 } })
    await capstan.resources.approve({ params: { id: allocation.id }, body: {} })
    const risk = await create('Burst', {
      ...{ frequency: { alpha: 1, beta: 10 }, estimatedAt: inDays(-365) },
      loss: { kind: 'fixed', amount: 10_000 },
    })
    for (const days of [200, 100, 50])
      await capstan.risk.openIncident({ body: { title: 'Burst', riskId: risk.id, at: inDays(-days) } })
    const plan = await capstan.risk.createMitigation({
      body: { name: 'Valve', riskId: risk.id, frequencyFactor: 0.1, annualCost: 1 },
    })
    const learned = (await get(risk.id)).now
    const review = await capstan.review.create({ body: {} })
    const find = (kind: string, subject: string) =>
      review.proposals.find((p) => p.kind === kind && p.subject?.includes(subject))
    const raise = find('change-risk', risk.id)!
    expect(raise.evidence.map(({ noun }) => noun)).toEqual(['incident', 'incident', 'incident'])
    expect(raise.change).toMatchObject({ to: learned.frequency })
    expect(review.outcomes!.find(({ kind, id }) => kind === 'incidents' && id === risk.id)).toMatchObject({
      came: 3,
    })
    const adopt = find('adopt-mitigation', plan.id)!
    for (const { id } of [raise, adopt])
      await capstan.review.decide({ params: { id }, body: { decision: 'accept', opens: 'same' } })
    const after = await get(risk.id)
    // the same belief, now as the estimate: its incidents are not counted twice
    expect(after.now).toMatchObject({ incidents: 0, frequency: learned.frequency })
    expect(after.now.ale).toBeCloseTo(after.now.inherentAle / 10, 6)
    expect((await capstan.risk.mitigations()).find(({ id }) => id === plan.id)).toMatchObject({
      adopted: true,
    })
  })
})

describe('simulations', () => {
  test('leave the server answering, and share what is asked twice at once', async () => {
    const { capstan } = world
    const started = performance.now()
    const ask = () => capstan.risk.simulate({ body: { years: 400_000, seed: 7 } })
    const both = Promise.all([ask(), ask()])
    let longest = 0
    let done = false
    const end = both.finally(() => {
      done = true
    })
    while (!done) {
      const sent = performance.now()
      await capstan.risk.causes()
      longest = Math.max(longest, performance.now() - sent)
    }
    const [one, two] = await end
    expect(one!.ale).toBe(two!.ale)
    expect(one!.simulatedInMs).toBe(two!.simulatedInMs)
    expect(longest).toBeLessThan((performance.now() - started) / 2)
  })

  test('of the same register and seed are the same; the audit chain holds', async () => {
    const { capstan } = world
    const [a, b] = [
      await capstan.risk.simulate({ body: { years: 5000, seed: 3 } }),
      await capstan.risk.simulate({ body: { years: 5000, seed: 3 } }),
    ]
    expect(b.exceedance).toEqual(a.exceedance)
    expect(b.fingerprint).toBe(a.fingerprint)
    expect(await told(capstan.risk.simulate({ body: { years: 5_000_000 } }))).toBe(400)
    expect(await capstan.loop.verifyActivity()).toMatchObject({ intact: true })
  })
})
