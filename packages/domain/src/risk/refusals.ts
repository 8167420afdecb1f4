/** @file Why the numbers of a risk, a mitigation or an appetite cannot be taken. */
import type { Pert } from '../chance/pert.ts'
import { type Message, message } from '../messages/message.ts'
import { beliefOf, mostOften, type StatedFrequency, widestRange } from './frequency.ts'
import { circleIn, expectedEvents } from './register.ts'
import { type Loss, type Mitigation, meanRate, type Risk } from './risk.ts'

/** The largest amount of money that is still told apart to the cent. */
export const mostMoney = 1e13

/** Why a risk's numbers cannot be simulated; null when they can. */
export const riskRefusal = (risk: Risk): Message | null => {
  const { commonCause = 0, causes = [], name } = risk
  const wrong = frequencyRefusal(name, risk.frequency) ?? lossRefusal(name, risk.loss)
  if (wrong) return wrong
  if (!(commonCause >= 0 && commonCause <= 1)) return message('risk.commonCause', { name })
  const weights = causes.reduce((sum, { weight }) => sum + weight, commonCause)
  if (!(weights <= 1 + 1e-12) || causes.some(({ weight }) => !(weight >= 0)))
    return message('risk.weights', { name, weights })
  const twice = causes.find(({ causeId }, i) => causes.some((one, k) => k < i && one.causeId === causeId))
  if (twice) return message('risk.causeTwice', { name, cause: twice.causeId })
  return null
}

export const frequencyRefusal = (name: string, stated: StatedFrequency): Message | null => {
  if ('low' in stated) {
    const { low, high } = stated
    if (low > high) return message('risk.frequencyOrder', { name, low, high })
    if (!(low > 0 && Number.isFinite(high))) return message('risk.frequencyRange', { name, low })
    if (high / low > widestRange) return message('risk.frequencyWide', { name, low, high })
  } else if ('rate' in stated ? !(stated.rate >= 0) : !(stated.alpha > 0 && stated.beta > 0))
    return message('risk.frequency', { name })
  // the mean of an interval lies within it, unless it is very wide
  const rate = meanRate(
    'low' in stated && stated.high <= mostOften ? { rate: stated.high } : beliefOf(stated),
  )
  if (!Number.isFinite(rate)) return message('risk.frequency', { name })
  return rate > mostOften ? message('risk.frequencyHigh', { name, rate, most: mostOften }) : null
}

export const lossRefusal = (name: string, loss: Loss): Message | null => {
  if (loss.kind === 'fixed') {
    if (!(loss.amount >= 0)) return message('risk.lossNegative', { name, amount: loss.amount })
    return tooMuch(name, loss.amount)
  }
  if (loss.kind === 'pert') {
    return ordered(loss) ? tooMuch(name, loss.max) : message('risk.loss', { name })
  }
  const { low, high } = loss
  if (!(low > 0 && low <= high)) return message('risk.loss', { name })
  if (high / low > widestRange) return message('risk.lossWide', { name, low, high })
  return tooMuch(name, high)
}

const tooMuch = (name: string, amount: number): Message | null =>
  amount <= mostMoney ? null : message('risk.lossHigh', { name, amount, most: mostMoney })

const ordered = ({ min, mode, max, gamma = 4 }: Pert) =>
  min >= 0 && min <= mode && mode <= max && gamma > 0 && gamma <= 1000

/** Why the triggers of a register cannot hold; null when they can. */
export const triggersRefusal = (
  risks: readonly Pick<Risk, 'id' | 'name' | 'triggeredBy'>[],
): Message | null => {
  for (const { id, name, triggeredBy = [] } of risks) {
    const seen = new Set<string>()
    for (const { riskId, chance } of triggeredBy) {
      if (riskId === id) return message('risk.triggersItself', { name })
      if (!(chance > 0 && chance <= 1)) return message('risk.triggerChance', { name, chance })
      if (seen.has(riskId)) return message('risk.triggerTwice', { name })
      seen.add(riskId)
    }
  }
  const circle = circleIn(risks)
  return circle ? message('risk.circle', { names: circle.join(' → ') }) : null
}

/** A mitigation only ever lowers, so its factors lie between 0 and 1. */
export const mitigationRefusal = ({
  name,
  frequencyFactor,
  lossFactor,
  annualCost,
}: Omit<Mitigation, 'id' | 'riskId'>): Message | null => {
  const share = (factor: number) => factor >= 0 && factor <= 1
  if (!share(frequencyFactor)) return message('mitigation.frequency', { name, factor: frequencyFactor })
  if (!share(lossFactor)) return message('mitigation.loss', { name, factor: lossFactor })
  if (frequencyFactor === 1 && lossFactor === 1) return message('mitigation.nothing', { name })
  return annualCost >= 0 && annualCost <= mostMoney
    ? null
    : message('mitigation.cost', { name, cost: annualCost })
}

/** Events that one simulation draws at most: some seconds of one thread. */
export const mostEvents = 400_000_000

/** Why so many years of these risks cannot be simulated; null when they can. */
export const eventsRefusal = (risks: readonly Risk[], years: number): Message | null => {
  const perYear = [...expectedEvents(risks).values()].reduce((sum, events) => sum + events, 0)
  const events = perYear * years
  return events <= mostEvents
    ? null
    : message('risk.events', {
        ...{ events, years, most: mostEvents },
        fewer: Math.max(1000, Math.floor(mostEvents / perYear / 1000) * 1000),
      })
}
