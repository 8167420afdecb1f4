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
  'move-compute': async ({ db }, _, { poolId, fromInitiativeId, toInitiativeId, amount }) => {
    await addNeed(db, fromInitiativeId, poolId, -amount)
    await addNeed(db, toInitiativeId, poolId, amount)
  },
  'stop-initiative': async (change, context, { initiativeId }, cycleId) => {
    await initiatives.change(change.db, initiativeId, (i) => ({ ...i, state: 'stopped' }))
    await amendAllocation(change, context, cycleId, (chosen) =>
      chosen.filter((c) => c.initiativeId !== initiativeId),
    )
  },
  'start-initiative': async (change, context, { initiativeId, start }, cycleId) => {
    await initiatives.change(change.db, initiativeId, (i) => ({ ...i, state: 'funded' }))
    await amendAllocation(change, context, cycleId, (chosen) => [
      ...chosen.filter((c) => c.initiativeId !== initiativeId),
      { initiativeId, start },
    ])
  },
  'change-risk': async ({ db }, _, { riskId, to }) => {
    const frequency = 'rate' in to ? { alpha: 1, beta: 1 / Math.max(to.rate, 1e-9) } : to
    // the belief has taken the indicator in; from here on it starts level again
    await risks.change(db, riskId, (r) => ({ ...r, frequency, frequencyFactor: 1 }))
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

async function addNeed(db: Change['db'], id: string, poolId: string, amount: number): Promise<void> {
  await initiatives.change(db, id, (i) => {
    const [first = 0, ...rest] = i.needs[poolId] ?? []
    return { ...i, needs: { ...i.needs, [poolId]: [Math.max(0, first + amount), ...rest] } }
  })
}

/** A new approved allocation beside the old one, which is kept as superseded. */
async function amendAllocation(
  { db, at, record }: Change,
  { newId }: Context,
  cycleId: string,
  amend: (chosen: Allocation['result']['chosen']) => Allocation['result']['chosen'],
): Promise<void> {
  const before = await approvedAllocation(db)
  if (!before) return
  await allocations.change(db, before.id, (a) => ({ ...a, state: 'superseded' }))
  const result = { ...before.result, chosen: amend(before.result.chosen) }
  const amended = { ...before, id: newId('allocation'), cycleId, result, createdAt: at }
  await allocations.insert(db, amended)
  await record('allocation', 'amended', amended.id, { from: before.id, chosen: result.chosen.length })
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
