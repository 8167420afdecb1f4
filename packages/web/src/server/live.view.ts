/** @file Reads metrics and progress out of live frames. */
import { type LiveEvent, type MetricPoint, Progress, type Run } from '@capstan/api'

/** Metric points of a frame by key, in step order. */
export function framesOf(event: LiveEvent): Map<string, MetricPoint[]> {
  const byKey = new Map<string, MetricPoint[]>()
  const points = event.data.points
  if (!Array.isArray(points)) return byKey
  for (const entry of points as unknown[]) {
    const point = pointOf(entry, event.at)
    if (point) byKey.set(point.key, [...(byKey.get(point.key) ?? []), point.value])
  }
  for (const list of byKey.values()) list.sort((a, b) => a.step - b.step)
  return byKey
}

function pointOf(entry: unknown, at: string): { key: string; value: MetricPoint } | null {
  if (typeof entry !== 'object' || entry === null) return null
  const { key, step, value } = entry as Record<string, unknown>
  if (typeof key !== 'string' || typeof step !== 'number' || typeof value !== 'number') return null
  return { key, value: { step, at, value } }
}

/** The part of a run that a progress frame renews; null for any other frame. */
export function progressOf(event: LiveEvent): Partial<Run> | null {
  const progress = Progress.safeParse(event.data.progress)
  if (!progress.success) return null
  const { validation, epochLosses, cost } = event.data as Partial<Run>
  return {
    progress: progress.data,
    ...(Array.isArray(validation) ? { validation } : {}),
    ...(Array.isArray(epochLosses) ? { epochLosses } : {}),
    ...(cost ? { cost } : {}),
  }
}
