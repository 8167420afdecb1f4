/** @file Charges what a run used to its initiative's budget, and tells the measures bound to the burn. */
import type { LedgerEntry, Run } from '@capstan/api'
import type { Change, Context } from '../context.ts'
import { observe } from '../measures/observe.ts'
import { budgetsOf, insertLedger, pools } from './store.ts'

/**
 * Adds a ledger entry for wall-clock seconds of this machine, at the compute pool's rate.
 * @returns what it cost, in the workspace's currency
 */
export async function chargeCompute(
  change: Change,
  newId: Context['newId'],
  run: Pick<Run, 'id' | 'initiativeId'>,
  seconds: number,
): Promise<number> {
  const pool = (await pools.list(change.db)).find(({ kind }) => kind === 'compute')
  if (!pool || seconds <= 0) return 0
  const quantity = seconds / secondsOf(pool.unit)
  const cost = quantity * pool.rate
  const { initiativeId } = run
  const id = newId('entry')
  const entry: LedgerEntry = {
    id,
    at: change.at,
    initiativeId,
    poolId: pool.id,
    quantity,
    unit: pool.unit,
    rate: pool.rate,
    cost,
    origin: 'measured',
    evidence: { noun: 'run', id: run.id },
  }
  await insertLedger(change.db, entry)
  const budget =
    initiativeId === null
      ? undefined
      : (await budgetsOf(change.db)).find((b) => b.initiativeId === initiativeId && b.poolId === pool.id)
  await observe(change, { source: 'ledger', entry, ...(budget ? { burn: budget.burn } : {}) })
  return cost
}

/** Seconds in one unit of a compute pool; minutes when the unit is not a time. */
export function secondsOf(unit: string): number {
  return { s: 1, sec: 1, min: 60, h: 3600, hour: 3600 }[unit] ?? 60
}
