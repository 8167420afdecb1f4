/** @file Moves a history by one fact: goes on from its fold, or replays from where the change begins. */
import {
  type Clock,
  type Direction,
  goesOnFromFold,
  goOn,
  type History,
  type HistoryRow,
  type Input,
  neededSince,
  needsOrder,
  type Query,
  replay,
  slides,
} from '@capstan/domain'
import type { Db } from '../database/records.ts'
import { rememberSorted, sortedOf } from './sorted.ts'
import { type Head, isAfter, isDerived, pointOf, type Row, removeRows, rowOf, rowsOf } from './store.ts'
import { forgetWindow, rememberedInput, rememberWindow, windowRows } from './window.ts'

/** What a measure folds, as the domain reads it. */
export interface Asked {
  id: string
  query: Query
  direction: Direction
}
export type Times = Omit<Clock, 'direction'>

/** What a fact was for a measure, and what it is now. */
export interface Change {
  before: Input | null
  after: Input | null
}

export interface Advanced {
  head: Head
  rows: Row[]
}

/**
 * Removes what is gone and returns what is new, to be written together with that of other measures.
 * @param change null when only time went on
 */
export async function advance(
  db: Db,
  { id, query, direction }: Asked,
  head: Head,
  times: Times,
  change: Change | null,
): Promise<Advanced> {
  const { before = null, after = null } = change ?? {}
  if (!before && after && goesOnFromFold(query) && isAfter(after, head.last)) {
    return appended(db, { id, query, direction }, head, after, times.now)
  }
  const clock: Clock = { ...times, direction }
  const starts = [before?.at, after?.at, slides(query) && head.settled !== '' ? head.settled : undefined]
  const from = starts.filter((at) => at !== undefined).sort()[0] ?? times.now
  const since = neededSince(query, clock, from)
  const rows =
    since === null ? (await rowsOf(db, id)).filter(isDerived) : await windowRows(db, id, head, since)
  const inputs = rows.flatMap((row) => (row.key === before?.key ? [] : (rememberedInput(row) ?? [])))
  if (after) inputs.push(after)
  inputs.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.key < b.key ? -1 : 1))
  const previous = rows.findLast(({ at }) => at < from)
  const history = replay(query, clock, inputs, { from, previous: previous?.value ?? null })
  const wanted = history.rows.map((row) => rowOf(id, row))
  const stored = rows.filter(({ at }) => at >= from)
  const { added, changed, removed } = compareRows(stored, wanted)
  await removeRows(db, id, removed)
  const last = previous ? { at: previous.at, key: previous.key, value: previous.value } : null
  const moved = stand({ ...head, last }, history.rows, history, times.now)
  if (since === null) forgetWindow(id)
  else {
    // rows that stay as they are keep what was read of them
    const kept = new Map(stored.map((row) => [placeOf(row), row]))
    for (const row of changed) kept.delete(placeOf(row))
    const now = wanted.map((row) => kept.get(placeOf(row)) ?? row)
    rememberWindow(id, moved, since, [...rows.filter(({ at }) => at < from), ...now])
  }
  return { rows: [...added, ...changed], head: moved }
}

async function appended(
  db: Db,
  { id, query, direction }: Asked,
  head: Head,
  after: Input,
  now: string,
): Promise<Advanced> {
  const sorted = needsOrder(query) ? await sortedOf(db, id, head) : null
  sorted?.add(after.value)
  const { row, fold } = goOn(query, direction, head.fold, after, sorted?.values)
  const moved = stand(head, [row], { current: row, fold }, now)
  if (sorted) rememberSorted(id, moved, sorted)
  return { rows: [rowOf(id, row)], head: moved }
}

/** The head after its last rows. */
export function stand(
  head: Head,
  rows: readonly HistoryRow[],
  { current, fold }: Pick<History, 'current' | 'fold'>,
  now: string,
): Head {
  const row = rows.at(-1)
  const last = row ? { at: row.at, key: row.key, value: row.value } : head.last
  return {
    ...head,
    last,
    fold,
    current: current && last ? pointOf(last.at, last.key, current) : null,
    settled: now,
  }
}

const placeOf = ({ at, key }: Row) => `${at} ${key}`

const same = (a: Row, b: Row): boolean =>
  a.value === b.value &&
  a.standard_error === b.standard_error &&
  a.origin === b.origin &&
  a.evidence === b.evidence &&
  Number(a.facts) === Number(b.facts) &&
  a.input === b.input

export interface Difference {
  added: Row[]
  changed: Row[]
  removed: Row[]
}

/** How derived rows from an instant on differ from what they should be. */
export function compareRows(stored: readonly Row[], wanted: readonly Row[]): Difference {
  const old = new Map(stored.filter(isDerived).map((row) => [placeOf(row), row]))
  const [added, changed]: [Row[], Row[]] = [[], []]
  for (const row of wanted) {
    const known = old.get(placeOf(row))
    old.delete(placeOf(row))
    if (!known) added.push(row)
    else if (!same(known, row)) changed.push(row)
  }
  return { added, changed, removed: [...old.values()] }
}
