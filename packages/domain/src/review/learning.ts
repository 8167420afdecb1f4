/** @file What a review learns about initiatives: measured key results sharpen the belief in their success. */
import { type Beta, betaMean } from '../chance/gamma.ts'
import { daysBetween } from '../measures/measure.ts'
import { latest, meets } from '../measures/state.ts'
import { type Message, message } from '../messages/message.ts'
import type { KeyResultSnapshot, Snapshot } from './snapshot.ts'

export type InitiativeBelief = { initiativeId: string; before: Beta; after: Beta; message: Message }

/**
 * What one piece of evidence weighs, in observations of a Beta-binomial: a key result that became met, or was missed at
 * its due date, is one observation. It is shared in equal parts by the initiatives that serve it, since a measure does
 * not say which of them moved it. What was typed in or made up for a demonstration moves no belief.
 */
export const evidenceWeights = { met: 1, missed: 1 } as const

/** The beliefs that what happened between two snapshots changes; measured values only. */
export const updateBeliefs = (before: Snapshot, after: Snapshot): InitiativeBelief[] => {
  const working = after.initiatives.filter(({ state }) => state === 'chosen' || state === 'done')
  const serving = new Map(working.map(({ id }) => [id, servedBy(after, id)]))
  const earlier = new Map(before.keyResults.map((keyResult) => [keyResult.id, keyResult]))
  const shares = new Map<string, number>()
  for (const served of serving.values())
    for (const { id } of served) shares.set(id, (shares.get(id) ?? 0) + 1)
  return working.flatMap(({ id, name, chance }) => {
    let successes = 0
    let failures = 0
    for (const now of serving.get(id)!) {
      const verdict = verdictOf(earlier.get(now.id), now, before.at, after.at)
      const share = 1 / shares.get(now.id)!
      if (verdict === 'met') successes += evidenceWeights.met * share
      if (verdict === 'missed') failures += evidenceWeights.missed * share
    }
    if (successes + failures === 0) return []
    const updated = { alpha: chance.alpha + successes, beta: chance.beta + failures }
    const values = { name, before: betaMean(chance), after: betaMean(updated), successes, failures }
    return [{ initiativeId: id, before: chance, after: updated, message: message('review.belief', values) }]
  })
}

const verdictOf = (
  then: KeyResultSnapshot | undefined,
  now: KeyResultSnapshot,
  from: string,
  to: string,
): 'met' | 'missed' | null => {
  if (met(now)) return then && met(then) ? null : 'met'
  const fellDue = daysBetween(from, now.due) > 0 && daysBetween(now.due, to) >= 0
  return fellDue ? 'missed' : null
}

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
