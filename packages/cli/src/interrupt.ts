/** @file Ctrl-C: the first asks for a clean stop, the second forces the end. */

/** What a command throws when it stops because it was asked to. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

/** Status of a command that a person stopped (128 + SIGINT). */
export const interruptedExit = 130

const echoMs = 500
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface Interruption {
  signal: AbortSignal
  dispose(): void
}

export function watchInterrupts(onFirst: () => void): Interruption {
  const controller = new AbortController()
  let first = 0
  const handle = () => {
    if (controller.signal.aborted) {
      // npm passes on a Ctrl-C that the terminal has already sent: those two are one
      if (performance.now() - first < echoMs) return
      process.exit(interruptedExit)
    }
    first = performance.now()
    onFirst()
    controller.abort(new Interrupted())
  }
  for (const name of signals) process.on(name, handle)
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of signals) process.off(name, handle)
    },
  }
}

/** Resolves after some milliseconds; rejects with `Interrupted` when asked to stop. */
export const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Interrupted())
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    const stop = () => {
      clearTimeout(timer)
      reject(new Interrupted())
    }
    signal.addEventListener('abort', stop, { once: true })
  })

export const untilInterrupted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

export const wasInterrupted = (error: unknown): boolean =>
  error instanceof Interrupted || (error instanceof Error && error.name === 'AbortError')
