/** @file Changes of a plan: why one is refused, and the plan that it makes. */
import { type Message, message } from '../messages/message.ts'
import { scaleFrequency } from '../risk/frequency.ts'
import { mitigated } from '../risk/mitigation.ts'
import { meanRate } from '../risk/risk.ts'
import {
  finished,
  freeOf,
  type Grant,
  grantKey,
  type Plan,
  type PlannedInitiative,
  type PlannedRisk,
  total,
} from './plan.ts'
import type { Change, ProposalKind } from './proposal.ts'

/** What frees something comes before what needs it. */
const order: Record<ProposalKind, number> = {
  're-base': 0,
  're-estimate': 1,
  'change-chance': 2,
  'stop-initiative': 3,
  'extend-pool': 4,
  'move-compute': 5,
  'start-initiative': 6,
  'change-target': 7,
  'change-risk': 8,
  'adopt-mitigation': 9,
  measure: 10,
}

/** The changes in the order in which they are applied. */
export const inOrder = <T extends { change: Change }>(items: readonly T[]): T[] =>
  items.toSorted((a, b) => order[a.change.kind] - order[b.change.kind])

/** Why a change cannot be made; null when it can. */
export const changeRefusal = <K extends ProposalKind>(
  plan: Plan,
  change: Extract<Change, { kind: K }>,
): Message | null => (rules[change.kind] as Rule<K>).refusal(plan, change)

/** The plan with a change that was not refused. */
export const applyChange = <K extends ProposalKind>(plan: Plan, change: Extract<Change, { kind: K }>): Plan =>
  (rules[change.kind] as Rule<K>).apply(plan, change)

type Rule<K extends ProposalKind> = {
  refusal: (plan: Plan, change: Extract<Change, { kind: K }>) => Message | null
  apply: (plan: Plan, change: Extract<Change, { kind: K }>) => Plan
}

const gone = (noun: string, id: string): Message => message('change.gone', { noun, id })

const byId = <T extends { id: string }>(items: readonly T[], id: string): T | undefined =>
  items.find((item) => item.id === id)

const replace = <T extends { id: string }>(items: readonly T[], id: string, change: (item: T) => T): T[] =>
  items.map((item) => (item.id === id ? change(item) : item))

const initiativeIn = (
  plan: Plan,
  id: string,
  states: readonly PlannedInitiative['state'][],
): Message | null => {
  const initiative = byId(plan.initiatives, id)
  if (!initiative) return gone('initiative', id)
  return states.includes(initiative.state)
    ? null
    : message('change.state', { name: initiative.name, state: initiative.state })
}

