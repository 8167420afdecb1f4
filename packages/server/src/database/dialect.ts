/** @file Which kind of database a connection or transaction speaks to. */
import { SqliteAdapter } from 'kysely'
import type { Dialect } from './open.ts'
import type { Db } from './records.ts'

export const dialectOf = (db: Db): Dialect =>
  db.getExecutor().adapter instanceof SqliteAdapter ? 'sqlite' : 'postgres'
