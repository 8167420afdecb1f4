/** @file MLflow's experiments. */
import { type Field, matches, parseExpression, parseOrderBy, type SearchRules, sortBy } from '@capstan/domain'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { changeExperimentOf } from '../experiments/routes.ts'
import {
  deleteExperimentTag,
  type ExperimentRecord,
  experimentByName,
  findExperiment,
  insertExperiment,
  listExperiments,
  setExperimentTag,
} from '../experiments/store.ts'
import type { Handlers } from './handlers.ts'
import {
  type Fields,
  invalid,
  MlflowError,
  optionalText,
  pageOf,
  pageSize,
  refusedBy,
  text,
  texts,
  unknown,
} from './protocol.ts'
import { experimentNameOf, pairsOf } from './validate.ts'

const rules: SearchRules = {
  joins: 'and',
  attributes: {
    name: { name: 'name', numeric: false },
    experiment_id: { name: 'experiment_id', numeric: false },
    creation_time: { name: 'creation_time', numeric: true },
    last_update_time: { name: 'last_update_time', numeric: true },
  },
}

export function experimentHandlers({ db, change }: Context): Handlers {
  return {
    'POST experiments/create': (fields, actor) =>
      change(actor, async (tx) => {
        const name = experimentNameOf(fields, 'name')
        if (await experimentByName(tx.db, name)) {
          throw new MlflowError('RESOURCE_ALREADY_EXISTS', `Experiment(name=${name}) already exists.`)
        }
        const location = optionalText(fields, 'artifact_location')
        const made = await insertExperiment(tx.db, {
          name,
          tags: Object.fromEntries(pairsOf(fields, 'tags').map(({ key, value }) => [key, value])),
          artifactLocation: location === undefined || location === '' ? undefined : locationOf(location),
          at: Date.parse(tx.at),
        })
        await tx.record('experiment', 'opened', made.id, { name })
        return { experiment_id: made.id }
      }),
    'GET experiments/get': async (fields) => ({
      experiment: shownExperiment(await experiment(db, text(fields, 'experiment_id'))),
    }),
    'GET experiments/get-by-name': async (fields) => {
      const name = text(fields, 'experiment_name')
      const found = await experimentByName(db, name)
      if (!found) throw unknown(`Could not find experiment with name '${name}'`)
      return { experiment: shownExperiment(found) }
    },
    'POST experiments/search': (fields) => search(db, fields),
    'GET experiments/search': (fields) => search(db, fields),
    'POST experiments/update': (fields, actor) =>
      change(actor, async (tx) => {
        const { id, lifecycle } = await experiment(tx.db, text(fields, 'experiment_id'))
        if (lifecycle !== 'active')
          throw new MlflowError('INVALID_STATE', 'Cannot rename a non-active experiment.')
        await changeExperimentOf(tx, id, { name: experimentNameOf(fields, 'new_name') })
        return {}
      }),
    'POST experiments/delete': (fields, actor) =>
      change(actor, async (tx) => {
        const { id } = await experiment(tx.db, text(fields, 'experiment_id'), 'active')
        await changeExperimentOf(tx, id, { lifecycle: 'deleted' })
        return {}
      }),
    'POST experiments/restore': (fields, actor) =>
      change(actor, async (tx) => {
        const { id } = await experiment(tx.db, text(fields, 'experiment_id'), 'deleted')
        await changeExperimentOf(tx, id, { lifecycle: 'active' })
        return {}
      }),
    'POST experiments/set-experiment-tag': (fields, actor) =>
      change(actor, async (tx) => {
        const { id, lifecycle } = await experiment(tx.db, text(fields, 'experiment_id'))
        if (lifecycle !== 'active') {
          throw invalid(`The experiment ${id} must be in the 'active' state. Current state is ${lifecycle}.`)
        }
        const key = text(fields, 'key')
        if (key.length > 250) throw invalid(`'key' exceeds the maximum length of 250 characters`)
        const value = text(fields, 'value')
        if (value.length > 20_000) throw invalid(`'value' exceeds the maximum length of 20000 characters`)
        await setExperimentTag(tx.db, id, key, value)
        return {}
      }),
    'POST experiments/delete-experiment-tag': (fields, actor) =>
      change(actor, async (tx) => {
        const { id } = await experiment(tx.db, text(fields, 'experiment_id'))
        const key = text(fields, 'key')
        if (!(await deleteExperimentTag(tx.db, id, key))) throw unknown(`No tag with name: ${key}`)
        return {}
      }),
  }
}

/** @throws {MlflowError} when there is none, or none in that state */
export async function experiment(
  db: Db,
  id: string,
  lifecycle?: 'active' | 'deleted',
): Promise<ExperimentRecord> {
  const found = await findExperiment(db, id)
  if (!found || (lifecycle !== undefined && found.lifecycle !== lifecycle)) {
    throw unknown(`No Experiment with id=${id} exists`)
  }
  return found
}

/** Artifacts of an experiment may lie elsewhere, where clients write by themselves; never on this server's disk. */
function locationOf(location: string): string {
  if (/[?#]|\.\.|%2e/i.test(location) || /^(file:|\/|\\|[A-Za-z]:|\.)/.test(location)) {
    throw invalid(`Invalid artifact_location: '${location.slice(0, 200)}'`)
  }
  return location
}

async function search(db: Db, fields: Fields) {
  const where = parseExpression(optionalText(fields, 'filter') ?? '', rules)
  if (!where.ok) throw refusedBy(where.refusal)
  const view = optionalText(fields, 'view_type') ?? 'ACTIVE_ONLY'
  const orders = texts(fields, 'order_by').map((order) => {
    const parsed = parseOrderBy(order, rules)
    if (!parsed.ok) throw refusedBy(parsed.refusal)
    return parsed.value
  })
  const found = (await listExperiments(db))
    .filter(({ lifecycle }) => view === 'ALL' || (view === 'DELETED_ONLY') === (lifecycle === 'deleted'))
    .filter((each) => matches(where.value, valuesOf(each)))
  const newestFirst = { field: { kind: 'attribute', key: 'creation_time' } as const, descending: true }
  const byId = { field: { kind: 'attribute', key: 'number' } as const, descending: true }
  const sorted = sortBy(found, orders.length === 0 ? [newestFirst, byId] : [...orders, byId], valuesOf)
  const { items, ...next } = pageOf(
    sorted,
    pageSize(fields, 1000, 50_000),
    optionalText(fields, 'page_token'),
  )
  return { experiments: items.map(shownExperiment), ...next }
}

const valuesOf =
  (record: ExperimentRecord) =>
  ({ kind, key }: Field): string | number | null => {
    if (kind === 'tag') return record.tags[key] ?? null
    if (kind !== 'attribute') return null
    const values: Record<string, string | number> = {
      name: record.name,
      experiment_id: record.id,
      number: Number(record.id),
      creation_time: record.createdAt,
      last_update_time: record.updatedAt,
    }
    return values[key] ?? null
  }

const shownExperiment = (record: ExperimentRecord) => ({
  experiment_id: record.id,
  name: record.name,
  artifact_location: record.artifactLocation,
  lifecycle_stage: record.lifecycle,
  creation_time: record.createdAt,
  last_update_time: record.updatedAt,
  tags: Object.entries(record.tags).map(([key, value]) => ({ key, value })),
})
