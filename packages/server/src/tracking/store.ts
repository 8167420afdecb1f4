/** @file What runs log beside metrics: parameters, tags, data set inputs, model outputs; and their summaries. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CapstanError, type DatasetInput } from '@capstan/api'
import { sql } from 'kysely'
import type { Db } from '../database/records.ts'

export interface Pair {
  key: string
  value: string
}
export interface LatestMetric {
  key: string
  value: number
  step: number
  /** Milliseconds since 1970. */
  at: number
}

/** Everything that a run logged, metrics by their latest point. */
export interface Logged {
  metrics: LatestMetric[]
  params: Pair[]
  tags: Pair[]
}

/** Keys and rows a statement. */
const ROWS = 500
const RUNS_A_STATEMENT = 5000
/** Runs whose summaries are made before other requests get their turn. */
const RUNS_A_TURN = 100

/**
 * Sets parameters, which never change: the same value again is no error.
 * @throws {CapstanError} `run/param-changed`, and nothing is set
 */
export async function setParams(db: Db, run: number, params: readonly Pair[]): Promise<void> {
  if (params.length === 0) return
  await touch(db, run)
  const wanted = new Map<string, string>()
  for (const { key, value } of params) refuseChange(key, wanted.get(key), value, () => wanted.set(key, value))
  const keys = [...wanted.keys()]
  for (let i = 0; i < keys.length; i += ROWS) {
    const rows = await db
      .selectFrom('run_params')
      .select(['key', 'value'])
      .where('run', '=', run)
      .where('key', 'in', keys.slice(i, i + ROWS))
      .execute()
    for (const { key, value } of rows) refuseChange(key, value, wanted.get(key)!, () => undefined)
    for (const { key } of rows) wanted.delete(key)
  }
  await insertPairs(db, 'run_params', run, wanted)
}

function refuseChange(key: string, before: string | undefined, value: string, set: () => unknown): void {
  if (before !== undefined && before !== value) {
    throw new CapstanError('run/param-changed', { key, before, value: value.slice(0, 200) })
  }
  set()
}

/** Sets tags; the last value of a key stands. */
export async function setTags(db: Db, run: number, tags: readonly Pair[]): Promise<void> {
  if (tags.length === 0) return
  await touch(db, run)
  await insertPairs(db, 'run_tags', run, new Map(tags.map(({ key, value }) => [key, value])))
}

/** @returns whether there was such a tag */
export async function deleteTag(db: Db, run: number, key: string): Promise<boolean> {
  await touch(db, run)
  const { numDeletedRows } = await db
    .deleteFrom('run_tags')
    .where('run', '=', run)
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  return numDeletedRows > 0n
}

async function insertPairs(
  db: Db,
  table: 'run_params' | 'run_tags',
  run: number,
  pairs: ReadonlyMap<string, string>,
): Promise<void> {
  const rows = [...pairs].map(([key, value]) => ({ run, key, value }))
  for (let i = 0; i < rows.length; i += ROWS) {
    await db
      .insertInto(table)
      .values(rows.slice(i, i + ROWS))
      .onConflict((c) => c.columns(['run', 'key']).doUpdateSet((e) => ({ value: e.ref('excluded.value') })))
      .execute()
  }
}

/** Data sets that a run read; the same one again changes nothing but its tags. */
export async function addInputs(db: Db, run: number, inputs: readonly DatasetInput[]): Promise<void> {
  for (const input of inputs) {
    const body = JSON.stringify(input)
    await db
      .insertInto('run_inputs')
      .values({ run, digest: input.digest, name: input.name, body })
      .onConflict((c) => c.columns(['run', 'digest', 'name']).doUpdateSet({ body }))
      .execute()
  }
}

export async function inputsOf(db: Db, runs: readonly number[]): Promise<Map<number, DatasetInput[]>> {
  const rows = await inSlices(runs, (part) =>
    db.selectFrom('run_inputs').select(['run', 'body']).where('run', 'in', part).execute(),
  )
  const found = new Map<number, DatasetInput[]>()
  for (const { run, body } of rows) {
    const list = found.get(Number(run)) ?? []
    list.push(JSON.parse(body) as DatasetInput)
    found.set(Number(run), list)
  }
  return found
}

export async function addOutputs(
  db: Db,
  run: number,
  outputs: readonly { modelId: string; step: number }[],
): Promise<void> {
  for (const { modelId, step } of outputs) {
    await db
      .insertInto('run_outputs')
      .values({ run, model_id: modelId, step })
      .onConflict((c) => c.columns(['run', 'model_id']).doUpdateSet({ step }))
      .execute()
  }
}

