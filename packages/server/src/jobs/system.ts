/** @file What a run takes of its machine, as curves beside those that its code logs. */
import type { GpuReading } from './executors/meters.ts'

/** Totals of the attempt, and what is held now. */
export interface SystemSample {
  cpuSeconds: number
  wallSeconds: number
  residentBytes: number
  gpus: readonly GpuReading[]
}

export interface SystemPoint {
  key: string
  /** Seconds that the run has taken, over all attempts. */
  step: number
  value: number
}

const LONGEST_SECONDS = 10
const MEGABYTE = 1e6

/**
 * Makes points of samples when it is time: after 1, 2, 4 and 8 seconds, then every ten.
 * @param earlier seconds that attempts before took
 */
export function systemMeter(earlier: number): (sample: SystemSample) => SystemPoint[] {
  let before = { cpuSeconds: 0, wallSeconds: 0 }
  return (sample) => {
    const { cpuSeconds, wallSeconds, residentBytes, gpus } = sample
    const seconds = wallSeconds - before.wallSeconds
    if (seconds < Math.min(LONGEST_SECONDS, Math.max(1, before.wallSeconds))) return []
    const values: Record<string, number | null> = {
      cpu_cores: Math.max(0, cpuSeconds - before.cpuSeconds) / seconds,
      memory_megabytes: residentBytes / MEGABYTE,
    }
    for (const { index, busy, memoryBytes, watts } of gpus) {
      values[`gpu_${index}_utilization_percentage`] = busy === null ? null : 100 * busy
      values[`gpu_${index}_memory_megabytes`] = memoryBytes === null ? null : memoryBytes / MEGABYTE
      values[`gpu_${index}_watts`] = watts
    }
    before = { cpuSeconds, wallSeconds }
    const step = Math.round(earlier + wallSeconds)
    return Object.entries(values).flatMap(([key, value]) =>
      value === null ? [] : [{ key: `system/${key}`, step, value }],
    )
  }
}
