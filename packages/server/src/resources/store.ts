/** @file Pools, allocations, the ledger, and the budgets that follow from both. */
import {
  type Allocation,
  type Budget,
  CapstanError,
  type ExchangeRate,
  type Holiday,
  type LedgerEntry,
  type Pool,
} from '@capstan/api'
import { type Selectable, sql } from 'kysely'
import { cycles } from '../cycles/store.ts'
import { type Db, recordStore } from '../database/records.ts'
import type { Schema } from '../database/schema.ts'

export const pools = recordStore<Pool>('pools', 'pool')
export const allocations = recordStore<Allocation>('allocations', 'allocation')
export const holidays = recordStore<Holiday>('holidays', 'holiday')
export const exchangeRates = recordStore<ExchangeRate>('exchange_rates', 'exchange rate')

/** The allocation that budgets come from now. */
export async function approvedAllocation(db: Db): Promise<Allocation | null> {
  return (await allocations.newest(db)).find(({ state }) => state === 'approved') ?? null
}

/**
 * Which pool of compute an initiative's runs are charged to and held against: one that it was granted, else the
 * first; null where there is none.
 */
export async function computePools(db: Db): Promise<(initiativeId: string | null) => Pool | null> {
  const all = (await pools.list(db)).filter(({ kind }) => kind === 'compute')
  if (all.length < 2) return () => all[0] ?? null
  const grants = (await approvedAllocation(db))?.grants ?? []
  return (initiativeId) =>
    all.find(({ id }) =>
      grants.some((g) => g.initiativeId === initiativeId && g.poolId === id && g.amount > 0),
    ) ?? all[0]!
}

export async function insertLedger(db: Db, entry: LedgerEntry): Promise<void> {
  const { id, at, initiativeId, poolId, quantity, unit, rate, cost, origin, evidence, corrects } = entry
  await db
    .insertInto('ledger')
    .values({
      id,
      at,
      initiative_id: initiativeId,
      pool_id: poolId,
      quantity,
      unit,
      rate,
      cost,
      origin,
      evidence: JSON.stringify(evidence),
      corrects: corrects ?? null,
    })
    .execute()
}

export interface LedgerQuery {
  initiativeId?: string | undefined
  /** Only entries whose evidence it is, none of them older than it. */
  run?: { id: string; initiativeId: string | null; createdAt: string } | undefined
  limit?: number | undefined
}

export async function listLedger(
  db: Db,
  { initiativeId, run, limit = 200 }: LedgerQuery = {},
): Promise<LedgerEntry[]> {
  let query = db.selectFrom('ledger').selectAll().orderBy('position', 'desc').limit(limit)
  if (initiativeId !== undefined) query = query.where('initiative_id', '=', initiativeId)
  if (run !== undefined) {
    // what narrows by an index comes first: evidence has none
    query = query
      .where('initiative_id', run.initiativeId === null ? 'is' : '=', run.initiativeId)
      .where('at', '>=', run.createdAt)
      .where('evidence', 'like', '%"noun":"run"%')
      .where('evidence', 'like', `%"id":"${run.id}"%`)
  }
  return (await query.execute()).map(entryOf)
}

/** The newest entry of each initiative and pool, by `initiative pool`. */
export async function newestEntries(db: Db): Promise<Map<string, string>> {
  const newest = db
    .selectFrom('ledger')
    .select((e) => e.fn.max('position').as('last'))
    .where('initiative_id', 'is not', null)
    .groupBy(['initiative_id', 'pool_id'])
  const rows = await db
    .selectFrom('ledger')
    .select(['id', 'initiative_id', 'pool_id'])
    .where('position', 'in', newest)
    .execute()
  return new Map(rows.map(({ id, initiative_id, pool_id }) => [`${initiative_id} ${pool_id}`, id]))
}

/** @throws {CapstanError} `request/not-found` */
export async function getLedger(db: Db, id: string): Promise<LedgerEntry> {
  const row = await db.selectFrom('ledger').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw new CapstanError('request/not-found', { noun: 'ledger entry', id })
  return entryOf(row)
}

export async function correctionOf(db: Db, id: string): Promise<string | null> {
  const row = await db.selectFrom('ledger').select('id').where('corrects', '=', id).executeTakeFirst()
  return row?.id ?? null
}

/** Entries of some pools that say a noun as their evidence and are not taken back. */
export async function entriesFrom(
  db: Db,
  poolIds: readonly string[],
  noun: string,
  id: string,
): Promise<LedgerEntry[]> {
  if (poolIds.length === 0) return []
  const rows = await db
    .selectFrom('ledger')
    .selectAll()
    .where('pool_id', 'in', [...poolIds])
    .where('evidence', 'like', `%"noun":"${noun}"%`)
    .where('evidence', 'like', `%"id":"${id}"%`)
    .where('corrects', 'is', null)
    .execute()
  const open: LedgerEntry[] = []
  for (const entry of rows.map(entryOf)) if (!(await correctionOf(db, entry.id))) open.push(entry)
  return open
}

/** Oldest first, a page at a time, so that a long ledger is never in memory as a whole. */
export async function* ledgerBetween(db: Db, from?: string, until?: string): AsyncGenerator<LedgerEntry> {
  const page = 1000
  let after = 0
  for (;;) {
    let query = db
      .selectFrom('ledger')
      .selectAll()
      .where('position', '>', after)
      .orderBy('position')
      .limit(page)
    if (from !== undefined) query = query.where('at', '>=', from)
    if (until !== undefined) query = query.where('at', '<', until)
    const rows = await query.execute()
    yield* rows.map(entryOf)
    if (rows.length < page) return
    after = Number(rows.at(-1)!.position)
  }
}

