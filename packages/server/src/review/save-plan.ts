/** @file Saves a changed plan: every record that differs from before, and the next cycle when it was opened. */
import type { Allocation, Cycle } from '@capstan/api'
import type { Plan } from '@capstan/domain'
import type { Change, Context } from '../context.ts'
import { cycles } from '../cycles/store.ts'
import { allocations, pools } from '../resources/store.ts'
import { mitigations, risks } from '../risk/store.ts'
import { initiatives, keyResults, objectives } from '../strategy/store.ts'
import { plainTask, tasks } from '../team/store.ts'
import { readFacts } from '../workspace/facts.ts'

/** @returns the cycle that the plan is now of */
export async function savePlan(change: Change, context: Context, before: Plan, after: Plan): Promise<Cycle> {
  const cycle = after.turned
    ? await openNext(change, context, before, after)
    : await cycles.get(change.db, before.cycle.id)
  await saveKeyResults(change, before, after)
  await saveInitiatives(change, before, after, cycle)
  await saveResources(change, before, after)
  await saveTasks(change, context, before, after)
  await saveAllocation(change, context, before, after, cycle.id)
  return cycle
}

async function openNext(
  { db, record }: Change,
  { newId }: Context,
  before: Plan,
  { cycle: next }: Plan,
): Promise<Cycle> {
  const closing = await cycles.change(db, before.cycle.id, (c) => ({ ...c, state: 'closed' }))
  await record('cycle', 'closed', closing.id, { number: closing.number })
  const { language } = await readFacts(db)
  const { revision: _, ...kept } = closing
  const { number, start, end } = next
  const cycle = await cycles.insert(db, {
    ...kept,
    ...{ id: newId('cycle'), number, start, end, state: 'planning' },
    name: language === 'zh-CN' ? `第 ${number} 周期` : `Cycle ${number}`,
  })
  for (const { id } of before.objectives) {
    await objectives.change(db, id, (o) => ({ ...o, cycleId: cycle.id }))
  }
  await record('cycle', 'opened', cycle.id, { number, name: cycle.name, start, end, from: closing.id })
  return cycle
}

async function saveKeyResults({ db }: Change, before: Plan, after: Plan): Promise<void> {
  for (const [then, now] of pairs(before.keyResults, after.keyResults)) {
    const { target, due } = now
    if (then.target === target && then.due === due) continue
    await keyResults.change(db, now.id, (k) => ({
      ...k,
      due,
      target,
      title: retitled(k.title, then.target, target),
    }))
  }
}

/** What has come to its end stays in the cycle in which it did. */
async function saveInitiatives({ db }: Change, before: Plan, after: Plan, cycle: Cycle): Promise<void> {
  for (const [then, now] of pairs(before.initiatives, after.initiatives)) {
    const ended = now.state === 'done' || (now.state === 'stopped' && then.state === 'stopped')
    const moves = after.turned && !ended
    const { state, chance, needs } = now
    if (!moves && same(then, now)) continue
    await initiatives.change(db, now.id, (i) => ({
      ...i,
      ...{ state, chance, needs },
      ...(moves ? { cycleId: cycle.id } : {}),
    }))
  }
}

async function saveResources({ db, at }: Change, before: Plan, after: Plan): Promise<void> {
  for (const [then, now] of pairs(before.pools, after.pools)) {
    if (!same(then, now)) await pools.change(db, now.id, (p) => ({ ...p, capacity: now.capacity }))
  }
  for (const [then, now] of pairs(before.risks, after.risks)) {
    if (same(then, now)) continue
    // the new estimate knows what has happened until now
    const estimate = { frequency: now.frequency, frequencyRange: null, estimatedAt: at }
    await risks.change(db, now.id, (risk) => ({ ...risk, ...estimate }))
  }
  for (const [then, now] of pairs(before.mitigations, after.mitigations)) {
    if (then.adopted === now.adopted) continue
    await mitigations.change(db, now.id, (one) => ({ ...one, adopted: now.adopted, adoptedAt: at }))
  }
}

async function saveTasks({ db, at }: Change, { newId }: Context, before: Plan, after: Plan): Promise<void> {
  for (const [then, now] of pairs(before.tasks, after.tasks)) {
    const { estimateDays } = now
    if (then.estimateDays !== estimateDays) await tasks.change(db, now.id, (t) => ({ ...t, estimateDays }))
  }
  const add = async (title: string, origin: 'measured' | 'typed' | 'demonstration') =>
    tasks.insert(db, {
      ...(await plainTask(db)),
      ...{ id: newId('task'), title: title.slice(0, 200), origin, createdAt: at },
    })
  for (const id of after.toMeasure) {
    const { title, origin } = await keyResults.get(db, id)
    await add(`→ ${title}`, origin)
  }
  for (const { poolId, amount } of after.toHire) {
    const { name, unit, origin } = await pools.get(db, poolId)
    await add(`→ ${name} + ${amount} ${unit}`, origin)
  }
}

/** A new approved allocation beside the old one, which is kept as superseded. */
async function saveAllocation(
  { db, at, record }: Change,
  { newId }: Context,
  before: Plan,
  after: Plan,
  cycleId: string,
): Promise<void> {
  const made = after.allocation
  if (!made || (!after.turned && same(before.allocation, made))) return
  const old = await allocations.change(db, made.id, (a) => ({ ...a, state: 'superseded' }))
  const result = { ...old.result, chosen: made.chosen }
  const grants = made.grants.map((grant) => grantAs(old.grants, grant))
  const amended: Allocation = {
    ...old,
    ...{ id: newId('allocation'), cycleId, state: 'approved', result, grants, createdAt: at },
  }
  await allocations.insert(db, amended)
  if (!same(before.allocation, made)) {
    await record('allocation', 'amended', amended.id, { from: old.id, chosen: made.chosen.length })
  }
}

/** The amounts by period keep their shape when the whole changes. */
function grantAs(
  old: Allocation['grants'],
  grant: { initiativeId: string; poolId: string; amount: number },
): Allocation['grants'][number] {
  const then = old.find((g) => g.initiativeId === grant.initiativeId && g.poolId === grant.poolId)
  if (!then) return grant
  const factor = then.amount > 0 ? grant.amount / then.amount : 0
  return { ...then, ...grant, ...(then.plan ? { plan: then.plan.map((amount) => amount * factor) } : {}) }
}

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

function pairs<T extends { id: string }>(before: readonly T[], after: readonly T[]): [T, T][] {
  const byId = new Map(before.map((item) => [item.id, item]))
  return after.flatMap((now): [T, T][] => {
    const then = byId.get(now.id)
    return then ? [[then, now]] : []
  })
}

/** A title that names its target keeps naming it: `≥ 97 %` becomes `≥ 98.5 %`. */
export function retitled(title: string, from: number, to: number): string {
  if (from === to) return title
  for (const scale of [100, 1]) {
    const [old, next] = [Number((from * scale).toPrecision(6)), Number((to * scale).toPrecision(6))]
    const pattern = new RegExp(`(?<![\\d.])${String(old).replace('.', '\\.')}(?![\\d.])`)
    if (pattern.test(title)) return title.replace(pattern, String(next))
  }
  return title
}
