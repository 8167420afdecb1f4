/** @file Migration 8: shared causes, mitigations, incidents and the appetite; what older risks did not say yet. */
import { type Kysely, sql } from 'kysely'
import type { Dialect } from '../open.ts'

export async function risk(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const position =
    dialect === 'sqlite'
      ? 'integer primary key autoincrement'
      : 'bigint generated always as identity primary key'
  for (const table of ['risk_causes', 'mitigations', 'incidents', 'risk_appetites']) {
    await sql
      .raw(`create table ${table} (
      position ${position}, id text not null unique, revision integer not null, body text not null)`)
      .execute(db)
  }
  await extend(db, 'risks', async (id) => ({
    ...{ reasons: [], frequencyRange: null, causes: [], triggeredBy: [], catalogueKey: null, references: [] },
    ...{ archived: false, estimatedAt: await registeredAt(db, id) },
  }))
  await extend(db, 'indicators', async (_, { state }) => ({
    ...{ hysteresis: 0, factors: { green: 1, amber: 1.5, red: 3 } },
    said: state,
  }))
}

/** Adds to every record of a table what it does not say. */
async function extend(
  db: Kysely<unknown>,
  table: 'risks' | 'indicators',
  more: (id: string, record: Record<string, unknown>) => Promise<Record<string, unknown>>,
): Promise<void> {
  const { rows } = await sql<{ id: string; body: string }>`select id, body from ${sql.table(table)}`.execute(
    db,
  )
  for (const { id, body } of rows) {
    const record = JSON.parse(body) as Record<string, unknown>
    const whole = JSON.stringify({ ...(await more(id, record)), ...record })
    await sql`update ${sql.table(table)} set body = ${whole} where id = ${id}`.execute(db)
  }
}

/** Incidents count since the estimate was made. */
async function registeredAt(db: Kysely<unknown>, id: string): Promise<string> {
  const { rows } = await sql<{
    at: string
  }>`select at from audit where kind = 'risk.registered' and subject = ${id}`.execute(db)
  return rows[0]?.at ?? new Date().toISOString()
}
