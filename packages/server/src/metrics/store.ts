/** @file Curves of runs: appended in small chunks that are merged as they grow, read back in columns. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Insertable, sql } from 'kysely'
import type { Db } from '../database/records.ts'
import type { Schema } from '../database/schema.ts'
import { type Columns, decode, encode, encodeColumns, type Point, sortColumns } from './chunk.ts'

export interface Metric extends Point {
  key: string
}

/** This many chunks of one level become one of the next, so that each point is rewritten a few times at most. */
const FAN_IN = 32
/** A chunk of this many points is not merged any further. */
const FULL = 4096
const FULL_LEVEL = 9
/** Points read before other requests get their turn. */
const SLICE = 100_000
/** Keys and rows a statement; SQLite takes at most 32,766 values. */
const ROWS = 500

type Series = Insertable<Schema['metric_series']>

/**
 * Appends points to curves of a run, inside the caller's transaction. A point that is there already, with the
 * same key, instant, step and value, stays once, so that a batch may be sent again.
 * @param run the run's number
 * @param rewind removes, first, every point from the batch's first step on: for work that was taken up again
 * @returns how many points were new
 */
export async function appendPoints(
  db: Db,
  run: number,
  metrics: readonly Metric[],
  { rewind = false } = {},
): Promise<number> {
  if (metrics.length === 0) return 0
  // also makes other writers of the same run wait until this transaction ends
  await db
    .updateTable('runs')
    .set({ points: sql`points + ${metrics.length}`, logged: sql`logged + 1` })
    .where('number', '=', run)
    .execute()
  const byKey = groupByKey(metrics)
  const known = await seriesOf(db, run, [...byKey.keys()])
  let last = known.size === byKey.size ? 0 : await lastSeries(db, run)
  const changed: Series[] = []
  const chunks: Insertable<Schema['metric_chunks']>[] = []
  const full: Series[] = []
  let added = 0
  for (const [key, given] of byKey) {
    const range = rangeOf(given)
    let series = known.get(key)
    if (series && rewind && range.min_step <= series.max_step) {
      series = await cutFrom(db, series, range.min_step)
    }
    const points = await withoutKnown(db, series, range, distinct(given))
    if (points.length === 0) continue
    added += points.length
    const next = grown(series ?? emptySeries(run, key, ++last), points, range)
    changed.push(next)
    chunks.push({
      run,
      series: next.series,
      chunk: next.appends,
      level: points.length >= FULL ? FULL_LEVEL : 0,
      points: points.length,
      ...range,
      data: encode(points),
    })
    if (next.appends % FAN_IN === 0) full.push(next)
  }
  for (let i = 0; i < chunks.length; i += ROWS) {
    await db
      .insertInto('metric_chunks')
      .values(chunks.slice(i, i + ROWS))
      .execute()
  }
  await saveSeries(db, changed)
  for (const series of full) await merge(db, series)
  if (added !== metrics.length) {
    await db
      .updateTable('runs')
      .set({ points: sql`points - ${metrics.length - added}` })
      .where('number', '=', run)
      .execute()
  }
  return added
}

/** All points of one curve, in ascending order; other requests get their turn while a long one is read. */
export async function readCurve(
  db: Db,
  run: number,
  key: string,
  by: 'step' | 'at' = 'step',
): Promise<Columns> {
  const series = (await seriesOf(db, run, [key])).get(key)
  return series ? sortColumns(await readSeries(db, series), by) : decode([])
}

/** One row for each curve of the runs, by run and key. */
export async function seriesOfRuns(db: Db, runs: readonly number[], keys?: readonly string[]) {
  let query = db
    .selectFrom('metric_series')
    .selectAll()
    .where('run', 'in', [...runs])
    .orderBy('run')
    .orderBy('key')
  if (keys) query = query.where('key', 'in', [...keys])
  return runs.length === 0 ? [] : query.execute()
}

/** What the newest point of a curve says. */
export const latestOf = ({
  latest_value,
  latest_nan,
}: {
  latest_value: number
  latest_nan: number
}): number => (latest_nan ? Number.NaN : latest_value)

/** Removes every curve of a run. */
export async function deletePoints(db: Db, run: number): Promise<void> {
  await db.deleteFrom('metric_chunks').where('run', '=', run).execute()
  await db.deleteFrom('metric_series').where('run', '=', run).execute()
  await db.updateTable('runs').set({ points: 0, logged: sql`logged + 1` }).where('number', '=', run).execute()
}

