/** @file Migration 3: how runs are executed: their place in the queue, captures, logs, workers. */
import { type Kysely, sql } from 'kysely'
import type { Dialect } from '../open.ts'

const nothing = {
  command: null,
  priority: 0,
  cores: null,
  memoryBytes: null,
  gpus: 0,
  wallSeconds: null,
  maxAmount: null,
  retries: 0,
  failures: 0,
  machine: null,
  cpus: [],
  gpuIds: [],
  exitCode: null,
  rerunOf: null,
  approvalId: null,
  fresh: false,
}

export async function execution(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(db)
  const clustered = dialect === 'sqlite' ? 'without rowid' : ''
  for (const column of [
    'priority integer not null default 0',
    'held smallint not null default 0',
    "queued_at text not null default ''",
    'not_before text',
    'cores double precision',
    'memory_bytes bigint',
    'gpus integer not null default 0',
    'machine text',
    "command_key text not null default ''",
  ]) {
    await run(`alter table runs add column ${column}`)
  }
  await run('create index runs_by_machine on runs (state, machine)')
  await run('create index runs_by_command on runs (command_key, number)')
  await run('create table captures (run bigint primary key, body text not null)')
  await run('create table run_logs (run bigint primary key, printed bigint not null)')
  await run(`create table log_pieces (
    run bigint not null, start bigint not null, bytes integer not null, stream text not null, at bigint not null,
    text text not null, primary key (run, start)) ${clustered}`)
  await run(`create table workers (
    id text primary key, machine text not null, pid integer not null, started_at bigint not null,
    seen_at bigint not null, run_id text)`)
  await fillBodies(db)
}

async function fillBodies(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ id: string; body: string }>`select id, body from runs`.execute(db)
  for (const { id, body } of rows) {
    const run = JSON.parse(body) as {
      cost: object
      earlier: object
      createdAt: string
      chargedSeconds: number
    }
    const more = { gpuSeconds: 0, energyJoules: null }
    const filled = JSON.stringify({
      ...run,
      cost: { ...run.cost, ...more },
      earlier: { ...run.earlier, ...more },
      execution: nothing,
      share: 1,
      earlierPoolSeconds: run.chargedSeconds,
    })
    await sql`update runs set body = ${filled}, queued_at = ${run.createdAt} where id = ${id}`.execute(db)
  }
  const { rows: asked } = await sql<{ id: string; body: string }>`select id, body from approvals`.execute(db)
  for (const { id, body } of asked) {
    const filled = JSON.stringify({ ...JSON.parse(body), runId: null })
    await sql`update approvals set body = ${filled} where id = ${id}`.execute(db)
  }
}
