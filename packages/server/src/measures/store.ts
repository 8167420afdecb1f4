/** @file Measures and overrides, and what they say now. */
import type { Measure, Point } from '@capstan/api'
import {
  combine,
  combineHistories,
  daysBetween,
  inForce,
  type Message,
  margin,
  marginsOf,
  measureState,
  message,
  overridden,
} from '@capstan/domain'
import type { Db, Revised } from '../database/records.ts'
import { headsOf, latestOf, pointOfRow, rowsOf, type Slice } from '../histories/store.ts'
import { goneOf } from './gone.ts'
import {
  type Kept,
  type MeasureRecord,
  madeOf,
  measures,
  type OverrideRecord,
  overrides,
  type Standing,
} from './records.ts'

export { type MeasureRecord, measures } from './records.ts'

/** @param wanted with everything that they are made of */
export async function standingOf(db: Db, wanted: readonly Kept[], now: string): Promise<Standing> {
  const records = new Map(wanted.map((record) => [record.id, record]))
  for (let open = [...wanted]; open.length > 0; ) {
    const missing = [...new Set(open.flatMap(({ query }) => madeOf(query)))].filter((id) => !records.has(id))
    open = (await Promise.all(missing.map((id) => measures.find(db, id)))).flatMap((record) => record ?? [])
    for (const record of open) records.set(record.id, record)
  }
  return { records, heads: await headsOf(db, [...records.keys()]), overrides: await overridesNow(db, now) }
}

export async function overridesNow(db: Db, now: string): Promise<(OverrideRecord & Revised)[]> {
  return (await overrides.list(db)).filter((one) => inForce(one, now))
}

/** The value that counts now, with the person's in front where there is one. */
export function latestNow(standing: Standing, id: string): Point | null {
  const record = standing.records.get(id)
  if (!record) return null
  const point = plainLatest(standing, record)
  const own = standing.overrides.filter(({ measureId }) => measureId === id)
  const current = own.findLast((one) => one.point === null)
  if (current) return overridden(point, current)
  const pinned = point && own.findLast((one) => one.point === point.id)
  return pinned ? overridden(point, pinned) : point
}

function plainLatest(standing: Standing, { id, query }: Kept): Point | null {
  if (query.source === 'margin') {
    const subject = standing.records.get(query.measureId)
    const point = latestNow(standing, query.measureId)
    return point && subject ? { ...point, value: margin(point.value, query.limit, subject.direction) } : null
  }
  if (query.source === 'formula') {
    const operands = query.measureIds.map((operand) => latestNow(standing, operand))
    if (operands.some((point) => point === null)) return null
    const known = operands as Point[]
    const made = combine(query.operation, known)
    const newest = known.reduce((a, b) => (b.at >= a.at ? b : a))
    return made && { ...made, at: newest.at, evidence: newest.evidence }
  }
  const head = standing.heads.get(id)
  return head ? latestOf(head) : null
}

/** Measures as they are shown, in as many queries for all of them as for one. */
export async function viewMeasures(db: Db, records: readonly Kept[], now: string): Promise<Measure[]> {
  const standing = await standingOf(db, records, now)
  const gone = await goneOf(db, records, standing)
  return records.map((record) => view(record, standing, gone.get(record.id) ?? [], now))
}

export async function viewMeasure(db: Db, record: MeasureRecord, now: string): Promise<Measure> {
  const kept = 'revision' in record ? (record as Kept) : { ...record, revision: 1 }
  return (await viewMeasures(db, [kept], now))[0]!
}

export async function listMeasures(db: Db, now: string, archived = false): Promise<Measure[]> {
  const all = await measures.list(db)
  return viewMeasures(
    db,
    all.filter((record) => archived || !record.archived),
    now,
  )
}

function view(record: Kept, standing: Standing, gone: readonly string[], now: string): Measure {
  const { staleAfterDays, archived = false } = record
  // a number that something deleted once gave is no number of today
  const latest = gone.length > 0 ? null : latestNow(standing, record.id)
  const state = measureState(latest ? [latest] : [], { now, staleAfterDays })
  const notice =
    state === 'live'
      ? null
      : state === 'stale'
        ? message('measure.stale', {
            days: Math.floor(daysBetween(latest!.at, now)),
            limit: staleAfterDays,
          })
        : whyMissing(record, standing, gone)
  return { ...record, archived, state, notice, latest }
}

function whyMissing({ id, query }: Kept, standing: Standing, gone: readonly string[]): Message {
  if (gone.length > 0) return message('measure.gone', { things: gone.join(', ') })
  const waiting = madeOf(query).filter((operand) => latestNow(standing, operand) === null)
  if (waiting.length > 0) {
    const names = waiting.map((operand) => standing.records.get(operand)?.name ?? operand)
    return message('measure.noOperands', { names: names.join(', ') })
  }
  const last = standing.heads.get(id)?.last
  return last ? message('measure.windowEmpty', { at: last.at }) : message('measure.empty', {})
}

/**
 * The history of a measure, oldest first, with overrides in force in front of what they replace.
 * @param now overrides that have ended by then no longer count
 */
export async function pointsOf(
  db: Db,
  measureId: string,
  slice: Slice = {},
  now = new Date().toISOString(),
): Promise<Point[]> {
  const record = await measures.find(db, measureId)
  return historyOf(
    db,
    record ?? { id: measureId, query: { source: 'typed' } },
    slice,
    await overridesNow(db, now),
  )
}

async function historyOf(
  db: Db,
  { id, query }: Pick<MeasureRecord, 'id' | 'query'>,
  slice: Slice,
  inForceNow: readonly OverrideRecord[],
): Promise<Point[]> {
  const plain = async (): Promise<Point[]> => {
    if (query.source === 'margin') {
      const subject = await measures.find(db, query.measureId)
      return subject
        ? marginsOf(await historyOf(db, subject, slice, inForceNow), query.limit, subject.direction)
        : []
    }
    if (query.source === 'formula') {
      // a point of one measure needs the last ones of the others, however old
      const whole = { to: slice.to }
      const histories: Point[][] = []
      for (const operand of query.measureIds) {
        const record = await measures.find(db, operand)
        histories.push(record ? await historyOf(db, record, whole, inForceNow) : [])
      }
      const { from = '' } = slice
      return combineHistories(query.operation, histories).filter(({ at }) => at >= from)
    }
    return (await rowsOf(db, id, slice)).map(pointOfRow)
  }
  return withOverrides(
    await plain(),
    inForceNow.filter(({ measureId }) => measureId === id),
    slice,
  )
}

/** One that stands for the latest is a point of its own, at the instant at which it was signed. */
export function withOverrides(
  points: Point[],
  own: readonly OverrideRecord[],
  { from = '', to }: Slice = {},
): Point[] {
  if (own.length === 0) return points
  const shown = points.map((point) => {
    const by = own.findLast((one) => one.point !== null && one.point === point.id)
    return by ? overridden(point, by) : point
  })
  const current = own.findLast((one) => one.point === null)
  if (!current || current.at < from || (to !== undefined && current.at > to)) return shown
  const place = shown.findIndex(({ at }) => at > current.at)
  const before = place < 0 ? shown.length : place
  const replaced = shown[before - 1] ?? null
  const point = { ...overridden(replaced, current), id: `override:${current.id}`, at: current.at }
  return [...shown.slice(0, before), point, ...shown.slice(before)]
}
