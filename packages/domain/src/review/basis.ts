/** @file What a proposal rests on: the facts of the plan that must stand when somebody decides it. */
import { type Message, message } from '../messages/message.ts'
import { meanRate } from '../risk/risk.ts'
import { estimatedBy, isOpen } from './apply.ts'
import { type Grant, type Plan, total } from './plan.ts'
import type { Change } from './proposal.ts'

export type FactKind =
  | 'target'
  | 'state'
  | 'grant'
  | 'need'
  | 'frequency'
  | 'chance'
  | 'capacity'
  | 'open-estimates'
  | 'adoption'

/** A number or a state word, and null for what is not there (any more). */
export type Basis = {
  fact: FactKind
  /** Whose fact it is: identifiers, separated by spaces. */
  of: string
  name: string
  value: number | string | null
}

/** The facts that a change rests on, as they stand in the plan. */
export const basisOf = (plan: Plan, change: Change): Basis[] => {
  switch (change.kind) {
    case 'change-target': {
      const found = plan.keyResults.find(({ id }) => id === change.keyResultId)
      return [basis('target', change.keyResultId, found?.name, found?.target)]
    }
    case 'move-compute':
      return [
        grantOf(plan, { initiativeId: change.fromInitiativeId, poolId: change.poolId }),
        stateOf(plan, change.toInitiativeId),
      ]
    case 'stop-initiative':
      return [stateOf(plan, change.initiativeId)]
    case 'start-initiative':
      return [stateOf(plan, change.initiativeId), ...needsOf(plan, change.initiativeId)]
    case 'change-risk': {
      const risk = plan.risks.find(({ id }) => id === change.riskId)
      return [basis('frequency', change.riskId, risk?.name, risk && meanRate(risk.frequency))]
    }
    case 'change-chance': {
      const found = plan.initiatives.find(({ id }) => id === change.initiativeId)
      const chance = found && found.chance.alpha / (found.chance.alpha + found.chance.beta)
      return [basis('chance', change.initiativeId, found?.name, chance)]
    }
    case 're-estimate':
      return needsOf(plan, change.initiativeId).filter(({ of }) => of.endsWith(` ${change.poolId}`))
    case 're-base': {
      const amounts = openEstimates(plan, change.memberId, change.subject)
      return [
        basis('open-estimates', `${change.memberId} ${change.subject}`, change.memberId, total(amounts)),
      ]
    }
    case 'extend-pool': {
      const pool = plan.pools.find(({ id }) => id === change.poolId)
      return [basis('capacity', change.poolId, pool?.name, pool && total(pool.capacity))]
    }
    case 'adopt-mitigation': {
      const found = plan.mitigations.find(({ id }) => id === change.mitigationId)
      return [basis('adoption', change.mitigationId, found?.name, found && (found.adopted ? 'done' : 'todo'))]
    }
    case 'measure': {
      const found = plan.keyResults.find(({ id }) => id === change.keyResultId)
      return [basis('state', change.keyResultId, found?.name, found && 'unknown')]
    }
  }
}

const basis = (fact: FactKind, of: string, name?: string, value?: number | string): Basis => ({
  fact,
  of,
  name: name ?? of,
  value: value ?? null,
})

const stateOf = ({ initiatives }: Plan, initiativeId: string): Basis => {
  const found = initiatives.find(({ id }) => id === initiativeId)
  // a candidate and one that was declined both wait
  return basis('state', initiativeId, found?.name, found?.state === 'declined' ? 'candidate' : found?.state)
}

const grantOf = (
  { initiatives, allocation }: Plan,
  { initiativeId, poolId }: Omit<Grant, 'amount'>,
): Basis => {
  const name = initiatives.find(({ id }) => id === initiativeId)?.name
  const grant = allocation?.grants.find((g) => g.initiativeId === initiativeId && g.poolId === poolId)
  return basis('grant', `${initiativeId} ${poolId}`, name, grant?.amount ?? 0)
}

const needsOf = ({ initiatives }: Plan, initiativeId: string): Basis[] => {
  const found = initiatives.find(({ id }) => id === initiativeId)
  return Object.entries(found?.needs ?? {}).map(([poolId, amounts]) =>
    basis('need', `${initiativeId} ${poolId}`, found?.name, total(amounts)),
  )
}

/** Every open estimate of one person that is above nothing. */
export const openEstimates = (plan: Plan, memberId: string, subject: 'effort' | 'cost'): number[] =>
  subject === 'effort'
    ? plan.tasks
        .filter((task) => task.assigneeId === memberId && isOpen(task) && task.estimateDays > 0)
        .map(({ estimateDays }) => estimateDays)
    : plan.initiatives
        .filter((initiative) => estimatedBy(plan, initiative, memberId))
        .flatMap(({ needs }) =>
          Object.entries(needs)
            .filter(([poolId]) => plan.pools.find(({ id }) => id === poolId)?.kind === 'compute')
            .map(([, amounts]) => total(amounts)),
        )
        .filter((amount) => amount > 0)

/** What is no longer as a proposal found it, in words; none when it may still be decided. */
export const whatChanged = (basis: readonly Basis[], plan: Plan, change: Change): Message[] => {
  const now = new Map(basisOf(plan, change).map((one) => [`${one.fact} ${one.of}`, one.value]))
  return basis.flatMap(({ fact, of, name, value }) => {
    const found = now.get(`${fact} ${of}`) ?? null
    if (same(value, found)) return []
    return [message('review.changed', { name, fact, before: shown(value), after: shown(found) })]
  })
}

const same = (a: Basis['value'], b: Basis['value']): boolean =>
  typeof a === 'number' && typeof b === 'number'
    ? Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))
    : a === b

const shown = (value: Basis['value']): string | number =>
  typeof value === 'number' ? Number(value.toPrecision(6)) : (value ?? 'none')

/**
 * The basis of a proposal after others were accepted: what stood before them now is as they made it. What had changed
 * before stays as it was seen, so that it is still noticed.
 */
export const rebasis = (basis: readonly Basis[], before: Plan, after: Plan, change: Change): Basis[] => {
  const then = new Map(basisOf(before, change).map((one) => [`${one.fact} ${one.of}`, one.value]))
  const now = new Map(basisOf(after, change).map((one) => [`${one.fact} ${one.of}`, one.value]))
  return basis.map((one) => {
    const key = `${one.fact} ${one.of}`
    return same(one.value, then.get(key) ?? null) ? { ...one, value: now.get(key) ?? null } : one
  })
}
