/** @file Delivers a spool to the server: in order, in batches, each record once. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type Client, createClient } from '../client.ts'
import type { Bytes } from '../contract/basics.ts'
import { ApiError, CapstanError } from '../errors/CapstanError.ts'
import { type LogRecord, type LogSession, logLimits } from '../nouns/logging.ts'
import { aboutSpool, readSpool } from './spool.ts'

const BATCH_BYTES = 512 * 1024

export interface Delivery {
  /**
   * Sends one batch. `idle`: there is nothing to send; `away`: the server cannot be reached or is not well, try
   * again later; `refused`: it does not let this client in.
   */
  step(): Promise<'sent' | 'idle' | 'away' | 'refused'>
  /** Known once the session is open. */
  readonly session: LogSession | null
  /** Records that this delivery brought to the server. */
  readonly delivered: number
  /** Records that the server would not take, or that could not be read, with the first reason. */
  readonly rejected: { count: number; reason: string | null }
  /** Bytes of segments that were delivered and removed. */
  readonly freed: number
  /** Why the last step did not reach the server. */
  readonly trouble: string | null
  sync(): void
  close(): void
}

export interface DeliveryOptions {
  folder: string
  server: string
  token?: string | undefined
  /** The process that wrote it is gone: what it left unfinished is closed. */
  ended: boolean
}

/** @throws {CapstanError} `logging/spool-unreadable` */
export function deliver({ folder, server, token, ended }: DeliveryOptions): Delivery {
  const about = aboutSpool(folder)
  if (!about) throw new CapstanError('logging/spool-unreadable', { folder })
  const capstan: Client = createClient({ baseUrl: server, ...(token === undefined ? {} : { token }) })
  const reader = readSpool(folder, { ended })
  const params = { id: about.session }
  let session: LogSession | null = null
  let waiting: { first: number; records: LogRecord[] } | null = null
  let closed = false
  let lastKind: LogRecord['kind'] | null = null
  let delivered = 0
  let freed = 0
  let trouble: string | null = null
  const rejected = { count: 0, reason: null as string | null }
  const uploaded = new Set<string>()

  const open = async (): Promise<LogSession> => {
    const body = { ...about.open, first: reader.first() }
    const found = await capstan.logging.open({ params, body } as Parameters<Client['logging']['open']>[0])
    reader.seek(found.applied)
    return found
  }

  const next = (): typeof waiting => {
    const records = reader.read(logLimits.batch, BATCH_BYTES)
    const first = records[0]?.number
    if (first !== undefined) {
      const parsed = records.map(({ json }): LogRecord => {
        if (json !== null) return JSON.parse(json) as LogRecord
        return { kind: 'missing', count: 1, reason: 'the spool was damaged' }
      })
      lastKind = parsed.at(-1)!.kind
      return { first, records: parsed }
    }
    if (!ended || closed || lastKind === 'end') return null
    // numbered like any record, so that two who pick up the same spool close it once
    closed = true
    const reason = 'the process ended without finishing the run'
    return { first: session!.applied + 1, records: [{ kind: 'end', at: Date.now(), state: 'lost', reason }] }
  }

  /** A file must be at the server before the record that names it. */
  const upload = async (records: LogRecord[]): Promise<void> => {
    for (const [i, record] of records.entries()) {
      if (record.kind !== 'artifact' || uploaded.has(record.blob)) continue
      const file = createReadStream(join(folder, 'blobs', record.blob))
      try {
        await new Promise<void>((resolve, reject) => file.once('open', () => resolve()).once('error', reject))
      } catch {
        records[i] = { kind: 'missing', count: 1, reason: `the file of ${record.path} is not in the spool` }
        continue
      }
      try {
        await capstan.blobs.put({ body: Readable.toWeb(file) as unknown as Bytes })
        uploaded.add(record.blob)
      } catch (error) {
        if (!(error instanceof ApiError) || !isBadRequest(error)) throw error
        const reason = `the file of ${record.path} was refused: ${error.message}`.slice(0, 1000)
        records[i] = { kind: 'missing', count: 1, reason }
        rejected.count++
        rejected.reason ??= reason
      } finally {
        file.destroy()
      }
    }
  }

  const append = async (batch: NonNullable<typeof waiting>) => {
    const answer = await capstan.logging.append({ params, body: batch })
    const { refused, ...now } = answer
    delivered += Math.max(0, now.applied - session!.applied)
    session = now
    rejected.count += refused.length
    rejected.reason ??= refused[0]?.message ?? null
    // a gap: the server has forgotten what this side thought it had
    if (now.applied < batch.first + batch.records.length - 1) {
      closed = false
      lastKind = null
      reader.seek(now.applied)
    } else freed += reader.forget(now.applied)
  }

  /** One by one, what cannot be taken replaced by a note, so that one bad record does not hold up the rest. */
  const appendSingly = async ({ first, records }: NonNullable<typeof waiting>) => {
    for (const [i, record] of records.entries()) {
      try {
        await append({ first: first + i, records: [record] })
      } catch (error) {
        if (!(error instanceof ApiError) || !isBadRequest(error)) throw error
        const reason = error.message.slice(0, 1000)
        rejected.count++
        rejected.reason ??= reason
        await append({ first: first + i, records: [{ kind: 'missing', count: 1, reason }] })
      }
    }
  }

  return {
    get session() {
      return session
    },
    get delivered() {
      return delivered
    },
    get rejected() {
      return rejected
    },
    get freed() {
      return freed
    },
    get trouble() {
      return trouble
    },
    async step() {
      try {
        session ??= await open()
        waiting ??= next()
        if (waiting === null) return 'idle'
        await upload(waiting.records)
        try {
          await append(waiting)
        } catch (error) {
          if (!(error instanceof ApiError) || !isBadRequest(error)) throw error
          await appendSingly(waiting)
        }
        waiting = null
        trouble = null
        return 'sent'
      } catch (error) {
        trouble = error instanceof Error ? error.message : String(error)
        if (error instanceof ApiError && error.status === 404) {
          // a server that never heard of the session: it is opened anew
          session = null
          waiting = null
          closed = false
          uploaded.clear()
          return 'away'
        }
        return error instanceof ApiError && (error.status === 401 || error.status === 403)
          ? 'refused'
          : 'away'
      }
    },
    sync: () => reader.sync(),
    close: () => reader.close(),
  }
}

const isBadRequest = ({ status }: ApiError): boolean => status === 400 || status === 409 || status === 413

/** Milliseconds to wait after so many attempts in vain: doubling to half a minute, a quarter of it by chance. */
export const backOff = (failures: number, random: () => number = Math.random): number =>
  Math.min(30_000, 250 * 2 ** Math.min(failures - 1, 10)) * (0.75 + 0.5 * random())
