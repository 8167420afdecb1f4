/** @file What every route and job of the server works with. */
import type { Activity, LiveEvent, Machine, Workspace } from '@capstan/api'
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import type { BlobStore } from './blobs/files.ts'
import type { Compute } from './compute/pool.ts'
import type { AnchorKeeper } from './database/anchor.ts'
import { append, type Entry, lockChain } from './database/audit.ts'
import type { Dialect } from './database/open.ts'
import type { Schema } from './database/schema.ts'
import type { Reads } from './reading/reads.ts'

/** Live events to whoever listens: the event stream, the job supervisor. */
export interface Bus {
  publish(event: LiveEvent): void
  /** @returns a function that ends the subscription */
  subscribe(listener: (event: LiveEvent) => void): () => void
}

/** An open transaction with the events that it will leave behind. */
export interface Change {
  db: Kysely<Schema>
  /** The instant of the change, the same for everything in it. */
  at: string
  actor: string
  record(noun: string, verb: string, id: string, data?: Record<string, unknown>): Promise<void>
}

export interface Context {
  folder: string
  db: Kysely<Schema>
  dialect: Dialect
  blobs: BlobStore
  /** Where the audit log ended when it was last looked at. */
  anchor: AnchorKeeper
  bus: Bus
  compute: Compute
  /** Long reads that must not hold up other requests. */
  reads: Reads
  log: Logger
  version: string
  machine: Workspace['machine']
  /** What runs may take here. */
  thisMachine(): Machine
  now(): Date
  newId(prefix: string): string
  /** Runs a change in one transaction with its audit entries, then tells the listeners. */
  change<T>(actor: string, work: (change: Change) => Promise<T>): Promise<T>
}

export function createBus(): Bus {
  const listeners = new Set<(event: LiveEvent) => void>()
  return {
    publish: (event) => {
      for (const listener of listeners) listener(event)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/**
 * The `change` of a context: state and events are saved together or not at all.
 * @param follow what else follows from the recorded entries, in the same transaction; what it records is added to them
 */
export function changer(
  db: Kysely<Schema>,
  dialect: Dialect,
  bus: Bus,
  now: () => Date,
  follow: (change: Change, entries: readonly Activity[]) => Promise<void> = async () => undefined,
): Context['change'] {
  return async (actor, work) => {
    const saved: Activity[] = []
    const result = await db.transaction().execute(async (tx) => {
      saved.length = 0
      const at = now().toISOString()
      let chained = false
      const record = async (noun: string, verb: string, id: string, data: Record<string, unknown> = {}) => {
        // writers take turns at the chain's end; the embedded database has only one writer anyway
        if (dialect === 'postgres' && !chained) await lockChain(tx)
        chained = true
        const entry: Entry = { at, actor, kind: `${noun}.${verb}`, noun, id, data }
        saved.push(await append(tx, entry))
      }
      const change: Change = { db: tx, at, actor, record }
      const made = await work(change)
      await follow(change, saved)
      return made
    })
    for (const { seq, at, kind, noun, id, data } of saved) bus.publish({ seq, at, kind, noun, id, data })
    return result
  }
}
