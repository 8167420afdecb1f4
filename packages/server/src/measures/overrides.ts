/** @file Overrides: signed, withdrawn, ended. */
import { CapstanError, refusedError } from '@capstan/api'
import { inForce, overrideRefusal, valueRefusal, withdrawalRefusal } from '@capstan/domain'
import type { Change, Context } from '../context.ts'
import { openMeasure } from './define.ts'
import { announce } from './observe.ts'
import { overrides } from './records.ts'
import { pointsOf } from './store.ts'

interface Signed {
  value: number
  note: string
  point?: string | undefined
  until?: string | undefined
}

export async function signOverride(
  change: Change,
  newId: Context['newId'],
  measureId: string,
  { value, note, point, until }: Signed,
) {
  const { db, at, actor, record } = change
  const measure = await openMeasure(db, measureId)
  const end = until === undefined ? null : new Date(until).toISOString()
  const refusal = valueRefusal(value, measure.scale) ?? overrideRefusal(end, at)
  if (refusal) throw refusedError(refusal)
  const replaced = point === undefined ? null : (await pointsOf(db, measureId)).find(({ id }) => id === point)
  if (replaced === undefined) throw new CapstanError('request/not-found', { noun: 'point', id: point! })
  const made = await overrides.insert(db, {
    id: newId('override'),
    measureId,
    point: point ?? null,
    ...{ value, note, by: actor, at, until: end, withdrawn: null },
  })
  const { key, name, unit } = measure
  await record('measure', 'overridden', measureId, { key, name, unit, value, note, override: made.id })
  await announce(change, [measureId])
  return made
}

export async function withdrawOverride(
  change: Change,
  { id, measureId, revision, note }: { id: string; measureId: string; revision: number; note: string },
) {
  const { db, at, actor, record } = change
  const known = await overrides.get(db, id)
  if (known.measureId !== measureId) throw new CapstanError('request/not-found', { noun: 'override', id })
  const refusal = withdrawalRefusal(known)
  if (refusal) throw refusedError(refusal)
  const made = await overrides.edit(db, id, revision, (one) => ({
    ...one,
    withdrawn: { by: actor, at, note },
  }))
  await record('measure', 'override-withdrawn', measureId, { override: id, note, value: known.value })
  await announce(change, [measureId])
  return made
}

/** Tells what measures say since overrides have ended. */
export async function endOverrides(change: Change): Promise<void> {
  const { db, at, record } = change
  for (const one of await overrides.list(db)) {
    if (one.ended || one.withdrawn !== null || inForce(one, at)) continue
    await overrides.change(db, one.id, (known) => ({ ...known, ended: true }))
    await record('measure', 'override-ended', one.measureId, { override: one.id, value: one.value })
    await announce(change, [one.measureId])
  }
}
