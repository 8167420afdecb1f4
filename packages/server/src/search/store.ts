/** @file Searches over runs: an expression becomes SQL with bound values, a page is stable while runs are added. */
import { CapstanError, searchError } from '@capstan/api'
import {
  type Comparison,
  type Expression,
  type Field,
  maxOrderings,
  message,
  type OrderBy,
} from '@capstan/domain'
import { type RawBuilder, sql } from 'kysely'
import { dialectOf } from '../database/dialect.ts'
import type { Dialect } from '../database/open.ts'
import type { Db } from '../database/records.ts'

export interface RunSearch {
  /** Numbers of experiments; all when left out. */
  experiments?: readonly number[] | undefined
  lifecycle?: 'active' | 'deleted' | 'all' | undefined
  where: Expression | null
  orderBy: readonly OrderBy[]
  limit: number
  pageToken?: string | undefined
}

/** A run as its columns have it; instants in milliseconds since 1970. */
export interface RunColumns {
  id: string
  number: number
  kind: string
  state: string
  name: string
  experiment: number
  initiative_id: string | null
  parent_id: string | null
  user_name: string
  lifecycle: string
  start_at: number | null
  end_at: number | null
}

export interface RunPage {
  runs: RunColumns[]
  nextPageToken: string | null
}

/** Runs a statement; SQLite takes at most 32,766 values. */
const ROWS = 5000

type Condition = RawBuilder<boolean>

/**
 * One page of runs. Without an order the newest comes first; a value that is not a number comes after all numbers,
 * a run without a value after that, in either direction.
 * @throws {CapstanError} `request/invalid` for a page token of another search, `search/invalid` for an order twice
 */
export async function searchRuns(db: Db, search: RunSearch): Promise<RunPage> {
  const page = parseToken(search.pageToken)
  const top = page?.top ?? (await newestNumber(db))
  const conditions: Condition[] = [sql`runs.number <= ${top}`]
  if (search.experiments) {
    if (search.experiments.length === 0) return { runs: [], nextPageToken: null }
    conditions.push(inExperiments(search.experiments, dialectOf(db)))
  }
  const lifecycle = search.lifecycle ?? 'active'
  if (lifecycle !== 'all') conditions.push(sql`runs.lifecycle = ${lifecycle}`)
  if (search.where) conditions.push(compile(search.where, dialectOf(db)))
  const { joins, orders } = ordering(search.orderBy)
  const offset = page?.offset ?? 0
  // what is sorted is narrow; the columns of one page are read afterwards
  const { rows: places } = await sql<{ number: number }>`
    select runs.number from runs ${joins.length === 0 ? sql`` : sql.join(joins, sql` `)}
    where ${sql.join(conditions, sql` and `)}
    order by ${sql.join(orders)}
    limit ${search.limit + 1} offset ${offset}`.execute(db)
  const runs = await columnsOf(
    db,
    places.slice(0, search.limit).map(({ number }) => Number(number)),
  )
  const more = places.length > search.limit
  return { runs, nextPageToken: more ? tokenOf({ top, offset: offset + search.limit }) : null }
}

/** All of them as one value: a workspace may have more than a statement takes values. */
const inExperiments = (experiments: readonly number[], dialect: Dialect): Condition => {
  const list = JSON.stringify(experiments)
  return dialect === 'sqlite'
    ? sql`runs.experiment in (select value from json_each(${list}))`
    : sql`runs.experiment in (select value::bigint from json_array_elements_text(${list}::json))`
}

/** In the order given. */
async function columnsOf(db: Db, numbers: readonly number[]): Promise<RunColumns[]> {
  const found = new Map<number, RunColumns>()
  for (let i = 0; i < numbers.length; i += ROWS) {
    const rows = await db
      .selectFrom('runs')
      .select(['id', 'number', 'kind', 'state', 'name', 'experiment', 'initiative_id', 'parent_id'])
      .select(['user_name', 'lifecycle', 'start_at', 'end_at'])
      .where('number', 'in', numbers.slice(i, i + ROWS))
      .execute()
    for (const row of rows) {
      found.set(Number(row.number), {
        ...row,
        number: Number(row.number),
        experiment: Number(row.experiment),
        start_at: row.start_at === null ? null : Number(row.start_at),
        end_at: row.end_at === null ? null : Number(row.end_at),
      })
    }
  }
  return numbers.flatMap((number) => found.get(number) ?? [])
}

