/** @file Reads a measure's history: its latest point, whether it is alive, whether a target is met. */
import { type Direction, daysBetween, type Point } from './measure.ts'

export type MeasureState = 'missing' | 'stale' | 'live'

/** The latest point; of points at the same instant, the one given last. */
export const latest = (points: readonly Point[]): Point | null =>
  points.reduce<Point | null>(
    (best, point) => (best === null || Date.parse(point.at) >= Date.parse(best.at) ? point : best),
    null,
  )

export const measureState = (
  points: readonly Point[],
  { now, staleAfterDays }: { now: string; staleAfterDays: number },
): MeasureState => {
  const last = latest(points)
  if (last === null) return 'missing'
  return daysBetween(last.at, now) > staleAfterDays ? 'stale' : 'live'
}

/** A value that equals its target meets it. */
export const meets = (value: number, target: number, direction: Direction): boolean =>
  direction === 'up' ? value >= target : value <= target

/** How far a value is on the good side of a target, in the measure's unit; negative when it misses. */
export const margin = (value: number, target: number, direction: Direction): number =>
  direction === 'up' ? value - target : target - value
