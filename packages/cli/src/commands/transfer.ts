/** @file `capstan export` and `capstan import`: the whole workspace as a document, or as tables of CSV. */
import { createReadStream, createWriteStream, statSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ApiError, api, type Bytes, CapstanError, ErrorBody } from '@capstan/api'
import { type Connection, connect } from '../connection.ts'
import type { Context } from '../context.ts'
import { onServer } from '../runs/on-server.ts'

interface Options {
  workspace: string
  json?: boolean
}

export interface ExportOptions extends Options {
  csv?: string
  files?: boolean
  points?: boolean
}

/** @param file to be written, `-` for standard output; none with `--csv` */
export function exportWorkspace(
  context: Context,
  file: string | undefined,
  options: ExportOptions,
): Promise<number> {
  const { say, screen } = context
  if ((file === undefined) === (options.csv === undefined))
    throw new CapstanError('cli/usage', { detail: say('usage.exportWhere') })
  return onServer(context, options, async (connection) => {
    if (file === undefined) {
      const folder = resolve(context.cwd, options.csv!)
      const written = await writeTables(context, connection, folder)
      screen.line(say('export.tables', { count: written, folder }))
      return
    }
    const search = new URLSearchParams({
      files: String(options.files ?? false),
      points: String(options.points ?? true),
    })
    const path = `${api.workspace.export.path}?${search}`
    if (file === '-') return download(context, connection, path, process.stdout)
    const target = resolve(context.cwd, file)
    await downloadTo(context, connection, path, target)
    screen.line(say('export.done', { file: target, bytes: statSync(target).size }))
  })
}

async function writeTables(context: Context, connection: Connection, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true })
  const tables = await connection.client.workspace.tables()
  const full = tables.filter(({ records }) => records !== null && records > 0)
  for (const { table } of full) {
    const path = api.workspace.exportTable.path.replace(':table', table)
    await downloadTo(context, connection, path, join(folder, `${table}.csv`))
  }
  return full.length
}

/** A file that is there is whole; nobody else on the machine may read it. */
async function downloadTo(context: Context, from: Connection, path: string, target: string): Promise<void> {
  const part = `${target}.part`
  try {
    await download(context, from, path, createWriteStream(part, { mode: 0o600 }))
    await rename(part, target)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

async function download(
  { language, signal }: Context,
  { address, token }: Connection,
  path: string,
  into: NodeJS.WritableStream,
): Promise<void> {
  const authorization: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(address + path, {
    headers: { ...authorization, 'accept-language': language },
    signal,
  })
  if (!response.ok || !response.body)
    throw new ApiError(response.status, ErrorBody.parse(await response.json()))
  // standard output is not ours to close
  await pipeline(Readable.fromWeb(response.body as never), into, { end: into !== process.stdout })
}

export interface ImportOptions extends Options {
  check?: boolean
}

export async function importWorkspace(
  context: Context,
  file: string,
  options: ImportOptions,
): Promise<number> {
  const { say, screen } = context
  const source = resolve(context.cwd, file)
  if (!statSync(source, { throwIfNoEntry: false })?.isFile())
    throw new CapstanError('cli/usage', {
      detail: say('usage.cannotRead', { file, why: say('usage.noFile') }),
    })
  const connection = await connect(context, options.workspace, { workers: 0 })
  try {
    const report = await connection.client.workspace.import({
      query: { check: options.check ?? false },
      body: Readable.toWeb(createReadStream(source)) as unknown as Bytes,
    })
    if (options.json) {
      screen.line(JSON.stringify(report, null, 2))
      return 0
    }
    const { records, files, history, cancelled } = report
    screen.line(say(report.checked ? 'transfer.checked' : 'transfer.done', { records, files }))
    if (history) screen.line(say('transfer.history', history))
    if (cancelled.runs + cancelled.sweeps > 0) screen.line(say('transfer.cancelled', cancelled))
    return 0
  } finally {
    await connection.close()
  }
}
