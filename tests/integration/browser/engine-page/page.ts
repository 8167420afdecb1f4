/** @file Hands each call of the test on to a worker and its answer back. */
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()

worker.onmessage = ({ data }) => {
  const { id, result, error } = data as { id: number; result?: unknown; error?: string }
  const call = waiting.get(id)
  waiting.delete(id)
  if (error === undefined) call?.resolve(result)
  else call?.reject(new Error(error))
}

export const call = (name: string, ...args: unknown[]): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const id = Math.random()
    waiting.set(id, { resolve, reject })
    worker.postMessage({ id, name, args })
  })

Object.assign(globalThis, { call })