const rules: { [K in ProposalKind]: Rule<K> } = {
  'change-target': {
    refusal: (plan, { keyResultId, to }) => {
      const keyResult = byId(plan.keyResults, keyResultId)
      if (!keyResult) return gone('key result', keyResultId)
      const { name, scale } = keyResult
      if (scale === 'proportion' && !(to >= 0 && to <= 1)) return message('change.share', { name, to })
      return scale === 'log' && !(to > 0) ? message('change.positive', { name, to }) : null
    },
    apply: (plan, { keyResultId, to }) => ({
      ...plan,
      keyResults: replace(plan.keyResults, keyResultId, (keyResult) => ({ ...keyResult, target: to })),
    }),
  },
  'move-compute': {
    refusal: (plan, { poolId, fromInitiativeId, toInitiativeId, amount }) => {
      const pool = byId(plan.pools, poolId)
      if (!pool) return gone('pool', poolId)
      if (!plan.allocation) return message('change.noAllocation', {})
      const from = byId(plan.initiatives, fromInitiativeId)
      if (!from) return gone('initiative', fromInitiativeId)
      if (fromInitiativeId === toInitiativeId) return message('change.itself', { name: from.name })
      const left = movable(plan, from, poolId)
      if (!(amount > 0) || amount > left * (1 + 1e-9))
        return message('change.notEnough', {
          ...{ amount, unit: pool.unit, pool: pool.name, name: from.name },
          left: Math.max(0, left),
        })
      return initiativeIn(plan, toInitiativeId, ['candidate', 'declined', 'funded'])
    },
    apply: (plan, { poolId, fromInitiativeId, toInitiativeId, amount }) => {
      const funded = fund(plan, toInitiativeId)
      const { grants, chosen } = funded.allocation!
      return {
        ...funded,
        allocation: {
          ...funded.allocation!,
          chosen: chosen.some(({ initiativeId }) => initiativeId === toInitiativeId)
            ? chosen
            : [...chosen, { initiativeId: toInitiativeId, start: 0 }],
          grants: addGrant(addGrant(grants, { initiativeId: fromInitiativeId, poolId, amount: -amount }), {
            initiativeId: toInitiativeId,
            poolId,
            amount,
          }),
        },
      }
    },
  },
  'stop-initiative': {
    refusal: (plan, { initiativeId }) =>
      initiativeIn(plan, initiativeId, ['candidate', 'declined', 'funded']),
    apply: (plan, { initiativeId }) => {
      const others = (item: { initiativeId: string }) => item.initiativeId !== initiativeId
      const { allocation } = plan
      return {
        ...plan,
        initiatives: replace(plan.initiatives, initiativeId, (i) => ({ ...i, state: 'stopped' })),
        allocation: allocation && {
          ...allocation,
          chosen: allocation.chosen.filter(others),
          grants: allocation.grants.filter(others),
        },
      }
    },
  },
  'start-initiative': {
    refusal: (plan, { initiativeId, start }) => {
      if (!plan.allocation) return message('change.noAllocation', {})
      const state = initiativeIn(plan, initiativeId, ['candidate', 'declined'])
      if (state) return state
      const { name, needs } = byId(plan.initiatives, initiativeId)!
      if (!Number.isInteger(start) || start < 0) return message('change.start', { name, start })
      for (const [poolId, amounts] of Object.entries(needs)) {
        const held = plan.allocation.grants.find(
          (g) => g.initiativeId === initiativeId && g.poolId === poolId,
        )
        const needed = total(amounts)
        const free = freeOf(plan, poolId) + (held?.amount ?? 0)
        const pool = byId(plan.pools, poolId)
        if (needed > free * (1 + 1e-9) + 1e-9)
          return message('change.noCapacity', {
            ...{ name, needed, free: Math.max(0, free) },
            unit: pool?.unit ?? '',
            pool: pool?.name ?? poolId,
          })
      }
      return null
    },
    apply: (plan, { initiativeId, start }) => {
      const funded = fund(plan, initiativeId)
      const { needs } = byId(funded.initiatives, initiativeId)!
      const others = (item: { initiativeId: string }) => item.initiativeId !== initiativeId
      return {
        ...funded,
        allocation: {
          ...funded.allocation!,
          chosen: [...funded.allocation!.chosen.filter(others), { initiativeId, start }],
          grants: [
            ...funded.allocation!.grants.filter(others),
            ...Object.entries(needs).map(([poolId, amounts]) => ({
              initiativeId,
              poolId,
              amount: total(amounts),
            })),
          ],
        },
      }
    },
  },
  'change-risk': {
    refusal: (plan, { riskId, to }) => {
      const risk = byId(plan.risks, riskId)
      if (!risk) return gone('risk', riskId)
      const rate = meanRate(to)
      return rate > 0 && Number.isFinite(rate) ? null : message('risk.frequency', { name: risk.name })
    },
    apply: (plan, { riskId, to }) => ({
      ...plan,
      risks: replace(plan.risks, riskId, (risk) => ({ ...risk, frequency: to })),
    }),
  },
  'change-chance': {
    refusal: (plan, { initiativeId, to: { alpha, beta } }) => {
      const initiative = byId(plan.initiatives, initiativeId)
      if (!initiative) return gone('initiative', initiativeId)
      return alpha > 0 && beta > 0 && Number.isFinite(alpha + beta)
        ? null
        : message('allocation.chance', { name: initiative.name })
    },
    apply: (plan, { initiativeId, to }) => ({
      ...plan,
      initiatives: replace(plan.initiatives, initiativeId, (i) => ({ ...i, chance: to })),
    }),
  },
  're-estimate': {
    refusal: (plan, { initiativeId, poolId, to }) => {
      const initiative = byId(plan.initiatives, initiativeId)
      if (!initiative) return gone('initiative', initiativeId)
      const pool = byId(plan.pools, poolId)
      if (!pool) return gone('pool', poolId)
      return to > 0 && Number.isFinite(to)
        ? null
        : message('change.amount', { name: `${initiative.name}: ${pool.name}`, amount: to })
    },
    apply: (plan, { initiativeId, poolId, to }) => ({
      ...plan,
      initiatives: replace(plan.initiatives, initiativeId, (initiative) => {
        const needs = initiative.needs[poolId] ?? [0]
        const sum = total(needs)
        const share = (need: number) => (sum > 0 ? (need * to) / sum : to / needs.length)
        return { ...initiative, needs: { ...initiative.needs, [poolId]: needs.map(share) } }
      }),
    }),
  },
  're-base': {
    refusal: (_, { factor, memberId }) =>
      factor >= 0.1 && factor <= 10 ? null : message('change.factor', { name: memberId, factor }),
    apply: (plan, { memberId, subject, factor }) =>
      subject === 'effort'
        ? {
            ...plan,
            tasks: plan.tasks.map((task) =>
              task.assigneeId === memberId && isOpen(task)
                ? { ...task, estimateDays: task.estimateDays * factor }
                : task,
            ),
          }
        : {
            ...plan,
            initiatives: plan.initiatives.map((initiative) =>
              estimatedBy(plan, initiative, memberId)
                ? { ...initiative, needs: scaledNeeds(plan, initiative.needs, factor) }
                : initiative,
            ),
          },
  },
  'extend-pool': {
    refusal: (plan, { poolId, amount }) => {
      const pool = byId(plan.pools, poolId)
      if (!pool) return gone('pool', poolId)
      const fits = Number.isFinite(amount) && pool.capacity.every((capacity) => capacity + amount >= 0)
      if (amount === 0 || !fits || (pool.skilled && amount < 0))
        return message('change.amount', { name: pool.name, amount })
      const after = { ...plan, pools: replace(plan.pools, poolId, (p) => extended(p, amount)) }
      const missing = -freeOf(after, poolId)
      return amount < 0 && missing > 1e-9
        ? message('change.granted', { pool: pool.name, missing, unit: pool.unit })
        : null
    },
    // nobody is hired by a decision: a pool of a skill grows when its people are there
    apply: (plan, { poolId, amount }) =>
      byId(plan.pools, poolId)?.skilled
        ? { ...plan, toHire: [...plan.toHire, { poolId, amount }] }
        : { ...plan, pools: replace(plan.pools, poolId, (pool) => extended(pool, amount)) },
  },
  'adopt-mitigation': {
    refusal: (plan, { mitigationId }) => {
      const mitigation = byId(plan.mitigations, mitigationId)
      if (!mitigation) return gone('mitigation', mitigationId)
      return mitigation.adopted ? message('change.adopted', { name: mitigation.name }) : null
    },
    apply: (plan, { mitigationId }) => ({
      ...plan,
      mitigations: replace(plan.mitigations, mitigationId, (mitigation) => ({
        ...mitigation,
        adopted: true,
      })),
    }),
  },
  measure: {
    refusal: (plan, { keyResultId }) =>
      byId(plan.keyResults, keyResultId) ? null : gone('key result', keyResultId),
    apply: (plan, { keyResultId }) => ({ ...plan, toMeasure: [...plan.toMeasure, keyResultId] }),
  },
}

