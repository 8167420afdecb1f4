/** @file Calls of named tasks on a thread: sent, answered, and failed when the thread ends. */
import { Worker } from 'node:worker_threads'
import { CapstanError, type ErrorCode, type ErrorValues } from '@capstan/api'
import { builtEntry, type Entry } from '../entries.ts'

export interface Reply {
  id: number
  result?: unknown
  /** Of a `CapstanError` the code and values, which a copy between threads would lose. */
  refusal?: { code: ErrorCode; values: ErrorValues }
  error?: Error
}

export interface Calls {
  call(task: string, input: unknown): Promise<unknown>
  close(): Promise<void>
}

/** The thread starts with the first call, and anew after a crash. */
export function startCalls(entry: Entry, given: { memoryMb: number; data?: unknown }): Calls {
  let thread: Worker | null = null
  let counter = 0
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()

  const fail = (error: Error) => {
    thread = null
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  const start = () => {
    const worker = new Worker(builtEntry(entry), {
      workerData: given.data,
      // the command line's flags are for the program, not for this thread
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: given.memoryMb },
    })
    worker.on('message', ({ id, result, refusal, error }: Reply) => {
      const call = waiting.get(id)
      waiting.delete(id)
      if (waiting.size === 0) worker.unref()
      if (refusal) call?.reject(new CapstanError(refusal.code, refusal.values))
      else if (error) call?.reject(error)
      else call?.resolve(result)
    })
    worker.on('error', fail)
    worker.on('exit', () => fail(new Error(`internal: the thread of ${entry} ended`)))
    return worker
  }
  return {
    call: (task, input) =>
      new Promise((resolve, reject) => {
        thread ??= start()
        thread.ref()
        const id = ++counter
        waiting.set(id, { resolve, reject })
        thread.postMessage({ id, task, input })
      }),
    async close() {
      await thread?.terminate()
    },
  }
}
