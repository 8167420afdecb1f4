/** @file A learning curve from metric points: smoothing, epoch marks, and what stands at a step. */
import type { MetricPoint } from '@capstan/api'

type Validation = { epoch: number; loss: number; accuracy: number }

export interface CurveRun {
  progress: { epoch: number; epochs: number; step: number; steps: number } | null
  parameters: { epochs: number } | null
  validation: readonly Validation[]
  /** Mean training loss of each complete epoch. */
  epochLosses: readonly number[]
}

type StepValue = readonly [step: number, value: number]

/**
 * Exponential moving average over steps, with the bias of its start removed; points may lie apart
 * unevenly. `span` is the time constant in steps.
 */
export function smooth(points: readonly StepValue[], span: number): StepValue[] {
  let mean = 0
  let weight = 0
  let before = Number.NaN
  return points.map(([step, value]) => {
    const keep = Number.isNaN(before) ? 0 : Math.exp(-(step - before) / span)
    before = step
    mean = keep * mean + value
    weight = keep * weight + 1
    return [step, mean / weight]
  })
}

/** At most two points for each of `buckets` stretches: its least and its greatest, so that spikes stay. */
export function thin(points: readonly StepValue[], buckets: number): StepValue[] {
  if (points.length <= 2 * buckets) return [...points]
  const size = points.length / buckets
  return Array.from({ length: buckets }, (_, i) => {
    const part = points.slice(Math.floor(i * size), Math.floor((i + 1) * size))
    const low = part.reduce((a, b) => (b[1] < a[1] ? b : a))
    const high = part.reduce((a, b) => (b[1] > a[1] ? b : a))
    return low[0] <= high[0] ? [low, high] : [high, low]
  }).flat()
}

export interface Curve {
  raw: readonly StepValue[]
  smoothed: readonly StepValue[]
  /** Steps of the whole run, known or seen. */
  steps: number
  /** Step at which each epoch ends. */
  epochEnds: number[]
  epochMeans: readonly StepValue[]
  validation: { step: number; epoch: number; loss: number; accuracy: number }[]
}

export function curveOf(points: readonly MetricPoint[], run: CurveRun): Curve {
  const usable = points.filter((point) => Number.isFinite(point.value))
  const epochs = run.progress?.epochs ?? run.parameters?.epochs ?? 1
  const last = usable.at(-1)?.step ?? 0
  const declared = (run.progress?.steps ?? 0) * epochs
  const steps = Math.max(1, declared, last)
  const perEpoch = steps / Math.max(1, epochs)
  const epochMeans = run.epochLosses.map((loss, i) => [(i + 1) * perEpoch, loss] as const)
  const raw = usable.map((point) => [point.step, point.value] as const)
  return {
    raw,
    smoothed: isThinned(raw) ? epochMeans : smooth(raw, Math.max(1, steps / 80)),
    epochMeans,
    steps,
    epochEnds: Array.from({ length: epochs }, (_, i) => (i + 1) * perEpoch),
    validation: run.validation.map((entry) => ({ ...entry, step: entry.epoch * perEpoch })),
  }
}

/** A long curve arrives thinned to its extremes, whose running mean would lie. */
const isThinned = (raw: readonly StepValue[]): boolean =>
  raw.length > 9000 && raw.at(-1)![0] > 1.5 * raw.length

/** Index of the point nearest to a step; -1 without points. */
export function nearest(points: readonly (readonly [number, number])[], step: number): number {
  let best = -1
  for (let i = 0; i < points.length; i += 1)
    if (best < 0 || Math.abs(points[i]![0] - step) < Math.abs(points[best]![0] - step)) best = i
  return best
}
