/** @file Numbers of events by inversion, so that a lower rate never gives more events. */
import { normalQuantile } from './normal.ts'

/**
 * The Poisson(rate) quantile of 0 < u < 1: the least k with P(N <= k) >= u. Above a rate of 500 the
 * normal approximation with continuity correction is used (its error there is below 0.1 events).
 */
export const poissonQuantile = (u: number, rate: number): number => {
  // e^-rate is above 1 - rate, so most draws of a rare event need no exponential
  if (u <= 1 - rate || rate <= 0) return 0
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

/**
 * The quantile of a Poisson number whose rate is Gamma(shape, rate) distributed (negative binomial, mean
 * shape/rate): P(0) = (rate/(rate + 1))^shape. Above a mean of 500 the normal approximation is used.
 */
export const gammaPoissonQuantile = (u: number, shape: number, rate: number): number => {
  const mean = shape / rate
  // convex in the mean, so above its tangent
  if (u <= 1 - mean) return 0
  if (mean > 500)
    return Math.max(0, Math.round(mean + Math.sqrt(mean + (mean * mean) / shape) * normalQuantile(u) - 0.5))
  let term = Math.exp(-shape * Math.log1p(1 / rate))
  let sum = term
  let k = 0
  while (sum < u && k < 20_000) {
    k += 1
    term *= (shape + k - 1) / (k * (rate + 1))
    sum += term
  }
  return k
}