/** What of an initiative's grant can go elsewhere: what it has not used, or what its pool got back when it ended. */
const movable = (plan: Plan, initiative: PlannedInitiative, poolId: string): number => {
  const ended = initiative.state === 'done' || initiative.state === 'stopped'
  if (ended) return freeOf(plan, poolId)
  const key = { initiativeId: initiative.id, poolId }
  const held = plan.allocation?.grants.find((grant) => grantKey(grant) === grantKey(key))?.amount ?? 0
  return held - (plan.used[grantKey(key)] ?? 0)
}

const fund = (plan: Plan, id: string): Plan => ({
  ...plan,
  initiatives: replace(plan.initiatives, id, (i) => ({ ...i, state: 'funded' })),
})

/** Adds to a grant, or makes one; nothing is taken from what is not there. */
const addGrant = (grants: readonly Grant[], { initiativeId, poolId, amount }: Grant): Grant[] => {
  const same = (grant: Grant) => grant.initiativeId === initiativeId && grant.poolId === poolId
  const before = grants.find(same)
  if (!before) return amount > 0 ? [...grants, { initiativeId, poolId, amount }] : [...grants]
  return grants.map((grant) =>
    same(grant) ? { ...grant, amount: Math.max(0, grant.amount + amount) } : grant,
  )
}

const extended = <P extends { capacity: number[] }>(pool: P, amount: number): P => ({
  ...pool,
  capacity: pool.capacity.map((capacity) => capacity + amount),
})

export const isOpen = ({ state }: { state: string }): boolean => state !== 'done' && state !== 'dropped'

/** An initiative whose estimates are still open: it may yet be planned anew. */
export const estimatedBy = (plan: Plan, initiative: PlannedInitiative, memberId: string): boolean =>
  initiative.estimatorId === memberId &&
  (initiative.state === 'candidate' || initiative.state === 'declined' || initiative.state === 'funded') &&
  !finished(plan, initiative)

const scaledNeeds = (
  { pools }: Plan,
  needs: Record<string, number[]>,
  factor: number,
): Record<string, number[]> =>
  Object.fromEntries(
    Object.entries(needs).map(([poolId, amounts]) => [
      poolId,
      byId(pools, poolId)?.kind === 'compute' ? amounts.map((amount) => amount * factor) : amounts,
    ]),
  )

/** A risk as it stands: with its indicators and its adopted mitigations. */
export const riskNow = ({ mitigations }: Plan, risk: PlannedRisk) =>
  mitigations
    .filter(({ riskId, adopted }) => adopted && riskId === risk.id)
    .reduce(mitigated, {
      ...risk,
      frequency: scaleFrequency(risk.frequency, risk.factor),
    })
