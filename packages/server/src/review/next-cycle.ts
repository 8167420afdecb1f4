/** @file Closes a cycle and opens the next one with what is carried over. */
import type { Cycle } from '@capstan/api'
import type { Change, Context } from '../context.ts'
import { cycles } from '../cycles/store.ts'
import { initiatives, initiativesOf, keyResults, objectives } from '../strategy/store.ts'

/** Objectives with their key results, and initiatives that are not at an end, go on; the snapshots keep the past. */
export async function nextCycle(
  { db, at, record }: Change,
  { newId }: Context,
  closing: Cycle,
): Promise<Cycle> {
  await cycles.change(db, closing.id, (c) => ({ ...c, state: 'closed' }))
  await record('cycle', 'closed', closing.id, { number: closing.number })
  const length = Date.parse(closing.end) - Date.parse(closing.start)
  const number = closing.number + 1
  const cycle = await cycles.insert(db, {
    id: newId('cycle'),
    number,
    name: nextName(closing.name, closing.number, number),
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
  for (const { id, state } of await initiativesOf(db, closing.id)) {
    if (state === 'done' || state === 'stopped') continue
    await initiatives.change(db, id, (i) => ({ ...i, cycleId: cycle.id }))
  }
  await record('cycle', 'opened', cycle.id, { number, name: cycle.name })
  return cycle
}

/** `Cycle 1` goes on as `Cycle 2`; a name without its number gets one. */
function nextName(name: string, from: number, to: number): string {
  return name.includes(String(from)) ? name.replace(String(from), String(to)) : `${name} ${to}`
}
