/** @file Questions that measures ask: which facts, which number of them, folded how, over which window. */
import { z } from 'zod'
import { Id } from '../contract/basics.ts'

export const FactSource = z.enum(['run', 'evaluation', 'endpoint', 'ledger', 'dataset', 'task', 'incident'])
export type FactSource = z.infer<typeof FactSource>

/** A field's name; `tag.`, `param.` and `metric.` of a run take what the team logged. */
const Field = z.string().min(1).max(260)
const Words = z.array(z.string().max(500)).min(1).max(100)

export const MeasureCondition = z.union([
  z.strictObject({ field: Field, is: Words }),
  z.strictObject({ field: Field, isNot: Words }),
  /** Both bounds count as inside. */
  z.strictObject({ field: Field, atLeast: z.number().optional(), atMost: z.number().optional() }),
])

export const MeasureWindow = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  /** Today and the days before it, by the workspace's time zone. */
  z.strictObject({ kind: z.literal('days'), days: z.int().min(1).max(3660) }),
  /** Since the cycle of each instant began. */
  z.strictObject({ kind: z.literal('cycle') }),
])

export const MeasureStatistic = z.enum([
  'latest',
  /** The greatest or the least, as the measure's direction says. */
  'best',
  'min',
  'max',
  'count',
  'sum',
  'mean',
  'median',
  'quantile',
  /** Of the facts, those that meet `part`. */
  'share',
  /** Facts, or the sum of `value`, a day of the window. */
  'rate',
  /** Whole days since the newest fact. */
  'age',
])

const Query = z.strictObject({
  source: z.literal('query'),
  of: FactSource,
  where: z.array(MeasureCondition).max(20).default([]),
  value: Field.optional(),
  statistic: MeasureStatistic,
  quantile: z.number().min(0).max(1).optional(),
  part: z.array(MeasureCondition).min(1).max(20).optional(),
  window: MeasureWindow.default({ kind: 'all' }),
})

/** Which event a measure takes its points from. */
export const MeasureQuery = z.discriminatedUnion('source', [
  Query,
  /** In short: the latest of an evaluation's numbers. */
  z.strictObject({
    source: z.literal('evaluation'),
    statistic: z.enum(['accuracy', 'loss', 'calibration-error']),
    /** Only evaluations on this data set, or of this initiative's runs. */
    datasetId: Id.optional(),
    initiativeId: Id.optional(),
  }),
  /** In short: the latest of a latency window's numbers. */
  z.strictObject({
    source: z.literal('endpoint'),
    statistic: z.enum(['p50', 'p95', 'p99']),
    endpointName: Id.optional(),
  }),
  /** Share of an initiative's budget in one pool that the ledger shows as used. */
  z.strictObject({
    source: z.literal('ledger'),
    statistic: z.literal('burn'),
    poolId: Id,
    initiativeId: Id.optional(),
  }),
  /** How far another measure is on the good side of a limit. */
  z.strictObject({ source: z.literal('margin'), measureId: Id, limit: z.number() }),
  /** Of other measures, wherever one of them has a point. */
  z.strictObject({
    source: z.literal('formula'),
    operation: z.enum(['ratio', 'difference', 'sum', 'product']),
    measureIds: z.array(Id).min(2).max(20),
  }),
  z.strictObject({ source: z.literal('typed') }),
])
export type MeasureQuery = z.infer<typeof MeasureQuery>
export type MeasureQueryInput = z.input<typeof MeasureQuery>
