/** @file Order statistics of samples. */

/** The p-quantile of values sorted upwards, linear between order statistics (Hyndman and Fan type 7). */
export const quantile = (sorted: ArrayLike<number>, p: number): number => {
  const place = (sorted.length - 1) * p
  const below = Math.floor(place)
  const low = sorted[below]!
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!
  return low + (high - low) * (place - below)
}

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}
