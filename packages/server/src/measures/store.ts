/** @file Measures and the points of their histories. */
import type { Measure, Point } from '@capstan/api'
import { measureState } from '@capstan/domain'
import { type Db, recordStore } from '../database/records.ts'

export type MeasureRecord = Omit<Measure, 'state' | 'latest'>

export const measures = recordStore<MeasureRecord>('measures', 'measure')

export async function pointsOf(db: Db, measureId: string): Promise<Point[]> {
  const rows = await db
    .selectFrom('measure_points')
    .selectAll()
    .where('measure_id', '=', measureId)
    .orderBy('at')
    .orderBy('position')
    .execute()
  return rows.map(pointOf)
}

async function latestOf(db: Db, measureId: string): Promise<Point | null> {
  const row = await db
    .selectFrom('measure_points')
    .selectAll()
    .where('measure_id', '=', measureId)
    .orderBy('at', 'desc')
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? pointOf(row) : null
}

export async function insertPoint(db: Db, measureId: string, point: Point): Promise<void> {
  await db
    .insertInto('measure_points')
    .values({
      measure_id: measureId,
      at: point.at,
      value: point.value,
      standard_error: point.standardError ?? null,
      origin: point.origin,
      evidence: JSON.stringify(point.evidence),
    })
    .execute()
}

export async function viewMeasure(db: Db, record: MeasureRecord, now: string): Promise<Measure> {
  const latest = await latestOf(db, record.id)
  const state = measureState(latest ? [latest] : [], { now, staleAfterDays: record.staleAfterDays })
  return { ...record, state, latest }
}

export async function listMeasures(db: Db, now: string): Promise<Measure[]> {
  return Promise.all((await measures.list(db)).map((record) => viewMeasure(db, record, now)))
}

function pointOf(row: {
  at: string
  value: number
  standard_error: number | null
  origin: string
  evidence: string
}): Point {
  return {
    at: row.at,
    value: row.value,
    ...(row.standard_error === null ? {} : { standardError: row.standard_error }),
    origin: row.origin as Point['origin'],
    evidence: JSON.parse(row.evidence),
  }
}
