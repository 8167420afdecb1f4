/** @file The tables of rows: runs with all that they logged, the ledger, facts and histories, the audit log. */
import { Evidence, Id, Instant, Origin, Run, SweepTrial } from '@capstan/api'
import { z } from 'zod'
import type { RecordTable, Schema } from '../database/schema.ts'
import { type LoggedModel, columnsOf as modelColumns } from '../models/store.ts'
import { type RunRecord, columnsOf as runColumns } from '../runs/store.ts'
import type { Exported, Json, Links, Spec } from './spec.ts'

type RowTable = Exclude<keyof Schema, RecordTable>
/** text, whole number, number (also not finite), JSON kept as text, bytes in base 64; `?` may be null. */
type Kind = 'text' | 'whole' | 'real' | 'json' | 'bytes' | 'text?' | 'whole?' | 'real?' | 'json?'

const Real = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])
const kinds: Record<Kind, z.ZodType> = {
  text: z.string(),
  whole: z.int(),
  real: Real,
  json: z.json(),
  bytes: z.base64(),
  'text?': z.string().nullable().default(null),
  'whole?': z.int().nullable().default(null),
  'real?': Real.nullable().default(null),
  'json?': z.json().nullable().default(null),
}

interface Rows {
  key: readonly string[]
  order?: readonly string[]
  links?: Links
  /** What columns hold, where that is narrower than their kind. */
  checks?: Record<string, z.ZodType>
}

/** Texts of instants are compared, so that all are written alike. */
const ExactInstant = Instant.transform((at) => new Date(at).toISOString())

/** A table whose columns are the fields of its records. */
function rows<T extends RowTable>(
  columns: Record<Exclude<keyof Schema[T] & string, 'position'>, Kind>,
  { key, order = key, links = {}, checks = {} }: Rows,
): Spec {
  const entries = Object.entries(columns) as [string, Kind][]
  const shape = Object.fromEntries(entries.map(([name, kind]) => [name, checks[name] ?? kinds[kind]]))
  return {
    schema: z.strictObject(shape) as unknown as z.ZodType<Json>,
    links,
    order,
    key,
    out: (row) => Object.fromEntries(entries.map(([name, kind]) => [name, shown(kind, row[name])])),
    into: (record) => Object.fromEntries(entries.map(([name, kind]) => [name, kept(kind, record[name])])),
  }
}

function shown(kind: Kind, value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (kind.startsWith('whole')) return Number(value)
  if (kind.startsWith('real')) return Number.isFinite(Number(value)) ? Number(value) : String(value)
  if (kind.startsWith('json')) return JSON.parse(String(value))
  if (kind === 'bytes') return Buffer.from(value as Uint8Array).toString('base64')
  return String(value)
}

function kept(kind: Kind, value: unknown): unknown {
  if (value === null || value === undefined) return null
  if (kind.startsWith('real')) return Number(value)
  if (kind.startsWith('json')) return JSON.stringify(value)
  if (kind === 'bytes') return Buffer.from(String(value), 'base64')
  return value
}

const Used = Run.shape.cost.omit({ amount: true })
const StoredRun = Run.extend({
  notBefore: z.string().nullable(),
  chargedSeconds: z.number(),
  earlier: Used,
  earlierPoolSeconds: z.number(),
  share: z.number(),
  revision: z.int().min(1).default(1),
  /** How many metric points it logged, and how often it logged. */
  points: z.int().min(0).default(0),
  logged: z.int().min(0).default(0),
})

const runs: Spec = {
  schema: z.strictObject(StoredRun.shape) as unknown as z.ZodType<Json>,
  links: {
    experimentId: 'experiments',
    initiativeId: 'initiatives',
    designId: 'designs',
    datasetVersionId: 'dataset_versions',
    evaluationId: 'evaluations',
    'execution.approvalId': 'approvals',
  },
  order: ['number'],
  key: ['id'],
  alias: 'number',
  out: ({ body, revision, points, logged }) => ({
    ...(JSON.parse(String(body)) as Json),
    revision: Number(revision),
    points: Number(points),
    logged: Number(logged),
  }),
  into({ revision, points, logged, ...record }) {
    const run = record as unknown as RunRecord
    const { id, number, kind } = run
    return { ...runColumns(run), id, number, kind, lease_until: null, revision, points, logged }
  },
  /** What other code executes goes on there. */
  settle: (run, at) =>
    (run.state === 'queued' || run.state === 'running') && run.kind !== 'tracked'
      ? { ...run, state: 'cancelled', worker: null, endedAt: at }
      : run,
}

