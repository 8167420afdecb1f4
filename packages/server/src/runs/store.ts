/** @file Runs as the queue sees them, and which one may be claimed. */
import { CapstanError, type Run } from '@capstan/api'
import { commandKey } from '@capstan/domain'
import type { Selectable } from 'kysely'
import type { Db } from '../database/records.ts'
import type { Schema } from '../database/schema.ts'

/** A run with what only the queue needs to know of it. */
export interface RunRecord extends Run {
  /** Not to be tried again before this instant. */
  notBefore: string | null
  /** Seconds of the whole machine that the ledger holds already. */
  chargedSeconds: number
  /** What earlier attempts used. */
  earlier: Omit<Run['cost'], 'amount'>
  /** The same in seconds of the whole machine. */
  earlierPoolSeconds: number
  /** Part of its machine that this attempt takes away from others, 0 to 1. */
  share: number
}
type Row = Selectable<Schema['runs']>

const recordOf = (row: Pick<Row, 'body'>) => JSON.parse(row.body) as RunRecord

export function publicRun(record: RunRecord): Run {
  const {
    notBefore: _,
    chargedSeconds: __,
    earlier: ___,
    earlierPoolSeconds: ____,
    share: _____,
    ...run
  } = record
  return run
}

export async function findRun(db: Db, id: string): Promise<RunRecord | null> {
  const row = await db.selectFrom('runs').select('body').where('id', '=', id).executeTakeFirst()
  return row ? recordOf(row) : null
}

/** @throws {CapstanError} `request/not-found` */
export async function getRun(db: Db, id: string): Promise<RunRecord> {
  const run = await findRun(db, id)
  if (!run) throw new CapstanError('request/not-found', { noun: 'run', id })
  return run
}

/** Newest first. */
export async function listRuns(
  db: Db,
  filter: {
    state?: Run['state'] | undefined
    kind?: Run['kind'] | undefined
    number?: number | undefined
    limit?: number | undefined
  } = {},
): Promise<RunRecord[]> {
  let query = db
    .selectFrom('runs')
    .select('body')
    .where('lifecycle', '=', 'active')
    .orderBy('number', 'desc')
    .limit(filter.limit ?? 200)
  if (filter.state) query = query.where('state', '=', filter.state)
  if (filter.kind) query = query.where('kind', '=', filter.kind)
  if (filter.number !== undefined) query = query.where('number', '=', filter.number)
  return (await query.execute()).map(recordOf)
}

/** Every run that is not deleted, oldest first. */
export async function activeRuns(db: Db): Promise<RunRecord[]> {
  const rows = await db
    .selectFrom('runs')
    .select('body')
    .where('lifecycle', '=', 'active')
    .orderBy('number')
    .execute()
  return rows.map(recordOf)
}

/** Runs that came to an end since an instant, in no order. */
export async function endedRuns(db: Db, since: string): Promise<RunRecord[]> {
  const rows = await db
    .selectFrom('runs')
    .select('body')
    .where('lifecycle', '=', 'active')
    .where('end_at', '>=', Date.parse(since))
    .execute()
  return rows.map(recordOf)
}

export async function countRuns(db: Db): Promise<{ all: number; live: number; queued: number }> {
  const rows = await db
    .selectFrom('runs')
    .select((e) => ['state', e.fn.countAll<number>().as('n')])
    .groupBy('state')
    .execute()
  const count = (states: readonly string[] | null) =>
    rows.reduce((sum, { state, n }) => sum + (states === null || states.includes(state) ? Number(n) : 0), 0)
  return { all: count(null), live: count(['queued', 'running']), queued: count(['queued']) }
}

export async function nextNumber(db: Db): Promise<number> {
  const row = await db
    .selectFrom('runs')
    .select((e) => e.fn.max('number').as('last'))
    .executeTakeFirst()
  return Number(row?.last ?? 0) + 1
}

export async function insertRun(db: Db, run: RunRecord): Promise<RunRecord> {
  await db
    .insertInto('runs')
    .values({
      ...columnsOf(run),
      id: run.id,
      number: run.number,
      kind: run.kind,
      lease_until: null,
      revision: 1,
    })
    .execute()
  return run
}

