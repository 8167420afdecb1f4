/** @file MLflow 3's logged models. */

import { randomBytes } from 'node:crypto'
import { type Field, matches, parseExpression, parseOrderBy, type SearchRules, sortBy } from '@capstan/domain'
import { listArtifacts } from '../artifacts/store.ts'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { changeModel, getModel, insertModel, type LoggedModel, listModels } from '../models/store.ts'
import { versions } from '../registry/store.ts'
import { experiment } from './experiments.ts'
import type { Handlers } from './handlers.ts'
import {
  type Fields,
  invalid,
  objects,
  optionalText,
  pageOf,
  pageSize,
  refusedBy,
  text,
  texts,
  unknown,
} from './protocol.ts'
import { pairsOf } from './validate.ts'

const number = (name: string) => ({ name, numeric: true })
const string = (name: string) => ({ name, numeric: false })
const rules: SearchRules = {
  joins: 'and',
  attributes: {
    model_id: string('model_id'),
    name: string('name'),
    model_name: string('name'),
    model_type: string('model_type'),
    status: string('status'),
    source_run_id: string('source_run_id'),
    experiment_id: string('experiment_id'),
    creation_timestamp: number('creation_timestamp'),
    creation_time: number('creation_timestamp'),
    last_updated_timestamp: number('last_updated_timestamp'),
    last_updated_time: number('last_updated_timestamp'),
  },
}

const statuses = {
  pending: 'LOGGED_MODEL_PENDING',
  ready: 'LOGGED_MODEL_READY',
  failed: 'LOGGED_MODEL_UPLOAD_FAILED',
} as const satisfies Record<LoggedModel['status'], string>

export function loggedModelHandlers({ db, change, now }: Context): Handlers {
  const update = (actor: string, id: string, with_: (model: LoggedModel) => LoggedModel) =>
    change(actor, async (tx) => {
      await model(tx.db, id)
      const changed = await changeModel(tx.db, id, (m) => ({ ...with_(m), updatedAt: now().getTime() }))
      return { model: await shown(tx.db, changed) }
    })
  return {
    'POST logged-models': (fields, actor) =>
      change(actor, async (tx) => {
        const { id: experimentId } = await experiment(
          tx.db,
          optionalText(fields, 'experiment_id') ?? '0',
          'active',
        )
        const at = Date.parse(tx.at)
        const made = await insertModel(tx.db, {
          id: `m-${randomBytes(16).toString('hex')}`,
          experimentId,
          runId: optionalText(fields, 'source_run_id') || null,
          name: optionalText(fields, 'name') || `model-${at}`,
          type: optionalText(fields, 'model_type') ?? '',
          status: 'pending',
          lifecycle: 'active',
          createdAt: at,
          updatedAt: at,
          params: pairsOf(fields, 'params'),
          tags: Object.fromEntries(pairsOf(fields, 'tags').map(({ key, value }) => [key, value])),
          metrics: [],
        })
        return { model: await shown(tx.db, made) }
      }),
    'POST logged-models/search': async (fields) => search(db, fields),
    'GET logged-models/:id': async (fields) => ({
      model: await shown(db, await model(db, text(fields, 'id'))),
    }),
    'PATCH logged-models/:id': (fields, actor) => {
      const status = statusOf(fields.status)
      return update(actor, text(fields, 'id'), (m) => ({ ...m, status }))
    },
    'DELETE logged-models/:id': async (fields, actor) => {
      await update(actor, text(fields, 'id'), (m) => ({ ...m, lifecycle: 'deleted' }))
      return {}
    },
    'PATCH logged-models/:id/tags': (fields, actor) => {
      const tags = Object.fromEntries(pairsOf(fields, 'tags').map(({ key, value }) => [key, value]))
      return update(actor, text(fields, 'id'), (m) => ({ ...m, tags: { ...m.tags, ...tags } }))
    },
    'DELETE logged-models/:id/tags/:key': async (fields, actor) => {
      const key = text(fields, 'key')
      const { tags } = await model(db, text(fields, 'id'))
      if (!Object.hasOwn(tags, key))
        throw unknown(`No tag with key '${key}' found for model with ID ${text(fields, 'id')}.`)
      const { [key]: _, ...rest } = tags
      await update(actor, text(fields, 'id'), (m) => ({ ...m, tags: rest }))
      return {}
    },
    'POST logged-models/:id/params': async (fields, actor) => {
      const params = pairsOf(fields, 'params')
      await update(actor, text(fields, 'id'), (m) => {
        const own = new Map(m.params.map(({ key, value }) => [key, value]))
        for (const { key, value } of params) {
          if (own.has(key) && own.get(key) !== value) {
            throw invalid(
              `Changing param values is not allowed. Param with key='${key}' was already logged with value='${own.get(key)}'.`,
            )
          }
          own.set(key, value)
        }
        return { ...m, params: [...own].map(([key, value]) => ({ key, value })) }
      })
      return {}
    },
    'GET logged-models/:id/artifacts/directories': async (fields) => {
      const found = await model(db, text(fields, 'id'))
      const folder = optionalText(fields, 'artifact_directory_path') ?? ''
      const files = await listArtifacts(db, found.id, folder)
      return {
        root_uri: await uriOf(db, found),
        files: files.map(({ path, folder: is_dir, bytes }) => ({
          path,
          is_dir,
          ...(is_dir ? {} : { file_size: bytes }),
        })),
      }
    },
  }
}