const Pair = z.object({ key: z.string(), value: z.string() })
const loggedModels: Spec = {
  schema: z.strictObject({
    id: z.string().max(64),
    number: z.int(),
    experimentId: z.string(),
    runId: z.string().nullable(),
    name: z.string(),
    type: z.string(),
    status: z.enum(['pending', 'ready', 'failed']),
    lifecycle: z.enum(['active', 'deleted']),
    createdAt: z.int(),
    updatedAt: z.int(),
    params: z.array(Pair),
    tags: z.record(z.string(), z.string()),
    metrics: z.array(z.looseObject({ key: z.string(), value: Real })),
  }) as unknown as z.ZodType<Json>,
  links: { experimentId: 'experiments', runId: 'runs' },
  order: ['number'],
  key: ['id'],
  out: ({ body }) => JSON.parse(String(body)) as Json,
  into(record) {
    const model = record as unknown as LoggedModel
    const { id, number, createdAt } = model
    return { ...modelColumns(model), id, number, created_at: createdAt }
  },
}

const trials: Spec = {
  schema: z.strictObject({
    ...SweepTrial.omit({ runState: true }).shape,
    sweep: z.string(),
  }) as unknown as z.ZodType<Json>,
  links: { sweep: 'sweeps', runId: 'runs' },
  order: ['sweep', 'number'],
  key: ['sweep', 'number'],
  out: ({ sweep, body }) => ({ sweep, ...(JSON.parse(String(body)) as Json) }),
  into: ({ sweep, ...trial }) => ({
    sweep,
    number: trial.number,
    run_id: trial.runId,
    state: trial.state,
    body: JSON.stringify(trial),
  }),
  settle: (trial) => (trial.state === 'running' ? { ...trial, state: 'cancelled' } : trial),
}

const ofRun: Links = { run: 'runs' }

