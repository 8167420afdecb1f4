/** @file The facts that a measure stood on at an instant. */
import { type Input, windowStart } from '@capstan/domain'
import type { Db } from '../database/records.ts'
import { factRows, inputOfRow } from '../histories/store.ts'
import { timesOf } from './clock.ts'
import { askedOf, type Kept } from './records.ts'
import { pointsOf } from './store.ts'

interface Behind {
  at: string
  value: number
  /** Of a share: whether it counts. */
  counts: boolean
  evidence: Input['evidence']
}

/** Newest first; of measures that fold no facts, the one point that stood then. */
export async function behindOf(
  db: Db,
  measure: Kept,
  at: string,
  limit: number,
  now: string,
): Promise<{ count: number; facts: Behind[] }> {
  const query = askedOf(measure)
  const until = new Date(at).toISOString()
  if (query === null) {
    const point = (await pointsOf(db, measure.id, { to: until }, now)).at(-1)
    const facts = point ? [{ at: point.at, value: point.value, counts: true, evidence: point.evidence }] : []
    return { count: facts.length, facts }
  }
  const from = windowStart(query, await timesOf(db, until), until)
  const { count, rows } = await factRows(db, measure.id, { from, to: until }, limit)
  const inputs = rows.flatMap((row) => inputOfRow(row) ?? [])
  return {
    count,
    facts: inputs.map((input) => ({
      at: input.at,
      value: input.value,
      counts: input.hit,
      evidence: input.evidence,
    })),
  }
}
