/** @file Brings a database to this version's schema, and refuses one from a newer version. */
import { CapstanError } from '@capstan/api'
import { type Kysely, sql } from 'kysely'
import { firstTurn } from './migrations/0001-first-turn.ts'
import { tracking } from './migrations/0002-tracking.ts'
import { execution } from './migrations/0003-execution.ts'
import { sessionsAndSweeps } from './migrations/0004-sessions-sweeps.ts'
import { measureFacts } from './migrations/0005-measures.ts'
import { resources } from './migrations/0006-resources.ts'
import { strategy } from './migrations/0007-strategy.ts'
import { risk } from './migrations/0008-risk.ts'
import { team } from './migrations/0009-team.ts'
import { access } from './migrations/0010-access.ts'
import type { Dialect } from './open.ts'
import type { Schema } from './schema.ts'

type Migration = (db: Kysely<unknown>, dialect: Dialect) => Promise<void>

/** In order; a migration that has landed is never changed. */
export const migrations: readonly Migration[] = [
  firstTurn,
  tracking,
  execution,
  sessionsAndSweeps,
  measureFacts,
  resources,
  strategy,
  risk,
  team,
  access,
]

/**
 * Each migration and its number are saved in one transaction.
 * @throws {CapstanError} `workspace/newer` when the database has migrations that this version does not know.
 */
export async function migrate(db: Kysely<Schema>, dialect: Dialect, where: string): Promise<void> {
  await sql`create table if not exists schema_version (version integer not null)`.execute(db)
  const { rows } = await sql<{ version: number }>`select version from schema_version`.execute(db)
  const found = rows[0]?.version ?? 0
  if (found > migrations.length) {
    throw new CapstanError('workspace/newer', { folder: where, found, known: migrations.length })
  }
  for (let version = found + 1; version <= migrations.length; version++) {
    await db.transaction().execute(async (tx) => {
      await migrations[version - 1]!(tx as unknown as Kysely<unknown>, dialect)
      await sql`delete from schema_version`.execute(tx)
      await sql`insert into schema_version (version) values (${version})`.execute(tx)
    })
  }
}
