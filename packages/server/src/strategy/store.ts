/** @file Objectives, key results and initiatives. */
import type { Initiative, KeyResult, KeyResultView, Objective } from '@capstan/api'
import { forecastKeyResult, meets } from '@capstan/domain'
import { type Db, recordStore } from '../database/records.ts'
import { measures, pointsOf, viewMeasure } from '../measures/store.ts'

export const objectives = recordStore<Objective>('objectives', 'objective')
export const keyResults = recordStore<KeyResult>('key_results', 'key result')
export const initiatives = recordStore<Initiative>('initiatives', 'initiative')

/** A key result with its measure and forecast as of `now`. */
export async function viewKeyResult(db: Db, keyResult: KeyResult, now: string): Promise<KeyResultView> {
  const measure = await viewMeasure(db, await measures.get(db, keyResult.measureId), now)
  const points = await pointsOf(db, measure.id)
  const forecast = forecastKeyResult({
    points,
    // without a baseline the first point is where it started
    baseline: keyResult.baseline ?? points[0]?.value ?? keyResult.target,
    target: keyResult.target,
    direction: measure.direction,
    scale: measure.scale,
    due: keyResult.due,
    now,
  })
  const met = measure.latest && meets(measure.latest.value, keyResult.target, measure.direction)
  return { ...keyResult, measure, met, forecast }
}

export async function keyResultsOf(
  db: Db,
  cycleId: string | undefined,
  now: string,
): Promise<KeyResultView[]> {
  const inCycle = new Set(
    (await objectives.list(db))
      .filter((o) => cycleId === undefined || o.cycleId === cycleId)
      .map(({ id }) => id),
  )
  const chosen = (await keyResults.list(db)).filter(({ objectiveId }) => inCycle.has(objectiveId))
  return Promise.all(chosen.map((keyResult) => viewKeyResult(db, keyResult, now)))
}

export async function initiativesOf(db: Db, cycleId?: string): Promise<Initiative[]> {
  const all = await initiatives.list(db)
  return cycleId === undefined ? all : all.filter((initiative) => initiative.cycleId === cycleId)
}

/** The ledger or a run names it. */
export async function isUsed(db: Db, initiativeId: string): Promise<boolean> {
  const [entry, run] = await Promise.all([
    db
      .selectFrom('ledger')
      .select('id')
      .where('initiative_id', '=', initiativeId)
      .limit(1)
      .executeTakeFirst(),
    db.selectFrom('runs').select('id').where('initiative_id', '=', initiativeId).limit(1).executeTakeFirst(),
  ])
  return entry !== undefined || run !== undefined
}
