/** @file Migration 7: market segments, criteria, competitors and trends, SWOT, lineages of versions. */
import { type Kysely, sql } from 'kysely'
import type { Dialect } from '../open.ts'

export async function strategy(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const position =
    dialect === 'sqlite'
      ? 'integer primary key autoincrement'
      : 'bigint generated always as identity primary key'
  for (const table of ['segments', 'criteria', 'contenders', 'swot_entries', 'lineages']) {
    await sql
      .raw(
        `create table ${table} (
          position ${position}, id text not null unique, revision integer not null, body text not null)`,
      )
      .execute(db)
  }
}
