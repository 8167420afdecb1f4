/** @file Opens the workspace's database: embedded SQLite in its folder, or a PostgreSQL server. */
import { join } from 'node:path'
import { type Driver, Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import Sqlite from 'libsql'
import pg from 'pg'
import { migrate } from './migrate.ts'
import type { Schema } from './schema.ts'
import { withKeptStatements } from './statements.ts'

export type Dialect = 'sqlite' | 'postgres'

export interface OpenDatabase {
  db: Kysely<Schema>
  dialect: Dialect
  close(): Promise<void>
}

/**
 * @param folder the workspace folder
 * @param url `postgres://…` for a server; without it the database is `capstan.db` in the folder
 * @throws {CapstanError} `workspace/newer`
 */
export async function openDatabase(folder: string, url?: string): Promise<OpenDatabase> {
  const opened = url ? openPostgres(url) : openSqlite(join(folder, 'capstan.db'))
  try {
    await migrate(opened.db, opened.dialect, folder)
  } catch (error) {
    await opened.close()
    throw error
  }
  return opened
}

function openSqlite(file: string): OpenDatabase {
  const sqlite = new Sqlite(file)
  sqlite.pragma('journal_mode = WAL')
  // an acknowledged write survives a power cut
  sqlite.pragma('synchronous = FULL')
  sqlite.pragma('busy_timeout = 5000')
  const db = new Kysely<Schema>({ dialect: new EmbeddedDialect({ database: withKeptStatements(sqlite) }) })
  return { db, dialect: 'sqlite', close: () => db.destroy() }
}

/** A second connection to the workspace's embedded database, for a thread of its own; it refuses to write. */
export function openReader(folder: string): Kysely<Schema> {
  const sqlite = new Sqlite(join(folder, 'capstan.db'))
  sqlite.pragma('busy_timeout = 5000')
  sqlite.pragma('query_only = true')
  return new Kysely<Schema>({ dialect: new EmbeddedDialect({ database: withKeptStatements(sqlite) }) })
}

function openPostgres(url: string): OpenDatabase {
  // counts and positions come as bigint; every one of ours fits a double
  const types = new pg.TypeOverrides()
  types.setTypeParser(pg.types.builtins.INT8, Number)
  const pool = new pg.Pool({ connectionString: url, max: 10, types })
  // an idle connection that the server ended is replaced by the next query
  pool.on('error', () => undefined)
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  return { db, dialect: 'postgres', close: () => db.destroy() }
}

/**
 * SQLite ends the transaction by itself when the disk is full; the rollback that follows must not hide why.
 * @see https://www.sqlite.org/lang_transaction.html#response_to_errors_within_a_transaction
 */
class EmbeddedDialect extends SqliteDialect {
  override createDriver(): Driver {
    const driver = super.createDriver()
    const rollback = driver.rollbackTransaction.bind(driver)
    driver.rollbackTransaction = (connection) =>
      rollback(connection).catch((error: Error) => {
        if (!/no transaction is active/.test(error.message)) throw error
      })
    return driver
  }
}