/** Columns of runs by their identities, in no order; unknown ones are left out. */
export async function runColumns(db: Db, ids: readonly string[]): Promise<RunColumns[]> {
  if (ids.length === 0) return []
  const { runs } = await searchRuns(db, {
    where: { field: { kind: 'attribute', key: 'run_id' }, comparator: 'IN', value: ids },
    lifecycle: 'all',
    orderBy: [],
    limit: ids.length,
  })
  return runs
}

/** Runs that were added later than the first page are on no further page, so that none shifts onto it. */
interface Place {
  top: number
  offset: number
}
const tokenOf = ({ top, offset }: Place): string => Buffer.from(`${top}:${offset}`).toString('base64url')

function parseToken(token: string | undefined): Place | null {
  if (token === undefined || token === '') return null
  const found = /^(\d{1,12}):(\d{1,12})$/.exec(Buffer.from(token, 'base64url').toString())
  if (!found) throw new CapstanError('request/invalid', { detail: 'pageToken: not a token of this search' })
  return { top: Number(found[1]), offset: Number(found[2]) }
}

async function newestNumber(db: Db): Promise<number> {
  const row = await db
    .selectFrom('runs')
    .select((e) => e.fn.max('number').as('last'))
    .executeTakeFirst()
  return Number(row?.last ?? 0)
}

function compile(where: Expression, dialect: Dialect): Condition {
  const parts = (list: readonly Expression[]) => list.map((part) => compile(part, dialect))
  if ('all' in where) return sql`(${sql.join(parts(where.all), sql` and `)})`
  if ('any' in where) return sql`(${sql.join(parts(where.any), sql` or `)})`
  if ('not' in where) return sql`not coalesce(${compile(where.not, dialect)}, false)`
  return comparison(where, dialect)
}

/** Attributes as expressions over columns. */
const attributes: Record<string, RawBuilder<unknown>> = {
  run_id: sql`runs.id`,
  run_name: sql`runs.name`,
  user_id: sql`runs.user_name`,
  start_time: sql`runs.start_at`,
  end_time: sql`runs.end_at`,
  status: sql`case runs.state when 'queued' then 'SCHEDULED' when 'running' then 'RUNNING'
    when 'finished' then 'FINISHED' when 'cancelled' then 'KILLED' else 'FAILED' end`,
  artifact_uri: sql`('mlflow-artifacts:/' || runs.experiment || '/' || runs.id || '/artifacts')`,
  state: sql`runs.state`,
  kind: sql`runs.kind`,
  initiative: sql`runs.initiative_id`,
  parent: sql`runs.parent_id`,
  experiment: sql`cast(runs.experiment as text)`,
  number: sql`runs.number`,
  points: sql`runs.points`,
  duration: sql`((runs.end_at - runs.start_at) / 1000.0)`,
}

const tables = {
  metric: sql`metric_series`,
  param: sql`run_params`,
  tag: sql`run_tags`,
} satisfies Partial<Record<Field['kind'], RawBuilder<unknown>>>

function comparison({ field, comparator, value }: Comparison, dialect: Dialect): Condition {
  const { kind, key } = field
  if (kind === 'attribute') return compare(attributes[key]!, comparator, value, dialect)
  if (kind === 'dataset') {
    const holds = compare(datasetColumn(key, dialect), comparator, value, dialect)
    return sql`runs.number in (select run from run_inputs where ${holds})`
  }
  if (comparator === 'IS NULL' || comparator === 'IS NOT NULL') {
    const having = sql`(select run from ${tables[kind]} where key = ${key})`
    return comparator === 'IS NULL' ? sql`runs.number not in ${having}` : sql`runs.number in ${having}`
  }
  if (kind === 'metric') {
    // a value that is not a number equals none and compares with none
    const holds = compare(sql`latest_value`, comparator, value, dialect)
    const matched = comparator === '!=' ? sql`(latest_nan = 1 or ${holds})` : sql`latest_nan = 0 and ${holds}`
    return sql`runs.number in (select run from metric_series where key = ${key} and ${matched})`
  }
  // the index holds the beginnings of values
  const head = Array.from(String(value)).slice(0, 64).join('')
  const narrowed = comparator === '=' ? sql`substr(value, 1, 64) = ${head} and` : sql``
  const holds = compare(sql`value`, comparator, value, dialect)
  return sql`runs.number in (select run from ${tables[kind]} where key = ${key} and ${narrowed} ${holds})`
}

