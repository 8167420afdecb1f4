/** @file Applies an accepted proposal: one small change for each kind. */
import type { Allocation, Proposal } from '@capstan/api'
import type { Change as Patch } from '@capstan/domain'
import type { Change, Context } from '../context.ts'
import { allocations, approvedAllocation } from '../resources/store.ts'
import { risks } from '../risk/store.ts'
import { initiatives, keyResults } from '../strategy/store.ts'
import { tasks } from '../team/store.ts'

type Appliers = {
  [K in Patch['kind']]: (
    change: Change,
    context: Context,
    patch: Extract<Patch, { kind: K }>,
    cycleId: string,
  ) => Promise<void>
}

export async function applyChange(
  change: Change,
  context: Context,
  cycleId: string,
  proposal: Proposal,
): Promise<void> {
  const patch = proposal.change as Patch
  const apply = appliers[patch.kind] as (c: Change, x: Context, p: Patch, cycleId: string) => Promise<void>
  await apply(change, context, patch, cycleId)
  await change.record('proposal', 'applied', proposal.id, { kind: patch.kind, change: patch })
}

const appliers: Appliers = {
  'raise-target': async ({ db }, _, { keyResultId, to }) => {
    await keyResults.change(db, keyResultId, (k) => ({
      ...k,
      target: to,
      title: retitled(k.title, k.target, to),
    }))
  },
  'move-compute': async (change, context, { poolId, fromInitiativeId, toInitiativeId, amount }, cycleId) => {
    const to = await initiatives.get(change.db, toInitiativeId)
    if (to.state === 'candidate' || to.state === 'declined') {
      await initiatives.change(change.db, to.id, (i) => ({ ...i, state: 'funded' }))
    }
    await amendAllocation(change, context, cycleId, ({ chosen, grants }) => ({
      chosen: chosen.some((c) => c.initiativeId === to.id)
        ? chosen
        : [...chosen, { initiativeId: to.id, start: 0 }],
      grants: addGrant(addGrant(grants, fromInitiativeId, poolId, -amount), toInitiativeId, poolId, amount),
    }))
  },
  'stop-initiative': async (change, context, { initiativeId }, cycleId) => {
    await initiatives.change(change.db, initiativeId, (i) => ({ ...i, state: 'stopped' }))
    await amendAllocation(change, context, cycleId, ({ chosen, grants }) => ({
      chosen: chosen.filter((c) => c.initiativeId !== initiativeId),
      grants: grants.filter((g) => g.initiativeId !== initiativeId),
    }))
  },
  'start-initiative': async (change, context, { initiativeId, start }, cycleId) => {
    const { needs } = await initiatives.change(change.db, initiativeId, (i) => ({ ...i, state: 'funded' }))
    await amendAllocation(change, context, cycleId, ({ chosen, grants }) => ({
      chosen: [...chosen.filter((c) => c.initiativeId !== initiativeId), { initiativeId, start }],
      grants: Object.entries(needs).reduce(
        (all, [poolId, amounts]) =>
          addGrant(
            all,
            initiativeId,
            poolId,
            amounts.reduce((sum, n) => sum + n, 0),
          ),
        grants.filter((g) => g.initiativeId !== initiativeId),
      ),
    }))
  },
  'change-risk': async ({ db }, _, { riskId, to }) => {
    const frequency = 'rate' in to ? { alpha: 1, beta: 1 / Math.max(to.rate, 1e-9) } : to
    await risks.change(db, riskId, (r) => ({ ...r, frequency }))
  },
  're-estimate': async ({ db }, _, { initiativeId, poolId, to }) => {
    await initiatives.change(db, initiativeId, (i) => {
      const needs = i.needs[poolId] ?? []
      // an earlier proposal of the same review may have moved some of it away already
      const total = needs.reduce((sum, need) => sum + need, 0)
      const share = (need: number) => (total > 0 ? (need * to) / total : to / needs.length)
      return { ...i, needs: { ...i.needs, [poolId]: needs.map(share) } }
    })
  },
  measure: async ({ db, at }, { newId }, { keyResultId }) => {
    const { title, origin } = await keyResults.get(db, keyResultId)
    await tasks.insert(db, {
      ...{ id: newId('task'), initiativeId: null, title: `→ ${title}`.slice(0, 200), assigneeId: null },
      ...{ state: 'todo', dependsOn: [], estimateDays: 0, links: [], origin, createdAt: at, doneAt: null },
    })
  },
}

type Portfolio = { chosen: Allocation['result']['chosen']; grants: Allocation['grants'] }

/** Adds to a grant, or makes one; what is taken away stops at nothing left. */
function addGrant(
  grants: Portfolio['grants'],
  initiativeId: string,
  poolId: string,
  amount: number,
): Portfolio['grants'] {
  const same = (g: Portfolio['grants'][number]) => g.initiativeId === initiativeId && g.poolId === poolId
  const before = grants.find(same)?.amount ?? 0
  return [...grants.filter((g) => !same(g)), { initiativeId, poolId, amount: Math.max(0, before + amount) }]
}

/** A new approved allocation beside the old one, which is kept as superseded. */
async function amendAllocation(
  { db, at, record }: Change,
  { newId }: Context,
  cycleId: string,
  amend: (portfolio: Portfolio) => Portfolio,
): Promise<void> {
  const before = await approvedAllocation(db)
  if (!before) return
  await allocations.change(db, before.id, (a) => ({ ...a, state: 'superseded' }))
  const { chosen, grants } = amend({ chosen: before.result.chosen, grants: before.grants })
  const result = { ...before.result, chosen }
  const amended = { ...before, id: newId('allocation'), cycleId, result, grants, createdAt: at }
  await allocations.insert(db, amended)
  await record('allocation', 'amended', amended.id, { from: before.id, chosen: chosen.length })
}

/** A title that names its target keeps naming it: `≥ 97 %` becomes `≥ 98.5 %`. */
export function retitled(title: string, from: number, to: number): string {
  for (const scale of [100, 1]) {
    const [old, next] = [Number((from * scale).toPrecision(6)), Number((to * scale).toPrecision(6))]
    const pattern = new RegExp(`(?<![\\d.])${String(old).replace('.', '\\.')}(?![\\d.])`)
    if (pattern.test(title)) return title.replace(pattern, String(next))
  }
  return title
}
