/** @file Stores of nouns that are kept as one JSON document each, with a revision against lost updates. */
import { CapstanError } from '@capstan/api'
import type { Kysely } from 'kysely'
import type { RecordTable, Schema } from './schema.ts'

export type Db = Kysely<Schema>

export interface RecordStore<T extends { id: string }> {
  find(db: Db, id: string): Promise<T | null>
  /** @throws {CapstanError} `request/not-found` */
  get(db: Db, id: string): Promise<T>
  /** In order of insertion. */
  list(db: Db): Promise<T[]>
  newest(db: Db, limit?: number): Promise<T[]>
  count(db: Db): Promise<number>
  insert(db: Db, record: T): Promise<T>
  /**
   * Reads, changes and writes one record; two writers never lose each other's change.
   * @throws {CapstanError} `request/not-found`, `request/changed-meanwhile`
   */
  change(db: Db, id: string, change: (record: T) => T): Promise<T>
  remove(db: Db, id: string): Promise<void>
}

/** @param noun what the record is called in messages */
export function recordStore<T extends { id: string }>(table: RecordTable, noun: string): RecordStore<T> {
  const row = (db: Db, id: string) =>
    db.selectFrom(table).select(['revision', 'body']).where('id', '=', id).executeTakeFirst()
  const parse = ({ body }: { body: string }) => JSON.parse(body) as T

  const store: RecordStore<T> = {
    async find(db, id) {
      const found = await row(db, id)
      return found ? parse(found) : null
    },
    async get(db, id) {
      const found = await store.find(db, id)
      if (!found) throw new CapstanError('request/not-found', { noun, id })
      return found
    },
    async list(db) {
      return (await db.selectFrom(table).select('body').orderBy('position').execute()).map(parse)
    },
    async newest(db, limit = 1000) {
      const rows = await db
        .selectFrom(table)
        .select('body')
        .orderBy('position', 'desc')
        .limit(limit)
        .execute()
      return rows.map(parse)
    },
    async count(db) {
      const { n } = await db
        .selectFrom(table)
        .select((e) => e.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow()
      return Number(n)
    },
    async insert(db, record) {
      await db
        .insertInto(table)
        .values({ id: record.id, revision: 1, body: JSON.stringify(record) })
        .execute()
      return record
    },
    async change(db, id, change) {
      const found = await row(db, id)
      if (!found) throw new CapstanError('request/not-found', { noun, id })
      const changed = change(parse(found))
      const { numUpdatedRows } = await db
        .updateTable(table)
        .set({ revision: found.revision + 1, body: JSON.stringify(changed) })
        .where('id', '=', id)
        .where('revision', '=', found.revision)
        .executeTakeFirstOrThrow()
      if (numUpdatedRows !== 1n) throw new CapstanError('request/changed-meanwhile', { noun, id })
      return changed
    },
    async remove(db, id) {
      await db.deleteFrom(table).where('id', '=', id).execute()
    },
  }
  return store
}
