/** @file Histories as they are kept: rows by instant and key, and one head a measure that says where it stands. */
import type { Point } from '@capstan/api'
import { emptyFold, type Fold, type Folded, type HistoryRow, type Input, MARK } from '@capstan/domain'
import type { Selectable } from 'kysely'
import type { Db } from '../database/records.ts'
import type { Schema } from '../database/schema.ts'

type Row = Selectable<Schema['measure_histories']>
export interface Place {
  at: string
  key: string
}

/** Where a history stands. */
export interface Head {
  /** The last derived row. */
  last: (Place & { value: number }) | null
  /** What the derived rows say now; null when there are none, or the window holds nothing. */
  current: Point | null
  /** The last point that was typed in, or kept from before there were facts. */
  given: (Place & { point: Point }) | null
  fold: Fold
  /** Until when windows have slid. */
  settled: string
}

export const emptyHead: Head = { last: null, current: null, given: null, fold: emptyFold, settled: '' }

const ROWS = 500

/** Keys of points that no fact made. */
const given = (key: string) => key.startsWith('typed:') || key.startsWith('kept:')

/** Sorts typed points of one instant by when they were typed. */
export const typedKey = (at: string, suffix: string): string => `typed:${at}:${suffix}`

export const isAfter = (a: Place, b: Place | null): boolean =>
  b === null || a.at > b.at || (a.at === b.at && a.key > b.key)

/** The point that a measure shows: the later of what was derived and what was given. */
export function latestOf({ current, last, given }: Head): Point | null {
  if (given === null) return current
  // a window that holds nothing hides no typed point that came later
  return last !== null && isAfter(last, given) ? current : given.point
}

export async function headsOf(db: Db, ids?: readonly string[]): Promise<Map<string, Head>> {
  if (ids?.length === 0) return new Map()
  let query = db.selectFrom('measure_heads').selectAll()
  if (ids && ids.length <= 1000) query = query.where('measure_id', 'in', [...ids])
  const rows = await query.execute()
  return new Map(rows.map(({ measure_id, body }) => [measure_id, JSON.parse(body) as Head]))
}

export async function putHeads(db: Db, heads: ReadonlyMap<string, Head>): Promise<void> {
  const rows = [...heads].map(([measure_id, head]) => ({ measure_id, body: JSON.stringify(head) }))
  for (let i = 0; i < rows.length; i += ROWS) {
    await db
      .insertInto('measure_heads')
      .values(rows.slice(i, i + ROWS))
      .onConflict((c) => c.column('measure_id').doUpdateSet((e) => ({ body: e.ref('excluded.body') })))
      .execute()
  }
}

export interface Slice {
  from?: string | undefined
  to?: string | undefined
}

/** Oldest first. */
export async function rowsOf(db: Db, measureId: string, { from, to }: Slice = {}): Promise<Row[]> {
  let query = db.selectFrom('measure_histories').selectAll().where('measure_id', '=', measureId)
  if (from !== undefined) query = query.where('at', '>=', from)
  if (to !== undefined) query = query.where('at', '<=', to)
  return query.orderBy('at').orderBy('key').execute()
}

/** Newest first, those before a place. */
export async function rowsBefore(
  db: Db,
  measureId: string,
  { from, to, before, limit }: Slice & { before?: Place | undefined; limit: number },
): Promise<Row[]> {
  let query = db.selectFrom('measure_histories').selectAll().where('measure_id', '=', measureId)
  if (from !== undefined) query = query.where('at', '>=', from)
  if (to !== undefined) query = query.where('at', '<=', to)
  if (before) {
    query = query.where('at', '<=', before.at)
    query = query.where((e) => e.or([e('at', '<', before.at), e('key', '<', before.key)]))
  }
  return query.orderBy('at', 'desc').orderBy('key', 'desc').limit(limit).execute()
}

/** The last fact before an instant, with the marks after it; oldest first. */
export async function derivedBefore(db: Db, measureId: string, at: string): Promise<Row[]> {
  const found: Row[] = []
  for (let before: Place | undefined = { at, key: '' }; before; ) {
    const rows: Row[] = await rowsBefore(db, measureId, { before, limit: FEW })
    for (const row of rows) {
      if (given(row.key)) continue
      found.unshift(row)
      if (row.key !== MARK) return found
    }
    before = rows.length < FEW ? undefined : rows.at(-1)
  }
  return found
}
const FEW = 8

