/** @file The thread's side of calls: takes tasks by name and answers with their result. */
import { parentPort } from 'node:worker_threads'
import { CapstanError } from '@capstan/api'
import type { Reply } from './calls.ts'

interface Call {
  id: number
  task: string
  input: unknown
}

/** @param run bytes in its result's `bytes` are handed over, not copied */
export function answerCalls(run: (task: string, input: unknown) => unknown): void {
  parentPort?.on('message', async ({ id, task, input }: Call) => {
    try {
      const result = await run(task, input)
      const reply: Reply = { id, result }
      const bytes = (result as { bytes?: unknown } | undefined)?.bytes
      parentPort?.postMessage(reply, bytes instanceof Uint8Array ? [bytes.buffer as ArrayBuffer] : [])
    } catch (error) {
      const reply: Reply =
        error instanceof CapstanError
          ? { id, refusal: { code: error.code, values: error.values } }
          : { id, error: error as Error }
      parentPort?.postMessage(reply)
    }
  })
}
