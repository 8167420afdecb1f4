/** @file Long reads: on a thread beside the embedded database, which has one connection; straight from a server. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Logger } from 'pino'
import { startCalls } from '../compute/calls.ts'
import type { OpenDatabase } from '../database/open.ts'
import { type KeptSummary, keepSummaries } from '../tracking/store.ts'
import { type Read, readTasks } from './tasks.ts'

type Tasks = typeof readTasks

export interface Reads {
  /** JSON, as it goes out. It shows everything that was acknowledged before the call. */
  run<K extends keyof Tasks>(task: K, input: Parameters<Tasks[K]>[1]): Promise<Buffer>
  close(): Promise<void>
}

/** Summaries saved before other requests get their turn. */
const KEPT_A_TURN = 20

export function createReads({ db, dialect }: OpenDatabase, folder: string, log: Logger): Reads {
  const thread =
    dialect === 'sqlite' ? startCalls('reading/thread', { memoryMb: 2048, data: { folder } }) : null
  let closed = false
  let keeping: Promise<void> = Promise.resolve()
  const keep = async (made: readonly KeptSummary[]) => {
    for (let i = 0; i < made.length && !closed; i += KEPT_A_TURN) {
      await keepSummaries(db, made.slice(i, i + KEPT_A_TURN))
      await nextTurn()
    }
  }
  return {
    async run(task, input) {
      const read = (await (thread ? thread.call(task, input) : readTasks[task](db, input as never))) as Read
      if (read.made.length > 0) {
        // nobody waits for what only makes the next search faster
        keeping = keeping
          .then(() => keep(read.made))
          .catch((error: Error) => log.warn({ err: error }, 'summaries of runs were not kept'))
      }
      return Buffer.from(read.bytes.buffer, read.bytes.byteOffset, read.bytes.byteLength)
    },
    async close() {
      closed = true
      await keeping
      await thread?.close()
    },
  }
}
