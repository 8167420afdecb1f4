/** @file MLflow's runs: begin, log, search, history. */
import type { DatasetInput } from '@capstan/api'
import { mlflowRules, parseExpression, parseOrderBy } from '@capstan/domain'
import type { Change, Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { addModelMetrics } from '../models/store.ts'
import type { Reads } from '../reading/reads.ts'
import { getRun, type RunRecord } from '../runs/store.ts'
import { type RunColumns, runColumns } from '../search/store.ts'
import { addOutputs, deleteTag, summaryTexts } from '../tracking/store.ts'
import {
  changeTracked,
  logBatch,
  NAME_TAG,
  openRun,
  PARENT_TAG,
  type RunChange,
  startTracked,
  USER_TAG,
} from '../tracking/track.ts'
import { experiment } from './experiments.ts'
import { type Handlers, JsonText } from './handlers.ts'
import {
  type Fields,
  invalid,
  objects,
  optionalText,
  optionalWhole,
  pageSize,
  refusedBy,
  text,
  texts,
  unknown,
} from './protocol.ts'
import { infoOf, locations, runTexts } from './texts.ts'
import {
  checkBatch,
  checkUniqueParams,
  instant,
  limits,
  type MlflowMetric,
  metricOf,
  pairsOf,
  paramOf,
  pathOf,
  tagOf,
} from './validate.ts'

const stateOf: Record<string, RunChange['state']> = {
  RUNNING: 'running',
  SCHEDULED: 'queued',
  FINISHED: 'finished',
  FAILED: 'failed',
  KILLED: 'cancelled',
}
const statusNames = ['', 'RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']

/** Most points of one run and key that a bulk answer holds. */
const BULK_POINTS = 2500

export function runHandlers(context: Context): Handlers {
  const { db, reads, change, newId } = context
  const log = (actor: string, run: string, work: (tx: Change) => Promise<unknown>) =>
    change(actor, async (tx) => {
      await active(tx.db, run)
      await work(tx)
      return {}
    })

  return {
    'POST runs/create': (fields, actor) =>
      change(actor, async (tx) => {
        const { id: experimentId, lifecycle } = await experiment(
          tx.db,
          optionalText(fields, 'experiment_id') ?? '0',
        )
        if (lifecycle !== 'active') {
          throw invalid(
            `The experiment ${experimentId} must be in the 'active' state. Current state is deleted.`,
          )
        }
        const tags = objects(fields, 'tags').map((tag, i, all) => tagOf(tag, pathOf('tags', i, all.length)))
        const tag = (key: string) => tags.find((each) => each.key === key)?.value
        const [name, named] = [optionalText(fields, 'run_name') ?? '', tag(NAME_TAG) ?? '']
        if (name !== '' && named !== '' && name !== named) {
          throw invalid(
            `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${name}', mlflow.runName='${named}').`,
          )
        }
        const id = newId('run')
        const parent = tag(PARENT_TAG)
        const startedAt = optionalWhole(fields, 'start_time')
        const run = await startTracked(tx, {
          id,
          name: name || named || `run-${id.slice(-6)}`,
          experimentId,
          // a parent that is not here is kept as a tag alone
          parentRunId: parent !== undefined && (await exists(tx.db, parent)) ? parent : null,
          user: optionalText(fields, 'user_id') || tag(USER_TAG) || '',
          startedAt: startedAt ? instant(startedAt, 'start_time') : undefined,
          tags,
        })
        return { run: await wholeRun(tx.db, run.id) }
      }),
    'GET runs/get': async (fields) => ({ run: await wholeRun(db, runIdOf(fields)) }),
    'POST runs/update': async (fields, actor) => {
      const id = runIdOf(fields)
      const status = fields.status == null ? undefined : statusName(fields.status)
      const endedAt = optionalWhole(fields, 'end_time')
      const name = optionalText(fields, 'run_name')
      await change(actor, async (tx) => {
        await active(tx.db, id)
        await changeTracked(tx, id, {
          name: name === '' ? undefined : name,
          state: status === undefined ? undefined : stateOf[status],
          endedAt: endedAt ? instant(endedAt, 'end_time') : undefined,
        })
      })
      return { run_info: infoOf((await columns(db, id))!, await locations(db)) }
    },
    'POST runs/delete': (fields, actor) => move(context, actor, runIdOf(fields), 'deleted'),
    'POST runs/restore': (fields, actor) => move(context, actor, runIdOf(fields), 'active'),
    'POST runs/log-metric': (fields, actor) => {
      const metric = metricOf(fields, '')
      return log(actor, runIdOf(fields), (tx) => logMetrics(tx, runIdOf(fields), [metric]))
    },
    'POST runs/log-parameter': (fields, actor) => {
      const param = paramOf(fields, '')
      return log(actor, runIdOf(fields), (tx) => logParams(tx, runIdOf(fields), [param]))
    },
    'POST runs/set-tag': (fields, actor) => {
      const tag = tagOf(fields, '')
      return log(actor, runIdOf(fields), (tx) => logBatch(tx.db, runIdOf(fields), { tags: [tag] }))
    },
    'POST runs/delete-tag': (fields, actor) =>
      log(actor, runIdOf(fields), async (tx) => {
        const { number } = await getRun(tx.db, runIdOf(fields))
        const key = text(fields, 'key')
        if (!(await deleteTag(tx.db, number, key))) {
          throw unknown(`No tag with name: ${key} in run with id ${runIdOf(fields)}`)
        }
      }),
    'POST runs/log-batch': (fields, actor, request) => {
      const size = Number(request.headers['content-length'] ?? 0)
      if (size > limits.batchBytes) {
        throw invalid(
          `Batched logging API requests must be at most ${limits.batchBytes} bytes, got a request of size ${size}.`,
        )
      }
      const id = runIdOf(fields)
      const [metrics, params, tags] = [
        objects(fields, 'metrics'),
        objects(fields, 'params'),
        objects(fields, 'tags'),
      ]
      checkBatch({ metrics: metrics.length, params: params.length, tags: tags.length })
      const batch = {
        metrics: metrics.map((metric, i) => metricOf(metric, `metrics[${i}]`)),
        params: params.map((param, i) => paramOf(param, `params[${i}]`)),
        tags: tags.map((tag, i) => tagOf(tag, `tags[${i}]`)),
      }
      checkUniqueParams(batch.params)
      return log(actor, id, async (tx) => {
        await logParams(tx, id, batch.params)
        await logBatch(tx.db, id, { tags: batch.tags })
        await logMetrics(tx, id, batch.metrics)
      })
    },
    'POST runs/log-inputs': (fields, actor) => {
      const inputs = objects(fields, 'datasets').map(inputOf)
      return log(actor, runIdOf(fields), (tx) => logBatch(tx.db, runIdOf(fields), { inputs }))
    },
    'POST runs/outputs': (fields, actor) =>
      log(actor, runIdOf(fields), async (tx) => {
        const { number } = await getRun(tx.db, runIdOf(fields))
        const models = objects(fields, 'models').map((model) => ({
          modelId: text(model, 'model_id'),
          step: optionalWhole(model, 'step') ?? 0,
        }))
        await addOutputs(tx.db, number, models)
      }),
    'POST runs/log-model': (fields, actor) =>
      log(actor, runIdOf(fields), async (tx) => {
        const id = runIdOf(fields)
        const { number } = await getRun(tx.db, id)
        const model = parsedModel(text(fields, 'model_json'))
        const summary = JSON.parse((await summaryTexts(tx.db, [number])).get(number)!) as {
          tags: { key: string; value: string }[]
        }
        const key = 'mlflow.log-model.history'
        const before = summary.tags.find((tag) => tag.key === key)?.value ?? '[]'
        const value = JSON.stringify([...(JSON.parse(before) as unknown[]), model])
        await logBatch(tx.db, id, { tags: [{ key, value }] })
      }),
    'POST runs/search': (fields) => search(reads, fields),
    'GET metrics/get-history': (fields) => history(db, reads, fields),
    'GET metrics/get-history-bulk-interval': (fields) => bulkHistory(db, reads, fields),
    'GET metrics/get-history-bulk': (fields) => bulkHistory(db, reads, { ...fields, run_ids: fields.run_id }),
  }
}

async function logParams(
  tx: Change,
  id: string,
  params: readonly { key: string; value: string }[],
): Promise<void> {
  try {
    await logBatch(tx.db, id, { params })
  } catch (error) {
    const { code, values } = error as { code?: string; values?: Record<string, string> }
    if (code !== 'run/param-changed') throw error
    throw invalid(
      `Changing param values is not allowed. Param with key='${values!.key}' was already logged with value='${values!.before}' for run ID='${id}'. Attempted logging new value '${values!.value}'.`,
    )
  }
}

async function logMetrics(tx: Change, id: string, metrics: readonly MlflowMetric[]): Promise<void> {
  await logBatch(tx.db, id, { metrics })
  const ofModels = metrics.filter(({ modelId }) => modelId !== undefined && modelId !== '')
  if (ofModels.length > 0) {
    await addModelMetrics(
      tx.db,
      ofModels.map((metric) => ({ ...metric, modelId: metric.modelId!, runId: id })),
    )
  }
}

/** Both names of the identity are in use; the newer one counts. */
function runIdOf(fields: Fields): string {
  const id = optionalText(fields, 'run_id') || optionalText(fields, 'run_uuid')
  return id || text({}, 'run_id')
}

const exists = (db: Db, id: string): Promise<boolean> => runColumns(db, [id]).then(({ length }) => length > 0)

async function active(db: Db, id: string): Promise<RunRecord> {
  if (!(await exists(db, id))) throw unknown(`Run with id=${id} not found`)
  try {
    return await openRun(db, id)
  } catch {
    throw invalid(`The run ${id} must be in the 'active' state. Current state is deleted.`)
  }
}

function statusName(status: unknown): string {
  const name = typeof status === 'number' ? (statusNames[status] ?? '') : String(status)
  if (!Object.hasOwn(stateOf, name))
    throw invalid(`Invalid value ${JSON.stringify(status)} for parameter 'status' supplied.`)
  return name
}

async function move({ db, change }: Context, actor: string, id: string, lifecycle: 'active' | 'deleted') {
  const found = await columns(db, id)
  if (!found) throw unknown(`Run with id=${id} not found`)
  if (found.lifecycle !== lifecycle) await change(actor, (tx) => changeTracked(tx, id, { lifecycle }))
  return {}
}

const columns = async (db: Db, id: string): Promise<RunColumns | undefined> => (await runColumns(db, [id]))[0]

function inputOf(fields: Fields): DatasetInput {
  const tags = Object.fromEntries(pairsOf(fields, 'tags').map(({ key, value }) => [key, value]))
  const dataset = fields.dataset as Fields | undefined
  if (typeof dataset !== 'object' || dataset === null)
    throw invalid("Missing value for required parameter 'dataset'.")
  const [schema, profile] = [optionalText(dataset, 'schema'), optionalText(dataset, 'profile')]
  const [name, digest] = [text(dataset, 'name'), text(dataset, 'digest')]
  if (name.length > 500) throw invalid(`'name' exceeds the maximum length of 500 characters`)
  if (digest.length > 36) throw invalid(`'digest' exceeds the maximum length of 36 characters`)
  return {
    name,
    digest,
    sourceType: text(dataset, 'source_type'),
    source: text(dataset, 'source'),
    ...(schema === undefined ? {} : { schema }),
    ...(profile === undefined ? {} : { profile }),
    ...(tags['mlflow.data.context'] === undefined ? {} : { context: tags['mlflow.data.context'] }),
    tags,
  }
}

function parsedModel(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw invalid(`Malformed model info. \n ${json.slice(0, 200)} \n is not a valid JSON.`)
  }
}

