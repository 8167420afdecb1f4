/** @file Writes the workspace as it stands at one instant, line by line. */
import { createReadStream } from 'node:fs'
import { TRANSFER_FORMAT, TRANSFER_VERSION, type TransferHead } from '@capstan/api'
import { csvLine, textOfSpreadsheet } from '@capstan/domain'
import type { Context } from '../context.ts'
import { openReader } from '../database/open.ts'
import type { Db } from '../database/records.ts'
import { readFacts } from '../workspace/facts.ts'
import { withoutSecrets } from './secrets.ts'
import type { Json, Spec, Table } from './spec.ts'
import { countRows, rowsOf } from './store.ts'
import { leftOut, pointTables, tables } from './tables.ts'

type Source = Pick<Context, 'db' | 'dialect' | 'folder' | 'blobs' | 'version' | 'now'>

/** Bytes of a file in one line. */
const PART_BYTES = 3 << 18

/**
 * All reads of one export see the same instant, while others go on writing.
 * @param work gets a connection of its own
 */
export async function* atOneInstant<T>(
  { db, dialect, folder }: Pick<Context, 'db' | 'dialect' | 'folder'>,
  work: (db: Db) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  const reader = dialect === 'sqlite' ? openReader(folder) : null
  const starting = (reader ?? db).startTransaction()
  const tx = await (reader ? starting : starting.setIsolationLevel('repeatable read')).execute()
  try {
    yield* work(tx)
  } finally {
    await tx.rollback().execute()
    await reader?.destroy()
  }
}

export async function* documentLines(
  source: Source,
  { points, files }: { points: boolean; files: boolean },
): AsyncGenerator<string> {
  yield* atOneInstant(source, async function* (db) {
    const head: TransferHead = {
      format: TRANSFER_FORMAT,
      version: TRANSFER_VERSION,
      capstan: source.version,
      exportedAt: source.now().toISOString(),
      workspace: await readFacts(db),
    }
    yield line(head)
    for (const [table, spec] of tables) {
      if (!points && pointTables.has(table)) continue
      for await (const record of recordsOf(db, table, spec)) {
        yield line({ table, record: points || table !== 'runs' ? record : { ...record, points: 0 } })
      }
    }
  })
  if (files) yield* fileLines(source)
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`

async function* recordsOf(db: Db, table: Table, spec: Spec): AsyncGenerator<Json> {
  for await (const row of rowsOf(db, table, spec)) yield withoutSecrets(table, spec.out(row))
}

async function* fileLines({ blobs }: Source): AsyncGenerator<string> {
  for await (const blob of blobs.list()) {
    const bytes = await blobs.size(blob)
    let part = 0
    for await (const chunk of createReadStream(blobs.path(blob), { highWaterMark: PART_BYTES })) {
      yield line({ blob, bytes, part: part++, data: (chunk as Buffer).toString('base64') })
    }
    if (part === 0) yield line({ blob, bytes, part, data: '' })
  }
}

/** A row for each record, a column for each field of any of them; what is not a text or a number as JSON. */
export async function* csvLines(source: Source, table: Table, spec: Spec): AsyncGenerator<string> {
  yield* atOneInstant(source, async function* (db) {
    const columns = new Set<string>()
    for await (const record of recordsOf(db, table, spec)) {
      for (const key of Object.keys(record)) columns.add(key)
    }
    yield csvLine([...columns])
    for await (const record of recordsOf(db, table, spec))
      yield csvLine([...columns].map((column) => textOfSpreadsheet(cellOf(record[column]))))
  })
}

const cellOf = (value: unknown): string | number | null =>
  value === null || value === undefined
    ? null
    : typeof value === 'string' || typeof value === 'number'
      ? value
      : JSON.stringify(value)

export async function countTables(
  db: Db,
): Promise<{ table: string; records: number | null; leftOut: string | null }[]> {
  const counted = []
  for (const [table] of tables) counted.push({ table, records: await countRows(db, table), leftOut: null })
  return [...counted, ...leftOut.map(({ table, why }) => ({ table, records: null, leftOut: why }))]
}
