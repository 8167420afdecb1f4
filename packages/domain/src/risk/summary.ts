/** @file Sums simulated years up: expectancy, value at risk, expected shortfall, exceedance curve, standard errors. */
import { quantile } from '../chance/quantiles.ts'

export type ExceedancePoint = { loss: number; chance: number }

/** Money a year, in the workspace currency. */
export type LossSummary = {
  ale: number
  /** Standard error of `ale` from the number of simulated years. */
  aleError: number
  var95: number
  var95Error: number
  /** Mean of the worst 5 % of years. */
  es95: number
  es95Error: number
  var99: number
  es99: number
  chanceOfNoLoss: number
  exceedance: ExceedancePoint[]
}

/**
 * Sorts `totals` in place.
 * Standard errors: of a quantile by the order statistics one binomial standard deviation around it; of a shortfall as
 * (Var of the tail + p (ES - VaR)^2) / (n (1 - p)) (Manistre and Hancock 2005, North American Actuarial Journal 9).
 */
export const summarise = (totals: Float64Array): LossSummary => {
  const years = totals.length
  let sum = 0
  for (let i = 0; i < years; i++) sum += totals[i]!
  const ale = sum / years
  let squares = 0
  for (let i = 0; i < years; i++) squares += (totals[i]! - ale) * (totals[i]! - ale)
  const sorted = totals.sort()
  const [tail95, tail99] = [tailOf(sorted, 0.95), tailOf(sorted, 0.99)]
  return {
    ale,
    aleError: Math.sqrt(squares / Math.max(1, years - 1) / years),
    var95: tail95.value,
    var95Error: tail95.valueError,
    es95: tail95.mean,
    es95Error: tail95.meanError,
    var99: tail99.value,
    es99: tail99.mean,
    chanceOfNoLoss: 1 - chanceAbove(sorted, 0),
    exceedance: exceedanceCurve(sorted),
  }
}

const tailOf = (sorted: Float64Array, p: number) => {
  const years = sorted.length
  const count = Math.max(1, Math.round(years * (1 - p)))
  let sum = 0
  for (let i = years - count; i < years; i++) sum += sorted[i]!
  const mean = sum / count
  let squares = 0
  for (let i = years - count; i < years; i++) squares += (sorted[i]! - mean) ** 2
  const value = quantile(sorted, p)
  const step = Math.sqrt((p * (1 - p)) / years)
  return {
    value,
    valueError: (quantile(sorted, Math.min(1, p + step)) - quantile(sorted, p - step)) / 2,
    mean,
    meanError: Math.sqrt((squares / count + p * (mean - value) ** 2) / count),
  }
}

const curvePoints = 100

/**
 * At chances that fall evenly in their logarithm, from that of any loss down to that of the worst year but ten; none
 * without a loss. Losses that are alike give one point.
 */
const exceedanceCurve = (sorted: Float64Array): ExceedancePoint[] => {
  const years = sorted.length
  const some = chanceAbove(sorted, 0) * years
  if (some === 0) return []
  const least = Math.min(some, 10)
  const points: ExceedancePoint[] = []
  for (let i = 0; i < curvePoints; i++) {
    const above = some * (least / some) ** (i / (curvePoints - 1))
    const loss = sorted[Math.min(years - 1, Math.max(0, years - Math.round(above)))]!
    const before = points.at(-1)
    if (!before || loss > before.loss) points.push({ loss, chance: chanceAbove(sorted, loss) })
  }
  return points
}

/** The share of years that lost more than `loss`, from totals sorted upwards. */
export const chanceAbove = (sorted: Float64Array, loss: number): number => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! > loss) high = middle
    else low = middle + 1
  }
  return (sorted.length - low) / sorted.length
}