/**
 * Reads, changes and writes one run.
 * @param lease the new end of its lease; left as it is when not given
 * @throws {CapstanError} `request/not-found`, `request/changed-meanwhile`
 */
export async function changeRun(
  db: Db,
  id: string,
  change: (run: RunRecord) => RunRecord,
  lease?: string | null,
): Promise<RunRecord> {
  const row = await db.selectFrom('runs').select(['body', 'revision']).where('id', '=', id).executeTakeFirst()
  if (!row) throw new CapstanError('request/not-found', { noun: 'run', id })
  const changed = change(recordOf(row))
  const { numUpdatedRows } = await db
    .updateTable('runs')
    .set({
      ...columnsOf(changed),
      revision: row.revision + 1,
      ...(lease === undefined ? {} : { lease_until: lease }),
    })
    .where('id', '=', id)
    .where('revision', '=', row.revision)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows !== 1n) throw new CapstanError('request/changed-meanwhile', { noun: 'run', id })
  return changed
}

/** Deletes all runs of an experiment, or restores them. */
export async function changeRunsOf(db: Db, experimentId: string, deletedAt: string | null): Promise<void> {
  const lifecycle = deletedAt === null ? 'active' : 'deleted'
  const rows = await db
    .selectFrom('runs')
    .select('id')
    .where('experiment', '=', Number(experimentId))
    .where('lifecycle', '!=', lifecycle)
    .execute()
  for (const { id } of rows) await changeRun(db, id, (run) => ({ ...run, lifecycle, deletedAt }))
}

/** Runs inside another, oldest first. */
export async function childrenOf(db: Db, id: string): Promise<RunRecord[]> {
  const rows = await db
    .selectFrom('runs')
    .select('body')
    .where('parent_id', '=', id)
    .where('lifecycle', '=', 'active')
    .orderBy('number')
    .execute()
  return rows.map(recordOf)
}

/** Runs whose lease has ended: those that run, and the cancelled whose worker never said that they stopped. */
export async function expiredRuns(db: Db, now: string): Promise<RunRecord[]> {
  const rows = await db
    .selectFrom('runs')
    .select('body')
    .where((e) =>
      e.or([e('state', '=', 'running'), e.and([e('state', '=', 'cancelled'), e('worker', 'is not', null)])]),
    )
    // nobody holds a lease on what was started elsewhere
    .where('kind', '!=', 'tracked')
    .where((e) => e.or([e('lease_until', 'is', null), e('lease_until', '<=', now)]))
    .execute()
  return rows.map(recordOf)
}

export function columnsOf(run: RunRecord) {
  return {
    state: run.state,
    worker: run.worker,
    attempt: run.attempt,
    name: run.name,
    experiment: Number(run.experimentId),
    initiative_id: run.initiativeId,
    parent_id: run.parentRunId,
    user_name: run.user,
    lifecycle: run.lifecycle,
    start_at: Date.parse(run.startedAt ?? run.createdAt),
    end_at: run.endedAt === null ? null : Date.parse(run.endedAt),
    deleted_at: run.deletedAt === null ? null : Date.parse(run.deletedAt),
    priority: run.execution.priority,
    held: run.execution.approvalId !== null && run.state === 'queued' ? 1 : 0,
    queued_at: run.createdAt,
    not_before: run.notBefore,
    cores: run.execution.cores,
    memory_bytes: run.execution.memoryBytes,
    gpus: run.execution.gpus,
    machine: run.execution.machine,
    command_key: commandKey(run.execution.command),
    body: JSON.stringify(run),
  }
}

/** Who started which run for an initiative, and when; evaluations follow from trainings and do not count. */
export async function runsOfInitiatives(
  db: Db,
): Promise<{ initiativeId: string; user: string; createdAt: string }[]> {
  const rows = await db
    .selectFrom('runs')
    .select(['initiative_id', 'user_name', 'queued_at', 'start_at'])
    .where('lifecycle', '=', 'active')
    .where('initiative_id', 'is not', null)
    .where('kind', '!=', 'evaluate')
    .execute()
  return rows.map(({ initiative_id, user_name, queued_at, start_at }) => ({
    ...{ initiativeId: initiative_id!, user: user_name },
    createdAt: start_at === null ? queued_at : new Date(Number(start_at)).toISOString(),
  }))
}
