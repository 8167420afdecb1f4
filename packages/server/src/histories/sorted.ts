/** @file Sorted values of histories whose statistic asks for their order, remembered from one fact to the next. */
import { sortedWindow } from '@capstan/domain'
import type { Db } from '../database/records.ts'
import { type Head, inputOfRow, rowsOf } from './store.ts'

/** Values in memory, of all histories together. */
const MOST = 4_000_000

type Sorted = ReturnType<typeof sortedWindow>
const known = new Map<string, { stamp: string; sorted: Sorted }>()

/** A head tells of every value by count, sums and extremes: one that does not fit was changed elsewhere, or undone. */
const stampOf = ({ last, fold }: Head): string => JSON.stringify([last, fold])

/** The values behind a head; whoever adds to them says so by `rememberSorted`. */
export async function sortedOf(db: Db, id: string, head: Head): Promise<Sorted> {
  const found = known.get(id)
  known.delete(id)
  if (found?.stamp === stampOf(head)) return found.sorted
  const rows = await rowsOf(db, id)
  return sortedWindow(rows.flatMap((row) => inputOfRow(row)?.value ?? []))
}

export function rememberSorted(id: string, head: Head, sorted: Sorted): void {
  known.delete(id)
  known.set(id, { stamp: stampOf(head), sorted })
  let values = 0
  for (const one of known.values()) values += one.sorted.values.length
  for (const [oldest, one] of known) {
    if (values <= MOST) break
    known.delete(oldest)
    values -= one.sorted.values.length
  }
}
