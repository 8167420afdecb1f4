/** @file What a process takes of its machine, as a record among those that it logs. */
import type { LogRecord } from '../nouns/logging.ts'

const EVERY_SECONDS = 10
const MEGABYTE = 1e6

/** @returns null for never; else what makes a record when it is time, from the time in milliseconds since 1970 */
export function systemSampler(
  wanted: boolean | { seconds: number },
): ((now: number) => LogRecord | null) | null {
  if (wanted === false) return null
  const every = (wanted === true ? EVERY_SECONDS : wanted.seconds) * 1000
  const began = Date.now()
  let before = { at: began, cpu: process.cpuUsage() }
  return (now) => {
    const passed = now - before.at
    if (passed < every) return null
    const { user, system } = process.cpuUsage(before.cpu)
    before = { at: now, cpu: process.cpuUsage() }
    return {
      kind: 'metrics',
      at: now,
      step: Math.round((now - began) / 1000),
      values: {
        'system/cpu_cores': (user + system) / 1000 / passed,
        'system/memory_megabytes': process.memoryUsage.rss() / MEGABYTE,
      },
    }
  }
}