async function readSeries(db: Db, { run, series }: Pick<Series, 'run' | 'series'>): Promise<Columns> {
  const sizes = await db
    .selectFrom('metric_chunks')
    .select(['chunk', 'points'])
    .where('run', '=', run)
    .where('series', '=', series)
    .orderBy('chunk')
    .execute()
  const parts: Uint8Array[] = []
  for (let i = 0; i < sizes.length; ) {
    const from = sizes[i]!.chunk
    let points = 0
    let to = from
    for (; i < sizes.length && (points === 0 || points + sizes[i]!.points <= SLICE); i++) {
      points += sizes[i]!.points
      to = sizes[i]!.chunk
    }
    const rows = await db
      .selectFrom('metric_chunks')
      .select('data')
      .where('run', '=', run)
      .where('series', '=', series)
      .where('chunk', '>=', from)
      .where('chunk', '<=', to)
      .orderBy('chunk')
      .execute()
    for (const { data } of rows) parts.push(data)
    if (i < sizes.length) await nextTurn()
  }
  return decode(parts)
}

async function seriesOf(db: Db, run: number, keys: readonly string[]): Promise<Map<string, Series>> {
  const found = new Map<string, Series>()
  for (let i = 0; i < keys.length; i += ROWS) {
    const rows = await db
      .selectFrom('metric_series')
      .selectAll()
      .where('run', '=', run)
      .where('key', 'in', keys.slice(i, i + ROWS))
      .execute()
    for (const row of rows) found.set(row.key, row)
  }
  return found
}

async function lastSeries(db: Db, run: number): Promise<number> {
  const row = await db
    .selectFrom('metric_series')
    .select((e) => e.fn.max('series').as('last'))
    .where('run', '=', run)
    .executeTakeFirst()
  return Number(row?.last ?? 0)
}

async function saveSeries(db: Db, changed: readonly Series[]): Promise<void> {
  for (let i = 0; i < changed.length; i += ROWS) {
    await db
      .insertInto('metric_series')
      .values(changed.slice(i, i + ROWS))
      .onConflict((c) =>
        c.columns(['run', 'key']).doUpdateSet((e) => ({
          points: e.ref('excluded.points'),
          appends: e.ref('excluded.appends'),
          latest_value: e.ref('excluded.latest_value'),
          latest_nan: e.ref('excluded.latest_nan'),
          latest_step: e.ref('excluded.latest_step'),
          latest_at: e.ref('excluded.latest_at'),
          min_value: e.ref('excluded.min_value'),
          max_value: e.ref('excluded.max_value'),
          min_step: e.ref('excluded.min_step'),
          max_step: e.ref('excluded.max_step'),
          min_at: e.ref('excluded.min_at'),
          max_at: e.ref('excluded.max_at'),
        })),
      )
      .execute()
  }
}

/** Merges the newest chunks, level by level, as an odometer carries. */
async function merge(db: Db, series: Series): Promise<void> {
  for (let level = 0, size = FAN_IN; series.appends % size === 0; level++, size *= FAN_IN) {
    const rows = await db
      .selectFrom('metric_chunks')
      .selectAll()
      .where('run', '=', series.run)
      .where('series', '=', series.series)
      .where('level', '=', level)
      .orderBy('chunk')
      .execute()
    if (rows.length < 2) return
    const merged = sortColumns(decode(rows.map(({ data }) => data)), 'at')
    const points = merged.at.length
    const least = (column: 'min_step' | 'min_at') => Math.min(...rows.map((row) => Number(row[column])))
    const most = (column: 'max_step' | 'max_at') => Math.max(...rows.map((row) => Number(row[column])))
    await db
      .deleteFrom('metric_chunks')
      .where('run', '=', series.run)
      .where('series', '=', series.series)
      .where('level', '=', level)
      .execute()
    await db
      .insertInto('metric_chunks')
      .values({
        run: series.run,
        series: series.series,
        chunk: rows.at(-1)!.chunk,
        level: points >= FULL ? FULL_LEVEL : level + 1,
        points,
        min_step: least('min_step'),
        max_step: most('max_step'),
        min_at: least('min_at'),
        max_at: most('max_at'),
        data: encodeColumns(merged),
      })
      .execute()
    if (level + 1 >= FULL_LEVEL) return
  }
}

