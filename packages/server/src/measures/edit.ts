/** @file Edits, archives and deletes measures. */
import { refusedError } from '@capstan/api'
import { message } from '@capstan/domain'
import type { Change } from '../context.ts'
import { removeHistory } from '../histories/store.ts'
import { requireSense } from './define.ts'
import { hangingOn } from './hanging.ts'
import { announce } from './observe.ts'
import { rebuildThese } from './rebuild.ts'
import { askedOf, type Kept, type MeasureRecord, measures, overrides } from './records.ts'

type Edited = Pick<Kept, 'revision'> & {
  [K in 'name' | 'unit' | 'direction' | 'scale' | 'staleAfterDays' | 'query' | 'archived']?:
    | MeasureRecord[K]
    | undefined
}

export async function editMeasure(
  change: Change,
  id: string,
  { revision, ...wanted }: Edited,
): Promise<Kept> {
  const { db, record } = change
  const before = await measures.get(db, id)
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))
  const after = { ...before, ...given }
  if (wanted.archived && !before.archived) await requireFree(change, before)
  // what stands on it speaks its unit
  if (after.unit !== before.unit) await requireFree(change, before)
  if (!after.archived) await requireSense(db, after)
  const edited = await measures.edit(db, id, revision, (one) => ({ ...one, ...given }))
  const verb =
    after.archived === (before.archived ?? false) ? 'edited' : after.archived ? 'archived' : 'restored'
  await record('measure', verb, id, { key: edited.key, name: edited.name, changed: Object.keys(given) })
  const asks = (one: MeasureRecord) => JSON.stringify([one.query, one.direction, one.archived ?? false])
  if (asks(before) === asks(edited)) return edited
  if (askedOf(before) !== null && askedOf(edited) === null) await removeHistory(db, id, 'derived')
  await rebuildThese(change, [edited])
  if (askedOf(edited) === null) await announce(change, [id])
  return edited
}

export async function removeMeasure(change: Change, id: string, revision: number): Promise<void> {
  const { db, record } = change
  const measure = await measures.get(db, id)
  await requireFree(change, measure)
  // refuses when somebody has changed it since it was read
  await measures.edit(db, id, revision, (one) => one)
  await measures.remove(db, id)
  await removeHistory(db, id, 'all')
  for (const one of await overrides.list(db)) if (one.measureId === id) await overrides.remove(db, one.id)
  await record('measure', 'deleted', id, { key: measure.key, name: measure.name })
}

async function requireFree({ db }: Change, { id, name }: Kept): Promise<void> {
  const others = await hangingOn(db, id)
  if (others.length > 0)
    throw refusedError(message('measure.hangs', { name, others: others.map((one) => one.name).join(', ') }))
}
