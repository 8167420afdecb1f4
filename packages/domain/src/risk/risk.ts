/** @file What a risk is: how often it strikes, and what each strike costs. */
import {
  type Lognormal,
  lognormalFromInterval,
  lognormalMean,
  lognormalSecondMoment,
} from '../chance/lognormal.ts'
import { type Pert, pertMean, pertVariance } from '../chance/pert.ts'
import { type Message, message } from '../messages/message.ts'

/** Events a year: known, or a Gamma belief with mean alpha/beta that incidents sharpen. */
export type Frequency = { rate: number } | { alpha: number; beta: number }

/** Loss of one event in the workspace currency; `low` and `high` bound the 90 % interval. */
export type Loss = { kind: 'lognormal'; low: number; high: number } | ({ kind: 'pert' } & Pert)

export type Risk = {
  id: string
  name: string
  frequency: Frequency
  loss: Loss
  /**
   * 0 to 1: how far this risk's frequency follows the one cause shared by all risks that have it. In a bad
   * year of that cause they strike more often together; the mean stays the same.
   */
  commonCause?: number
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

export const meanLoss = (loss: Loss): number =>
  loss.kind === 'lognormal' ? lognormalMean(lossShape(loss)) : pertMean(loss)

const secondMoment = (loss: Loss): number =>
  loss.kind === 'lognormal'
    ? lognormalSecondMoment(lossShape(loss))
    : pertVariance(loss) + pertMean(loss) ** 2

/** Annual loss expectancy in closed form: mean rate times mean loss. */
export const annualLossExpectancy = (risk: Risk): number => meanRate(risk.frequency) * meanLoss(risk.loss)

/**
 * Variance of the annual loss in closed form: E[rate] E[X^2] + Var(rate) E[X]^2, where the rate varies by
 * its Gamma belief (alpha/beta^2) and by the common cause (an exponential factor with mean 1).
 */
export const annualLossVariance = (risk: Risk): number => {
  const rate = meanRate(risk.frequency)
  const belief = 'rate' in risk.frequency ? 0 : risk.frequency.alpha / risk.frequency.beta ** 2
  const shared = (risk.commonCause ?? 0) ** 2
  // Var(G M) for independent G (belief) and M (cause, mean 1, variance c^2)
  const rateVariance = belief * (1 + shared) + rate * rate * shared
  return rate * secondMoment(risk.loss) + rateVariance * meanLoss(risk.loss) ** 2
}

/** lambda e^(mu + sigma^2/2) for a rate and the 90 % interval of one loss. */
export const lognormalAle = (rate: number, low: number, high: number): number =>
  rate * lognormalMean(lognormalFromInterval(low, high))

/** lambda e^(2 mu + 2 sigma^2). */
export const lognormalAleVariance = (rate: number, low: number, high: number): number =>
  rate * lognormalSecondMoment(lognormalFromInterval(low, high))

/** Why a risk's numbers cannot be simulated; null when they can. */
export const riskRefusal = (risk: Risk): Message | null => {
  const { frequency: f, loss, commonCause = 0 } = risk
  const name = risk.name
  if (!('rate' in f ? f.rate >= 0 && Number.isFinite(f.rate) : f.alpha > 0 && f.beta > 0))
    return message('risk.frequency', { name })
  if (loss.kind === 'lognormal' ? !(loss.low > 0 && loss.low <= loss.high) : !ordered(loss))
    return message('risk.loss', { name })
  return commonCause >= 0 && commonCause <= 1 ? null : message('risk.commonCause', { name })
}

const ordered = ({ min, mode, max, gamma = 4 }: Pert) => min >= 0 && min <= mode && mode <= max && gamma > 0
