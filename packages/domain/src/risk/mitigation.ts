/** @file What mitigations are worth, and whether the losses stay within the appetite. */
import { type Message, message } from '../messages/message.ts'
import { annualLossExpectancy, type Mitigation, type Risk } from './risk.ts'
import type { ExceedancePoint } from './simulate.ts'
import { scaleFrequency } from './update.ts'

/** (ALE before - ALE after - cost) / cost; null when it costs nothing. */
export const returnOnMitigation = (before: number, after: number, annualCost: number): number | null =>
  annualCost > 0 ? (before - after - annualCost) / annualCost : null

/** The risk as it is with one mitigation in place. */
export const mitigated = (risk: Risk, { frequencyFactor, lossFactor }: Mitigation): Risk => ({
  ...risk,
  frequency: scaleFrequency(risk.frequency, frequencyFactor),
  loss:
    risk.loss.kind === 'lognormal'
      ? { ...risk.loss, low: risk.loss.low * lossFactor, high: risk.loss.high * lossFactor }
      : {
          ...risk.loss,
          min: risk.loss.min * lossFactor,
          mode: risk.loss.mode * lossFactor,
          max: risk.loss.max * lossFactor,
        },
})

export type RankedMitigation = {
  mitigation: Mitigation
  aleBefore: number
  aleAfter: number
  saved: number
  returnOnCost: number | null
  worthIt: boolean
}

/** Each mitigation by itself, in closed form, best return first (free ones that save anything lead). */
export const rankMitigations = (
  risks: readonly Risk[],
  mitigations: readonly Mitigation[],
): RankedMitigation[] =>
  mitigations
    .flatMap((mitigation) => {
      const risk = risks.find(({ id }) => id === mitigation.riskId)
      if (!risk) return []
      const aleBefore = annualLossExpectancy(risk)
      const aleAfter = annualLossExpectancy(mitigated(risk, mitigation))
      const saved = aleBefore - aleAfter
      return [
        {
          mitigation,
          aleBefore,
          aleAfter,
          saved,
          returnOnCost: returnOnMitigation(aleBefore, aleAfter, mitigation.annualCost),
          worthIt: saved > mitigation.annualCost,
        },
      ]
    })
    .sort((a, b) => (b.returnOnCost ?? Infinity) - (a.returnOnCost ?? Infinity) || b.saved - a.saved)

/** The greatest chance that the team accepts of losing more than `loss` in a year. */
export type AppetitePoint = { loss: number; chance: number }

/** Each point of the appetite that the exceedance curve breaks; none when it is within. */
export const appetiteBreaches = (
  exceedance: readonly ExceedancePoint[],
  appetite: readonly AppetitePoint[],
): Message[] =>
  appetite.flatMap(({ loss, chance }) => {
    const found = chanceToExceed(exceedance, loss)
    return found > chance ? [message('risk.appetite', { loss, chance: found, accepted: chance })] : []
  })

/** Reads a curve at a loss, between its points linear in log-loss; below it the first chance, above it none. */
export const chanceToExceed = (curve: readonly ExceedancePoint[], loss: number): number => {
  const after = curve.findIndex((point) => point.loss >= loss)
  if (after < 0) return 0
  const right = curve[after]!
  const left = curve[after - 1]
  if (!left || right.loss === loss) return right.chance
  const share = Math.log(loss / left.loss) / Math.log(right.loss / left.loss)
  return left.chance + (right.chance - left.chance) * share
}
