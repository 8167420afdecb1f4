/** @file Reads a document piece by piece: lines of JSON, or one JSON document that holds everything. */
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { CapstanError, localText, TRANSFER_FORMAT, TRANSFER_VERSION, TransferHead } from '@capstan/api'
import { type Message, message } from '@capstan/domain'

export type Piece =
  | { kind: 'head'; head: TransferHead }
  /** `place` says where it stands, for sentences. */
  | { kind: 'record'; place: string; table: string; record: unknown }
  | { kind: 'file'; place: string; blob: string; bytes: number | null; part: number; data: string }

const MIB = 1 << 20
const LONGEST_LINE = 64 * MIB
/** Of a document that is not in lines, which is read as one piece. */
const LARGEST_DOCUMENT = 128 * MIB

export const unreadable = (refusal: Message): CapstanError =>
  new CapstanError('transfer/invalid', { detail: localText(refusal) })

/** @throws {CapstanError} `transfer/invalid` for what cannot be read at all */
export async function* piecesOf(path: string): AsyncGenerator<Piece> {
  const lines = linesOf(path)
  const first = await lines.next()
  if (first.done) throw unreadable(message('transfer.form', {}))
  const head = parsed(first.value)
  if (head === undefined || (isObject(head) && 'tables' in head)) {
    await lines.return(undefined)
    yield* wholeDocument(path)
    return
  }
  yield { kind: 'head', head: headOf(head) }
  let number = 1
  for await (const text of lines) {
    number++
    if (text.trim() === '') continue
    yield pieceOf(parsed(text), number)
  }
}

function pieceOf(value: unknown, line: number): Piece {
  if (value === undefined) throw unreadable(message('transfer.json', { line }))
  const place = `${line}`
  if (isObject(value)) {
    const { table, record, blob, bytes = null, part = 0, data } = value
    if (typeof table === 'string' && record !== undefined) return { kind: 'record', place, table, record }
    if (
      typeof blob === 'string' &&
      typeof data === 'string' &&
      typeof part === 'number' &&
      (bytes === null || typeof bytes === 'number')
    )
      return { kind: 'file', place, blob, bytes, part, data }
  }
  throw unreadable(message('transfer.line', { line }))
}

async function* wholeDocument(path: string): AsyncGenerator<Piece> {
  if ((await stat(path)).size > LARGEST_DOCUMENT) throw unreadable(message('transfer.form', {}))
  const value = parsed(await readFile(path, 'utf8'))
  if (!isObject(value)) throw unreadable(message('transfer.form', {}))
  const { tables, files = {}, ...head } = value
  yield { kind: 'head', head: headOf(head) }
  if (!isObject(tables) || !isObject(files)) throw unreadable(message('transfer.form', {}))
  for (const [table, records] of Object.entries(tables)) {
    if (!Array.isArray(records))
      throw unreadable(message('transfer.field', { place: 'tables', field: table, why: 'is not a list' }))
    for (const [i, record] of records.entries())
      yield { kind: 'record', place: `tables.${table}.${i}`, table, record }
  }
  for (const [blob, data] of Object.entries(files))
    yield { kind: 'file', place: `files.${blob}`, blob, bytes: null, part: 0, data: String(data) }
}

function headOf(value: unknown): TransferHead {
  const { format, version } = isObject(value) ? value : {}
  if (format !== TRANSFER_FORMAT) throw unreadable(message('transfer.format', { place: '' }))
  if (typeof version === 'number' && version > TRANSFER_VERSION)
    throw unreadable(message('transfer.newer', { found: version, known: TRANSFER_VERSION }))
  const read = TransferHead.safeParse(value)
  if (read.success) return read.data
  const issue = read.error.issues[0]!
  throw unreadable(message('transfer.head', { field: issue.path.join('.'), why: issue.message }))
}

async function* linesOf(path: string): AsyncGenerator<string, void> {
  let rest: Buffer[] = []
  let waiting = 0
  let number = 1
  for await (const chunk of createReadStream(path, { highWaterMark: MIB / 4 })) {
    let piece = chunk as Buffer
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10)) {
      rest.push(piece.subarray(0, end))
      yield Buffer.concat(rest).toString()
      number++
      rest = []
      waiting = 0
      piece = piece.subarray(end + 1)
    }
    waiting += piece.length
    if (waiting > LONGEST_LINE)
      throw unreadable(message('transfer.long', { line: number, limit: LONGEST_LINE / MIB }))
    rest.push(piece)
  }
  if (waiting > 0) yield Buffer.concat(rest).toString()
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
