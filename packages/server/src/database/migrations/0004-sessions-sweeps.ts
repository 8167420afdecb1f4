/** @file Migration 4: logging sessions, and sweeps with their trials. */
import { type Kysely, sql } from 'kysely'
import type { Dialect } from '../open.ts'

export async function sessionsAndSweeps(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const position =
    dialect === 'sqlite'
      ? 'integer primary key autoincrement'
      : 'bigint generated always as identity primary key'
  const run = (text: string) => sql.raw(text).execute(db)
  await run(`create table log_sessions (
    id text primary key, run bigint not null, run_id text not null, applied bigint not null, at bigint not null)`)
  await run(`create table sweeps (
    position ${position}, id text not null unique, revision integer not null, body text not null)`)
  await run(`create table sweep_trials (
    sweep text not null, number integer not null, run_id text not null, state text not null, body text not null,
    primary key (sweep, number))`)
  await run('create index sweep_trials_by_run on sweep_trials (run_id)')
}
