/** @file Pools, allocations, the ledger, and the budgets that follow from both. */
import type { Allocation, Budget, LedgerEntry, Pool } from '@capstan/api'
import type { Selectable } from 'kysely'
import { cycles } from '../cycles/store.ts'
import { type Db, recordStore } from '../database/records.ts'
import type { Schema } from '../database/schema.ts'

export const pools = recordStore<Pool>('pools', 'pool')
export const allocations = recordStore<Allocation>('allocations', 'allocation')

/** The allocation that budgets come from now. */
export async function approvedAllocation(db: Db): Promise<Allocation | null> {
  return (await allocations.newest(db)).find(({ state }) => state === 'approved') ?? null
}

export async function insertLedger(db: Db, entry: LedgerEntry): Promise<void> {
  const { id, at, initiativeId, poolId, quantity, unit, rate, cost, origin, evidence } = entry
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
    })
    .execute()
}

export async function listLedger(db: Db, initiativeId?: string, limit = 200): Promise<LedgerEntry[]> {
  let query = db.selectFrom('ledger').selectAll().orderBy('position', 'desc').limit(limit)
  if (initiativeId !== undefined) query = query.where('initiative_id', '=', initiativeId)
  return (await query.execute()).map(entryOf)
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
