/** @file Keeps records for the spool when it is full, up to a bound, and counts what did not fit. */
import type { SpoolWriter } from './spool.ts'

/** Records that wait in memory while the disk takes none. */
const MOST_HELD = 10_000
const MOST_HELD_BYTES = 8 * 1024 * 1024
/** A full disk is not asked again for every point. */
const RETRY_MS = 200

export interface Outbox {
  put(json: string): void
  /** Number of the last record that was taken or is held. */
  readonly last: number
  /** Records that were not kept. */
  readonly lost: number
  /**
   * Writes what it holds and the last record to the disk itself, beyond the bound if need be: an end is not left out.
   * @returns whether the last record was written
   */
  close(end: string): boolean
}

export interface OutboxOptions {
  spool: SpoolWriter
  /** Bytes that the spool may have on disk. */
  most: number
  /** Bytes that were delivered and removed. */
  freed: () => number
  /** Told when records must wait in memory, with the reason. */
  onFull: (detail: string) => void
  now?: () => number
}

export function createOutbox({ spool, most, freed, onFull, now = Date.now }: OutboxOptions): Outbox {
  let held: string[] = []
  let heldBytes = 0
  let lost = 0
  let unsaid = 0
  let triedAt = 0

  const full = () => spool.bytes - freed() > most

  const drain = (beyond = false): boolean => {
    triedAt = now()
    let i = 0
    try {
      if (!beyond && full()) throw new Error(`the spool has reached its ${most} bytes`)
      const note = () => {
        if (unsaid === 0) return
        spool.append(JSON.stringify({ kind: 'missing', count: unsaid, reason: 'the spool was full' }))
        unsaid = 0
      }
      for (; i < held.length; i++) {
        // what came after the gap is the end alone: the note stands before it
        if (beyond && i === held.length - 1) note()
        spool.append(held[i]!)
      }
      note()
    } catch (error) {
      onFull((error as Error).message)
    }
    held = held.slice(i)
    heldBytes = held.reduce((sum, json) => sum + json.length, 0)
    return held.length === 0
  }

  const hold = (json: string) => {
    if (held.length < MOST_HELD && heldBytes + json.length <= MOST_HELD_BYTES) {
      held.push(json)
      heldBytes += json.length
    } else {
      lost++
      unsaid++
    }
  }

  return {
    put(json) {
      if (held.length > 0 || unsaid > 0) {
        if (now() - triedAt < RETRY_MS || !drain()) return hold(json)
      }
      if (full()) {
        hold(json)
        drain()
        return
      }
      try {
        spool.append(json)
      } catch (error) {
        hold(json)
        triedAt = now()
        onFull((error as Error).message)
      }
    },
    get last() {
      return spool.last + held.length
    },
    get lost() {
      return lost
    },
    close(end) {
      held.push(end)
      const written = drain(true)
      lost += Math.max(0, held.length - 1)
      try {
        spool.sync()
        spool.close()
      } catch (error) {
        onFull((error as Error).message)
      }
      return written
    },
  }
}