/** What was used of a pool by an initiative, summed by minutes of UTC, oldest first. */
export async function usedByMinute(
  db: Db,
  poolId: string,
  initiativeId: string,
  since: string,
): Promise<{ minute: string; quantity: number }[]> {
  const minute = sql<string>`substr(at, 1, 16)`
  const rows = await db
    .selectFrom('ledger')
    .select((e) => [minute.as('minute'), e.fn.sum<number>('quantity').as('quantity')])
    .where('pool_id', '=', poolId)
    .where('initiative_id', '=', initiativeId)
    .where('at', '>=', since)
    .groupBy(minute)
    .orderBy(minute)
    .execute()
  return rows.map((row) => ({ minute: row.minute, quantity: Number(row.quantity) }))
}

/** Costs of runs since an instant, by minutes of UTC and by the state that the run is in. */
export async function runCostsByMinute(
  db: Db,
  since: string,
): Promise<{ minute: string; state: string; cost: number }[]> {
  const minute = sql<string>`substr(ledger.at, 1, 16)`
  // evidence is `{"noun":"run","id":"…"}`, as insertLedger writes it
  const rows = await db
    .selectFrom('ledger')
    .innerJoin('runs', (join) =>
      join.on(sql`ledger.evidence`, '=', sql`'{"noun":"run","id":"' || runs.id || '"}'`),
    )
    .select((e) => [minute.as('minute'), 'runs.state', e.fn.sum<number>('ledger.cost').as('cost')])
    .where('ledger.at', '>=', since)
    .groupBy([minute, 'runs.state'])
    .execute()
  return rows.map((row) => ({ minute: row.minute, state: row.state, cost: Number(row.cost) }))
}

export async function isCharged(db: Db, poolId: string): Promise<boolean> {
  return Boolean(
    await db.selectFrom('ledger').select('id').where('pool_id', '=', poolId).limit(1).executeTakeFirst(),
  )
}

/** The whole ledger, in the order it was written. */
export async function allLedger(db: Db): Promise<LedgerEntry[]> {
  return (await db.selectFrom('ledger').selectAll().orderBy('position').execute()).map(entryOf)
}

export const entryOf = (row: Selectable<Schema['ledger']>): LedgerEntry => ({
  id: row.id,
  at: row.at,
  initiativeId: row.initiative_id,
  poolId: row.pool_id,
  quantity: row.quantity,
  unit: row.unit,
  rate: row.rate,
  cost: row.cost,
  origin: row.origin as LedgerEntry['origin'],
  evidence: JSON.parse(row.evidence),
  ...(row.corrects === null ? {} : { corrects: row.corrects }),
})

/**
 * What each initiative was granted, by pool, against what the ledger says it used since the allocation's cycle began.
 * @param committed amounts held for runs under way, by `initiative pool`
 */
export async function budgetsOf(
  db: Db,
  committed: ReadonlyMap<string, number> = new Map(),
): Promise<Budget[]> {
  const allocation = await approvedAllocation(db)
  if (!allocation) return []
  const { start } = await cycles.get(db, allocation.cycleId)
  const units = new Map((await pools.list(db)).map(({ id, unit }) => [id, unit]))
  const used = await usedByInitiative(db, start)
  return allocation.grants.map(({ initiativeId, poolId, amount }) => {
    const key = `${initiativeId} ${poolId}`
    const { quantity, cost } = used.get(key) ?? { quantity: 0, cost: 0 }
    return {
      initiativeId,
      poolId,
      unit: units.get(poolId) ?? '',
      amount,
      used: quantity,
      committed: committed.get(key) ?? 0,
      burn: amount > 0 ? quantity / amount : 0,
      cost,
    }
  })
}

/** What each initiative used of a pool since the allocation's cycle began; ever, without an allocation. */
export async function usedOfPool(
  db: Db,
  poolId: string,
  allocation: Allocation | null,
): Promise<{ initiativeId: string | null; quantity: number }[]> {
  let query = db
    .selectFrom('ledger')
    .select((e) => ['initiative_id', e.fn.sum<number>('quantity').as('quantity')])
    .where('pool_id', '=', poolId)
    .groupBy('initiative_id')
  if (allocation) query = query.where('at', '>=', (await cycles.get(db, allocation.cycleId)).start)
  return (await query.execute()).map((row) => ({
    initiativeId: row.initiative_id,
    quantity: Number(row.quantity),
  }))
}

async function usedByInitiative(
  db: Db,
  since: string,
): Promise<Map<string, { quantity: number; cost: number }>> {
  const rows = await db
    .selectFrom('ledger')
    .select((e) => [
      'initiative_id',
      'pool_id',
      e.fn.sum<number>('quantity').as('quantity'),
      e.fn.sum<number>('cost').as('cost'),
    ])
    .where('initiative_id', 'is not', null)
    .where('at', '>=', since)
    .groupBy(['initiative_id', 'pool_id'])
    .execute()
  return new Map(
    rows.map((row) => [
      `${row.initiative_id} ${row.pool_id}`,
      { quantity: Number(row.quantity), cost: Number(row.cost) },
    ]),
  )
}