function datasetColumn(key: string, dialect: Dialect): RawBuilder<unknown> {
  if (key === 'name') return sql`name`
  if (key === 'digest') return sql`digest`
  return dialect === 'sqlite' ? sql`json_extract(body, '$.context')` : sql`(body::json ->> 'context')`
}

const signs = { '=': sql`=`, '!=': sql`<>`, '<': sql`<`, '<=': sql`<=`, '>': sql`>`, '>=': sql`>=` }

function compare(
  left: RawBuilder<unknown>,
  comparator: Comparison['comparator'],
  value: Comparison['value'],
  dialect: Dialect,
): Condition {
  switch (comparator) {
    case 'IS NULL':
      return sql`${left} is null`
    case 'IS NOT NULL':
      return sql`${left} is not null`
    case 'IN':
    case 'NOT IN': {
      const list = sql.join((value as readonly string[]).map((each) => sql`${each}`))
      return comparator === 'IN' ? sql`${left} in (${list})` : sql`${left} not in (${list})`
    }
    case 'LIKE':
      // SQLite's LIKE minds no case; its GLOB does
      return dialect === 'sqlite'
        ? sql`${left} glob ${globOf(String(value))}`
        : sql`${left} like ${value} escape ''`
    case 'ILIKE':
      return dialect === 'sqlite' ? sql`${left} like ${value}` : sql`${left} ilike ${value} escape ''`
    default:
      return sql`${left} ${signs[comparator]} ${value}`
  }
}

/** A LIKE pattern as a GLOB pattern. */
const globOf = (pattern: string): string =>
  pattern.replace(/[*?[]/g, '[$&]').replaceAll('%', '*').replaceAll('_', '?')

interface Ordering {
  joins: RawBuilder<unknown>[]
  orders: RawBuilder<unknown>[]
}

function ordering(orderBy: readonly OrderBy[]): Ordering {
  if (orderBy.length > maxOrderings)
    throw searchError(message('search.orders', { limit: maxOrderings, found: orderBy.length }))
  const joins: RawBuilder<unknown>[] = []
  const orders: RawBuilder<unknown>[] = []
  const seen = new Set<string>()
  orderBy.forEach(({ field, descending }, i) => {
    const id = `${field.kind}.${field.key}`
    if (seen.has(id)) throw searchError(message('search.twice', { fields: id }))
    seen.add(id)
    const direction = descending ? sql`desc` : sql`asc`
    if (field.kind === 'dataset') throw searchError(message('search.kind', { found: 'dataset' }))
    if (field.kind === 'attribute') {
      const value = attributes[field.key]!
      orders.push(sql`case when ${value} is null then 1 else 0 end`, sql`${value} ${direction}`)
      return
    }
    const alias = sql.ref(`o${i}`)
    joins.push(
      sql`left join ${tables[field.kind]} as ${alias} on ${alias}.run = runs.number and ${alias}.key = ${field.key}`,
    )
    const last = field.kind === 'metric' ? sql`when ${alias}.latest_nan = 1 then 1` : sql``
    const value = field.kind === 'metric' ? sql`${alias}.latest_value` : sql`${alias}.value`
    orders.push(sql`case when ${alias}.run is null then 2 ${last} else 0 end`, sql`${value} ${direction}`)
  })
  if (!seen.has('attribute.start_time')) orders.push(sql`runs.start_at desc`)
  orders.push(sql`runs.id`)
  return { joins, orders }
}
