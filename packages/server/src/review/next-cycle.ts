/** @file Closes a cycle and opens the next one with what is carried over. */
import type { Cycle } from '@capstan/api'
import type { Change, Context } from '../context.ts'
import { cycles } from '../cycles/store.ts'
import type { Db } from '../database/records.ts'
import { allocations, approvedAllocation } from '../resources/store.ts'
import { initiatives, initiativesOf, keyResults, objectives } from '../strategy/store.ts'
import { tasks } from '../team/store.ts'
import { readFacts } from '../workspace/facts.ts'

/** Objectives with their key results, and initiatives that are not at an end, go on; the snapshots keep the past. */
export async function nextCycle(
  { db, at, record }: Change,
  { newId }: Pick<Context, 'newId'>,
  closing: Cycle,
): Promise<Cycle> {
  await cycles.change(db, closing.id, (c) => ({ ...c, state: 'closed' }))
  await record('cycle', 'closed', closing.id, { number: closing.number })
  const length = Date.parse(closing.end) - Date.parse(closing.start)
  const number = closing.number + 1
  const { language } = await readFacts(db)
  const cycle = await cycles.insert(db, {
    id: newId('cycle'),
    number,
    name: language === 'zh-CN' ? `第 ${number} 周期` : `Cycle ${number}`,
    start: at,
    end: new Date(Date.parse(at) + length).toISOString(),
    state: 'planning',
  })
  const carried = (await objectives.list(db)).filter(({ cycleId }) => cycleId === closing.id)
  for (const { id } of carried) await objectives.change(db, id, (o) => ({ ...o, cycleId: cycle.id }))
  const ids = new Set(carried.map(({ id }) => id))
  for (const { id, objectiveId } of await keyResults.list(db)) {
    if (ids.has(objectiveId)) await keyResults.change(db, id, (k) => ({ ...k, due: cycle.end }))
  }
  const ended = await endFinished(db, closing.id)
  for (const { id, state } of await initiativesOf(db, closing.id)) {
    if (state === 'done' || state === 'stopped') continue
    await initiatives.change(db, id, (i) => ({ ...i, cycleId: cycle.id }))
  }
  await carryGrants(db, newId('allocation'), cycle.id, at, ended)
  await record('cycle', 'opened', cycle.id, { number, name: cycle.name })
  return cycle
}

/** Funded initiatives whose tasks are all done have come to their end. */
async function endFinished(db: Db, cycleId: string): Promise<Set<string>> {
  const all = await tasks.list(db)
  const ended = new Set<string>()
  for (const { id, state } of await initiativesOf(db, cycleId)) {
    const own = all.filter(({ initiativeId, state: task }) => initiativeId === id && task !== 'dropped')
    if (state !== 'funded' || own.length === 0 || own.some((task) => task.state !== 'done')) continue
    await initiatives.change(db, id, (i) => ({ ...i, state: 'done' }))
    ended.add(id)
  }
  return ended
}

/** What goes on keeps its grants until the new cycle's allocation is approved. */
async function carryGrants(
  db: Db,
  id: string,
  cycleId: string,
  at: string,
  ended: ReadonlySet<string>,
): Promise<void> {
  const before = await approvedAllocation(db)
  if (!before) return
  const goesOn = ({ initiativeId }: { initiativeId: string }) => !ended.has(initiativeId)
  await allocations.change(db, before.id, (a) => ({ ...a, state: 'superseded' }))
  await allocations.insert(db, {
    ...before,
    id,
    cycleId,
    result: { ...before.result, chosen: before.result.chosen.filter(goesOn) },
    grants: before.grants.filter(goesOn),
    createdAt: at,
  })
}
