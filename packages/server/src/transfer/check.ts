/** @file Checks a whole document before anything is written: every record, every reference, every file, the history. */
import { createHash, type Hash } from 'node:crypto'
import { CapstanError, type LocalText, localText, type TransferHead } from '@capstan/api'
import { type Message, message } from '@capstan/domain'
import { walkChain } from '../database/audit.ts'
import { type Piece, piecesOf } from './document.ts'
import { filled, type Json, type Spec, valuesAt } from './spec.ts'
import { builtInActors, evidenceTables, leftOut, specOf } from './tables.ts'

export interface Checked {
  head: TransferHead
  counts: Record<string, number>
  records: number
  files: number
  history: { entries: number; head: string } | null
}

/** Problems that one answer names. */
const NAMED = 10

/**
 * @returns what the document holds, when all of it is sound
 * @throws {CapstanError} `transfer/invalid` naming the first problems
 */
export async function checkDocument(path: string): Promise<Checked> {
  const check = new Check()
  let head: TransferHead | null = null
  for await (const piece of piecesOf(path)) {
    if (piece.kind === 'head') head = piece.head
    else if (piece.kind === 'file') check.file(piece)
    else check.record(piece)
  }
  return { head: head!, ...check.end() }
}

/** The record as it is to be kept: what may be left out is filled in. */
export function keptRecord(spec: Spec, record: unknown): Json {
  return filled(record, spec.schema.parse(record)) as Json
}

class Check {
  readonly #problems: Message[] = []
  #found = 0
  readonly #known = new Map<string, Set<string>>()
  /** What records name, each once, with the place that named it first. */
  readonly #wanted = new Map<
    string,
    { place: string; field: string; tables: readonly string[]; id: string }
  >()
  readonly #counts: Record<string, number> = {}
  #files = 0
  #open: {
    blob: string
    bytes: number | null
    part: number
    read: number
    hash: Hash
    place: string
  } | null = null
  readonly #chain = walkChain()
  #broken = false

  #problem(problem: Message): void {
    this.#found += 1
    if (this.#problems.length < NAMED) this.#problems.push(problem)
  }

  record({ place: at, table, record }: Extract<Piece, { kind: 'record' }>): void {
    this.#closeFile()
    const spec = specOf(table)
    if (!spec) {
      const why = leftOut.find((one) => one.table === table)?.why
      this.#problem(
        why === undefined
          ? message('transfer.table', { place: at, table: table.slice(0, 100) })
          : message('transfer.leftOut', { place: at, table, why }),
      )
      return
    }
    const read = spec.schema.safeParse(record)
    const place = placeOf(at, table, spec, record)
    if (!read.success) {
      for (const issue of read.error.issues.slice(0, NAMED))
        this.#problem(
          message('transfer.field', { place, field: issue.path.join('.'), why: issue.message.slice(0, 300) }),
        )
      return
    }
    this.#counts[table] = (this.#counts[table] ?? 0) + 1
    this.#remember(table, spec, read.data, place)
    for (const [field, to] of Object.entries(spec.links)) {
      for (const value of valuesAt(read.data, field)) this.#want(place, field, to, value)
    }
    if (table === 'audit') this.#follow(read.data)
  }

  #remember(table: string, spec: Spec, record: Json, place: string): void {
    const known = this.#known.get(table) ?? new Set()
    this.#known.set(table, known)
    const key = spec.key.map((field) => String(record[field])).join('\0')
    if (known.has(key)) this.#problem(message('transfer.twice', { place }))
    known.add(key)
    if (spec.alias === undefined) return
    const alias = `#${record[spec.alias]}`
    if (known.has(alias)) this.#problem(message('transfer.twice', { place: `${place} (${alias})` }))
    known.add(alias)
  }

  #want(place: string, field: string, to: string, value: unknown): void {
    if (to === 'evidence') {
      const { noun, id } = value as { noun: string; id: string }
      const tables = evidenceTables[noun]
      if (tables) this.#wantOne(place, field, tables, id)
      return
    }
    const id = typeof value === 'number' && specOf(to)?.alias !== undefined ? `#${value}` : String(value)
    this.#wantOne(place, field, [to], id)
  }

  #wantOne(place: string, field: string, tables: readonly string[], id: string): void {
    if (tables[0] === 'members' && builtInActors.has(id)) return
    // every workspace has the first experiment
    if (tables[0] === 'experiments' && id === '0') return
    const name = `${tables[0]}\0${id}`
    if (!this.#wanted.has(name)) this.#wanted.set(name, { place, field, tables, id })
  }

  #follow(record: Json): void {
    if (this.#broken || this.#chain.step(record as never)) return
    this.#broken = true
    this.#problem(message('transfer.chain', { entry: this.#chain.end().entries + 1 }))
  }

  file({ place, blob, bytes, part, data }: Extract<Piece, { kind: 'file' }>): void {
    if (this.#open?.blob !== blob || part === 0) {
      this.#closeFile()
      this.#files += 1
      this.#open = { blob, bytes, part: -1, read: 0, hash: createHash('sha256'), place }
    }
    const open = this.#open
    const content = Buffer.from(data, 'base64')
    // a part out of its turn makes another content
    if (part !== open.part + 1) open.hash.update('\0out of turn')
    open.part = part
    open.read += content.length
    open.hash.update(content)
  }

  #closeFile(): void {
    const open = this.#open
    this.#open = null
    if (open && (open.hash.digest('hex') !== open.blob || (open.bytes ?? open.read) !== open.read))
      this.#problem(
        message('transfer.file', { place: open.place.slice(0, 100), hash: open.blob.slice(0, 64) }),
      )
  }

  /** @throws {CapstanError} `transfer/invalid` */
  end(): Omit<Checked, 'head'> {
    this.#closeFile()
    for (const { place, field, tables, id } of this.#wanted.values()) {
      if (!tables.some((table) => this.#known.get(table)?.has(id)))
        this.#problem(
          message('transfer.reference', { place, field, table: tables[0]!, id: id.slice(0, 100) }),
        )
    }
    if (this.#found > 0) throw invalid(this.#problems, this.#found)
    const { entries, head } = this.#chain.end()
    return {
      counts: this.#counts,
      records: Object.values(this.#counts).reduce((sum, n) => sum + n, 0),
      files: this.#files,
      history: entries === 0 ? null : { entries, head },
    }
  }
}

function invalid(problems: readonly Message[], found: number): CapstanError {
  const all =
    found > problems.length
      ? [...problems, message('transfer.more', { more: found - problems.length })]
      : problems
  const texts = all.map(localText)
  const detail: LocalText = {
    en: texts.map(({ en }) => en).join('; '),
    'zh-CN': texts.map((text) => text['zh-CN']).join('；'),
  }
  return new CapstanError('transfer/invalid', { detail })
}

function placeOf(at: string, table: string, { key }: Spec, record: unknown): string {
  const fields = typeof record === 'object' && record !== null ? (record as Json) : {}
  const name = key.map((field) => String(fields[field] ?? '?').slice(0, 64)).join(' ')
  return `${table} ${name} (${/^\d+$/.test(at) ? `line ${at}` : at})`
}
