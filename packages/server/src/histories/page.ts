/** @file A history in pages, newest first. */
import type { Point } from '@capstan/api'
import type { Db } from '../database/records.ts'
import { askedOf, type Kept } from '../measures/records.ts'
import { overridesNow, pointsOf, withOverrides } from '../measures/store.ts'
import { type Place, pointOfRow, rowsBefore, type Slice } from './store.ts'

export interface Page {
  points: Point[]
  next: string | null
}

export async function historyPage(
  db: Db,
  measure: Kept,
  { limit, after, from, to }: Slice & { limit: number; after?: string | undefined },
  now: string,
): Promise<Page> {
  const slice = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  if (askedOf(measure) === null && measure.query.source !== 'typed') {
    // made of other histories: counted from its end
    const all = (await pointsOf(db, measure.id, slice, now)).reverse()
    const start = Number(after ?? 0) || 0
    const end = start + limit
    return { points: all.slice(start, end), next: end < all.length ? String(end) : null }
  }
  const before = after === undefined ? undefined : placeOf(after)
  const rows = await rowsBefore(db, measure.id, { ...slice, before, limit: limit + 1 })
  const shown = rows.slice(0, limit)
  const own = (await overridesNow(db, now)).filter(({ measureId }) => measureId === measure.id)
  // an override of the latest stands in the page whose instants hold its own
  const oldest = shown.at(-1)?.at ?? ''
  const points = withOverrides(shown.map(pointOfRow).reverse(), own, {
    from: rows.length > limit ? oldest : (from ?? ''),
    ...(before === undefined ? (to === undefined ? {} : { to }) : { to: before.at }),
  })
  const last = shown.at(-1)
  return { points: points.reverse(), next: rows.length > limit && last ? `${last.at} ${last.key}` : null }
}

function placeOf(after: string): Place {
  const [at = '', ...key] = after.split(' ')
  return { at, key: key.join(' ') }
}
