/** @file Pools, allocations, budgets, the ledger and the runway through the real server. */
import type { Client, Initiative, Pool } from '@capstan/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusalOf, startWorld, type World } from './world.ts'

const clock = { at: new Date('2026-03-02T02:00:00.000Z') }
let world: World
let capstan: Client
beforeAll(async () => {
  world = await startWorld({ workers: 0, now: () => clock.at })
  capstan = world.capstan
  await capstan.workspace.update({ body: { timeZone: 'Asia/Shanghai' } })
})
afterAll(() => world.server.close())

const cycleBody = { name: 'Spring', start: '2026-03-01T16:00:00.000Z', end: '2026-03-29T16:00:00.000Z' }
const bet = (name: string, mode: number, needs: Initiative['needs'], cycleId: string) =>
  capstan.strategy.createInitiative({
    body: {
      cycleId,
      name,
      value: { low: mode / 2, mode, high: mode * 1.5 },
      chance: { alpha: 6, beta: 4 },
      needs,
      earliest: 0,
    },
  })

test('the currency of a workspace is chosen before anything is priced', async () => {
  const set = (currency: string) => capstan.workspace.update({ body: { currency } })
  expect((await set('USD')).currency).toBe('USD')
  expect((await refusalOf(set('XQZ'))).message).toContain('XQZ')
  expect((await set('CNY')).currency).toBe('CNY')
})

describe('what people can give', () => {
  test('follows skills, holidays and absences, and nobody is given twice', async () => {
    await capstan.cycles.create({ body: cycleBody })
    const add = (name: string, skills: string[]) =>
      capstan.members.create({ body: { name, roles: ['engineer'], skills } })
    const ann = await add('Ann', ['training'])
    await add('Bo', ['training', 'data'])
    await add('Cy', ['data'])
    const cash = await capstan.resources.createPool({
      body: { name: 'Cash', kind: 'cash', unit: 'CNY', capacity: [1000, 1000, 1000, 1000], rate: 1 },
    })
    const training = await capstan.resources.createPool({
      body: { name: 'Training', kind: 'people', unit: 'day', rate: 2000, skill: 'Training' },
    })
    await capstan.resources.createPool({
      body: { name: 'Data', kind: 'people', unit: 'day', rate: 2000, skill: 'data' },
    })
    expect(cash.capacity).toHaveLength(4)
    expect(training.capacity).toEqual([10, 10, 10, 10])

    await capstan.resources.addHoliday({ body: { name: 'Qingming', from: '2026-03-09', to: '2026-03-10' } })
    await capstan.members.edit({
      params: { id: ann.id },
      body: { revision: 1, absences: [{ from: '2026-03-16', to: '2026-03-22' }] },
    })
    const after = (await capstan.resources.pools()).find(({ id }) => id === training.id)!
    expect(after.capacity).toEqual([10, 6, 5, 10])
  })

  test('of two people who edit a pool, the second is told and nothing of the first is lost', async () => {
    const cash = (await capstan.resources.pools()).find(({ kind }) => kind === 'cash')!
    const seen = cash.revision!
    const first = await capstan.resources.editPool({
      params: { id: cash.id },
      body: { revision: seen, capacity: [2000, 2000, 2000, 2000] },
    })
    const refusal = await refusalOf(
      capstan.resources.editPool({ params: { id: cash.id }, body: { revision: seen, name: 'Money' } }),
    )
    expect(refusal).toMatchObject({ status: 409, code: 'request/changed-meanwhile' })
    expect((await capstan.resources.pools()).find(({ id }) => id === cash.id)).toEqual(first)
  })

  test('kind, unit, skill and currency must go together', async () => {
    const create = (body: object) => refusalOf(capstan.resources.createPool({ body: body as never }))
    const base = { kind: 'cash', capacity: [1, 1, 1, 1], rate: 1 }
    expect((await create({ ...base, name: 'a', unit: 'USD' })).message).toContain('CNY')
    expect(
      (await create({ ...base, name: 'b', kind: 'compute', unit: 'h', skill: 'data' })).message,
    ).toContain('Only a pool of people')
    expect(
      (await create({ name: 'c', kind: 'people', unit: 'day', rate: 1, skill: 'juggling' })).message,
    ).toContain('Nobody has the skill')
    expect((await create({ ...base, name: 'd', unit: 'CNY', capacity: [-1] })).code).toBe('request/invalid')
    expect((await create({ name: 'e', kind: 'people', unit: 'day', rate: 1 })).code).toBe('request/invalid')
    expect(
      (await create({ ...base, name: 'f', kind: 'compute', unit: 'h', currency: 'USD' })).message,
    ).toContain('no exchange rate')
    await capstan.resources.addExchangeRate({
      body: { currency: 'USD', rate: 7.1, date: '2026-03-01', source: 'People’s Bank of China' },
    })
    const gpu = await capstan.resources.createPool({
      body: {
        name: 'GPU',
        kind: 'compute',
        unit: 'h',
        capacity: [100, 100, 100, 100],
        rate: 2,
        currency: 'USD',
        device: 'A100 80 GB',
      },
    })
    expect(gpu).toMatchObject({ rate: 14.2, device: 'A100 80 GB' })
    const fixed = await refusalOf(capstan.workspace.update({ body: { currency: 'USD' } }))
    expect(fixed.message).toContain('CNY already')
  })
})

