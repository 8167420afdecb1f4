/** @file What a review learns: the chances of initiatives, and the bias of estimators. */
import { type Beta, betaMean } from '../chance/gamma.ts'
import { daysBetween } from '../measures/measure.ts'
import { latest, meets } from '../measures/state.ts'
import { type Message, message } from '../messages/message.ts'
import type { EstimateSnapshot, KeyResultSnapshot, Snapshot } from './snapshot.ts'

export type InitiativeBelief = { initiativeId: string; before: Beta; after: Beta; message: Message }

/**
 * Each key result that became met since the earlier snapshot counts as one success of the initiatives that
 * serve it, each that was missed at its due date as one failure (Beta-binomial). Measured values only.
 */
export const updateBeliefs = (before: Snapshot, after: Snapshot): InitiativeBelief[] =>
  after.initiatives
    .filter(({ state }) => state === 'chosen' || state === 'done')
    .flatMap(({ id, name, chance }) => {
      const verdicts = servedBy(after, id).map((now) => {
        const then = before.keyResults.find((keyResult) => keyResult.id === now.id)
        if (met(now)) return then && met(then) ? null : 'success'
        const fellDue = daysBetween(before.at, now.due) > 0 && daysBetween(now.due, after.at) >= 0
        return fellDue ? 'failure' : null
      })
      const successes = verdicts.filter((verdict) => verdict === 'success').length
      const failures = verdicts.filter((verdict) => verdict === 'failure').length
      if (successes + failures === 0) return []
      const updated = { alpha: chance.alpha + successes, beta: chance.beta + failures }
      const values = { name, before: betaMean(chance), after: betaMean(updated), successes, failures }
      return [{ initiativeId: id, before: chance, after: updated, message: message('review.belief', values) }]
    })

/** The key results of an initiative; one that names none is served by every chosen initiative. */
export const servedBy = (snapshot: Snapshot, initiativeId: string): KeyResultSnapshot[] =>
  snapshot.keyResults.filter(
    ({ initiativeIds }) => initiativeIds === undefined || initiativeIds.includes(initiativeId),
  )

/** Whether its latest measured value meets its target. */
export const met = ({ points, target, direction }: KeyResultSnapshot): boolean => {
  const last = latest(points.filter(({ origin }) => origin === 'measured'))
  return last !== null && meets(last.value, target, direction)
}

export type EstimatorBias = {
  memberId: string
  subject: 'effort' | 'cost'
  /** Actual over predicted, shrunk towards 1. */
  factor: number
  count: number
  message: Message
}

/** As if each estimator had two perfect estimates behind them: one wild miss does not brand anyone. */
const perfectEstimates = 2

/** Geometric mean of actual/predicted per person and subject, shrunk towards 1. Needs positive numbers. */
export const estimatorBias = (estimates: readonly EstimateSnapshot[]): EstimatorBias[] => {
  const groups = new Map<string, EstimateSnapshot[]>()
  for (const estimate of estimates) {
    if (!(estimate.predicted > 0 && estimate.actual > 0)) continue
    const key = `${estimate.subject} ${estimate.memberId}`
    groups.set(key, [...(groups.get(key) ?? []), estimate])
  }
  return [...groups.values()].map((group) => {
    const { memberId, memberName, subject } = group[0]!
    const sum = group.reduce((total, { actual, predicted }) => total + Math.log(actual / predicted), 0)
    const factor = Math.exp(sum / (group.length + perfectEstimates))
    const count = group.length
    return {
      memberId,
      subject,
      factor,
      count,
      message: message('review.estimator', { name: memberName, subject, factor, count }),
    }
  })
}