async function model(db: Db, id: string): Promise<LoggedModel> {
  const found = await getModel(db, id).catch(() => null)
  if (!found || found.lifecycle === 'deleted') throw unknown(`Logged model with ID '${id}' not found.`)
  return found
}

function statusOf(status: unknown): LoggedModel['status'] {
  const byNumber: Record<string, LoggedModel['status']> = { '1': 'pending', '2': 'ready', '3': 'failed' }
  const found =
    byNumber[String(status)] ??
    (Object.keys(statuses) as LoggedModel['status'][]).find((name) => statuses[name] === status)
  if (!found) throw invalid(`Invalid model status: ${String(status)}. Expected statuses: READY, FAILED.`)
  return found
}

async function search(db: Db, fields: Fields) {
  const where = parseExpression(optionalText(fields, 'filter') ?? '', rules)
  if (!where.ok) throw refusedBy(where.refusal)
  const ids = texts(fields, 'experiment_ids')
  const datasets = objects(fields, 'datasets')
  const orders = objects(fields, 'order_by').map((order) => {
    const parsed = parseOrderBy(text(order, 'field_name'), rules)
    if (!parsed.ok) throw refusedBy(parsed.refusal)
    return { ...parsed.value, descending: order.ascending === false }
  })
  const found = (
    await listModels(
      db,
      ids.filter((id) => /^\d{1,15}$/.test(id)),
    )
  ).filter((each) => matches(where.value, valuesOf(each, datasets)))
  const sorted = sortBy(found, orders, (each) => valuesOf(each, datasets))
  const { items, ...next } = pageOf(sorted, pageSize(fields, 100, 50_000), optionalText(fields, 'page_token'))
  return { models: await Promise.all(items.map((each) => shown(db, each))), ...next }
}

const valuesOf =
  (of: LoggedModel, datasets: readonly Fields[]) =>
  ({ kind, key }: Field): string | number | null => {
    if (kind === 'tag') return of.tags[key] ?? null
    if (kind === 'param') return of.params.find((param) => param.key === key)?.value ?? null
    if (kind === 'metric') {
      const fits = ({ datasetName, datasetDigest }: LoggedModel['metrics'][number]) =>
        datasets.length === 0 ||
        datasets.some(
          (d) => d.dataset_name === datasetName && (!d.dataset_digest || d.dataset_digest === datasetDigest),
        )
      const value = of.metrics.find((metric) => metric.key === key && fits(metric))?.value
      return typeof value === 'number' ? value : null
    }
    const values: Record<string, string | number> = {
      model_id: of.id,
      name: of.name,
      model_type: of.type,
      status: statuses[of.status].replace('LOGGED_MODEL_', ''),
      source_run_id: of.runId ?? '',
      experiment_id: of.experimentId,
      creation_timestamp: of.createdAt,
      last_updated_timestamp: of.updatedAt,
    }
    return values[key] ?? null
  }

const uriOf = async (db: Db, { id, experimentId }: LoggedModel): Promise<string> =>
  `${(await experiment(db, experimentId)).artifactLocation.replace(/\/+$/, '')}/models/${id}/artifacts`

async function shown(db: Db, m: LoggedModel) {
  const registered = (await versions.list(db)).filter(({ loggedModelId }) => loggedModelId === m.id)
  return {
    info: {
      model_id: m.id,
      experiment_id: m.experimentId,
      name: m.name,
      creation_timestamp_ms: m.createdAt,
      last_updated_timestamp_ms: m.updatedAt,
      artifact_uri: await uriOf(db, m),
      status: statuses[m.status],
      model_type: m.type,
      ...(m.runId === null ? {} : { source_run_id: m.runId }),
      tags: Object.entries(m.tags).map(([key, value]) => ({ key, value })),
      registrations: registered.map(({ modelName, number: version }) => ({
        name: modelName,
        version: String(version),
      })),
    },
    data: {
      params: m.params,
      metrics: m.metrics.map(({ key, value, step, at, runId, datasetName, datasetDigest }) => ({
        key,
        value,
        timestamp: at,
        step,
        model_id: m.id,
        run_id: runId,
        ...(datasetName === undefined ? {} : { dataset_name: datasetName, dataset_digest: datasetDigest }),
      })),
    },
  }
}