describe('allocations', () => {
  const pool = async (name: string): Promise<Pool> =>
    (await capstan.resources.pools()).find((one) => one.name === name)!

  test('what-if says what one change does, and saves nothing', async () => {
    const [cycle] = await capstan.cycles.list()
    const cycleId = cycle!.id
    const training = await pool('Training')
    const data = await pool('Data')
    const small = await bet('Small', 1000, { [training.id]: [5], [data.id]: [5] }, cycleId)
    const large = await bet('Large', 5000, { [training.id]: [5, 5, 5], [data.id]: [8, 8, 8] }, cycleId)
    const activity = () => capstan.loop.activity({ query: { limit: 1 } })
    const [before] = await activity()

    // each skill alone would do (10 and 10 a week), but the two people with data have 10 days and share one of them
    const ask = (changes: Parameters<Client['resources']['whatIf']>[0]['body']['changes']) =>
      capstan.resources.whatIf({ body: { cycleId, lambda: 0, changes } })
    const forced = await ask([{ kind: 'must', initiativeId: large.id }])
    expect(forced.after.status).toBe('infeasible')
    expect(forced.message.code).toBe('whatif.impossible')
    expect(forced.after.conflict?.length).toBeGreaterThan(0)

    const never = await ask([{ kind: 'never', initiativeId: small.id }])
    expect(never.difference.removed).toEqual([small.id])
    expect(never.chance.after).toBe(0)

    const bo = (await capstan.members.list()).find(({ name }) => name === 'Bo')!
    const cy = (await capstan.members.list()).find(({ name }) => name === 'Cy')!
    const gone = await ask([
      { kind: 'leave', memberId: bo.id, period: 0 },
      { kind: 'leave', memberId: cy.id, period: 0 },
    ])
    expect(gone.after.chosen).toEqual([])
    expect(gone.message.code).toBe('whatif.worse')
    expect(await activity()).toEqual([before])
    expect(await capstan.resources.allocations()).toEqual([])

    const nobody = await refusalOf(ask([{ kind: 'leave', memberId: 'member_none', period: 0 }]))
    expect(nobody.status).toBe(409)
    const unknown = await refusalOf(ask([{ kind: 'scale', poolId: 'pool_none', factor: 2 }]))
    expect(unknown.message).toContain('pool_none')
  })

  test('approved, it becomes budgets that burn down to a forecast', async () => {
    const [cycle] = await capstan.cycles.list()
    const solved = await capstan.resources.solve({ body: { cycleId: cycle!.id, lambda: 0 } })
    expect(solved.result.chosen).toHaveLength(1)
    expect(solved.result.usage.every(({ poolId }) => !poolId.includes('.'))).toBe(true)
    await capstan.resources.approve({ params: { id: solved.id }, body: {} })
    const again = await refusalOf(capstan.resources.approve({ params: { id: solved.id }, body: {} }))
    expect(again.status).toBe(409)

    const training = await pool('Training')
    const { initiativeId } = solved.result.chosen[0]!
    const charge = (quantity: number, at: string) =>
      capstan.resources.charge({
        body: { poolId: training.id, initiativeId, quantity, at, note: 'two days of labelling' },
      })
    await charge(1, '2026-03-02T01:00:00.000Z')
    clock.at = new Date('2026-03-06T02:00:00.000Z')
    for (const day of [3, 4, 5]) await charge(2, `2026-03-0${day}T01:00:00.000Z`)
    const [path] = await capstan.resources.burnDown({ query: { poolId: training.id } })
    expect(path!.budget).toMatchObject({ amount: 5, used: 7 })
    expect(path!.days.slice(0, 5).map(({ used }) => used)).toEqual([1, 3, 5, 7, 7])
    expect(path!.days[6]).toMatchObject({ date: '2026-03-08', planned: expect.closeTo(5, 9), used: null })
    expect(path!.forecast).toMatchObject({ state: 'over', chanceOver: 1 })
    const told = (await capstan.loop.activity({ query: { limit: 200 } })).filter(
      ({ noun }) => noun === 'budget',
    )
    // warned once the pace told it, overrun once it was: each a single time
    expect(told.map(({ kind }) => kind).sort()).toEqual([...new Set(told.map(({ kind }) => kind))].sort())
    expect(told.map(({ kind }) => kind)).toContain('budget.overrun')
  })
})

