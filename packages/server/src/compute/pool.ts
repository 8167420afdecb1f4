/** @file A compute thread beside the event loop: solver, simulations and profiling run there, one after the other. */
import { Worker } from 'node:worker_threads'
import { CapstanError, type ErrorCode, type ErrorValues } from '@capstan/api'
import { builtEntry } from '../entries.ts'
import type { tasks } from './tasks.ts'

type Tasks = typeof tasks

export interface Compute {
  /** Runs a task on the thread; a failure there is thrown here. */
  run<K extends keyof Tasks>(task: K, input: Parameters<Tasks[K]>[0]): Promise<Awaited<ReturnType<Tasks[K]>>>
  close(): Promise<void>
}

export interface Reply {
  id: number
  result?: unknown
  /** Of a `CapstanError` the code and values, which a copy between threads would lose. */
  refusal?: { code: ErrorCode; values: ErrorValues }
  error?: Error
}

/** The thread starts with the first task, and anew after a crash. */
export function createCompute(): Compute {
  let thread: Worker | null = null
  let counter = 0
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()

  const fail = (error: Error) => {
    thread = null
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  const start = () => {
    const worker = new Worker(builtEntry('compute/thread'), {
      resourceLimits: { maxOldGenerationSizeMb: 2048 },
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
    worker.on('exit', () => fail(new Error('internal: the compute thread ended')))
    return worker
  }
  return {
    run: (task, input) =>
      new Promise((resolve, reject) => {
        thread ??= start()
        thread.ref()
        const id = ++counter
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
        thread.postMessage({ id, task, input })
      }),
    async close() {
      await thread?.terminate()
    },
  }
}
