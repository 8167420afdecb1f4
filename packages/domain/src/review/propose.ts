/** @file Makes a proposal of what a person wants to change: its title, its basis and its effect, or why it cannot be. */
import type { Evidence } from '../measures/measure.ts'
import { quantity } from '../measures/measure.ts'
import { type Message, message, type Result, refused } from '../messages/message.ts'
import { meanRate } from '../risk/risk.ts'
import { applyChange, changeRefusal } from './apply.ts'
import { basisOf } from './basis.ts'
import { difference } from './effect.ts'
import { type Forecaster, forecaster, outlook } from './outlook.ts'
import { type Plan, total } from './plan.ts'
import type { Change } from './proposal.ts'
import type { GroundedProposal } from './turn.ts'

/** `memberName`: of members, whom the plan knows by their identifier alone. */
export type Proposer = {
  name: string
  note: string
  evidence: Evidence[]
  memberName: (id: string) => string
}

/** Refused when the plan as it stands does not take the change. */
export const proposalOf = (
  plan: Plan,
  change: Change,
  { name, note, evidence, memberName }: Proposer,
  forecast: Forecaster = forecaster(),
): Result<Omit<GroundedProposal, 'id'>> => {
  const refusal = changeRefusal(plan, change)
  if (refusal) return refused(refusal)
  const effects = difference(outlook(plan, forecast), outlook(applyChange(plan, change), forecast))
  const { expectedValue, ale } = effects
  return {
    ok: true,
    value: {
      kind: change.kind,
      change,
      title: titleOf(plan, change, memberName),
      reason:
        note === ''
          ? message('proposal.typed.by', { name })
          : message('proposal.typed.reason', { name, note }),
      evidence,
      effect: message('proposal.typed.effect', {
        valueBefore: expectedValue.before,
        valueAfter: expectedValue.after,
        lossBefore: ale.before,
        lossAfter: ale.after,
      }),
      basis: basisOf(plan, change),
      effects,
    },
  }
}

/** What a change does, in one sentence with the names that the plan gives things. */
export const titleOf = (plan: Plan, change: Change, memberName: (id: string) => string): Message => {
  const named = (items: readonly { id: string; name: string }[], id: string) =>
    items.find((item) => item.id === id)?.name ?? id
  const initiative = (id: string) => named(plan.initiatives, id)
  const pool = (id: string) => {
    const found = plan.pools.find((other) => other.id === id)
    return { pool: found?.name ?? id, unit: found?.unit ?? '' }
  }
  switch (change.kind) {
    case 'change-target': {
      const found = plan.keyResults.find(({ id }) => id === change.keyResultId)
      const shown = (value: number) => (found ? quantity(value, found) : value)
      return message('proposal.target.title', {
        name: found?.name ?? change.keyResultId,
        from: found ? shown(found.target) : '',
        to: shown(change.to),
      })
    }
    case 'move-compute':
      return message('proposal.move.title', {
        ...{ amount: change.amount, ...pool(change.poolId) },
        ...{ from: initiative(change.fromInitiativeId), to: initiative(change.toInitiativeId) },
      })
    case 'stop-initiative':
      return message('proposal.stop.title', { name: initiative(change.initiativeId) })
    case 'start-initiative':
      return message('proposal.start.title', { name: initiative(change.initiativeId) })
    case 'change-risk': {
      const risk = plan.risks.find(({ id }) => id === change.riskId)
      const [from, to] = [risk ? meanRate(risk.frequency) : 0, meanRate(change.to)]
      const values = { name: risk?.name ?? change.riskId, from, to }
      return to < from ? message('proposal.risk.lower', values) : message('proposal.risk.raise', values)
    }
    case 'change-chance': {
      const chance = plan.initiatives.find(({ id }) => id === change.initiativeId)?.chance
      const mean = ({ alpha, beta }: { alpha: number; beta: number }) => alpha / (alpha + beta)
      return message('proposal.chance.title', {
        name: initiative(change.initiativeId),
        from: chance ? mean(chance) : 0,
        to: mean(change.to),
      })
    }
    case 're-estimate': {
      const needs = plan.initiatives.find(({ id }) => id === change.initiativeId)?.needs[change.poolId] ?? []
      return message('proposal.estimate.title', {
        ...{
          ...pool(change.poolId),
          name: initiative(change.initiativeId),
          from: total(needs),
          to: change.to,
        },
      })
    }
    case 're-base':
      return message('proposal.rebase.title', {
        ...{ name: memberName(change.memberId), subject: change.subject, factor: change.factor },
      })
    case 'extend-pool': {
      const values = { amount: change.amount, ...pool(change.poolId) }
      return change.amount < 0
        ? message('proposal.shrink.title', { ...values, amount: -change.amount })
        : message('proposal.extend.title', values)
    }
    case 'adopt-mitigation':
      return message('proposal.mitigate.title', { name: named(plan.mitigations, change.mitigationId) })
    case 'measure':
      return message('proposal.measure.title', { name: named(plan.keyResults, change.keyResultId) })
  }
}