describe('the ledger', () => {
  test('converts what is paid in another currency, and refuses what does not fit', async () => {
    const cash = (await capstan.resources.pools()).find(({ kind }) => kind === 'cash')!
    const paid = await capstan.resources.charge({
      body: { poolId: cash.id, quantity: 10, currency: 'USD', note: '=HYPERLINK("x")' },
    })
    expect(paid).toMatchObject({ cost: 71, unit: 'CNY', origin: 'typed' })
    expect(paid.evidence.note).toContain('10 USD')
    const refused = (body: object) =>
      refusalOf(capstan.resources.charge({ body: { poolId: cash.id, quantity: 1, note: 'x', ...body } }))
    expect((await refused({ unit: 'h' })).message).toContain('CNY')
    expect((await refused({ currency: 'XQZ' })).message).toContain('XQZ')
    expect((await refused({ currency: 'EUR' })).message).toContain('no exchange rate')
    expect((await refused({ at: '2027-01-01T00:00:00.000Z' })).message).toContain('future')
    expect((await refused({ quantity: 0 })).code).toBe('request/invalid')
  })

  test('is only added to: a correction is the opposite, once', async () => {
    const [newest] = await capstan.resources.ledger({ query: { limit: 1 } })
    const correct = () =>
      capstan.resources.correct({ params: { id: newest!.id }, body: { note: 'paid by mistake' } })
    const opposite = await correct()
    expect(opposite).toMatchObject({ cost: -71, corrects: newest!.id })
    expect((await refusalOf(correct())).message).toContain('taken back already')
    expect(
      (
        await refusalOf(
          capstan.resources.correct({ params: { id: opposite.id }, body: { note: 'and again' } }),
        )
      ).status,
    ).toBe(409)
  })

  test('a task that is done charges the days it took, and takes them back when it is opened again', async () => {
    const task = await capstan.team.createTask({
      body: { title: 'Clean labels', estimateDays: 2, assigneeId: (await capstan.members.list())[0]!.id },
    })
    const move = (state: 'doing' | 'done', actualDays?: number) =>
      capstan.team.moveTask({ params: { id: task.id }, body: { state, actualDays } })
    await move('doing')
    await move('done', 3)
    const [charged] = await capstan.resources.ledger({ query: { limit: 1 } })
    expect(charged).toMatchObject({ quantity: 3, unit: 'day', evidence: { noun: 'task', id: task.id } })
    await move('doing')
    const [back] = await capstan.resources.ledger({ query: { limit: 1 } })
    expect(back).toMatchObject({ quantity: -3, corrects: charged!.id })
  })

  test('leaves as FOCUS rows whose costs add up, and no cell of which is a formula', async () => {
    const text = new TextDecoder().decode((await capstan.resources.focus({})) as Uint8Array)
    const lines = text.trimEnd().split('\r\n')
    expect(lines[0]!.startsWith('BilledCost,BillingAccountId')).toBe(true)
    const costs = lines.slice(1).map((line) => Number(line.split(',')[0]))
    const ledger = await capstan.resources.ledger({ query: { limit: 1000 } })
    expect(costs.reduce((sum, cost) => sum + cost, 0)).toBeCloseTo(
      ledger.reduce((sum, { cost }) => sum + cost, 0),
      6,
    )
    expect(text).toContain(`"'=HYPERLINK(""x"") (10 USD × 7.1)"`)
    expect(text).toContain('Correction')
    const none = new TextDecoder().decode(
      (await capstan.resources.focus({ query: { from: '2030-01-01T00:00:00.000Z' } })) as Uint8Array,
    )
    expect(none.trimEnd().split('\r\n')).toHaveLength(1)
  })

  test('keeps a pool that it names', async () => {
    const training = (await capstan.resources.pools()).find(({ name }) => name === 'Training')!
    const kept = await refusalOf(capstan.resources.removePool({ params: { id: training.id } }))
    expect(kept.message).toContain('cannot be removed')
    const gpu = (await capstan.resources.pools()).find(({ name }) => name === 'GPU')!
    expect(await capstan.resources.removePool({ params: { id: gpu.id } })).toEqual({ id: gpu.id })
  })
})