/** The points that the curve does not hold; it is read only where the ranges overlap. */
async function withoutKnown(
  db: Db,
  series: Series | undefined,
  range: Range,
  points: readonly Point[],
): Promise<readonly Point[]> {
  if (!series || range.min_at > series.max_at || range.min_step > series.max_step) return points
  const rows = await db
    .selectFrom('metric_chunks')
    .select('data')
    .where('run', '=', series.run)
    .where('series', '=', series.series)
    .where('max_at', '>=', range.min_at)
    .where('min_at', '<=', range.max_at)
    .where('max_step', '>=', range.min_step)
    .where('min_step', '<=', range.max_step)
    .execute()
  if (rows.length === 0) return points
  const { at, step, value } = decode(rows.map(({ data }) => data))
  const candidates = new Set(points.map(identity))
  const there = new Set<string>()
  for (let i = 0; i < at.length; i++) {
    if (at[i]! < range.min_at || at[i]! > range.max_at) continue
    const id = identity({ at: at[i]!, step: step[i]!, value: value[i]! })
    if (candidates.has(id)) there.add(id)
  }
  return there.size === 0 ? points : points.filter((point) => !there.has(identity(point)))
}

/** Takes away every point at or after a step, and says what is left of the curve. */
async function cutFrom(db: Db, series: Series, step: number): Promise<Series | undefined> {
  const all = await readSeries(db, series)
  const kept: Point[] = []
  for (let i = 0; i < all.at.length; i++) {
    if (all.step[i]! < step) kept.push({ at: all.at[i]!, step: all.step[i]!, value: all.value[i]! })
  }
  await db
    .deleteFrom('metric_chunks')
    .where('run', '=', series.run)
    .where('series', '=', series.series)
    .execute()
  await db
    .updateTable('runs')
    .set({ points: sql`points - ${all.at.length - kept.length}` })
    .where('number', '=', series.run)
    .execute()
  if (kept.length === 0) {
    await db.deleteFrom('metric_series').where('run', '=', series.run).where('key', '=', series.key).execute()
    return undefined
  }
  const range = rangeOf(kept)
  const left = grown(emptySeries(series.run, series.key, series.series), kept, range)
  await db
    .insertInto('metric_chunks')
    .values({
      run: series.run,
      series: series.series,
      chunk: 1,
      level: FULL_LEVEL,
      points: kept.length,
      ...range,
      data: encode(kept),
    })
    .execute()
  return left
}

type Range = Pick<Series, 'min_step' | 'max_step' | 'min_at' | 'max_at'>

function rangeOf(points: readonly Point[]): Range {
  const range = { min_step: Infinity, max_step: -Infinity, min_at: Infinity, max_at: -Infinity }
  for (const { step, at } of points) {
    if (step < range.min_step) range.min_step = step
    if (step > range.max_step) range.max_step = step
    if (at < range.min_at) range.min_at = at
    if (at > range.max_at) range.max_at = at
  }
  return range
}

const emptySeries = (run: number, key: string, series: number): Series => ({
  run,
  key,
  series,
  points: 0,
  appends: 0,
  latest_value: 0,
  latest_nan: 0,
  latest_step: -Infinity,
  latest_at: -Infinity,
  min_value: null,
  max_value: null,
  min_step: Infinity,
  max_step: -Infinity,
  min_at: Infinity,
  max_at: -Infinity,
})

/** The latest point has the greatest step, then instant, then value, as MLflow has it; not a number counts as 0. */
function grown(series: Series, points: readonly Point[], range: Range): Series {
  const next: Series = {
    ...series,
    points: series.points + points.length,
    appends: series.appends + 1,
    min_step: Math.min(series.min_step, range.min_step),
    max_step: Math.max(series.max_step, range.max_step),
    min_at: Math.min(series.min_at, range.min_at),
    max_at: Math.max(series.max_at, range.max_at),
  }
  for (const { at, step, value } of points) {
    const compared = Number.isNaN(value) ? 0 : value
    const later = step - next.latest_step || at - next.latest_at || (compared > next.latest_value ? 1 : 0)
    if (later > 0) {
      next.latest_step = step
      next.latest_at = at
      next.latest_value = compared
      next.latest_nan = Number.isNaN(value) ? 1 : 0
    }
    if (Number.isFinite(value)) {
      if (next.min_value == null || value < next.min_value) next.min_value = value
      if (next.max_value == null || value > next.max_value) next.max_value = value
    }
  }
  return next
}

function groupByKey(metrics: readonly Metric[]): Map<string, Point[]> {
  const groups = new Map<string, Point[]>()
  for (const metric of metrics) {
    const group = groups.get(metric.key)
    if (group) group.push(metric)
    else groups.set(metric.key, [metric])
  }
  return groups
}

const identity = ({ at, step, value }: Point) => `${at} ${step} ${value}`

function distinct(points: readonly Point[]): readonly Point[] {
  if (points.length === 1) return points
  const seen = new Set<string>()
  return points.filter((point) => {
    const id = identity(point)
    return !seen.has(id) && seen.add(id)
  })
}
