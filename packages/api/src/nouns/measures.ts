/** @file Measures: live named numbers with a history and the evidence of every point. */
import { z } from 'zod'
import { ById, Direction, Evidence, Id, Instant, Name, Note, Origin } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

/** Which event a measure takes its points from. */
export const MeasureQuery = z.discriminatedUnion('source', [
  z.strictObject({
    source: z.literal('evaluation'),
    statistic: z.enum(['accuracy', 'loss', 'calibration-error']),
    /** Only evaluations on this data set, or of this initiative's runs. */
    datasetId: Id.optional(),
    initiativeId: Id.optional(),
  }),
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
  z.strictObject({ source: z.literal('typed') }),
])
export type MeasureQuery = z.infer<typeof MeasureQuery>

export const Point = z.object({
  at: Instant,
  value: z.number(),
  /** Standard error of the value, where it is an estimate. */
  standardError: z.number().min(0).optional(),
  origin: Origin,
  evidence: Evidence,
})
export type Point = z.infer<typeof Point>

export const Measure = z.object({
  id: Id,
  key: Id,
  name: Name,
  /** `1` for a share, else the unit's symbol: `ms`, `CNY`. */
  unit: z.string().min(1).max(16),
  direction: Direction,
  scale: z.enum(['linear', 'log', 'proportion']),
  staleAfterDays: z.number().positive(),
  query: MeasureQuery,
  state: z.enum(['missing', 'stale', 'live']),
  latest: Point.nullable(),
})
export type Measure = z.infer<typeof Measure>

export const measureRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/measures',
    summary: 'All measures with their latest point',
    access: 'viewer',
    response: z.array(Measure),
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/measures',
    summary: 'Define a measure',
    access: 'engineer',
    status: 201,
    body: z.strictObject({
      key: Id,
      name: Name,
      unit: z.string().min(1).max(16),
      direction: Direction,
      scale: z.enum(['linear', 'log', 'proportion']),
      staleAfterDays: z.number().positive().max(3650).default(30),
      query: MeasureQuery,
    }),
    response: Measure,
  }),
  points: route({
    method: 'GET',
    path: '/api/v1/measures/:id/points',
    summary: 'The history of a measure, oldest first',
    access: 'viewer',
    params: ById,
    response: z.array(Point),
  }),
  addPoint: route({
    method: 'POST',
    path: '/api/v1/measures/:id/points',
    summary: 'Type in a point, with a note; it stays marked as typed',
    access: 'engineer',
    status: 201,
    params: ById,
    body: z.strictObject({ at: Instant.optional(), value: z.number(), note: Note.min(1) }),
    response: Point,
  }),
}
