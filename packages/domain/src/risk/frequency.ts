/** @file How often a risk strikes: as people say it, as incidents teach it. */
import { gammaQuantile } from '../chance/special.ts'
import { type Frequency, meanRate } from './risk.ts'

/** As a person gives it: a number, a 90 % interval, or a Gamma belief; events a year. */
export type StatedFrequency = Frequency | { low: number; high: number }

/** The widest interval that is still a statement: a factor of a million between its ends. */
export const widestRange = 1e6

/** More often than once a day is a running cost and no risk. */
export const mostOften = 366

/** Numbers stay numbers; of an interval, the Gamma whose 5th and 95th percentiles are its ends. */
export const beliefOf = (stated: StatedFrequency): Frequency => {
  if (!('low' in stated)) return stated
  return stated.low === stated.high ? { rate: stated.low } : gammaFromInterval(stated.low, stated.high)
}

/**
 * The Gamma with the 5th percentile `low` and the 95th `high` (0 < low < high). The ratio of the two depends on the
 * shape alone and falls with it, so the shape is found by bisection and the rate follows.
 */
export const gammaFromInterval = (low: number, high: number): { alpha: number; beta: number } => {
  const wanted = Math.log(high / low)
  const ratio = (alpha: number) => Math.log(gammaQuantile(0.95, alpha)) - Math.log(gammaQuantile(0.05, alpha))
  let [small, large] = [Math.log(0.05), Math.log(1e7)]
  for (let i = 0; i < 60 && large - small > 1e-13; i++) {
    const middle = (small + large) / 2
    if (ratio(Math.exp(middle)) > wanted) small = middle
    else large = middle
  }
  const alpha = Math.exp((small + large) / 2)
  return { alpha, beta: gammaQuantile(0.95, alpha) / high }
}

/** The 90 % interval of the rate itself; of a known number that number twice. */
export const rateInterval = (frequency: Frequency): [number, number] =>
  'rate' in frequency
    ? [frequency.rate, frequency.rate]
    : [
        gammaQuantile(0.05, frequency.alpha, frequency.beta),
        gammaQuantile(0.95, frequency.alpha, frequency.beta),
      ]

/**
 * Gamma-Poisson update: `events` seen in `years` turn Gamma(alpha, beta) into Gamma(alpha + events,
 * beta + years). A plain rate is first read as a belief worth `priorYears` of observation.
 */
export const updateFrequency = (
  frequency: Frequency,
  { events, years, priorYears = 1 }: { events: number; years: number; priorYears?: number },
): { alpha: number; beta: number } => {
  const prior =
    'rate' in frequency ? { alpha: Math.max(frequency.rate, 1e-3) * priorYears, beta: priorYears } : frequency
  return { alpha: prior.alpha + events, beta: prior.beta + years }
}

/**
 * What an estimate has become after `events` in `years`. A belief learns from quiet time, too; a plain number is
 * taken to be known until the first event contradicts it.
 */
export const learnedFrequency = (
  frequency: Frequency,
  { events, years }: { events: number; years: number },
): Frequency =>
  'rate' in frequency && events === 0 ? frequency : updateFrequency(frequency, { events, years })

/** Multiplies the mean rate; a Gamma keeps its shape and so its relative width. */
export const scaleFrequency = (frequency: Frequency, factor: number): Frequency =>
  'rate' in frequency
    ? { rate: frequency.rate * factor }
    : { alpha: frequency.alpha, beta: frequency.beta / Math.max(factor, 1e-12) }

/** Ratio of the mean rates of two frequencies. */
export const rateRatio = (to: Frequency, from: Frequency): number => meanRate(to) / meanRate(from)
