/** @file Runway: when the cash runs out, simulated month by month. */
import { drawNormal } from '../chance/normal.ts'
import { seeded } from '../chance/random.ts'

/** A month's amount: its mean, and its standard deviation from month to month. */
export type MonthlyFlow = { mean: number; deviation: number }

export type RunwayInput = {
  cash: number
  /** Money out and in, each month; independent and normal. */
  burn: MonthlyFlow
  revenue: MonthlyFlow
  /** Growth of the mean revenue per month, e.g. 0.05. */
  growth?: number
  /** Run costs a month as measured, and the measured share of runs that fail and are run again. */
  runs?: MonthlyFlow & { failureShare: number }
  horizonMonths: number
  seed: number
  draws?: number
}

export type Runway = {
  /** Months until cash is gone; null where it lasts beyond the horizon. */
  months: { p05: number | null; p50: number | null; p95: number | null }
  /** Chance that cash lasts through each month, months 1 to horizon. */
  survival: number[]
  /** Money per month, before revenue growth. */
  netBurn: number
}

/** Failed runs are run again until one succeeds: a cost of 1/(1 - failure share) per success. */
export const simulateRunway = (input: RunwayInput): Runway => {
  const { cash, burn, revenue, growth = 0, runs, horizonMonths, seed, draws = 10_000 } = input
  const reruns = runs ? 1 / (1 - Math.min(0.99, runs.failureShare)) : 0
  const runMean = runs ? runs.mean * reruns : 0
  const variance = burn.deviation ** 2 + revenue.deviation ** 2 + (runs ? (runs.deviation * reruns) ** 2 : 0)
  const deviation = Math.sqrt(variance)
  const random = seeded(seed)
  const ends = new Float64Array(draws).fill(Infinity)
  const alive = new Array<number>(horizonMonths).fill(0)
  for (let draw = 0; draw < draws; draw++) {
    let left = cash
    let income = revenue.mean
    for (let month = 1; month <= horizonMonths; month++) {
      left += income - burn.mean - runMean + deviation * drawNormal(random)
      income *= 1 + growth
      if (left < 0) {
        ends[draw] = month
        break
      }
      alive[month - 1]! += 1
    }
  }
  const sorted = ends.sort()
  const at = (p: number) => {
    const value = sorted[Math.floor((draws - 1) * p)]!
    return Number.isFinite(value) ? value : null
  }
  return {
    months: { p05: at(0.05), p50: at(0.5), p95: at(0.95) },
    survival: alive.map((count) => count / draws),
    netBurn: burn.mean + runMean - revenue.mean,
  }
}
