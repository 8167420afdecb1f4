/** @file Latency of real requests, gathered in windows that become measured points. */
import type { LatencyWindow } from '@capstan/api'
import { latencyProfile } from '@capstan/domain'

/** A window closes by itself when it holds this many requests, or is this old and holds enough to say something. */
const MAX_REQUESTS = 2000
const MAX_AGE_MS = 60_000
const MIN_REQUESTS = 50

export interface OpenWindow {
  since: number
  /** Milliseconds of each answered request. */
  latencies: number[]
  errors: number
}

export const newWindow = (now: number): OpenWindow => ({ since: now, latencies: [], errors: 0 })

export function isFull({ since, latencies }: OpenWindow, now: number): boolean {
  return latencies.length >= MAX_REQUESTS || (latencies.length >= MIN_REQUESTS && now - since >= MAX_AGE_MS)
}

/** Null when nothing was answered in the window. */
export function closeWindow({ since, latencies, errors }: OpenWindow, now: number): LatencyWindow | null {
  const profile = latencyProfile(latencies)
  if (!profile) return null
  const { p50, p95, p99 } = profile
  const [low, high] = p95.interval
  return {
    from: new Date(since).toISOString(),
    to: new Date(now).toISOString(),
    requests: latencies.length,
    errors,
    p50: p50.value,
    p95: p95.value,
    p99: p99.value,
    // an end that lies beyond the window is at least the window's own extreme
    interval: [low ?? Math.min(...latencies), high ?? Math.max(...latencies)],
    standardError: p95.standardError,
  }
}
