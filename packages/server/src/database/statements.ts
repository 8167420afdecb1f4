/** @file Keeps prepared statements of the embedded database, so that the same question is not compiled again. */
import type { SqliteDatabase, SqliteStatement } from 'kysely'

/** Statements that are kept; the ones asked for longest ago go first. */
const KEPT = 256
/** What changes tables; statements prepared before may tell columns that are gone. */
const CHANGES_TABLES = /^\s*(alter|create|drop|pragma|vacuum|attach|detach)\b/i

/** The same database. Every statement is run to its end, except by `iterate`, which gets one of its own. */
export function withKeptStatements(database: SqliteDatabase): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>()
  return {
    close() {
      kept.clear()
      database.close()
    },
    prepare(sql) {
      if (CHANGES_TABLES.test(sql)) {
        kept.clear()
        return database.prepare(sql)
      }
      const known = kept.get(sql)
      // the newest is at the end of the map
      if (known) kept.delete(sql)
      const statement = known ?? keptStatement(database, sql)
      kept.set(sql, statement)
      if (kept.size > KEPT) kept.delete(kept.keys().next().value!)
      return statement
    },
  }
}

function keptStatement(database: SqliteDatabase, sql: string): SqliteStatement {
  const statement = database.prepare(sql)
  return {
    reader: statement.reader,
    all: (parameters) => statement.all(parameters),
    run: (parameters) => statement.run(parameters),
    iterate: (parameters) => database.prepare(sql).iterate(parameters),
  }
}
