/** @file Decides a set of changes: the plan that they make, and the events from which it can be made again. */
import type { Beta } from '../chance/gamma.ts'
import { message, type Result, refused } from '../messages/message.ts'
import { applyChange, changeRefusal, inOrder } from './apply.ts'
import { type Plan, turnOver } from './plan.ts'
import type { Change } from './proposal.ts'

/** `next`: the changes open the next cycle; `same`: they are made in the one that runs. */
export type OpensCycle = 'next' | 'same'

/** What a review does to a plan, in the order in which it happens. */
export type PlanEvent =
  | { kind: 'turned'; at: string }
  | { kind: 'changed'; change: Change }
  | { kind: 'learned'; initiativeId: string; chance: Beta }

export type DecidedPlan = { plan: Plan; events: PlanEvent[] }

const most = 500

/** All of the changes, in the order in which they depend on each other; or the first refusal, and none. */
export const decidePlan = (
  plan: Plan,
  changes: readonly Change[],
  opens: OpensCycle,
): Result<DecidedPlan> => {
  if (changes.length > most) return refused(message('change.tooMany', { found: changes.length, most }))
  const events: PlanEvent[] = [
    ...(opens === 'next' ? [{ kind: 'turned' as const, at: plan.at }] : []),
    ...inOrder(changes.map((change) => ({ kind: 'changed' as const, change }))),
  ]
  let now = plan
  for (const event of events) {
    const refusal = event.kind === 'changed' ? changeRefusal(now, event.change) : null
    if (refusal) return refused(refusal)
    now = played(now, event)
  }
  return { ok: true, value: { plan: now, events } }
}

/** The plan with a belief that a review has sharpened. */
export const learn = (plan: Plan, initiativeId: string, chance: Beta): DecidedPlan => {
  const event: PlanEvent = { kind: 'learned', initiativeId, chance }
  return { plan: played(plan, event), events: [event] }
}

/**
 * The plan after what has happened to it, one event after the other. Events that were recorded are facts: none of them
 * is judged again.
 */
export const replayPlan = (plan: Plan, events: readonly PlanEvent[]): Plan => events.reduce(played, plan)

const played = (plan: Plan, event: PlanEvent): Plan => {
  if (event.kind === 'turned') return turnOver({ ...plan, at: event.at })
  if (event.kind === 'changed') return applyChange(plan, event.change)
  const { initiativeId, chance } = event
  return {
    ...plan,
    initiatives: plan.initiatives.map((i) => (i.id === initiativeId ? { ...i, chance } : i)),
  }
}
