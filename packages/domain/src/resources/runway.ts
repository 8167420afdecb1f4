/** @file Runway: when the cash runs out, simulated month by month. */
import { drawNormal } from '../chance/normal.ts'
import { drawPert } from '../chance/pert.ts'
import { quantile } from '../chance/quantiles.ts'
import { seeded } from '../chance/random.ts'

/** A month's amount: its mean, and its standard deviation from month to month. */
export type MonthlyFlow = { mean: number; deviation: number }

/** Money that may come (or go, below 0) once, in the month counted from 1. */
export type CashEvent = { month: number; amount: { low: number; mode: number; high: number }; chance: number }

export type RunwayInput = {
  cash: number
  /** Money out and in, each month; independent and normal. */
  burn: MonthlyFlow
  revenue: MonthlyFlow
  /** Growth of the mean revenue per month, e.g. 0.05. */
  growth?: number
  /** Cost of finished runs a month as measured, and the measured share of all run costs that failed runs took. */
  runs?: MonthlyFlow & { failureShare: number }
  events?: readonly CashEvent[]
  horizonMonths: number
  seed: number
  draws?: number
}

export type CashFan = { month: number; p05: number; p25: number; p50: number; p75: number; p95: number }

export type Runway = {
  /** Months until cash is gone; null where it lasts beyond the horizon. */
  months: { p05: number | null; p50: number | null; p95: number | null }
  /** Chance that cash lasts through each month, months 1 to horizon. */
  survival: number[]
  /** Cash at the end of each month; 0 once it has run out. */
  fan: CashFan[]
  /** Money per month, before revenue growth. */
  netBurn: number
}

/** The 90 % range of a month as a normal flow. */
export const flowOf = ({ low, high }: { low: number; high: number }): MonthlyFlow => ({
  mean: (low + high) / 2,
  deviation: (high - low) / 3.28971,
})

/** Failed runs are run again until one succeeds: a cost of 1/(1 - failure share) per success. */
export const simulateRunway = (input: RunwayInput): Runway => {
  const { cash, burn, revenue, growth = 0, runs, events = [], horizonMonths, seed, draws = 10_000 } = input
  const reruns = runs ? 1 / (1 - Math.min(0.99, runs.failureShare)) : 0
  const runMean = runs ? runs.mean * reruns : 0
  const variance = burn.deviation ** 2 + revenue.deviation ** 2 + (runs ? (runs.deviation * reruns) ** 2 : 0)
  const deviation = Math.sqrt(variance)
  const random = seeded(seed)
  const ends = new Float64Array(draws).fill(Infinity)
  const balances = Array.from({ length: horizonMonths }, () => new Float64Array(draws))
  for (let draw = 0; draw < draws; draw++) {
    let left = cash
    let income = revenue.mean
    for (let month = 1; month <= horizonMonths; month++) {
      left += income - burn.mean - runMean + deviation * drawNormal(random)
      income *= 1 + growth
      for (const event of events) {
        if (event.month !== month || random() >= event.chance) continue
        const { low, mode, high } = event.amount
        left += drawPert(random, { min: low, mode, max: high })
      }
      if (left < 0) {
        ends[draw] = month
        break
      }
      balances[month - 1]![draw] = left
    }
  }
  const sorted = ends.sort()
  const at = (p: number) => {
    const value = sorted[Math.floor((draws - 1) * p)]!
    return Number.isFinite(value) ? value : null
  }
  let gone = 0
  return {
    months: { p05: at(0.05), p50: at(0.5), p95: at(0.95) },
    survival: balances.map((_, i) => {
      while (gone < draws && sorted[gone]! <= i + 1) gone++
      return 1 - gone / draws
    }),
    fan: balances.map((values, i) => {
      const ordered = values.sort()
      const p = (share: number) => quantile(ordered, share)
      return { month: i + 1, p05: p(0.05), p25: p(0.25), p50: p(0.5), p75: p(0.75), p95: p(0.95) }
    }),
    netBurn: burn.mean + runMean - revenue.mean,
  }
}

/** A month later is the same day of the next month; a date within month n is reached when cash lasts through n - 1. */
export const chanceToReach = ({ survival }: Pick<Runway, 'survival'>, month: number): number | null => {
  if (month <= 0) return 1
  return month > survival.length ? null : survival[month - 1]!
}

/** Used on each day by runs, told apart by how they ended; what did not finish is the cost of failures. */
export type RunCosts = { day: number; finished: number; unfinished: number }

const monthDays = 365.25 / 12

/**
 * Monthly flow of run costs and the share that failures take, from the costs of days.
 * @param days number of days that were watched, with those on which nothing ran
 */
export const runFlow = (
  costs: readonly RunCosts[],
  days: number,
): (MonthlyFlow & { failureShare: number }) | null => {
  if (days < 1 || costs.length === 0) return null
  const finished = costs.reduce((sum, cost) => sum + cost.finished, 0)
  const unfinished = costs.reduce((sum, cost) => sum + cost.unfinished, 0)
  if (finished + unfinished <= 0) return null
  const share = unfinished / (finished + unfinished)
  const daily = finished / days
  const squares = costs.reduce((sum, cost) => sum + (cost.finished - daily) ** 2, 0)
  const quiet = Math.max(0, days - costs.length) * daily * daily
  return {
    mean: daily * monthDays,
    deviation: days < 2 ? 0 : Math.sqrt(((squares + quiet) / (days - 1)) * monthDays),
    failureShare: Math.min(0.99, share),
  }
}
