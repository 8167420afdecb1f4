/** @file Scores of forecasts once their outcome is known; 0 is perfect, lower is better. */

/** Brier score of a chance: (chance - outcome)^2. */
export const brier = (chance: number, happened: boolean): number => (chance - (happened ? 1 : 0)) ** 2

export type StatedQuantile = { p: number; value: number }

/**
 * Continuous ranked probability score in the value's unit, from stated quantiles: twice the mean pinball loss,
 * each quantile weighted by the stretch of probability it stands for (Gneiting and Raftery 2007).
 */
export const crps = (quantiles: readonly StatedQuantile[], value: number): number => {
  const sorted = [...quantiles].sort((a, b) => a.p - b.p)
  return sorted.reduce((sum, { p, value: stated }, i) => {
    const from = i === 0 ? 0 : (sorted[i - 1]!.p + p) / 2
    const to = i === sorted.length - 1 ? 1 : (p + sorted[i + 1]!.p) / 2
    const pinball = value >= stated ? p * (value - stated) : (1 - p) * (stated - value)
    return sum + 2 * (to - from) * pinball
  }, 0)
}
