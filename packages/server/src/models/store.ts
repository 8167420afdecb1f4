/** @file Models that runs logged, before anybody registers them. */
import { CapstanError } from '@capstan/api'
import type { Db } from '../database/records.ts'
import type { Pair } from '../tracking/store.ts'

export interface ModelMetric {
  key: string
  value: number
  step: number
  at: number
  runId: string
  datasetName?: string | undefined
  datasetDigest?: string | undefined
}

export interface LoggedModel {
  id: string
  number: number
  experimentId: string
  runId: string | null
  name: string
  type: string
  status: 'pending' | 'ready' | 'failed'
  lifecycle: 'active' | 'deleted'
  /** Milliseconds since 1970. */
  createdAt: number
  updatedAt: number
  params: Pair[]
  tags: Record<string, string>
  /** The latest of each key and data set; what is not finite is written out. */
  metrics: (Omit<ModelMetric, 'value'> & { value: number | string })[]
}

export async function insertModel(db: Db, model: Omit<LoggedModel, 'number'>): Promise<LoggedModel> {
  const last = await db
    .selectFrom('logged_models')
    .select((e) => e.fn.max('number').as('last'))
    .executeTakeFirst()
  const whole = { ...model, number: Number(last?.last ?? 0) + 1 }
  await db
    .insertInto('logged_models')
    .values({ id: whole.id, number: whole.number, created_at: whole.createdAt, ...columnsOf(whole) })
    .execute()
  return whole
}

/** @throws {CapstanError} `request/not-found` */
export async function getModel(db: Db, id: string): Promise<LoggedModel> {
  const row = await db.selectFrom('logged_models').select('body').where('id', '=', id).executeTakeFirst()
  if (!row) throw new CapstanError('request/not-found', { noun: 'model', id })
  return JSON.parse(row.body) as LoggedModel
}

export async function changeModel(
  db: Db,
  id: string,
  change: (model: LoggedModel) => LoggedModel,
): Promise<LoggedModel> {
  const changed = change(await getModel(db, id))
  await db.updateTable('logged_models').set(columnsOf(changed)).where('id', '=', id).execute()
  return changed
}

/** Newest first. */
export async function listModels(db: Db, experimentIds: readonly string[]): Promise<LoggedModel[]> {
  if (experimentIds.length === 0) return []
  const rows = await db
    .selectFrom('logged_models')
    .select('body')
    .where('experiment', 'in', experimentIds.map(Number))
    .where('lifecycle', '=', 'active')
    .orderBy('created_at', 'desc')
    .orderBy('number', 'desc')
    .execute()
  return rows.map(({ body }) => JSON.parse(body) as LoggedModel)
}

/** A metric of a model that is not here stays with its run alone. */
export async function addModelMetrics(
  db: Db,
  metrics: readonly (ModelMetric & { modelId: string })[],
): Promise<void> {
  for (const id of new Set(metrics.map(({ modelId }) => modelId))) {
    const known = await db.selectFrom('logged_models').select('id').where('id', '=', id).executeTakeFirst()
    if (!known) continue
    const own = metrics.filter(({ modelId }) => modelId === id)
    await changeModel(db, id, (model) => ({ ...model, metrics: own.reduce(withMetric, model.metrics) }))
  }
}

function withMetric(
  metrics: LoggedModel['metrics'],
  { key, value, step, at, runId, datasetName, datasetDigest }: ModelMetric,
): LoggedModel['metrics'] {
  const written = Number.isFinite(value) ? value : String(value)
  const added = { key, value: written, step, at, runId, datasetName, datasetDigest }
  const same = (other: LoggedModel['metrics'][number]) =>
    other.key === key && other.datasetName === datasetName && other.datasetDigest === datasetDigest
  const before = metrics.find(same)
  if (before && (before.step > step || (before.step === step && before.at > at))) return metrics
  return [...metrics.filter((other) => !same(other)), added]
}

export const columnsOf = (model: LoggedModel) => ({
  experiment: Number(model.experimentId),
  run_id: model.runId,
  name: model.name,
  status: model.status,
  lifecycle: model.lifecycle,
  updated_at: model.updatedAt,
  body: JSON.stringify(model),
})
