/** @file Tracking: experiments, what runs log, searches over it, curves and comparisons. */
import { maxOrderings } from '@capstan/domain'
import { z } from 'zod'
import { ById, Count, Id, Instant, Name } from '../contract/basics.ts'
import { route } from '../contract/route.ts'
import { lastInstant } from './logging.ts'
import { Lifecycle, Run, RunState } from './runs.ts'

/** A number as JSON can hold it: what is not finite is written out. */
export const MetricValue = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity'])])
export type MetricValue = z.infer<typeof MetricValue>

const Key = z.string().min(1).max(250)
const ParamValue = z.string().max(6000)
const TagValue = z.string().max(8000)
/** Any whole number that a double holds exactly. */
const Step = z.int()
const Pairs = <V extends z.ZodType>(value: V) => z.record(Key, value)
const Expression = z.string().max(20_000)
/** One ordering: a field, then perhaps ASC or DESC. */
const Order = z.string().max(600)

export const Experiment = z.object({
  id: Id,
  name: z.string(),
  lifecycle: Lifecycle,
  tags: z.record(z.string(), z.string()),
  createdAt: Instant,
  updatedAt: Instant,
})
export type Experiment = z.infer<typeof Experiment>

/** A data set as the code that logs names it. */
export const DatasetInput = z.object({
  name: z.string(),
  digest: z.string(),
  sourceType: z.string(),
  source: z.string(),
  schema: z.string().optional(),
  profile: z.string().optional(),
  /** How the run used it: training, validation, test. */
  context: z.string().optional(),
  tags: z.record(z.string(), z.string()),
})
export type DatasetInput = z.infer<typeof DatasetInput>

/** The latest point of a curve. */
export const LatestPoint = z.object({
  value: MetricValue,
  step: z.int(),
  at: Instant,
})

/** A run with what it logged. */
export const TrackedRun = z.object({
  id: Id,
  number: Count,
  name: z.string(),
  kind: Run.shape.kind,
  state: RunState,
  experimentId: Id,
  initiativeId: Id.nullable(),
  parentRunId: Id.nullable(),
  user: z.string(),
  lifecycle: Lifecycle,
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  params: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
  metrics: z.record(z.string(), LatestPoint),
})
export type TrackedRun = z.infer<typeof TrackedRun>

export const RunDetail = TrackedRun.extend({
  run: Run,
  inputs: z.array(DatasetInput),
  children: z.array(z.object({ id: Id, number: Count, name: z.string(), state: RunState })),
})
export type RunDetail = z.infer<typeof RunDetail>

/** One curve thinned to buckets, in columns: what is not finite is written out, an empty bucket is left out. */
export const CurveBuckets = z.object({
  runId: Id,
  key: z.string(),
  /** Points before thinning. */
  points: Count,
  /** Middle of each bucket on the chosen axis: steps, seconds since the first point, or milliseconds since 1970. */
  x: z.array(z.number()),
  first: z.array(MetricValue),
  last: z.array(MetricValue),
  min: z.array(MetricValue),
  max: z.array(MetricValue),
  /** Of the finite values; NaN where there is none. */
  mean: z.array(MetricValue),
  count: z.array(Count),
  /** Values that are not finite. */
  odd: z.array(Count),
  /** The smoothed curve at the last point of each bucket, where smoothing was asked for. */
  smoothed: z.array(MetricValue).optional(),
})
export type CurveBuckets = z.infer<typeof CurveBuckets>

const Search = z.strictObject({
  filter: Expression.default(''),
  orderBy: z.array(Order).max(maxOrderings).default([]),
  /** All experiments when left out. */
  experimentIds: z.array(Id).max(1000).optional(),
  lifecycle: z.enum(['active', 'deleted', 'all']).default('active'),
  limit: z.int().min(1).max(10_000).default(100),
  pageToken: z.string().max(100).optional(),
})

const Difference = z.object({
  /** What the field belongs to; parameters, code, environment and data stand before metrics. */
  group: z.enum(['param', 'code', 'environment', 'data', 'tag', 'metric']),
  key: z.string(),
  /** In the order of the runs; null where a run has none. */
  values: z.array(z.union([z.string(), z.number()]).nullable()),
  differs: z.boolean(),
})
export type Difference = z.infer<typeof Difference>