export async function outputsOf(
  db: Db,
  runs: readonly number[],
): Promise<Map<number, { modelId: string; step: number }[]>> {
  const rows = await inSlices(runs, (part) =>
    db.selectFrom('run_outputs').selectAll().where('run', 'in', part).execute(),
  )
  const found = new Map<number, { modelId: string; step: number }[]>()
  for (const { run, model_id, step } of rows) {
    const list = found.get(Number(run)) ?? []
    list.push({ modelId: model_id, step: Number(step) })
    found.set(Number(run), list)
  }
  return found
}

/** A statement takes at most 32,766 values, and a page of a search more runs. */
async function inSlices<Row>(
  runs: readonly number[],
  read: (part: number[]) => Promise<Row[]>,
): Promise<Row[]> {
  const rows: Row[] = []
  for (let i = 0; i < runs.length; i += RUNS_A_STATEMENT) {
    for (const row of await read(runs.slice(i, i + RUNS_A_STATEMENT))) rows.push(row)
  }
  return rows
}

/** A summary as it is kept: `logged` says of which state of the run. */
export interface KeptSummary {
  run: number
  logged: number
  text: string
}

/**
 * What each run logged, as JSON text of {@link Summary}: kept beside the run until it logs again, so that a
 * search over many runs reads one row for each.
 * @param keep takes the summaries that were missing or stale
 */
export async function summaryTexts(
  db: Db,
  runs: readonly number[],
  keep: (made: KeptSummary[]) => unknown = (made) => keepSummaries(db, made),
): Promise<Map<number, string>> {
  const texts = new Map<number, string>()
  for (let i = 0; i < runs.length; i += RUNS_A_TURN) {
    if (i > 0) await nextTurn()
    const part = runs.slice(i, i + RUNS_A_TURN)
    const rows = await db
      .selectFrom('runs')
      .leftJoin('run_summaries as s', 's.run', 'runs.number')
      .select(['runs.number', 'runs.logged', 's.logged as summarised', 's.text'])
      .where('runs.number', 'in', part)
      .execute()
    const stale: { run: number; logged: number }[] = []
    for (const { number, logged, summarised, text } of rows) {
      if (text !== null && Number(summarised) === Number(logged)) texts.set(Number(number), text)
      else stale.push({ run: Number(number), logged: Number(logged) })
    }
    if (stale.length === 0) continue
    const made = await summarise(
      db,
      stale.map(({ run }) => run),
    )
    for (const [run, text] of made) texts.set(run, text)
    await keep(stale.map(({ run, logged }) => ({ run, logged, text: made.get(run)! })))
  }
  return texts
}

/** Numbers that JSON cannot hold are the strings `NaN`, `Infinity` and `-Infinity`. */
export interface Summary {
  metrics: { key: string; value: number | string; timestamp: number; step: number }[]
  params: Pair[]
  tags: Pair[]
}

export const numberText = (value: number): number | string => (Number.isFinite(value) ? value : String(value))

async function summarise(db: Db, runs: readonly number[]): Promise<Map<number, string>> {
  const made = new Map<number, Summary>(runs.map((run) => [run, { metrics: [], params: [], tags: [] }]))
  const series = await db
    .selectFrom('metric_series')
    .select(['run', 'key', 'latest_value', 'latest_nan', 'latest_step', 'latest_at'])
    .where('run', 'in', [...runs])
    .orderBy('run')
    .orderBy('key')
    .execute()
  for (const { run, key, latest_value, latest_nan, latest_step, latest_at } of series) {
    made.get(Number(run))!.metrics.push({
      key,
      value: latest_nan ? 'NaN' : numberText(latest_value),
      timestamp: Number(latest_at),
      step: Number(latest_step),
    })
  }
  for (const [table, name] of [
    ['run_params', 'params'],
    ['run_tags', 'tags'],
  ] as const) {
    const rows = await db
      .selectFrom(table)
      .selectAll()
      .where('run', 'in', [...runs])
      .orderBy('run')
      .orderBy('key')
      .execute()
    for (const { run, key, value } of rows) made.get(Number(run))![name].push({ key, value })
  }
  return new Map([...made].map(([run, summary]) => [run, JSON.stringify(summary)]))
}

/** A summary made of an older state than the run's is never taken for the newest: `logged` tells them apart. */
export async function keepSummaries(db: Db, made: readonly KeptSummary[]): Promise<void> {
  await db
    .insertInto('run_summaries')
    .values([...made])
    .onConflict((c) =>
      c
        .column('run')
        .doUpdateSet((e) => ({ logged: e.ref('excluded.logged'), text: e.ref('excluded.text') })),
    )
    .execute()
}

async function touch(db: Db, run: number): Promise<void> {
  await db.updateTable('runs').set({ logged: sql`logged + 1` }).where('number', '=', run).execute()
}
