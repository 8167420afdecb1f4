/** @file What a run used and what that costs. */

/** Seconds of each resource; `cpuSeconds` counts every core, `wallSeconds` the clock on the wall. */
export type RunUsage = { cpuSeconds: number; wallSeconds: number; deviceSeconds?: number }

/** Money per hour, in the workspace currency; a resource without a rate costs nothing. */
export type RunRates = { cpuHour?: number; wallHour?: number; deviceHour?: number }

/** Money: each resource's seconds at its hourly rate. */
export const runCost = (usage: RunUsage, rates: RunRates): number =>
  (usage.cpuSeconds * (rates.cpuHour ?? 0) +
    usage.wallSeconds * (rates.wallHour ?? 0) +
    (usage.deviceSeconds ?? 0) * (rates.deviceHour ?? 0)) /
  3600
