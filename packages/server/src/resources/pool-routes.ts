/** @file Routes of pools, and of what their capacities rest on: holidays and exchange rates. */
import { api, CapstanError, type Pool, refusedError } from '@capstan/api'
import { currencyRefusal, dayOfDate, message, sameSkill } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { bind } from '../http/register.ts'
import { members } from '../members/store.ts'
import { initiatives } from '../strategy/store.ts'
import { readFacts } from '../workspace/facts.ts'
import { capacitiesOf } from './capacity.ts'
import { inWorkspaceCurrency } from './money.ts'
import { approvedAllocation, exchangeRates, holidays, isCharged, pools } from './store.ts'

export function poolRoutes(app: FastifyInstance, context: Context): void {
  const { db, change, newId, now } = context
  bind(app, api.resources.pools, async () => (await capacitiesOf(db, now().toISOString())).pools)
  bind(app, api.resources.createPool, ({ body, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      await refuseSameName(tx, body.name)
      const { currency, capacity, ...given } = body
      if (capacity === undefined && given.skill === null) {
        throw new CapstanError('request/invalid', {
          detail: 'body.capacity: give one number for each period, or the skill of a pool of people',
        })
      }
      const { amount: rate } = await inWorkspaceCurrency(tx, body.rate, currency, at)
      const pool = { id: newId('pool'), ...given, capacity: capacity ?? [0], rate }
      await checkPool(tx, pool)
      const saved = await pools.insert(tx, pool)
      await record('pool', 'added', pool.id, { name: pool.name })
      return resolved(tx, saved, at)
    }),
  )
  bind(app, api.resources.editPool, ({ params, body, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      const { revision, ...given } = body
      const before = await pools.get(tx, params.id)
      if (given.name !== undefined && given.name !== before.name) await refuseSameName(tx, given.name)
      const saved = await pools.edit(tx, params.id, revision, (pool) => ({ ...pool, ...given }))
      await checkPool(tx, saved)
      await record('pool', 'edited', saved.id, { name: saved.name, ...given })
      return resolved(tx, saved, at)
    }),
  )
  bind(app, api.resources.removePool, ({ params, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const pool = await pools.get(tx, params.id)
      const users = (await initiatives.list(tx))
        .filter(({ needs }) => Object.hasOwn(needs, pool.id))
        .map(({ name }) => name)
      const granted = (await approvedAllocation(tx))?.grants.some(({ poolId }) => poolId === pool.id)
      if (users.length > 0 || granted || (await isCharged(tx, pool.id)))
        throw refusedError(message('pool.used', { pool: pool.name, users: users.join(', ') || '–' }))
      await pools.remove(tx, pool.id)
      await record('pool', 'removed', pool.id, { name: pool.name })
      return { id: pool.id }
    }),
  )
  holidayRoutes(app, context)
  rateRoutes(app, context)
}

function holidayRoutes(app: FastifyInstance, { db, change, newId }: Context): void {
  bind(app, api.resources.holidays, () => holidays.list(db))
  bind(app, api.resources.addHoliday, ({ body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      if (dayOfDate(body.to) < dayOfDate(body.from))
        throw refusedError(message('holiday.dates', { name: body.name, from: body.from, to: body.to }))
      const holiday = await holidays.insert(tx, { id: newId('holiday'), ...body })
      await record('holiday', 'added', holiday.id, { name: holiday.name, from: body.from, to: body.to })
      return holiday
    }),
  )
  bind(app, api.resources.removeHoliday, ({ params, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { id, name } = await holidays.get(tx, params.id)
      await holidays.remove(tx, id)
      await record('holiday', 'removed', id, { name })
      return { id }
    }),
  )
}

function rateRoutes(app: FastifyInstance, { db, change, newId }: Context): void {
  bind(app, api.resources.exchangeRates, () => exchangeRates.list(db))
  bind(app, api.resources.addExchangeRate, ({ body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const unknown = currencyRefusal(body.currency)
      if (unknown) throw refusedError(unknown)
      if (body.currency === (await readFacts(tx)).currency)
        throw refusedError(message('currency.same', { currency: body.currency }))
      const rate = await exchangeRates.insert(tx, { id: newId('rate'), ...body })
      const { currency, date } = rate
      await record('exchange-rate', 'added', rate.id, { currency, rate: rate.rate, date })
      return rate
    }),
  )
}

async function refuseSameName(db: Db, name: string): Promise<void> {
  if ((await pools.list(db)).some((pool) => pool.name === name))
    throw new CapstanError('request/exists', { noun: 'pool', id: name })
}

/** @throws {CapstanError} `request/refused` where kind, unit and skill do not go together */
async function checkPool(db: Db, pool: Pool): Promise<void> {
  const { currency } = await readFacts(db)
  if (pool.kind === 'cash' && pool.unit !== currency)
    throw refusedError(message('pool.cashUnit', { currency, given: pool.unit }))
  if (!pool.skill) return
  if (pool.kind !== 'people') throw refusedError(message('pool.skillKind', { pool: pool.name }))
  const { skill } = pool
  const able = (await members.list(db)).some(({ skills }) => skills.some((own) => sameSkill(own, skill)))
  if (!able) throw refusedError(message('pool.nobody', { skill }))
}

async function resolved(db: Db, pool: Pool, now: string): Promise<Pool> {
  const all = await capacitiesOf(db, now)
  return all.pools.find(({ id }) => id === pool.id) ?? pool
}