async function search(reads: Reads, fields: Fields): Promise<JsonText> {
  const where = parseExpression(optionalText(fields, 'filter') ?? '', mlflowRules)
  if (!where.ok) throw refusedBy(where.refusal)
  const orderBy = texts(fields, 'order_by').map((order) => {
    const parsed = parseOrderBy(order, mlflowRules)
    if (!parsed.ok) throw refusedBy(parsed.refusal)
    return parsed.value
  })
  const view = optionalText(fields, 'run_view_type') ?? 'ACTIVE_ONLY'
  const json = await reads.run('searchMlflow', {
    where: where.value,
    orderBy,
    experiments: texts(fields, 'experiment_ids')
      .filter((id) => /^\d{1,15}$/.test(id))
      .map(Number),
    lifecycle: view === 'ALL' ? 'all' : view === 'DELETED_ONLY' ? 'deleted' : 'active',
    limit: pageSize(fields, 1000, limits.searchPage),
    pageToken: optionalText(fields, 'page_token'),
  })
  return new JsonText(json)
}

async function wholeRun(db: Db, id: string): Promise<unknown> {
  const found = await columns(db, id)
  if (!found) throw unknown(`Run with id=${id} not found`)
  return JSON.parse((await runTexts(db, [found]))[0]!)
}

