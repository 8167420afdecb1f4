/** @file Turns what the life cycle did into points of the measures bound to it, and of what hangs on those. */
import type { MeasureQuery, Point } from '@capstan/api'
import { margin } from '@capstan/domain'
import type { Change } from '../context.ts'
import { watchRisks } from '../risk/watch.ts'
import { insertPoint, type MeasureRecord, measures } from './store.ts'

interface Estimate {
  value: number
  standardError?: number
}

/** Something that was measured; each measure decides by its query whether it takes the value. */
export type Observation = { evidence: Point['evidence'] } & (
  | {
      source: 'evaluation'
      datasetId: string
      initiativeId: string | null
      values: Record<'accuracy' | 'loss' | 'calibration-error', Estimate>
    }
  | { source: 'endpoint'; endpointName: string; values: Record<'p50' | 'p95' | 'p99', Estimate> }
  | { source: 'ledger'; poolId: string; initiativeId: string; values: Record<'burn', Estimate> }
)

/** Adds the points in the caller's transaction, so that a result and its measures are saved together. */
export async function observe(change: Change, observation: Observation): Promise<void> {
  const all = await measures.list(change.db)
  for (const measure of all) {
    const estimate = takes(measure.query, observation)
    if (!estimate) continue
    await addPoint(change, all, measure, {
      at: change.at,
      ...estimate,
      origin: 'measured',
      evidence: observation.evidence,
    })
  }
}

/** One point, the margins that follow from it, and the risk indicators that watch them. */
export async function addPoint(
  change: Change,
  all: readonly MeasureRecord[],
  measure: MeasureRecord,
  point: Point,
): Promise<void> {
  await insertPoint(change.db, measure.id, point)
  const { value, origin, evidence } = point
  await change.record('measure', 'moved', measure.id, {
    key: measure.key,
    name: measure.name,
    unit: measure.unit,
    value,
    origin,
    evidence,
  })
  await watchRisks(change, measure, point)
  for (const follower of all) {
    if (follower.query.source !== 'margin' || follower.query.measureId !== measure.id) continue
    const distance = margin(point.value, follower.query.limit, measure.direction)
    await addPoint(change, all, follower, { ...point, value: distance })
  }
}

function takes(query: MeasureQuery, seen: Observation): Estimate | null {
  if (query.source === 'evaluation' && seen.source === 'evaluation') {
    const fits =
      (query.datasetId ?? seen.datasetId) === seen.datasetId &&
      (query.initiativeId ?? seen.initiativeId) === seen.initiativeId
    return fits ? seen.values[query.statistic] : null
  }
  if (query.source === 'endpoint' && seen.source === 'endpoint') {
    return (query.endpointName ?? seen.endpointName) === seen.endpointName
      ? seen.values[query.statistic]
      : null
  }
  if (query.source === 'ledger' && seen.source === 'ledger') {
    const fits =
      query.poolId === seen.poolId && (query.initiativeId ?? seen.initiativeId) === seen.initiativeId
    return fits ? seen.values[query.statistic] : null
  }
  return null
}
