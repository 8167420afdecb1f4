/** @file Rows of histories with windows, remembered from one fact to the next, with what facts gave them. */
import { type Input, MARK } from '@capstan/domain'
import type { Db } from '../database/records.ts'
import { derivedBefore, type Head, inputOfRow, isDerived, type Row, rowsOf } from './store.ts'

/** Rows in memory, of all histories together. */
const MOST = 150_000

const known = new Map<string, { stamp: string; since: string; rows: readonly Row[] }>()
const inputs = new WeakMap<Row, Input | null>()
let held = 0

/** Whoever changes rows changes the head with them: one that does not fit was changed elsewhere, or undone. */
const stampOf = (head: Head): string => JSON.stringify(head)

/** Derived rows since an instant, and the last fact before it with the marks after that; oldest first. */
export async function windowRows(db: Db, id: string, head: Head, since: string): Promise<readonly Row[]> {
  const found = known.get(id)
  if (found?.stamp === stampOf(head) && found.since <= since) {
    const fact = found.rows.findLastIndex(({ at, key }) => at < since && key !== MARK)
    return found.rows.slice(Math.max(0, fact))
  }
  forgetWindow(id)
  const [earlier, rows] = [await derivedBefore(db, id, since), await rowsOf(db, id, { from: since })]
  return [...earlier, ...rows.filter(isDerived)]
}

/** @param rows as `windowRows` gives them for this head */
export function rememberWindow(id: string, head: Head, since: string, rows: readonly Row[]): void {
  forgetWindow(id)
  known.set(id, { stamp: stampOf(head), since, rows })
  held += rows.length
  for (const oldest of known.keys()) {
    if (held <= MOST) break
    forgetWindow(oldest)
  }
}

export function forgetWindow(id: string): void {
  held -= known.get(id)?.rows.length ?? 0
  known.delete(id)
}

/** `inputOfRow`, read once a row. */
export function rememberedInput(row: Row): Input | null {
  const found = inputs.get(row)
  if (found !== undefined) return found
  const input = inputOfRow(row)
  inputs.set(row, input)
  return input
}
