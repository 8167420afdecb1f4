/** @file Entry of the compute thread: takes tasks by name and answers with their result. */
import { parentPort } from 'node:worker_threads'
import { CapstanError } from '@capstan/api'
import type { Reply } from './pool.ts'
import { tasks } from './tasks.ts'

parentPort?.on(
  'message',
  async ({ id, task, input }: { id: number; task: keyof typeof tasks; input: never }) => {
    try {
      const reply: Reply = { id, result: await tasks[task](input) }
      parentPort?.postMessage(reply)
    } catch (error) {
      const reply: Reply =
        error instanceof CapstanError
          ? { id, refusal: { code: error.code, values: error.values } }
          : { id, error: error as Error }
      parentPort?.postMessage(reply)
    }
  },
)
