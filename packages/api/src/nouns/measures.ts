/** @file Measures: live named numbers with a history and the evidence of every point. */
import { z } from 'zod'
import {
  ById,
  Count,
  Direction,
  Evidence,
  Flag,
  Id,
  Instant,
  Message,
  Name,
  Note,
  Origin,
  Revision,
} from '../contract/basics.ts'
import { route } from '../contract/route.ts'
import { FactSource, MeasureQuery } from './measure-queries.ts'

export const Point = z.object({
  /** Names the point within its measure, where it is kept by itself. */
  id: z.string().optional(),
  at: Instant,
  value: z.number(),
  /** Standard error of the value, where it is an estimate. */
  standardError: z.number().min(0).optional(),
  origin: Origin,
  evidence: Evidence,
  /** How many facts it was made of, where it is not one alone. */
  facts: Count.optional(),
  /** A person's value stands in for another; both are kept. */
  override: z
    .object({
      id: Id,
      at: Instant,
      until: Instant.nullable(),
      replaced: z.object({ value: z.number(), origin: Origin, evidence: Evidence }).nullable(),
    })
    .optional(),
})
export type Point = z.infer<typeof Point>

const Unit = z.string().trim().min(1).max(16)
const Scale = z.enum(['linear', 'log', 'proportion'])
const StaleAfterDays = z.number().positive().max(3650)

export const Measure = z.object({
  id: Id,
  revision: Revision,
  key: Id,
  name: Name,
  /** `1` for a share, else the unit's symbol: `ms`, `CNY`. */
  unit: Unit,
  direction: Direction,
  scale: Scale,
  staleAfterDays: z.number().positive(),
  query: MeasureQuery,
  /** Archived measures take no points, and nothing may be bound to them. */
  archived: z.boolean(),
  state: z.enum(['missing', 'stale', 'live']),
  /** Why it is missing or stale; null while it lives. */
  notice: Message.nullable(),
  /** The value that counts now: a person's override where there is one, with what it replaces. */
  latest: Point.nullable(),
})
export type Measure = z.infer<typeof Measure>

export const MeasureOverride = z.object({
  id: Id,
  revision: Revision,
  measureId: Id,
  /** The point it stands in for; null: whatever is the latest. */
  point: z.string().nullable(),
  value: z.number(),
  note: Note,
  /** Who signed it. */
  by: z.string(),
  at: Instant,
  /** The first instant at which it no longer holds; null: until it is withdrawn. */
  until: Instant.nullable(),
  withdrawn: z.object({ by: z.string(), at: Instant, note: Note }).nullable(),
})
export type MeasureOverride = z.infer<typeof MeasureOverride>

/** What hangs on a measure: it cannot go before they do. */
export const Hanging = z.object({
  noun: z.enum(['key-result', 'indicator', 'measure']),
  id: Id,
  name: z.string(),
})

const Range = z.object({ from: Instant.optional(), to: Instant.optional() })
const Definition = z.strictObject({
  key: Id,
  name: Name,
  unit: Unit,
  direction: Direction,
  scale: Scale,
  staleAfterDays: StaleAfterDays.default(30),
  query: MeasureQuery,
})

/** One measure's history as it stands against the one from scratch. */
export const RebuiltMeasure = z.object({
  id: Id,
  key: Id,
  points: Count,
  added: Count,
  changed: Count,
  removed: Count,
})

const OverrideParams = z.object({ id: Id, overrideId: Id })

