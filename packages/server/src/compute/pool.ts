/** @file A compute thread beside the event loop: solver, simulations and profiling run there, one after the other. */

import { startCalls } from './calls.ts'
import type { tasks } from './tasks.ts'

type Tasks = typeof tasks

export interface Compute {
  /** Runs a task on the thread; a failure there is thrown here. */
  run<K extends keyof Tasks>(task: K, input: Parameters<Tasks[K]>[0]): Promise<Awaited<ReturnType<Tasks[K]>>>
  close(): Promise<void>
}

export function createCompute(): Compute {
  const { call, close } = startCalls('compute/thread', { memoryMb: 2048 })
  return { run: (task, input) => call(task, input) as never, close }
}
