/** @file What a risk is: how often it strikes, what each strike costs, what it shares with others. */
import {
  type Lognormal,
  lognormalFromInterval,
  lognormalMean,
  lognormalSecondMoment,
} from '../chance/lognormal.ts'
import { type Pert, pertMean, pertVariance } from '../chance/pert.ts'

/** Events a year: known, or a Gamma belief with mean alpha/beta that incidents sharpen. */
export type Frequency = { rate: number } | { alpha: number; beta: number }

/** Loss of one event in the workspace currency; `low` and `high` bound the 90 % interval. */
export type Loss =
  | { kind: 'lognormal'; low: number; high: number }
  | ({ kind: 'pert' } & Pert)
  | { kind: 'fixed'; amount: number }

export type Risk = {
  id: string
  name: string
  frequency: Frequency
  loss: Loss
  /**
   * 0 to 1: how far this risk's frequency follows the one cause shared by all risks that have it. In a bad
   * year of that cause they strike more often together; the mean stays the same.
   */
  commonCause?: number | undefined
  /** The same for causes with a name of their own; all weights together are at most 1. */
  causes?: readonly CauseWeight[] | undefined
  /** Events of other risks that set this one off, each with its chance. */
  triggeredBy?: readonly Trigger[] | undefined
  /** What its draws are addressed by, where that is not the id. */
  key?: string | undefined
}

export type CauseWeight = { causeId: string; weight: number }

export type Trigger = { riskId: string; chance: number }

/**
 * A cause that several risks share. Each year it has a factor with mean 1, lognormal with this coefficient of
 * variation; a risk's rate in that year is rate x (1 - weights + sum of weight x factor). Factors of several causes
 * may be correlated, by the correlation of their logarithms.
 *
 * Sources: mixed Poisson with sector weights, CreditRisk+ (Credit Suisse First Boston 1997); correlated lognormal
 * factors, the multivariate Poisson-log normal distribution (Aitchison and Ho 1989, Biometrika 76).
 */
export type SharedCause = {
  id: string
  name: string
  /** Standard deviation of the yearly factor, whose mean is 1. */
  volatility: number
  correlations?: readonly { causeId: string; correlation: number }[] | undefined
}

/** A factor on the frequency and on the loss of one risk (1 changes nothing), at a cost a year. */
export type Mitigation = {
  id: string
  name: string
  riskId: string
  frequencyFactor: number
  lossFactor: number
  annualCost: number
}

export const meanRate = (frequency: Frequency): number =>
  'rate' in frequency ? frequency.rate : frequency.alpha / frequency.beta

export const lossShape = (loss: Loss & { kind: 'lognormal' }): Lognormal =>
  lognormalFromInterval(loss.low, loss.high)

export const meanLoss = (loss: Loss): number => {
  if (loss.kind === 'fixed') return loss.amount
  return loss.kind === 'lognormal' ? lognormalMean(lossShape(loss)) : pertMean(loss)
}

const secondMoment = (loss: Loss): number => {
  if (loss.kind === 'fixed') return loss.amount ** 2
  return loss.kind === 'lognormal'
    ? lognormalSecondMoment(lossShape(loss))
    : pertVariance(loss) + pertMean(loss) ** 2
}

/** Annual loss expectancy in closed form: mean rate times mean loss, without what other risks set off. */
export const annualLossExpectancy = (risk: Risk): number => meanRate(risk.frequency) * meanLoss(risk.loss)

/**
 * Variance of the annual loss in closed form, without triggers: E[rate] E[X^2] + Var(rate) E[X]^2, where the rate
 * varies by its Gamma belief (alpha/beta^2) and by its causes (`sharedVariance` of it with itself).
 */
export const annualLossVariance = (risk: Risk, causes: readonly SharedCause[] = []): number => {
  const rate = meanRate(risk.frequency)
  const belief = 'rate' in risk.frequency ? 0 : risk.frequency.alpha / risk.frequency.beta ** 2
  const shared = sharedVariance(risk, risk, causes)
  // Var(G M) for independent G (belief) and M (causes, mean 1)
  const rateVariance = belief * (1 + shared) + rate * rate * shared
  return rate * secondMoment(risk.loss) + rateVariance * meanLoss(risk.loss) ** 2
}

/** Covariance of the annual losses of two different risks through the causes they share, without triggers. */
export const annualLossCovariance = (a: Risk, b: Risk, causes: readonly SharedCause[] = []): number =>
  annualLossExpectancy(a) * annualLossExpectancy(b) * sharedVariance(a, b, causes)

/**
 * Covariance of the yearly multipliers of two risks: w w' for the common cause (an exponential factor, variance 1),
 * and the sum of w w' Cov over their named causes. Cov = exp(correlation s s') - 1 with s^2 = ln(1 + volatility^2),
 * which for one cause with itself is its volatility squared.
 */
const sharedVariance = (a: Risk, b: Risk, causes: readonly SharedCause[]): number => {
  let sum = (a.commonCause ?? 0) * (b.commonCause ?? 0)
  for (const { causeId, weight } of a.causes ?? []) {
    for (const other of b.causes ?? []) {
      const [k, l] = [causeId, other.causeId].map((id) => causes.find((cause) => cause.id === id))
      if (k && l) sum += weight * other.weight * Math.expm1(correlationOf(k, l) * logSpread(k) * logSpread(l))
    }
  }
  return sum
}

/** Standard deviation of the logarithm of a cause's yearly factor. */
export const logSpread = ({ volatility }: SharedCause): number => Math.sqrt(Math.log1p(volatility ** 2))

/** Stated on either of the two; 0 where nobody said anything. */
export const correlationOf = (a: SharedCause, b: SharedCause): number => {
  if (a.id === b.id) return 1
  const stated = (one: SharedCause, other: SharedCause) =>
    one.correlations?.find(({ causeId }) => causeId === other.id)?.correlation
  return stated(a, b) ?? stated(b, a) ?? 0
}

/** lambda e^(mu + sigma^2/2) for a rate and the 90 % interval of one loss. */
export const lognormalAle = (rate: number, low: number, high: number): number =>
  rate * lognormalMean(lognormalFromInterval(low, high))

/** lambda e^(2 mu + 2 sigma^2). */
export const lognormalAleVariance = (rate: number, low: number, high: number): number =>
  rate * lognormalSecondMoment(lognormalFromInterval(low, high))