/** Rows that came with facts, newest first, and how many there are. */
export async function factRows(
  db: Db,
  measureId: string,
  { from, to }: { from: string; to: string },
  limit: number,
): Promise<{ count: number; rows: Row[] }> {
  const chosen = db
    .selectFrom('measure_histories')
    .where('measure_id', '=', measureId)
    .where('at', '>=', from)
    .where('at', '<=', to)
    .where('key', '!=', MARK)
    .where('key', 'not like', 'typed:%')
    .where('key', 'not like', 'kept:%')
  const { n } = await chosen.select((e) => e.fn.countAll<number>().as('n')).executeTakeFirstOrThrow()
  const rows = await chosen.selectAll().orderBy('at', 'desc').orderBy('key', 'desc').limit(limit).execute()
  return { count: Number(n), rows }
}

export async function countRows(db: Db, measureId: string): Promise<number> {
  const { n } = await db
    .selectFrom('measure_histories')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('measure_id', '=', measureId)
    .executeTakeFirstOrThrow()
  return Number(n)
}

export const isDerived = ({ key }: { key: string }): boolean => !given(key)

export function inputOfRow(row: Row): Input | null {
  if (row.key === MARK || given(row.key)) return null
  if (row.input !== null) return { at: row.at, key: row.key, ...JSON.parse(row.input) } as Input
  return {
    at: row.at,
    key: row.key,
    value: row.value,
    ...(row.standard_error === null ? {} : { error: row.standard_error }),
    hit: true,
    origin: row.origin as Input['origin'],
    evidence: JSON.parse(row.evidence),
  }
}

/** A derived row as it is stored; what the fact gave is kept apart only where it is not the point itself. */
export function rowOf(measureId: string, { at, key, input, ...made }: HistoryRow): Row {
  const evidence = JSON.stringify(made.evidence)
  const same =
    input === null ||
    (made.count === 1 &&
      input.hit &&
      input.value === made.value &&
      input.error === made.error &&
      input.origin === made.origin &&
      JSON.stringify(input.evidence) === evidence)
  return {
    measure_id: measureId,
    at,
    key,
    value: made.value,
    standard_error: made.error ?? null,
    origin: made.origin,
    evidence,
    facts: made.count,
    input: same ? null : inputText(input),
  }
}

const inputText = ({ value, error, hit, origin, evidence }: Input) =>
  JSON.stringify({ value, ...(error === undefined ? {} : { error }), hit, origin, evidence })

export const pointOfRow = (row: Row): Point => ({
  id: idOf(row),
  at: row.at,
  value: row.value,
  ...(row.standard_error === null ? {} : { standardError: row.standard_error }),
  origin: row.origin as Point['origin'],
  evidence: JSON.parse(row.evidence),
  ...(row.facts === null || Number(row.facts) === 1 ? {} : { facts: Number(row.facts) }),
})

/** Marks have one key for all; their instant tells them apart. */
const idOf = ({ at, key }: Place): string => (key === MARK ? `${MARK}${at}` : key)

export const pointOf = (
  at: string,
  key: string,
  { value, error, origin, evidence, count }: Folded,
): Point => ({
  id: idOf({ at, key }),
  at,
  value,
  ...(error === undefined ? {} : { standardError: error }),
  origin,
  evidence,
  ...(count === 1 ? {} : { facts: count }),
})

export async function insertRows(db: Db, rows: readonly Row[]): Promise<void> {
  for (let i = 0; i < rows.length; i += ROWS) {
    await db
      .insertInto('measure_histories')
      .values(rows.slice(i, i + ROWS))
      .onConflict((c) =>
        c.columns(['measure_id', 'at', 'key']).doUpdateSet((e) => ({
          value: e.ref('excluded.value'),
          standard_error: e.ref('excluded.standard_error'),
          origin: e.ref('excluded.origin'),
          evidence: e.ref('excluded.evidence'),
          facts: e.ref('excluded.facts'),
          input: e.ref('excluded.input'),
        })),
      )
      .execute()
  }
}

export async function removeRows(db: Db, measureId: string, places: readonly Place[]): Promise<void> {
  for (const { at, key } of places) {
    await db
      .deleteFrom('measure_histories')
      .where('measure_id', '=', measureId)
      .where('at', '=', at)
      .where('key', '=', key)
      .execute()
  }
}

/** Everything of a measure, or only what facts made. */
export async function removeHistory(db: Db, measureId: string, what: 'all' | 'derived'): Promise<void> {
  let query = db.deleteFrom('measure_histories').where('measure_id', '=', measureId)
  if (what === 'derived') {
    query = query.where('key', 'not like', 'typed:%').where('key', 'not like', 'kept:%')
    const head = (await headsOf(db, [measureId])).get(measureId) ?? emptyHead
    await putHeads(db, new Map([[measureId, { ...emptyHead, given: head.given }]]))
  } else await db.deleteFrom('measure_heads').where('measure_id', '=', measureId).execute()
  await query.execute()
}

export type { Row }
