/** @file Follows a run until it ends, over restarts of the server. */
import { CapstanError, type Run } from '@capstan/api'
import type { Connection } from '../connection.ts'
import { sleep } from '../interrupt.ts'

/** How often a run is read; a local server answers in about a millisecond. */
const everyMs = 250
/** How long a server may be away before following gives up. */
const patienceMs = 60_000

export interface FollowOptions {
  signal: AbortSignal
  onUpdate?: (run: Run) => void
  /** The server went away, or came back. */
  onAbsence?: (absent: boolean) => void
}

/** The run in its final state, whichever that is. */
export async function followRun(
  connection: Connection,
  id: string,
  { signal, onUpdate, onAbsence }: FollowOptions,
): Promise<Run> {
  let absentSince: number | null = null
  while (true) {
    try {
      const run = await connection.client.runs.get({ params: { id } }, signal)
      if (absentSince !== null) onAbsence?.(false)
      absentSince = null
      onUpdate?.(run)
      if (ended(run)) return run
    } catch (error) {
      if (!(error instanceof CapstanError) || error.code !== 'server/unreachable' || connection.own)
        throw error
      if (absentSince === null) onAbsence?.(true)
      absentSince ??= performance.now()
      if (performance.now() - absentSince > patienceMs) throw error
      await connection.reconnect()
    }
    await sleep(everyMs, signal)
  }
}

export const ended = ({ state }: Run): boolean => state !== 'queued' && state !== 'running'
