/** @file Units of compute pools as seconds. */

/** Seconds in one unit of a compute pool; minutes when the unit is not a time. */
export function secondsOf(unit: string): number {
  return { s: 1, sec: 1, min: 60, h: 3600, hour: 3600 }[unit] ?? 60
}
