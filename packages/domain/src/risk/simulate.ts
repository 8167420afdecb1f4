/** @file Simulates years of losses: expectancy, value at risk, shortfall and exceedance curve. */
import { normalQuantile } from '../chance/normal.ts'
import { pertShape } from '../chance/pert.ts'
import { gammaPoissonQuantile, poissonQuantile } from '../chance/poisson.ts'
import { quantile } from '../chance/quantiles.ts'
import { hashText, seeded, uniformAt } from '../chance/random.ts'
import { betaQuantile } from '../chance/special.ts'
import { type Frequency, lossShape, type Mitigation, type Risk } from './risk.ts'

export type ExceedancePoint = { loss: number; chance: number }

export type RiskContribution = {
  riskId: string
  /** Mean annual loss of this risk in the simulation, and its share of the whole. */
  ale: number
  share: number
}

/** Money a year, in the workspace currency. */
export type LossProfile = {
  years: number
  ale: number
  /** Standard error of `ale` from the number of simulated years. */
  aleError: number
  var95: number
  /** Mean of the worst 5 % of years. */
  es95: number
  exceedance: ExceedancePoint[]
  contributions: RiskContribution[]
  chanceOfNoLoss: number
}

export type SimulateOptions = { years?: number; seed: number; mitigations?: readonly Mitigation[] }

/**
 * Monte Carlo over years. Per year and risk: a rate from its belief and the common cause, a Poisson number of
 * events, and a loss drawn for each event by itself. Every draw is addressed by (risk, year, event), so a
 * mitigation, or another risk added, leaves all other draws as they were: differences are not noise, and a
 * factor below 1 can lower a year's loss but never raise it.
 */
export const simulate = (
  risks: readonly Risk[],
  { years = 100_000, seed, mitigations = [] }: SimulateOptions,
): LossProfile => {
  const totals = new Float64Array(years)
  const cause = commonCauseFactors(risks, years, seed)
  const means = risks.map((risk) => {
    const key = (hashText(risk.id) ^ Math.imul(seed | 0, 0x9e3779b1)) >>> 0
    return addLosses(totals, risk, mitigations, cause, key) / years
  })
  return summarise(totals, risks, means)
}

// exponential with mean 1: in one year of seven the cause doubles its risks' frequency or worse
const commonCauseFactors = (risks: readonly Risk[], years: number, seed: number): Float64Array | null => {
  if (!risks.some((risk) => (risk.commonCause ?? 0) > 0)) return null
  const random = seeded(hashText(`common cause ${seed}`))
  return Float64Array.from({ length: years }, () => -Math.log(random()))
}

/** Adds one risk's losses to each year; the sum of what was added. */
const addLosses = (
  totals: Float64Array,
  risk: Risk,
  mitigations: readonly Mitigation[],
  cause: Float64Array | null,
  key: number,
): number => {
  const own = mitigations.filter((mitigation) => mitigation.riskId === risk.id)
  const frequencyFactor = own.reduce((product, { frequencyFactor: factor }) => product * factor, 1)
  const lossFactor = own.reduce((product, { lossFactor: factor }) => product * factor, 1)
  const weight = risk.commonCause ?? 0
  const { frequency } = risk
  const draw = lossQuantile(risk)
  const events = eventsQuantile(frequency, frequencyFactor)
  let added = 0
  for (let year = 0; year < totals.length; year++) {
    const count = events(
      uniformAt(key, year, 0),
      weight > 0 && cause ? 1 - weight + weight * cause[year]! : 1,
    )
    if (count === 0) continue
    let loss = 0
    for (let event = 1; event <= count; event++) loss += draw(uniformAt(key, year, event))
    loss *= lossFactor
    totals[year]! += loss
    added += loss
  }
  return added
}

/** The number of events for a uniform number and the year's factor of the common cause. */
const eventsQuantile = (frequency: Frequency, factor: number): ((u: number, cause: number) => number) => {
  if ('rate' in frequency) {
    const { rate } = frequency
    // most years of a rare risk need no more than one comparison
    const none = Math.exp(-rate * factor)
    return (u, cause) => (cause === 1 && u <= none ? 0 : poissonQuantile(u, rate * factor * cause))
  }
  const { alpha, beta } = frequency
  if (factor === 0) return () => 0
  // the belief's rate and the Poisson number in one: no draw of the rate is needed
  return (u, cause) => gammaPoissonQuantile(u, alpha, beta / (factor * cause))
}

const lossQuantile = ({ loss }: Risk): ((u: number) => number) => {
  if (loss.kind === 'lognormal') {
    const { mu, sigma } = lossShape(loss)
    return (u) => Math.exp(mu + sigma * normalQuantile(u))
  }
  const { alpha, beta } = pertShape(loss)
  // the Beta quantile is slow; a table of 4,096 cells is exact to a thousandth of the range in the tails
  const cells = 4096
  const table = Float64Array.from(
    { length: cells + 1 },
    (_, i) =>
      loss.min +
      (loss.max - loss.min) * (i === cells ? 1 : i === 0 ? 0 : betaQuantile(i / cells, alpha, beta)),
  )
  return (u) => {
    const place = u * cells
    const cell = Math.floor(place)
    return table[cell]! + (table[cell + 1]! - table[cell]!) * (place - cell)
  }
}

const summarise = (totals: Float64Array, risks: readonly Risk[], means: readonly number[]): LossProfile => {
  const years = totals.length
  const ale = means.reduce((sum, value) => sum + value, 0)
  let squares = 0
  let none = 0
  for (const total of totals) {
    squares += (total - ale) ** 2
    if (total === 0) none += 1
  }
  const sorted = totals.sort()
  const tail = Math.max(1, Math.round(years * 0.05))
  let worst = 0
  for (let i = years - tail; i < years; i++) worst += sorted[i]!
  return {
    years,
    ale,
    aleError: Math.sqrt(squares / Math.max(1, years - 1) / years),
    var95: quantile(sorted, 0.95),
    es95: worst / tail,
    exceedance: exceedanceCurve(sorted, none),
    contributions: risks.map(({ id }, i) => ({
      riskId: id,
      ale: means[i]!,
      share: ale > 0 ? means[i]! / ale : 0,
    })),
    chanceOfNoLoss: none / years,
  }
}

const curvePoints = 60

/** Log-spaced from the 1st percentile of the years with a loss up to the 99.95th of all; none without a loss. */
const exceedanceCurve = (sorted: Float64Array, none: number): ExceedancePoint[] => {
  if (none === sorted.length) return []
  const low = quantile(sorted.subarray(none), 0.01)
  const high = Math.max(quantile(sorted, 0.9995), low * 1.0001)
  return Array.from({ length: curvePoints }, (_, i) => {
    const loss = low * (high / low) ** (i / (curvePoints - 1))
    return { loss, chance: chanceAbove(sorted, loss) }
  })
}

/** The share of years that lost more than `loss`, from totals sorted upwards. */
const chanceAbove = (sorted: Float64Array, loss: number): number => {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle]! > loss) high = middle
    else low = middle + 1
  }
  return (sorted.length - low) / sorted.length
}
