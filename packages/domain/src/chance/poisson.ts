/** @file The Poisson distribution by inversion, so that a lower rate never gives more events. */
import { normalQuantile } from './normal.ts'

/**
 * The Poisson(rate) quantile of 0 < u < 1: the least k with P(N <= k) >= u. Above a rate of 500 the
 * normal approximation with continuity correction is used (its error there is below 0.1 events).
 */
export const poissonQuantile = (u: number, rate: number): number => {
  if (rate <= 0) return 0
  if (rate > 500) return Math.max(0, Math.round(rate + Math.sqrt(rate) * normalQuantile(u) - 0.5))
  let term = Math.exp(-rate)
  let sum = term
  let k = 0
  while (sum < u && k < 2000) {
    k += 1
    term *= rate / k
    sum += term
  }
  return k
}