export const rowSpecs = {
  experiments: rows<'experiments'>(
    {
      number: 'whole',
      name: 'text',
      lifecycle: 'text',
      artifact_location: 'text',
      created_at: 'whole',
      updated_at: 'whole',
    },
    { key: ['number'] },
  ),
  experiment_tags: rows<'experiment_tags'>(
    { experiment: 'whole', key: 'text', value: 'text' },
    { key: ['experiment', 'key'], links: { experiment: 'experiments' } },
  ),
  runs,
  run_params: rows<'run_params'>(
    { run: 'whole', key: 'text', value: 'text' },
    { key: ['run', 'key'], links: ofRun },
  ),
  run_tags: rows<'run_tags'>(
    { run: 'whole', key: 'text', value: 'text' },
    { key: ['run', 'key'], links: ofRun },
  ),
  run_inputs: rows<'run_inputs'>(
    { run: 'whole', digest: 'text', name: 'text', body: 'json' },
    { key: ['run', 'digest', 'name'], links: ofRun },
  ),
  captures: rows<'captures'>({ run: 'whole', body: 'json' }, { key: ['run'], links: ofRun }),
  run_logs: rows<'run_logs'>({ run: 'whole', printed: 'whole' }, { key: ['run'], links: ofRun }),
  log_pieces: rows<'log_pieces'>(
    { run: 'whole', start: 'whole', bytes: 'whole', stream: 'text', at: 'whole', text: 'text' },
    { key: ['run', 'start'], links: ofRun },
  ),
  metric_series: rows<'metric_series'>(
    {
      run: 'whole',
      key: 'text',
      series: 'whole',
      points: 'whole',
      appends: 'whole',
      latest_value: 'real',
      latest_nan: 'whole',
      latest_step: 'whole',
      latest_at: 'whole',
      min_value: 'real?',
      max_value: 'real?',
      min_step: 'whole',
      max_step: 'whole',
      min_at: 'whole',
      max_at: 'whole',
    },
    { key: ['run', 'key'], links: ofRun },
  ),
  metric_chunks: rows<'metric_chunks'>(
    {
      run: 'whole',
      series: 'whole',
      chunk: 'whole',
      level: 'whole',
      points: 'whole',
      min_step: 'whole',
      max_step: 'whole',
      min_at: 'whole',
      max_at: 'whole',
      data: 'bytes',
    },
    { key: ['run', 'series', 'chunk'], links: ofRun },
  ),
  artifacts: rows<'artifacts'>(
    { owner: 'text', path: 'text', blob: 'text', bytes: 'whole', at: 'whole' },
    { key: ['owner', 'path'] },
  ),
  logged_models: loggedModels,
  run_outputs: rows<'run_outputs'>(
    { run: 'whole', model_id: 'text', step: 'whole' },
    { key: ['run', 'model_id'], links: ofRun },
  ),
  sweep_trials: trials,
  ledger: rows<'ledger'>(
    {
      id: 'text',
      at: 'text',
      initiative_id: 'text?',
      pool_id: 'text',
      quantity: 'real',
      unit: 'text',
      rate: 'real',
      cost: 'real',
      origin: 'text',
      evidence: 'json',
      corrects: 'text?',
    },
    {
      key: ['id'],
      order: ['position'],
      links: { initiative_id: 'initiatives', pool_id: 'pools', corrects: 'ledger', evidence: 'evidence' },
      checks: { id: Id, at: ExactInstant, origin: Origin, evidence: Evidence },
    },
  ),
  facts: rows<'facts'>(
    {
      source: 'text',
      id: 'text',
      at: 'text',
      removed: 'whole',
      version: 'whole',
      parent: 'text',
      body: 'json',
    },
    { key: ['source', 'id'] },
  ),
  measure_histories: rows<'measure_histories'>(
    {
      measure_id: 'text',
      at: 'text',
      key: 'text',
      value: 'real',
      standard_error: 'real?',
      origin: 'text',
      evidence: 'json',
      facts: 'whole?',
      input: 'json?',
    },
    {
      key: ['measure_id', 'at', 'key'],
      links: { measure_id: 'measures' },
      checks: { at: ExactInstant, key: z.string().default('typed:'), origin: Origin, evidence: Evidence },
    },
  ),
  comment_subjects: rows<'comment_subjects'>(
    { noun: 'text', subject: 'text', comment_id: 'text' },
    { key: ['noun', 'subject', 'comment_id'], links: { comment_id: 'comments' } },
  ),
  inbox: rows<'inbox'>(
    { member_id: 'text', notice_id: 'text', at: 'text', read_at: 'text?' },
    { key: ['member_id', 'notice_id'], links: { member_id: 'members', notice_id: 'notices' } },
  ),
  told: rows<'told'>({ key: 'text', at: 'text' }, { key: ['key'] }),
  audit: rows<'audit'>(
    {
      seq: 'whole',
      at: 'text',
      actor: 'text',
      kind: 'text',
      noun: 'text',
      subject: 'text',
      // hashed as it stands
      data: 'text',
      previous: 'text',
      hash: 'text',
    },
    { key: ['seq'] },
  ),
  deliveries: { leftOut: 'on their way to webhooks, which are set up anew' },
  calendar_feeds: { leftOut: 'their addresses are secret; they are made anew' },
  accounts: { leftOut: 'passwords never leave; accounts are made anew' },
  sessions: { leftOut: 'secrets of browsers that are signed in' },
  api_tokens: { leftOut: 'secrets of programs; tokens are made anew' },
  invitations: { leftOut: 'secrets of those who are invited' },
  sign_in_failures: { leftOut: 'they pass by themselves' },
  measure_heads: { leftOut: 'worked out from the histories' },
  run_summaries: { leftOut: 'worked out from what runs logged' },
  log_sessions: { leftOut: 'of clients that log into this server now' },
  workers: { leftOut: 'processes of this server' },
  meta: { leftOut: 'of this database; the facts of the workspace stand in the first line' },
} satisfies Record<RowTable, Exported>
