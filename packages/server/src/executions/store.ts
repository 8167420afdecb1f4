/** @file What stands around the execution of runs: the queue, captures, logs, workers. */
import type { Capture, LogPiece, Machine, Worker } from '@capstan/api'
import { defaultLogLimits, leftOut, type Needs, type WaitingRun } from '@capstan/domain'
import { sql } from 'kysely'
import { dialectOf } from '../database/dialect.ts'
import type { Db } from '../database/records.ts'

/** Key of PostgreSQL's advisory lock on the queue. */
const QUEUE_LOCK = 4601
/** A queue longer than this is looked at from its most urgent end. */
const QUEUE_LIMIT = 5000
/** SQLite takes at most 32,766 values a statement. */
const ROWS = 1000

/** Makes other claims wait until this transaction ends; the embedded database has one writer anyway. */
export async function lockQueue(db: Db): Promise<void> {
  if (dialectOf(db) === 'postgres') await sql`select pg_advisory_xact_lock(${QUEUE_LOCK})`.execute(db)
}

export async function waitingRuns(db: Db): Promise<WaitingRun[]> {
  const rows = await db
    .selectFrom('runs')
    .select([
      'id',
      'number',
      'initiative_id',
      'priority',
      'queued_at',
      'not_before',
      'held',
      'cores',
      'memory_bytes',
      'gpus',
    ])
    .where('state', '=', 'queued')
    // nobody here executes what was started elsewhere
    .where('kind', '!=', 'tracked')
    .where('lifecycle', '=', 'active')
    .orderBy('priority', 'desc')
    .orderBy('number')
    .limit(QUEUE_LIMIT)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    initiativeId: row.initiative_id,
    priority: row.priority,
    queuedAt: row.queued_at,
    notBefore: row.not_before,
    held: row.held === 1,
    needs: needsOf(row),
  }))
}

/** What runs hold of each machine now. */
export async function runningOn(
  db: Db,
  machine: string,
): Promise<{ needs: Needs; cpus: number[]; gpuIds: number[] }[]> {
  const rows = await db
    .selectFrom('runs')
    .select(['cores', 'memory_bytes', 'gpus', 'body'])
    .where('state', '=', 'running')
    .where('machine', '=', machine)
    .execute()
  return rows.map((row) => {
    const { execution } = JSON.parse(row.body) as { execution: { cpus: number[]; gpuIds: number[] } }
    return { needs: needsOf(row), cpus: execution.cpus, gpuIds: execution.gpuIds }
  })
}

/** A run that asks for nothing counts as one core. */
const needsOf = (row: { cores: number | null; memory_bytes: number | null; gpus: number }): Needs => ({
  cores: row.cores ?? 1,
  memoryBytes: Number(row.memory_bytes ?? 0),
  gpus: row.gpus,
})

/** Seconds on the wall of the newest finished runs of one kind of command, newest first. */
export async function earlierSeconds(db: Db, key: string, limit = 20): Promise<number[]> {
  if (key === '') return []
  const rows = await db
    .selectFrom('runs')
    .select('body')
    .where('command_key', '=', key)
    .where('state', '=', 'finished')
    .orderBy('number', 'desc')
    .limit(limit)
    .execute()
  return rows.map(({ body }) => (JSON.parse(body) as { cost: { wallSeconds: number } }).cost.wallSeconds)
}

export async function writeCapture(db: Db, run: number, capture: Capture): Promise<void> {
  const body = JSON.stringify(capture)
  await db
    .insertInto('captures')
    .values({ run, body })
    .onConflict((c) => c.column('run').doUpdateSet({ body }))
    .execute()
}

export async function readCapture(db: Db, run: number): Promise<Capture | null> {
  const row = await db.selectFrom('captures').select('body').where('run', '=', run).executeTakeFirst()
  return row ? (JSON.parse(row.body) as Capture) : null
}

export async function printedBytes(db: Db, run: number): Promise<number> {
  const row = await db.selectFrom('run_logs').select('printed').where('run', '=', run).executeTakeFirst()
  return Number(row?.printed ?? 0)
}

/**
 * Appends what a run printed; pieces that are there already change nothing. Beyond its limits the log keeps
 * its head and its tail.
 * @returns bytes printed so far
 */
