/** @file Migration 6: holidays, exchange rates, alerts of budgets, the plan of cash, corrections in the ledger. */
import { type Kysely, sql } from 'kysely'
import type { Dialect } from '../open.ts'

export async function resources(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const position =
    dialect === 'sqlite'
      ? 'integer primary key autoincrement'
      : 'bigint generated always as identity primary key'
  const run = (text: string) => sql.raw(text).execute(db)
  for (const table of ['holidays', 'exchange_rates', 'budget_alerts', 'runway_plans']) {
    await run(`create table ${table} (
      position ${position}, id text not null unique, revision integer not null, body text not null)`)
  }
  await run('alter table ledger add column corrects text')
  await run('create unique index ledger_by_correction on ledger (corrects)')
  await run('create index ledger_by_budget on ledger (pool_id, initiative_id, at)')
}
