/** @file The risk appetite: a curve of losses and the chance that is tolerated for each, against what is simulated. */
import { type Message, message } from '../messages/message.ts'
import { mostMoney } from './refusals.ts'
import type { ExceedancePoint } from './summary.ts'

/** The greatest chance that the team accepts of losing more than `loss` in a year. */
export type AppetitePoint = { loss: number; chance: number }

/** Each point of the appetite that the exceedance curve breaks; none when it is within. */
export const appetiteBreaches = (
  exceedance: readonly ExceedancePoint[],
  appetite: readonly AppetitePoint[],
): Message[] =>
  appetiteStanding(exceedance, appetite)
    .filter(({ within }) => !within)
    .map(({ loss, found, chance }) => message('risk.appetite', { loss, chance: found, accepted: chance }))

export type AppetiteStanding = AppetitePoint & { found: number; within: boolean }

/** @param exact chances that were counted at just these losses go before those read from the curve */
export const appetiteStanding = (
  exceedance: readonly ExceedancePoint[],
  appetite: readonly AppetitePoint[],
  exact: readonly ExceedancePoint[] = [],
): AppetiteStanding[] =>
  appetite.map((point) => {
    const counted = exact.find(({ loss }) => loss === point.loss)
    const found = counted?.chance ?? chanceToExceed(exceedance, point.loss)
    return { ...point, found, within: found <= point.chance }
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

/**
 * Why a curve is no appetite; null when it is: losses go up, and who tolerates a loss with some chance cannot
 * tolerate a greater one with a greater chance.
 */
export const appetiteRefusal = (points: readonly AppetitePoint[]): Message | null => {
  if (points.length === 0) return message('appetite.empty', {})
  for (const { loss, chance } of points) {
    if (!(loss >= 0 && loss <= mostMoney)) return message('appetite.loss', { loss })
    if (!(chance >= 0 && chance <= 1)) return message('appetite.chance', { loss, chance })
  }
  for (let i = 1; i < points.length; i++) {
    const [before, now] = [points[i - 1]!, points[i]!]
    if (now.loss <= before.loss) return message('appetite.order', { loss: now.loss, before: before.loss })
    if (now.chance > before.chance)
      return message('appetite.rises', {
        ...{ loss: now.loss, chance: now.chance },
        ...{ lossBefore: before.loss, chanceBefore: before.chance },
      })
  }
  return null
}

/** What of the register the release stands on. */
export type AppetiteFacts =
  | { simulated: 'never' | 'stale' }
  | { simulated: 'now'; standing: readonly AppetiteStanding[] }

/** Why nothing is released while the losses are beyond the appetite; null when they are within. */
export const appetiteReleaseRefusal = (facts: AppetiteFacts): Message | null => {
  if (facts.simulated !== 'now')
    return facts.simulated === 'never' ? message('appetite.never', {}) : message('appetite.stale', {})
  const worst = facts.standing
    .filter(({ within }) => !within)
    .sort((a, b) => b.found / Math.max(b.chance, 1e-9) - a.found / Math.max(a.chance, 1e-9))[0]
  return worst
    ? message('appetite.exceeded', { loss: worst.loss, chance: worst.found, accepted: worst.chance })
    : null
}
