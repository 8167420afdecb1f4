/** @file Stores of nouns that are kept as one JSON document each, with a revision against lost updates. */
import { CapstanError } from '@capstan/api'
import type { Kysely } from 'kysely'
import type { RecordTable, Schema } from './schema.ts'

export type Db = Kysely<Schema>

/** Reads tell the revision; an edit names the one it was made from. */
export interface Revised {
  revision: number
}
type Written<T> = Omit<T, 'revision'>

export interface RecordStore<T extends { id: string }> {
  find(db: Db, id: string): Promise<(T & Revised) | null>
  /** @throws {CapstanError} `request/not-found` */
  get(db: Db, id: string): Promise<T & Revised>
  /** In order of insertion. */
  list(db: Db): Promise<(T & Revised)[]>
  newest(db: Db, limit?: number): Promise<(T & Revised)[]>
  count(db: Db): Promise<number>
  insert(db: Db, record: Written<T> & { id: string }): Promise<T & Revised>
  /**
   * Reads, changes and writes one record; two writers never lose each other's change.
   * @throws {CapstanError} `request/not-found`, `request/changed-meanwhile`
   */
  change(db: Db, id: string, change: (record: T & Revised) => Written<T>): Promise<T & Revised>
  /**
   * A person's change of what they saw: `revision` is that of the record on their screen.
   * @throws {CapstanError} `request/not-found`, `request/changed-meanwhile` when somebody else was first
   */
  edit(
    db: Db,
    id: string,
    revision: number,
    change: (record: T & Revised) => Written<T>,
  ): Promise<T & Revised>
  remove(db: Db, id: string): Promise<void>
}

/** @param noun what the record is called in messages */
export function recordStore<T extends { id: string }>(table: RecordTable, noun: string): RecordStore<T> {
  const columns = ['revision', 'body'] as const
  const row = (db: Db, id: string) =>
    db.selectFrom(table).select(columns).where('id', '=', id).executeTakeFirst()
  const parse = ({ revision, body }: { revision: number; body: string }) =>
    ({ ...JSON.parse(body), revision }) as T & Revised
  const write = (record: object) => JSON.stringify({ ...record, revision: undefined })

  const save = async (
    db: Db,
    id: string,
    change: (record: T & Revised) => Written<T>,
    seen?: number,
  ): Promise<T & Revised> => {
    const found = await row(db, id)
    if (!found) throw new CapstanError('request/not-found', { noun, id })
    if (seen !== undefined && seen !== found.revision) {
      throw new CapstanError('request/changed-meanwhile', { noun, id })
    }
    const body = write(change(parse(found)))
    const revision = found.revision + 1
    const { numUpdatedRows } = await db
      .updateTable(table)
      .set({ revision, body })
      .where('id', '=', id)
      .where('revision', '=', found.revision)
      .executeTakeFirstOrThrow()
    if (numUpdatedRows !== 1n) throw new CapstanError('request/changed-meanwhile', { noun, id })
    return parse({ revision, body })
  }

  return {
    async find(db, id) {
      const found = await row(db, id)
      return found ? parse(found) : null
    },
    async get(db, id) {
      const found = await row(db, id)
      if (!found) throw new CapstanError('request/not-found', { noun, id })
      return parse(found)
    },
    async list(db) {
      return (await db.selectFrom(table).select(columns).orderBy('position').execute()).map(parse)
    },
    async newest(db, limit = 1000) {
      const rows = await db
        .selectFrom(table)
        .select(columns)
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
      const body = write(record)
      await db.insertInto(table).values({ id: record.id, revision: 1, body }).execute()
      return parse({ revision: 1, body })
    },
    change: (db, id, change) => save(db, id, change),
    edit: (db, id, revision, change) => save(db, id, change, revision),
    async remove(db, id) {
      await db.deleteFrom(table).where('id', '=', id).execute()
    },
  }
}
