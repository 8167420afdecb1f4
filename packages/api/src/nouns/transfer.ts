/** @file The whole workspace as a document: written out, and read into an empty workspace. */
import { z } from 'zod'
import { type Bytes, Count, Flag, Instant } from '../contract/basics.ts'
import { route } from '../contract/route.ts'
import { Workspace } from './workspace.ts'

export const TRANSFER_FORMAT = 'capstan-workspace'
/** Of the documents that are written; older ones are read, newer ones are refused. */
export const TRANSFER_VERSION = 1

/** The first line of a document, or the document itself with `tables` beside these. */
export const TransferHead = z.strictObject({
  format: z.literal(TRANSFER_FORMAT),
  version: z.int().min(1),
  /** The Capstan that wrote it. */
  capstan: z.string().max(100).optional(),
  exportedAt: Instant.optional(),
  workspace: Workspace.omit({ machine: true, capstanVersion: true }).partial().strict().default({}),
})
export type TransferHead = z.infer<typeof TransferHead>

/** What an import brought, or would bring. */
export const ImportReport = z.object({
  /** Records by table. */
  tables: z.record(z.string(), Count),
  records: Count,
  files: Count,
  /** The history that came along: its entries, and the hash of the last one. */
  history: z.object({ entries: Count, head: z.string() }).nullable(),
  /** Nothing starts by itself: what waited or ran was cancelled. */
  cancelled: z.object({ runs: Count, sweeps: Count }),
  /** Nothing was written. */
  checked: z.boolean(),
})
export type ImportReport = z.infer<typeof ImportReport>

const bytes = z.custom<Uint8Array<ArrayBuffer>>()

export const transferRoutes = {
  export: route({
    method: 'GET',
    path: '/api/v1/workspace/export',
    summary: 'The whole workspace as lines of JSON: every record, the audit log, and files where asked',
    access: 'viewer',
    query: z.object({
      /** Points of the metrics that runs logged. */
      points: Flag.default(true),
      /** Stored files: data, checkpoints, models. */
      files: Flag.default(false),
    }),
    binary: 'response',
    response: bytes,
  }),
  exportTable: route({
    method: 'GET',
    path: '/api/v1/workspace/export/:table',
    summary: 'The records of one table as CSV',
    access: 'viewer',
    params: z.object({ table: z.string().max(64) }),
    binary: 'response',
    response: bytes,
  }),
  tables: route({
    method: 'GET',
    path: '/api/v1/workspace/tables',
    summary: 'What an export holds, and what it leaves out and why',
    access: 'viewer',
    response: z.array(
      z.object({ table: z.string(), records: Count.nullable(), leftOut: z.string().nullable() }),
    ),
  }),
  import: route({
    method: 'POST',
    path: '/api/v1/workspace/import',
    summary: 'Read a document into this empty workspace, whole or not at all',
    access: 'owner',
    query: z.object({
      /** Only say whether it could be read, and what it holds. */
      check: Flag.default(false),
    }),
    binary: 'request',
    body: z.custom<Bytes>(),
    response: ImportReport,
  }),
}