describe('the runway', () => {
  const plan = {
    asOf: '2026-03-01',
    cash: 1_000_000,
    burn: { low: 100_000, high: 100_000 },
    horizonMonths: 18,
    milestones: [{ name: 'Launch', date: '2026-09-15' }],
    events: [{ name: 'Seed', date: '2026-12-01', low: 5e5, mode: 5e5, high: 5e5, chance: 1 }],
  }

  test('says so while there is no plan, and how long cash lasts once there is one', async () => {
    expect(await capstan.runway.get({})).toMatchObject({ plan: null, result: null, measured: null })
    const saved = await capstan.runway.set({ body: plan })
    const { result, message } = await capstan.runway.get({})
    // ten months of burn, five more with the seed money, and out in the sixteenth
    expect(result!.months).toEqual({ p05: 16, p50: 16, p95: 16 })
    expect(result!.dates.p50).toBe('2027-07-01')
    expect(result!.milestones).toEqual([{ name: 'Launch', date: '2026-09-15', chance: 1 }])
    expect(message.code).toBe('runway.median')
    expect((await refusalOf(capstan.runway.set({ body: plan }))).code).toBe('request/changed-meanwhile')
    await capstan.runway.set({ body: { ...plan, revision: saved.revision, cash: 9e6 } })
    expect((await capstan.runway.get({})).message.code).toBe('runway.lasts')
  })

  test('refuses ranges that fall and dates outside its months', async () => {
    const refused = (body: object) =>
      refusalOf(capstan.runway.set({ body: { ...plan, revision: 2, ...body } }))
    expect((await refused({ burn: { low: 2, high: 1 } })).message).toContain('burn')
    expect((await refused({ milestones: [{ name: 'Past', date: '2025-01-01' }] })).message).toContain('Past')
    expect((await refused({ milestones: [{ name: 'No', date: '2026-02-30' }] })).code).toBe('request/invalid')
  })
})
