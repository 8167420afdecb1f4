/** @file Does something again and again while the server runs, never twice at once. */
import type { Context } from './context.ts'

export interface Repeated {
  /** Ends after what is under way. */
  close(): Promise<void>
}

/** Once now, then every so many milliseconds; what fails is logged and tried again at the next time. */
export function repeat(log: Context['log'], everyMs: number, once: () => Promise<unknown>): Repeated {
  let working: Promise<unknown> = Promise.resolve()
  const look = () => {
    working = working.then(once).catch((error) => log.error(error))
  }
  const timer = setInterval(look, everyMs)
  look()
  return {
    async close() {
      clearInterval(timer)
      await working
    },
  }
}