export const experimentRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/experiments',
    summary: 'Experiments, newest first',
    access: 'viewer',
    query: z.object({ lifecycle: z.enum(['active', 'deleted', 'all']).default('active') }),
    response: z.array(Experiment),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/experiments/:id',
    summary: 'One experiment',
    access: 'viewer',
    params: ById,
    response: Experiment,
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/experiments',
    summary: 'Open an experiment',
    access: 'engineer',
    status: 201,
    body: z.strictObject({ name: z.string().trim().min(1).max(500), tags: Pairs(TagValue).default({}) }),
    response: Experiment,
  }),
  change: route({
    method: 'PATCH',
    path: '/api/v1/experiments/:id',
    summary: 'Rename, tag, delete or restore an experiment with its runs',
    access: 'engineer',
    params: ById,
    body: z.strictObject({
      name: z.string().trim().min(1).max(500).optional(),
      lifecycle: Lifecycle.optional(),
      /** null takes a tag away. */
      tags: Pairs(TagValue.nullable()).optional(),
    }),
    response: Experiment,
  }),
}

export const trackingRoutes = {
  start: route({
    method: 'POST',
    path: '/api/v1/tracking/runs',
    summary: 'Begin a run that other code executes and logs into',
    access: 'engineer',
    status: 201,
    body: z.strictObject({
      name: Name.optional(),
      /** Identity of an experiment, or `experiment` for its name; the default one when both are left out. */
      experimentId: Id.optional(),
      /** Opened when there is none of that name. */
      experiment: z.string().trim().min(1).max(500).optional(),
      initiativeId: Id.nullable().default(null),
      parentRunId: Id.nullable().default(null),
      user: z.string().max(250).default(''),
      params: Pairs(ParamValue).default({}),
      tags: Pairs(TagValue).default({}),
      startedAt: Instant.optional(),
    }),
    response: Run,
  }),
  log: route({
    method: 'POST',
    path: '/api/v1/tracking/runs/:id/log',
    summary: 'Log metrics, parameters and tags; the same batch sent again changes nothing',
    access: 'engineer',
    params: ById,
    body: z.strictObject({
      metrics: z
        .array(
          z.strictObject({
            key: Key,
            value: MetricValue,
            step: Step.default(0),
            /** Milliseconds since 1970. */
            at: z.int().min(0).max(lastInstant),
          }),
        )
        .max(10_000)
        .default([]),
      params: Pairs(ParamValue).default({}),
      tags: Pairs(TagValue.nullable()).default({}),
    }),
    response: z.object({ points: Count }),
  }),
  change: route({
    method: 'PATCH',
    path: '/api/v1/tracking/runs/:id',
    summary: 'Rename, note, end, delete or restore a run',
    access: 'engineer',
    params: ById,
    body: z.strictObject({
      name: Name.optional(),
      note: z.string().max(8000).optional(),
      /** Of a tracked run alone: others end with their job. */
      state: z.enum(['running', 'finished', 'failed', 'cancelled']).optional(),
      endedAt: Instant.optional(),
      lifecycle: Lifecycle.optional(),
    }),
    response: Run,
  }),
  search: route({
    method: 'POST',
    path: '/api/v1/runs/search',
    summary: "Search runs by expression: metrics.loss < 0.2 AND params.lr = '0.01'",
    access: 'viewer',
    body: Search,
    response: z.object({ runs: z.array(TrackedRun), nextPageToken: z.string().nullable() }),
  }),
  export: route({
    method: 'POST',
    path: '/api/v1/runs/export',
    summary: 'The runs that an expression finds as a CSV or Parquet file: a row each, a column for every key',
    access: 'viewer',
    body: Search.pick({ filter: true, orderBy: true, experimentIds: true, lifecycle: true }).extend({
      format: z.enum(['csv', 'parquet']),
    }),
    binary: 'response',
    response: z.custom<Uint8Array<ArrayBuffer>>(),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/tracking/runs/:id',
    summary: 'One run with all that it logged',
    access: 'viewer',
    params: ById,
    response: RunDetail,
  }),
  curves: route({
    method: 'POST',
    path: '/api/v1/runs/curves',
    summary: 'Curves of several runs, thinned keeping their extremes, smoothed where asked',
    access: 'viewer',
    body: z.strictObject({
      runIds: z.array(Id).min(1).max(100),
      keys: z.array(z.string().max(250)).min(1).max(50),
      axis: z.enum(['step', 'time', 'wall']).default('step'),
      /** At most this many buckets a curve. */
      buckets: z.int().min(2).max(10_000).default(1000),
      /** Weight of the past in the moving average, as TensorBoard has it. */
      smoothing: z.number().min(0).max(0.9999).optional(),
    }),
    response: z.array(CurveBuckets),
  }),
  compare: route({
    method: 'POST',
    path: '/api/v1/runs/comparison',
    summary: 'What differs between runs: parameters, code, environment and data, then metrics',
    access: 'viewer',
    body: z.strictObject({ runIds: z.array(Id).min(2).max(100) }),
    response: z.object({
      runs: z.array(TrackedRun),
      /** What differs stands first in each group. */
      rows: z.array(Difference),
    }),
  }),
}