export async function appendLog(
  db: Db,
  run: number,
  pieces: readonly { offset: number; stream: string; text: string }[],
  at: number,
  limits = defaultLogLimits,
): Promise<number> {
  const before = await printedBytes(db, run)
  const rows = pieces.map(({ offset, stream, text }) => ({
    run,
    start: offset,
    bytes: Buffer.byteLength(text),
    stream,
    at,
    text,
  }))
  for (let i = 0; i < rows.length; i += ROWS)
    await db
      .insertInto('log_pieces')
      .values(rows.slice(i, i + ROWS))
      .onConflict((c) => c.columns(['run', 'start']).doNothing())
      .execute()
  const printed = rows.reduce((end, { start, bytes }) => Math.max(end, start + bytes), before)
  await db
    .insertInto('run_logs')
    .values({ run, printed })
    .onConflict((c) => c.column('run').doUpdateSet({ printed }))
    .execute()
  const gone = leftOut(printed, limits)
  if (gone)
    await db
      .deleteFrom('log_pieces')
      .where('run', '=', run)
      .where('start', '>=', gone.from)
      .where(sql<boolean>`start + bytes <= ${gone.to}`)
      .execute()
  return printed
}

/** Pieces from an offset on, together at most so many bytes (but at least one piece). */
export async function readLog(db: Db, run: number, from: number, most: number): Promise<LogPiece[]> {
  const rows = await db
    .selectFrom('log_pieces')
    .select(['start', 'bytes', 'stream', 'at', 'text'])
    .where('run', '=', run)
    .where(sql<boolean>`start + bytes > ${from}`)
    .orderBy('start')
    .limit(2000)
    .execute()
  const taken: LogPiece[] = []
  let bytes = 0
  for (const row of rows) {
    if (taken.length > 0 && bytes + row.bytes > most) break
    bytes += row.bytes
    const piece = { ...row, offset: Number(row.start), at: Number(row.at) }
    taken.push({
      offset: piece.offset,
      bytes: row.bytes,
      stream: row.stream as LogPiece['stream'],
      at: piece.at,
      text: row.text,
    })
  }
  return taken
}

export async function touchWorker(
  db: Db,
  worker: { id: string; machine: Machine; pid: number; runId: string | null },
  at: number,
): Promise<void> {
  const { id, pid } = worker
  const changing = { machine: JSON.stringify(worker.machine), seen_at: at, run_id: worker.runId }
  await db
    .insertInto('workers')
    .values({ id, pid, started_at: at, ...changing })
    .onConflict((c) => c.column('id').doUpdateSet(changing))
    .execute()
  // one that has not been heard of for a day tells nothing any more
  await db
    .deleteFrom('workers')
    .where('seen_at', '<', at - 86_400_000)
    .execute()
}

export async function seeWorker(db: Db, id: string, runId: string | null, at: number): Promise<void> {
  await db.updateTable('workers').set({ seen_at: at, run_id: runId }).where('id', '=', id).execute()
}

/** A worker that has left in order, or whose end was seen. */
export async function forgetWorker(db: Db, machine: string, pid: number): Promise<void> {
  const rows = await db.selectFrom('workers').select(['id', 'machine']).where('pid', '=', pid).execute()
  const ids = rows.filter((row) => (JSON.parse(row.machine) as Machine).name === machine).map(({ id }) => id)
  if (ids.length > 0) await db.deleteFrom('workers').where('id', 'in', ids).execute()
}

export async function listWorkers(db: Db, aliveSince: number): Promise<Worker[]> {
  const rows = await db.selectFrom('workers').selectAll().orderBy('started_at', 'desc').execute()
  return rows.map((row) => ({
    id: row.id,
    machine: JSON.parse(row.machine) as Machine,
    pid: row.pid,
    startedAt: Number(row.started_at),
    seenAt: Number(row.seen_at),
    runId: row.run_id,
    alive: Number(row.seen_at) >= aliveSince,
  }))
}

/** SHA-256 by path. */
export async function artifactHashes(db: Db, runId: string): Promise<Record<string, string>> {
  const rows = await db.selectFrom('artifacts').select(['path', 'blob']).where('owner', '=', runId).execute()
  return Object.fromEntries(rows.map(({ path, blob }) => [path, blob]))
}

export async function parametersOf(db: Db, run: number): Promise<Record<string, string>> {
  const rows = await db.selectFrom('run_params').select(['key', 'value']).where('run', '=', run).execute()
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]))
}
