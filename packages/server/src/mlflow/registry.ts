/** @file MLflow's model registry on Capstan's own: registered models are models, stages pass gate and approval. */
import type { Version } from '@capstan/api'
import {
  type Expression,
  type Field,
  matches,
  parseExpression,
  parseOrderBy,
  type SearchRules,
  sortBy,
} from '@capstan/domain'
import { allArtifacts } from '../artifacts/store.ts'
import type { Change, Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { getModel } from '../models/store.ts'
import { moveVersion } from '../registry/move.ts'
import { type ModelRecord, models, versions } from '../registry/store.ts'
import { getRun } from '../runs/store.ts'
import { endpoints } from '../serving/store.ts'
import type { Handlers } from './handlers.ts'
import {
  type Fields,
  invalid,
  MlflowError,
  optionalFlag,
  optionalText,
  pageOf,
  pageSize,
  refusedBy,
  text,
  texts,
  unknown,
} from './protocol.ts'
import { artifactUri } from './runs.ts'
import { pairsOf } from './validate.ts'

const stageNames = {
  candidate: 'None',
  staging: 'Staging',
  production: 'Production',
  archived: 'Archived',
} as const satisfies Record<Version['stage'], string>

/** Every move that MLflow makes in one step, as the steps that Capstan allows. */
const steps: Record<Version['stage'], Record<Version['stage'], readonly Version['stage'][]>> = {
  candidate: {
    candidate: [],
    staging: ['staging'],
    production: ['staging', 'production'],
    archived: ['archived'],
  },
  staging: { candidate: ['candidate'], staging: [], production: ['production'], archived: ['archived'] },
  production: {
    candidate: ['staging', 'candidate'],
    staging: ['staging'],
    production: [],
    archived: ['archived'],
  },
  archived: {
    candidate: ['candidate'],
    staging: ['candidate', 'staging'],
    production: ['candidate', 'staging', 'production'],
    archived: [],
  },
}

const attribute = (name: string, numeric = false) => ({ name, numeric })
const modelRules: SearchRules = {
  joins: 'and',
  attributes: {
    name: attribute('name'),
    timestamp: attribute('last_updated_timestamp', true),
    last_updated_timestamp: attribute('last_updated_timestamp', true),
    creation_timestamp: attribute('creation_timestamp', true),
  },
}
const versionRules: SearchRules = {
  joins: 'all',
  attributes: {
    ...modelRules.attributes,
    run_id: attribute('run_id'),
    source_path: attribute('source'),
    source: attribute('source'),
    current_stage: attribute('stage'),
    version_number: attribute('number', true),
    version: attribute('number', true),
  },
}

export function registryHandlers(context: Context): Handlers {
  const { db, change, newId } = context
  const changeModelOf = (actor: string, name: string, with_: (model: ModelRecord) => ModelRecord) =>
    change(actor, async (tx) => {
      const { id } = await modelOf(tx.db, name)
      const changed = await models.change(tx.db, id, (m) => ({ ...with_(m), updatedAt: tx.at }))
      return { registered_model: await shownModel(tx.db, changed) }
    })
  const changeVersionOf = (actor: string, fields: Fields, with_: (version: Version) => Version) =>
    change(actor, async (tx) => {
      const { id } = await versionOf(tx.db, fields)
      const changed = await versions.change(tx.db, id, (v) => ({ ...with_(v), updatedAt: tx.at }))
      return { model_version: await shownVersion(tx.db, changed) }
    })

  return {
    'POST registered-models/create': (fields, actor) =>
      change(actor, async (tx) => {
        const name = modelName(fields, 'name')
        if ((await models.list(tx.db)).some((model) => model.name === name)) {
          throw new MlflowError('RESOURCE_ALREADY_EXISTS', `Registered Model (name=${name}) already exists.`)
        }
        const made = await models.insert(tx.db, {
          id: newId('model'),
          name,
          description: optionalText(fields, 'description') ?? '',
          createdAt: tx.at,
          updatedAt: tx.at,
          tags: tagsOf(fields),
          aliases: {},
        })
        await tx.record('model', 'created', made.id, { name })
        return { registered_model: await shownModel(tx.db, made) }
      }),
    'GET registered-models/get': async (fields) => ({
      registered_model: await shownModel(db, await modelOf(db, text(fields, 'name'))),
    }),
    'GET registered-models/search': (fields) => searchModels(db, fields),
    'PATCH registered-models/update': (fields, actor) => {
      const description = optionalText(fields, 'description') ?? ''
      return changeModelOf(actor, text(fields, 'name'), (m) => ({ ...m, description }))
    },
    'POST registered-models/rename': (fields, actor) => rename(context, actor, fields),
    'DELETE registered-models/delete': (fields, actor) =>
      change(actor, async (tx) => {
        const model = await modelOf(tx.db, text(fields, 'name'))
        for (const version of await versionsOf(tx.db, model)) await removeVersion(tx, version)
        await models.remove(tx.db, model.id)
        await tx.record('model', 'deleted', model.id, { name: model.name })
        return {}
      }),
    'POST registered-models/set-tag': async (fields, actor) => {
      const [key, value] = [text(fields, 'key'), optionalText(fields, 'value') ?? '']
      checkTag(key, value)
      await changeModelOf(actor, text(fields, 'name'), (m) => ({ ...m, tags: { ...m.tags, [key]: value } }))
      return {}
    },
    'DELETE registered-models/delete-tag': async (fields, actor) => {
      const key = text(fields, 'key')
      await changeModelOf(actor, text(fields, 'name'), (m) => ({ ...m, tags: without(m.tags, key) }))
      return {}
    },
    'POST registered-models/alias': async (fields, actor) => {
      const alias = aliasOf(fields)
      const { number } = await versionOf(db, fields)
      await changeModelOf(actor, text(fields, 'name'), (m) => ({
        ...m,
        aliases: { ...m.aliases, [alias]: number },
      }))
      return {}
    },
    'DELETE registered-models/alias': async (fields, actor) => {
      const alias = text(fields, 'alias')
      await changeModelOf(actor, text(fields, 'name'), (m) => ({ ...m, aliases: without(m.aliases, alias) }))
      return {}
    },
    'GET registered-models/alias': async (fields) => {
      const model = await modelOf(db, text(fields, 'name'))
      const alias = text(fields, 'alias')
      if (/^latest$/i.test(alias)) return { model_version: await shownVersion(db, await newest(db, model)) }
      const number = Object.hasOwn(model.aliases ?? {}, alias) ? model.aliases![alias] : undefined
      if (number === undefined) throw invalid(`Registered model alias ${alias} not found.`)
      return {
        model_version: await shownVersion(
          db,
          await versionOf(db, { name: model.name, version: String(number) }),
        ),
      }
    },
    'POST registered-models/get-latest-versions': (fields) => latestVersions(db, fields),
    'GET registered-models/get-latest-versions': (fields) => latestVersions(db, fields),

    'POST model-versions/create': (fields, actor) =>
      change(actor, (tx) => createVersion(tx, context, fields)),
    'GET model-versions/get': async (fields) => ({
      model_version: await shownVersion(db, await versionOf(db, fields)),
    }),
    'GET model-versions/search': (fields) => searchVersions(db, fields),
    'GET model-versions/get-download-uri': async (fields) => ({
      artifact_uri: await sourceOf(db, await versionOf(db, fields)),
    }),
    'PATCH model-versions/update': (fields, actor) => {
      const description = optionalText(fields, 'description') ?? ''
      return changeVersionOf(actor, fields, (v) => ({ ...v, description }))
    },
    'POST model-versions/transition-stage': (fields, actor) =>
      change(actor, async (tx) => {
        const version = await versionOf(tx.db, fields)
        const wanted = text(fields, 'stage')
        const stage = (Object.keys(stageNames) as Version['stage'][]).find(
          (each) => stageNames[each].toLowerCase() === wanted.toLowerCase(),
        )
        if (!stage) {
          throw invalid(
            `Invalid Model Version stage: ${wanted}. Value must be one of None, Staging, Production, Archived.`,
          )
        }
        let moved = version
        for (const step of steps[version.stage][stage]) moved = await moveVersion(tx, moved, step)
        if (optionalFlag(fields, 'archive_existing_versions')) {
          for (const other of await versionsOf(tx.db, await modelOf(tx.db, version.modelName))) {
            if (other.id !== moved.id && other.stage === stage) await moveVersion(tx, other, 'archived')
          }
        }
        return { model_version: await shownVersion(tx.db, moved) }
      }),
    'DELETE model-versions/delete': (fields, actor) =>
      change(actor, async (tx) => {
        await removeVersion(tx, await versionOf(tx.db, fields))
        return {}
      }),
    'POST model-versions/set-tag': async (fields, actor) => {
      const [key, value] = [text(fields, 'key'), optionalText(fields, 'value') ?? '']
      checkTag(key, value)
      await changeVersionOf(actor, fields, (v) => ({ ...v, tags: { ...v.tags, [key]: value } }))
      return {}
    },
    'DELETE model-versions/delete-tag': async (fields, actor) => {
      const key = text(fields, 'key')
      await changeVersionOf(actor, fields, (v) => ({ ...v, tags: without(v.tags, key) }))
      return {}
    },
  }
}

/** A version knows its files where they are here, and can be served when exactly one of them is an ONNX model. */
async function createVersion(tx: Change, { newId }: Context, fields: Fields) {
  const model = await modelOf(tx.db, text(fields, 'name'))
  const source = text(fields, 'source')
  const runId = optionalText(fields, 'run_id') || null
  const loggedModelId = optionalText(fields, 'model_id') || /^models:\/(m-[0-9a-f]{32})/.exec(source)?.[1]
  const logged = loggedModelId === undefined ? null : await getModel(tx.db, loggedModelId).catch(() => null)
  const run = runId === null ? null : await getRun(tx.db, runId).catch(() => null)
  if (runId !== null && !run) throw unknown(`Run with id=${runId} not found`)
  refuseLocalSource(source)
  const place = logged ? { owner: logged.id, folder: '' } : await placeOf(tx.db, source, runId)
  const files = place ? await allArtifacts(tx.db, place.owner, place.folder) : []
  const onnx = files.filter(({ path }) => path.endsWith('.onnx'))
  const own = await versionsOf(tx.db, model)
  const number = own.reduce((most, v) => Math.max(most, v.number), model.lastNumber ?? 0) + 1
  const version = await versions.insert(tx.db, {
    id: newId('version'),
    modelId: model.id,
    modelName: model.name,
    number,
    runId: run?.id ?? null,
    designId: run?.designId ?? null,
    evaluationId: run?.evaluationId ?? null,
    initiativeId: run?.initiativeId ?? null,
    blob: onnx.length === 1 ? onnx[0]!.blob : null,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    stage: 'candidate',
    createdAt: tx.at,
    updatedAt: tx.at,
    description: optionalText(fields, 'description') ?? '',
    tags: tagsOf(fields),
    source,
    ...(optionalText(fields, 'run_link') === undefined ? {} : { runLink: text(fields, 'run_link') }),
    ...(logged ? { loggedModelId: logged.id } : {}),
  })
  await models.change(tx.db, model.id, (m) => ({ ...m, lastNumber: number, updatedAt: tx.at }))
  await tx.record('version', 'registered', version.id, { model: model.name, number, runId: version.runId })
  return { model_version: await shownVersion(tx.db, version) }
}

/** Sources on this machine's disk would let a client read what is not its own. */
function refuseLocalSource(source: string): void {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(source)?.[1]?.toLowerCase()
  const climbs = /(^|[/\\])\.\.([/\\]|$)|%2e%2e|%252e/i.test(source)
  if (scheme === undefined || scheme === 'file' || scheme.length === 1 || climbs) {
    throw invalid(
      `Invalid model version source: '${source.slice(0, 200)}'. To use a local path as a model version source, the run_id request parameter has to be specified and the local path has to be contained within the artifact directory of the run specified by the run_id.`,
    )
  }
}

async function placeOf(db: Db, source: string, runId: string | null) {
  const inRun = /^runs:\/([^/]+)\/(.*)$/.exec(source)
  if (inRun) return { owner: inRun[1]!, folder: inRun[2]! }
  if (runId === null) return null
  const root = await artifactUri(db, runId)
  return source.startsWith(`${root}/`) ? { owner: runId, folder: source.slice(root.length + 1) } : null
}

async function removeVersion(tx: Change, version: Version): Promise<void> {
  const endpoint = (await endpoints.list(tx.db)).find(({ versionId }) => versionId === version.id)
  if (endpoint) {
    throw new MlflowError(
      'INVALID_STATE',
      `Version ${version.number} of ${version.modelName} is served by the endpoint ${endpoint.name}. Serve another version first.`,
    )
  }
  await versions.remove(tx.db, version.id)
  await models.change(tx.db, version.modelId, (m) => ({
    ...m,
    lastNumber: Math.max(m.lastNumber ?? 0, version.number),
    aliases: Object.fromEntries(
      Object.entries(m.aliases ?? {}).filter(([, number]) => number !== version.number),
    ),
    updatedAt: tx.at,
  }))
  await tx.record('version', 'deleted', version.id, { model: version.modelName, number: version.number })
}

function rename({ change }: Context, actor: string, fields: Fields) {
  return change(actor, async (tx) => {
    const name = modelName(fields, 'new_name')
    const model = await modelOf(tx.db, text(fields, 'name'))
    if (name !== model.name && (await models.list(tx.db)).some((other) => other.name === name)) {
      throw new MlflowError('RESOURCE_ALREADY_EXISTS', `Registered Model (name=${name}) already exists.`)
    }
    const renamed = await models.change(tx.db, model.id, (m) => ({ ...m, name, updatedAt: tx.at }))
    for (const { id } of await versionsOf(tx.db, model)) {
      await versions.change(tx.db, id, (v) => ({ ...v, modelName: name }))
    }
    await tx.record('model', 'renamed', model.id, { name, before: model.name })
    return { registered_model: await shownModel(tx.db, renamed) }
  })
}

async function latestVersions(db: Db, fields: Fields) {
  const all = await versionsOf(db, await modelOf(db, text(fields, 'name')))
  const wanted = texts(fields, 'stages').map((stage) => stage.toLowerCase())
  const found = (Object.keys(stageNames) as Version['stage'][])
    .filter((stage) => wanted.length === 0 || wanted.includes(stageNames[stage].toLowerCase()))
    .flatMap((stage) => all.filter((version) => version.stage === stage).slice(-1))
  return { model_versions: await Promise.all(found.map((version) => shownVersion(db, version))) }
}

async function searchModels(db: Db, fields: Fields) {
  const where = filterOf(fields, modelRules)
  const valuesOf =
    (model: ModelRecord) =>
    ({ kind, key }: Field) => {
      if (kind === 'tag') return model.tags?.[key] ?? null
      const values: Record<string, string | number> = {
        name: model.name,
        last_updated_timestamp: Date.parse(model.updatedAt ?? model.createdAt),
        creation_timestamp: Date.parse(model.createdAt),
      }
      return values[key] ?? null
    }
  const { asked, rest } = promptsApart(where)
  const found = (await models.list(db)).filter(
    (model) => isPrompt(model.tags) === asked && matches(rest, valuesOf(model)),
  )
  const orders = [
    ...ordersOf(fields, modelRules),
    { field: { kind: 'attribute' as const, key: 'name' }, descending: false },
  ]
  const sorted = sortBy(found, orders, valuesOf)
  const { items, ...next } = pageOf(sorted, pageSize(fields, 100, 1000), optionalText(fields, 'page_token'))
  return { registered_models: await Promise.all(items.map((model) => shownModel(db, model))), ...next }
}

async function searchVersions(db: Db, fields: Fields) {
  const where = filterOf(fields, versionRules)
  const valuesOf =
    (version: Version) =>
    ({ kind, key }: Field) => {
      if (kind === 'tag') return version.tags?.[key] ?? null
      const values: Record<string, string | number> = {
        name: version.modelName,
        run_id: version.runId ?? '',
        source: version.source ?? '',
        stage: stageNames[version.stage],
        number: version.number,
        last_updated_timestamp: Date.parse(version.updatedAt ?? version.createdAt),
        creation_timestamp: Date.parse(version.createdAt),
      }
      return values[key] ?? null
    }
  const { asked, rest } = promptsApart(where)
  const found = (await versions.list(db)).filter(
    (version) => isPrompt(version.tags) === asked && matches(rest, valuesOf(version)),
  )
  const fallback = [
    { field: { kind: 'attribute' as const, key: 'last_updated_timestamp' }, descending: true },
    { field: { kind: 'attribute' as const, key: 'name' }, descending: false },
    { field: { kind: 'attribute' as const, key: 'number' }, descending: true },
  ]
  const sorted = sortBy(found, [...ordersOf(fields, versionRules), ...fallback], valuesOf)
  const { items, ...next } = pageOf(
    sorted,
    pageSize(fields, 10_000, 200_000),
    optionalText(fields, 'page_token'),
  )
  return { model_versions: await Promise.all(items.map((version) => shownVersion(db, version))), ...next }
}

/** Prompts are models with this tag; models have it not, so that comparing it would find none of them. */
const PROMPT_TAG = 'mlflow.prompt.is_prompt'
const isPrompt = (tags: Record<string, string> | undefined): boolean => tags?.[PROMPT_TAG] === 'true'

/** Clients search `name LIKE 'x%' AND tag.mlflow.prompt.is_prompt != 'true'`. A search finds models unless it asks for prompts. */
function promptsApart(where: Expression | null): { asked: boolean; rest: Expression | null } {
  // its filters join with AND alone
  const parts = where === null ? [] : 'all' in where ? where.all : [where]
  const prompts = parts.flatMap((part) =>
    'field' in part && part.field.kind === 'tag' && part.field.key === PROMPT_TAG ? [part] : [],
  )
  const asked = prompts.some(({ comparator, value }) =>
    String(value).toLowerCase() === 'true' ? comparator === '=' : comparator === '!=' && value === 'false',
  )
  return { asked, rest: { all: parts.filter((part) => !prompts.some((one) => one === part)) } }
}

function filterOf(fields: Fields, rules: SearchRules) {
  const where = parseExpression(optionalText(fields, 'filter') ?? '', rules)
  if (!where.ok) throw refusedBy(where.refusal)
  return where.value
}

const ordersOf = (fields: Fields, rules: SearchRules) =>
  texts(fields, 'order_by').map((order) => {
    const parsed = parseOrderBy(order, rules)
    if (!parsed.ok) throw refusedBy(parsed.refusal)
    return parsed.value
  })

async function modelOf(db: Db, name: string): Promise<ModelRecord> {
  const found = (await models.list(db)).find((model) => model.name === name)
  if (!found) throw unknown(`Registered Model with name=${name} not found`)
  return found
}

const versionsOf = async (db: Db, { id }: ModelRecord): Promise<Version[]> =>
  (await versions.list(db)).filter(({ modelId }) => modelId === id).sort((a, b) => a.number - b.number)

async function newest(db: Db, model: ModelRecord): Promise<Version> {
  const found = (await versionsOf(db, model)).at(-1)
  if (!found) throw unknown(`Registered Model with name=${model.name} has no versions`)
  return found
}

async function versionOf(db: Db, fields: Fields): Promise<Version> {
  const [name, number] = [text(fields, 'name'), String(fields.version ?? '')]
  if (!/^\d{1,9}$/.test(number)) {
    throw invalid(`Parameter 'version' must be an integer, got '${number.slice(0, 100)}'.`)
  }
  const found = (await versions.list(db)).find((v) => v.modelName === name && v.number === Number(number))
  if (!found) throw unknown(`Model Version (name=${name}, version=${number}) not found`)
  return found
}

function modelName(fields: Fields, field: string): string {
  const name = optionalText(fields, field) ?? ''
  if (name.trim() === '') throw invalid('Registered model name cannot be empty.')
  if (/[/:]/.test(name) || name.length > 256) {
    throw invalid(
      `Invalid name: '${name.slice(0, 300)}'. Registered model names hold neither / nor : and at most 256 characters.`,
    )
  }
  return name
}

function aliasOf(fields: Fields): string {
  const alias = text(fields, 'alias')
  if (!/^[\w-]{1,255}$/.test(alias) || /^v\d+$/i.test(alias) || /^latest$/i.test(alias)) {
    throw invalid(
      `Invalid alias name: '${alias.slice(0, 300)}'. Aliases hold alphanumerics, underscores and dashes; v with a number and latest are reserved.`,
    )
  }
  return alias
}

function checkTag(key: string, value: string): void {
  if (key === '' || key.length > 250) throw invalid(`'key' exceeds the maximum length of 250 characters`)
  if (value.length > 100_000) throw invalid(`'value' exceeds the maximum length of 100000 characters`)
}

const tagsOf = (fields: Fields): Record<string, string> =>
  Object.fromEntries(pairsOf(fields, 'tags').map(({ key, value }) => [key, value]))

const without = <V>(record: Record<string, V> | undefined, key: string): Record<string, V> =>
  Object.fromEntries(Object.entries(record ?? {}).filter(([own]) => own !== key))

const pairs = (record: Record<string, string> | undefined) =>
  Object.entries(record ?? {}).map(([key, value]) => ({ key, value }))

async function shownModel(db: Db, model: ModelRecord) {
  const { model_versions: latest_versions } = (await models.find(db, model.id))
    ? await latestVersions(db, { name: model.name })
    : { model_versions: [] }
  return {
    name: model.name,
    creation_timestamp: Date.parse(model.createdAt),
    last_updated_timestamp: Date.parse(model.updatedAt ?? model.createdAt),
    description: model.description,
    latest_versions,
    tags: pairs(model.tags),
    aliases: Object.entries(model.aliases ?? {}).map(([alias, version]) => ({
      alias,
      version: String(version),
    })),
  }
}

async function shownVersion(db: Db, version: Version) {
  const model = await models.find(db, version.modelId)
  const aliases = Object.entries(model?.aliases ?? {}).flatMap(([alias, number]) =>
    number === version.number ? [alias] : [],
  )
  return {
    name: version.modelName,
    version: String(version.number),
    creation_timestamp: Date.parse(version.createdAt),
    last_updated_timestamp: Date.parse(version.updatedAt ?? version.createdAt),
    current_stage: stageNames[version.stage],
    description: version.description ?? '',
    source: await sourceOf(db, version),
    run_id: version.runId ?? '',
    run_link: version.runLink ?? '',
    status: 'READY',
    tags: pairs(version.tags),
    aliases,
    ...(version.loggedModelId === undefined ? {} : { model_id: version.loggedModelId }),
  }
}

/** A version that Capstan trained lies beside its run's other artifacts. */
const sourceOf = async (db: Db, { source, runId }: Version): Promise<string> =>
  source ?? (runId === null ? '' : `${await artifactUri(db, runId)}/model`)
