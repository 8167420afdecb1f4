/** @file What the allocation solved anew proposes: fund, stop, and extend a pool; and estimates to re-base. */
import { message } from '../messages/message.ts'
import { openEstimates } from './basis.ts'
import type { EstimatorBias } from './estimators.ts'
import { finished, type Plan, total } from './plan.ts'
import type { Change, Proposal } from './proposal.ts'
import type { Resolved } from './resolve.ts'

/** A better plan must be worth this share more before anybody is asked to change course. */
const worthwhile = 0.01

export const resolvedProposals = (plan: Plan, resolved: Resolved): Proposal[] => {
  const { allocation, currentValue, extensions } = resolved
  if (!plan.allocation) return []
  const gain = allocation.expectedValue - currentValue
  const better = gain > worthwhile * Math.max(1, Math.abs(currentValue))
  const evidence = [{ noun: 'allocation' as const, id: plan.allocation.id }]
  const chosen = new Map(allocation.chosen.map(({ initiativeId, start }) => [initiativeId, start]))
  const names = (ids: Iterable<string>) =>
    [...ids].map((id) => plan.initiatives.find((other) => other.id === id)?.name ?? id).join(', ')
  const portfolio = names(chosen.keys())
  const stops = plan.initiatives
    .filter((i) => i.state === 'funded' && !finished(plan, i) && !chosen.has(i.id))
    .map(({ id, name }) =>
      make({ kind: 'stop-initiative', initiativeId: id }, id, {
        title: message('proposal.stop.title', { name }),
        reason: message('proposal.resolved.stop', { portfolio, gain }),
        evidence,
        effect: message('proposal.resolved.gain', { value: allocation.expectedValue, before: currentValue }),
      }),
    )
  const funds = plan.initiatives
    .filter(({ id, state }) => (state === 'candidate' || state === 'declined') && chosen.has(id))
    .map(({ id, name }) =>
      make({ kind: 'start-initiative', initiativeId: id, start: chosen.get(id)! }, id, {
        title: message('proposal.fund.title', { name }),
        reason: message('proposal.resolved.fund', { portfolio, gain }),
        evidence,
        effect: message('proposal.resolved.gain', { value: allocation.expectedValue, before: currentValue }),
      }),
    )
  const extending = extensions
    .filter(({ gain, cost }) => gain > cost && gain > worthwhile * Math.abs(allocation.objective))
    .map(({ poolId, amount, shadowPrice, gain, cost }) => {
      const { name: pool, unit, kind } = plan.pools.find(({ id }) => id === poolId)!
      const values = { pool, amount, unit }
      return make({ kind: 'extend-pool', poolId, amount }, poolId, {
        title:
          kind === 'people'
            ? message('proposal.hire.title', values)
            : message('proposal.extend.title', values),
        reason: message('proposal.extend.reason', { pool, unit, price: shadowPrice }),
        evidence,
        effect: message('proposal.extend.effect', { gain, cost }),
      })
    })
  return better ? [...stops, ...funds, ...extending] : extending
}

/** An estimator whose interval holds 1 is left alone: nothing is known about the bias. */
export const rebaseProposals = (plan: Plan, estimators: readonly EstimatorBias[]): Proposal[] =>
  estimators.flatMap(({ memberId, memberName: name, subject, factor, low, high, count }) => {
    const open = openEstimates(plan, memberId, subject)
    const known = low > 1 || high < 1
    if (!known || open.length === 0) return []
    const rounded = Number(factor.toPrecision(2))
    const sum = total(open)
    return [
      make({ kind: 're-base', memberId, subject, factor: rounded }, `${memberId}:${subject}`, {
        title: message('proposal.rebase.title', { name, subject, factor: rounded }),
        reason: message('proposal.rebase.reason', { count, factor, low, high }),
        evidence: [{ noun: 'member', id: memberId }],
        effect: message('proposal.rebase.effect', {
          ...{ open: open.length, before: sum, after: sum * rounded },
        }),
      }),
    ]
  })

/** The same subject gives the same id. */
export const make = (
  change: Change,
  subject: string,
  words: Pick<Proposal, 'title' | 'reason' | 'evidence' | 'effect'>,
): Proposal => ({ id: `${change.kind}:${subject}`, kind: change.kind, ...words, change })
