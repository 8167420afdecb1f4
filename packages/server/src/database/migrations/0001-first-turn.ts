/** @file Migration 1: every table that the first turn of the loop needs. */
import { type Kysely, sql } from 'kysely'
import type { Dialect } from '../open.ts'

const records = [
  'members',
  'cycles',
  'objectives',
  'key_results',
  'measures',
  'initiatives',
  'pools',
  'allocations',
  'tasks',
  'approval_policies',
  'approvals',
  'decisions',
  'risks',
  'indicators',
  'risk_simulations',
  'snapshots',
  'reviews',
  'proposals',
  'datasets',
  'dataset_versions',
  'designs',
  'evaluations',
  'models',
  'versions',
  'gates',
  'endpoints',
]

export async function firstTurn(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  // SQLite numbers a rowid alias by itself; PostgreSQL needs an identity
  const position = sql.raw(
    dialect === 'sqlite'
      ? 'integer primary key autoincrement'
      : 'bigint generated always as identity primary key',
  )
  for (const table of records) {
    await sql`create table ${sql.table(table)} (
      position ${position}, id text not null unique, revision integer not null, body text not null)`.execute(
      db,
    )
  }
  await sql`create table meta (key text primary key, value text not null)`.execute(db)
  await sql`create table audit (
    seq bigint primary key, at text not null, actor text not null, kind text not null, noun text not null,
    subject text not null, data text not null, previous text not null unique, hash text not null)`.execute(db)
  await sql`create table runs (
    id text primary key, number integer not null unique, kind text not null, state text not null, worker text,
    attempt integer not null, lease_until text, revision integer not null, body text not null)`.execute(db)
  await sql`create index runs_by_state on runs (state, number)`.execute(db)
  await sql`create table metric_points (
    run_id text not null, key text not null, step bigint not null, at text not null, value double precision not null,
    primary key (run_id, key, step))`.execute(db)
  await sql`create table measure_points (
    position ${position}, measure_id text not null, at text not null, value double precision not null,
    standard_error double precision, origin text not null, evidence text not null)`.execute(db)
  await sql`create index measure_points_by_time on measure_points (measure_id, at)`.execute(db)
  await sql`create table ledger (
    position ${position}, id text not null unique, at text not null, initiative_id text, pool_id text not null,
    quantity double precision not null, unit text not null, rate double precision not null,
    cost double precision not null, origin text not null, evidence text not null)`.execute(db)
  await sql`create index ledger_by_initiative on ledger (initiative_id, pool_id)`.execute(db)
}