/** Where the artifacts of a run lie. @throws {MlflowError} when there is no such run */
export async function artifactUri(db: Db, id: string): Promise<string> {
  const found = await columns(db, id)
  if (!found) throw unknown(`Run with id=${id} not found`)
  return infoOf(found, await locations(db)).artifact_uri
}

async function history(db: Db, reads: Reads, fields: Fields): Promise<JsonText> {
  const found = await columns(db, runIdOf(fields))
  if (!found) throw unknown(`Run with id=${runIdOf(fields)} not found`)
  const key = text(fields, 'metric_key')
  const size = Math.min(optionalWhole(fields, 'max_results') || limits.historyPage, limits.historyPage)
  const token = optionalText(fields, 'page_token')
  const from = token ? Number(Buffer.from(token, 'base64url').toString()) : 0
  if (!Number.isSafeInteger(from) || from < 0) throw invalid('Invalid page token')
  return new JsonText(await reads.run('history', { run: found.number, key, from, size }))
}

async function bulkHistory(db: Db, reads: Reads, fields: Fields): Promise<JsonText> {
  const ids = texts(fields, 'run_ids')
  if (ids.length === 0) throw invalid("Missing value for required parameter 'run_ids'.")
  if (ids.length > 100) {
    throw invalid(
      `GetMetricHistoryBulkInterval request must specify at most 100 run_ids. Received ${ids.length} run_ids.`,
    )
  }
  const key = text(fields, 'metric_key')
  const most = optionalWhole(fields, 'max_results') ?? BULK_POINTS
  if (most < 1 || most > 25_000) throw invalid(`max_results must be between 1 and 25000.`)
  const [start, end] = [optionalWhole(fields, 'start_step'), optionalWhole(fields, 'end_step')]
  if ((start === undefined) !== (end === undefined)) {
    throw invalid('If either start step or end step are specified, both must be specified.')
  }
  if (start !== undefined && start > end!) {
    throw invalid(`end_step must be greater than start_step. Found start_step=${start} and end_step=${end}.`)
  }
  const runs = await runColumns(db, ids)
  const ordered = runs.map(({ id, number }) => ({ id, number })).sort((a, b) => (a.id < b.id ? -1 : 1))
  const interval = start === undefined ? null : ([start, end!] as const)
  return new JsonText(await reads.run('sampledHistory', { runs: ordered, key, most, interval }))
}
