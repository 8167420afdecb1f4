/** @file Reads and writes the rows of any table, for documents of the whole workspace. */
import { type RawBuilder, sql } from 'kysely'
import { dialectOf } from '../database/dialect.ts'
import type { Db } from '../database/records.ts'
import type { Json, Spec, Table } from './spec.ts'

const PAGE = 500
/** Values of one statement: SQLite takes 32,766, PostgreSQL 65,535. */
const MOST_VALUES = 16_000

const listed = (parts: readonly RawBuilder<unknown>[]) => sql.join(parts, sql`, `)

/** Rows in the order of the table's key, a page at a time. */
export async function* rowsOf(db: Db, table: Table, { order }: Spec): AsyncGenerator<Json> {
  const columns = listed(order.map((column) => sql.ref(column)))
  for (let last: Json | undefined; ; ) {
    const after = last
      ? sql`where (${columns}) > (${listed(order.map((column) => sql`${last![column]}`))})`
      : sql``
    const { rows } = await sql<Json>`select * from ${sql.table(table)} ${after}
      order by ${columns} limit ${PAGE}`.execute(db)
    yield* rows
    if (rows.length < PAGE) return
    last = rows.at(-1)
  }
}

export async function countRows(db: Db, table: Table): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db)
  return Number(rows[0]!.n)
}

/** Writes rows with the same columns. */
export async function insertRows(db: Db, table: Table, rows: readonly Json[]): Promise<void> {
  if (rows.length === 0) return
  const columns = Object.keys(rows[0]!)
  const names = listed(columns.map((column) => sql.ref(column)))
  const atATime = Math.max(1, Math.floor(MOST_VALUES / columns.length))
  for (let i = 0; i < rows.length; i += atATime) {
    const values = rows
      .slice(i, i + atATime)
      .map((row) => sql`(${listed(columns.map((column) => sql`${row[column]}`))})`)
    await sql`insert into ${sql.table(table)} (${names}) values ${listed(values)}`.execute(db)
  }
}

/** A new workspace has one experiment, which a document brings too. */
export async function removeExperiments(db: Db): Promise<void> {
  await sql`delete from experiments`.execute(db)
}

/** The next experiment gets a number of its own. */
export async function followNumbers(db: Db): Promise<void> {
  await sql`insert into experiments (number, name, lifecycle, artifact_location, created_at, updated_at)
    values (0, 'Default', 'active', 'mlflow-artifacts:/0', 0, 0) on conflict do nothing`.execute(db)
  if (dialectOf(db) === 'postgres')
    await sql`select setval(pg_get_serial_sequence('experiments', 'number'),
      (select greatest(1, max(number)) from experiments))`.execute(db)
}
