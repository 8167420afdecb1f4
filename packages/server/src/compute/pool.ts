/** @file Compute threads beside the event loop: long work on one, one after the other; short decisions on another. */

import { type Calls, startCalls } from './calls.ts'
import type { tasks } from './tasks.ts'

type Tasks = typeof tasks

export interface Compute {
  /** Runs a task on its thread; a failure there is thrown here. */
  run<K extends keyof Tasks>(task: K, input: Parameters<Tasks[K]>[0]): Promise<Awaited<ReturnType<Tasks[K]>>>
  close(): Promise<void>
}

/** They must not wait for a solver that takes its half minute. */
const quick = new Set<keyof Tasks>(['decideSweep', 'importanceOf'])

export function createCompute(): Compute {
  const long = startCalls('compute/thread', { memoryMb: 2048 })
  const short = startCalls('compute/thread', { memoryMb: 512 })
  const threadOf = (task: keyof Tasks): Calls => (quick.has(task) ? short : long)
  return {
    run: (task, input) => threadOf(task).call(task, input) as never,
    close: async () => {
      await Promise.all([long.close(), short.close()])
    },
  }
}
