/** @file The lognormal distribution, given by the 90 % interval that people can estimate. */

/** z(0.95) - z(0.05): the width of a 90 % interval in standard deviations. */
const width90 = 3.2897072539029444

export type Lognormal = { mu: number; sigma: number }

/**
 * The lognormal whose 5th and 95th percentiles are `low` and `high` (both positive, low <= high):
 * mu = (ln low + ln high)/2, sigma = (ln high - ln low)/3.28971 (in full digits).
 */
export const lognormalFromInterval = (low: number, high: number): Lognormal => ({
  mu: (Math.log(low) + Math.log(high)) / 2,
  sigma: (Math.log(high) - Math.log(low)) / width90,
})

/** e^(mu + sigma^2/2). */
export const lognormalMean = ({ mu, sigma }: Lognormal): number => Math.exp(mu + (sigma * sigma) / 2)

/** E[X^2] = e^(2 mu + 2 sigma^2). */
export const lognormalSecondMoment = ({ mu, sigma }: Lognormal): number =>
  Math.exp(2 * mu + 2 * sigma * sigma)
