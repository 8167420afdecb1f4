/** @file Reads a document into an empty workspace: checked whole, then written in one transaction. */
import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CapstanError, type ImportReport, localText } from '@capstan/api'
import { message } from '@capstan/domain'
import type { Change, Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { restoreMeasures } from '../measures/restore.ts'
import { changeWorkspace } from '../workspace/facts.ts'
import { type Checked, checkDocument, keptRecord } from './check.ts'
import { piecesOf } from './document.ts'
import type { Json, Spec, Table } from './spec.ts'
import { countRows, followNumbers, insertRows, removeExperiments } from './store.ts'
import { specOf, tables } from './tables.ts'

/** Rows that wait to be written together. */
const TOGETHER = 200

/**
 * @param check only says what the document holds
 * @throws {CapstanError} `transfer/invalid`, `transfer/not-empty`; nothing is written then
 */
export async function importDocument(
  context: Context,
  content: Readable,
  { actor, check }: { actor: string; check: boolean },
): Promise<ImportReport> {
  const folder = join(context.folder, 'scratch')
  await mkdir(folder, { recursive: true })
  const path = join(folder, `import-${randomUUID()}`)
  try {
    await pipeline(content, createWriteStream(path))
    const found = await checkDocument(path)
    const report: ImportReport = {
      tables: found.counts,
      records: found.records,
      files: found.files,
      history: found.history,
      cancelled: { runs: 0, sweeps: 0 },
      checked: check,
    }
    if (check) return report
    await refuseFull(context.db, found)
    await putFiles(context, path)
    await context.change(actor, async (change) => {
      await refuseFull(change.db, found)
      report.cancelled = await write(change, path)
      await changeWorkspace(change.db, found.head.workspace as Parameters<typeof changeWorkspace>[1])
      await restoreMeasures(change)
      await change.record('workspace', 'imported', 'workspace', {
        records: found.records,
        files: found.files,
        from: found.head.capstan ?? '',
        exportedAt: found.head.exportedAt ?? '',
        history: found.history,
      })
    })
    return report
  } finally {
    await rm(path, { force: true })
  }
}

/** @throws {CapstanError} `transfer/not-empty` */
async function refuseFull(db: Db, { history }: Checked): Promise<void> {
  for (const [table] of tables) {
    const count = await countRows(db, table)
    // the first experiment is there from the beginning
    const most = table === 'experiments' ? 1 : 0
    if (count <= most || (table === 'audit' && history === null)) continue
    const refusal =
      table === 'audit'
        ? message('transfer.history', { count })
        : message('transfer.notEmpty', { table, count })
    throw new CapstanError('transfer/not-empty', { reason: localText(refusal) })
  }
}

async function putFiles({ blobs }: Context, path: string): Promise<void> {
  const open: { blob: string; parts: Readable; done: Promise<unknown> }[] = []
  const close = async () => {
    for (const { parts, done } of open.splice(0)) {
      parts.push(null)
      await done
    }
  }
  for await (const piece of piecesOf(path)) {
    if (piece.kind !== 'file') continue
    if (open[0]?.blob !== piece.blob) {
      await close()
      const parts = new Readable({ read: () => undefined })
      open.push({ blob: piece.blob, parts, done: blobs.put(parts) })
    }
    const { parts } = open[0]!
    parts.push(Buffer.from(piece.data, 'base64'))
    // the disk may be slower than the document
    while (parts.readableLength > 8 << 20) await new Promise((resume) => setTimeout(resume, 5))
  }
  await close()
}

async function write({ db, at }: Change, path: string): Promise<{ runs: number; sweeps: number }> {
  const cancelled = { runs: 0, sweeps: 0 }
  const waiting = new Map<Table, Json[]>()
  const flush = async (table: Table) => {
    await insertRows(db, table, waiting.get(table) ?? [])
    waiting.delete(table)
  }
  await removeExperiments(db)
  for await (const piece of piecesOf(path)) {
    if (piece.kind !== 'record') continue
    const table = piece.table as Table
    const spec = specOf(table)!
    const record = keptRecord(spec, piece.record)
    const settled = spec.settle?.(record, at) ?? record
    if (settled !== record && (table === 'runs' || table === 'sweeps')) cancelled[table] += 1
    const rows = waiting.get(table) ?? []
    waiting.set(table, rows)
    rows.push(rowOf(spec, settled))
    if (rows.length >= TOGETHER) await flush(table)
  }
  for (const table of waiting.keys()) await flush(table)
  await followNumbers(db)
  return cancelled
}

const rowOf = (spec: Spec, record: Json): Json => spec.into(record)