export const measureRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/measures',
    summary: 'All measures with their latest point',
    access: 'viewer',
    query: z.object({ archived: Flag.default(false) }),
    response: z.array(Measure),
  }),
  fields: route({
    method: 'GET',
    path: '/api/v1/measures/fields',
    summary: 'What may be asked of each source: words to filter by, numbers to fold with their units',
    access: 'viewer',
    response: z.array(
      z.object({
        source: FactSource,
        words: z.array(z.string()),
        numbers: z.array(z.object({ field: z.string(), unit: z.string().nullable() })),
      }),
    ),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/measures/:id',
    summary: 'One measure, by its identifier or key',
    access: 'viewer',
    params: ById,
    response: Measure.extend({
      points: Count,
      overrides: z.array(MeasureOverride),
      hanging: z.array(Hanging),
    }),
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/measures',
    summary: 'Define a measure; what has happened already becomes its history',
    access: 'engineer',
    status: 201,
    body: Definition,
    response: Measure,
  }),
  preview: route({
    method: 'POST',
    path: '/api/v1/measures/preview',
    summary: 'What a measure would say, without keeping it',
    access: 'viewer',
    body: Definition.omit({ key: true, name: true, staleAfterDays: true }),
    response: z.object({
      /** Of the whole history. */
      count: Count,
      /** The newest 500. */
      points: z.array(Point),
      latest: Point.nullable(),
    }),
  }),
  edit: route({
    method: 'PATCH',
    path: '/api/v1/measures/:id',
    summary: 'Change or archive a measure; another query makes another history',
    access: 'engineer',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      name: Name.optional(),
      unit: Unit.optional(),
      direction: Direction.optional(),
      scale: Scale.optional(),
      staleAfterDays: StaleAfterDays.optional(),
      query: MeasureQuery.optional(),
      archived: z.boolean().optional(),
    }),
    response: Measure,
  }),
  remove: route({
    method: 'DELETE',
    path: '/api/v1/measures/:id',
    summary: 'Delete a measure with its history; refused while anything stands on it',
    access: 'lead',
    params: ById,
    query: z.object({ revision: z.coerce.number().int().min(1) }),
    response: z.object({}),
  }),
  points: route({
    method: 'GET',
    path: '/api/v1/measures/:id/points',
    summary: 'The history of a measure, oldest first',
    access: 'viewer',
    params: ById,
    query: Range,
    response: z.array(Point),
  }),
  history: route({
    method: 'GET',
    path: '/api/v1/measures/:id/history',
    summary: 'The history of a measure in pages, newest first',
    access: 'viewer',
    params: ById,
    query: Range.extend({
      limit: z.coerce.number().int().min(1).max(5000).default(200),
      /** `next` of the page before. */
      after: z.string().max(300).optional(),
    }),
    response: z.object({ points: z.array(Point), next: z.string().nullable() }),
  }),
  facts: route({
    method: 'GET',
    path: '/api/v1/measures/:id/facts',
    summary: 'The facts that a measure stood on at an instant, newest first',
    access: 'viewer',
    params: ById,
    query: z.object({
      at: Instant.optional(),
      limit: z.coerce.number().int().min(1).max(1000).default(100),
    }),
    response: z.object({
      count: Count,
      facts: z.array(z.object({ at: Instant, value: z.number(), counts: z.boolean(), evidence: Evidence })),
    }),
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
  override: route({
    method: 'POST',
    path: '/api/v1/measures/:id/overrides',
    summary: 'Put a signed value in place of the latest or of one point; both stay visible',
    access: 'lead',
    status: 201,
    params: ById,
    body: z.strictObject({
      value: z.number(),
      note: Note.min(1),
      point: z.string().max(300).optional(),
      until: Instant.optional(),
    }),
    response: MeasureOverride,
  }),
  withdraw: route({
    method: 'POST',
    path: '/api/v1/measures/:id/overrides/:overrideId/withdrawal',
    summary: 'Withdraw an override; the measured value counts again',
    access: 'lead',
    params: OverrideParams,
    body: z.strictObject({ revision: Revision, note: Note.min(1) }),
    response: MeasureOverride,
  }),
  rebuild: route({
    method: 'POST',
    path: '/api/v1/measures/rebuild',
    summary: 'Make histories from scratch; `check` only says what would differ',
    access: 'lead',
    body: z.strictObject({ measureId: Id.optional(), check: z.boolean().default(false) }),
    response: z.object({
      /** Facts that were missing, or not as their source says. */
      facts: Count,
      measures: z.array(RebuiltMeasure),
    }),
  }),
}
