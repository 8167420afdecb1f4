/** @file Objectives and key results. */
import { z } from 'zod'
import { ById, Id, Instant, Interval, Message, Name, Origin, Revision, Share } from '../contract/basics.ts'
import { route } from '../contract/route.ts'
import { initiativeRoutes } from './initiatives.ts'
import { Measure } from './measures.ts'

export const Forecast = z.object({
  /** none: no points yet; single: one point, drift unknown; history: fitted drift and noise. */
  basis: z.enum(['none', 'single', 'history']),
  /** Chance that the target is met at the due date. */
  chance: Share.nullable(),
  /** 80 % interval of the value at the due date. */
  interval: Interval.nullable(),
  fan: z.array(
    z.object({
      at: Instant,
      p05: z.number(),
      p25: z.number(),
      p50: z.number(),
      p75: z.number(),
      p95: z.number(),
    }),
  ),
  message: Message,
})
export type Forecast = z.infer<typeof Forecast>

export const Objective = z.object({
  id: Id,
  cycleId: Id,
  title: Name,
  ownerId: Id.nullable(),
  origin: Origin,
  createdAt: Instant,
  revision: Revision.optional(),
})
export type Objective = z.infer<typeof Objective>

export const KeyResult = z.object({
  id: Id,
  objectiveId: Id,
  title: Name,
  measureId: Id,
  baseline: z.number().nullable(),
  target: z.number(),
  due: Instant,
  origin: Origin,
  revision: Revision.optional(),
})

/** A key result with what is known of it now. */
export const KeyResultView = KeyResult.extend({
  measure: Measure,
  met: z.boolean().nullable(),
  forecast: Forecast,
})
export type KeyResult = z.infer<typeof KeyResult>
export type KeyResultView = z.infer<typeof KeyResultView>

export const ObjectiveChance = z.object({
  objectiveId: Id,
  keyResults: z.array(Id),
  /** If its key results were independent; null while one is unknown, or there are none. */
  chance: Share.nullable(),
  /** Whatever their dependence. */
  bounds: Interval.nullable(),
})
export type ObjectiveChance = z.infer<typeof ObjectiveChance>

export const strategyRoutes = {
  objectives: route({
    method: 'GET',
    path: '/api/v1/objectives',
    summary: 'Objectives of all cycles',
    access: 'viewer',
    response: z.array(Objective),
  }),
  createObjective: route({
    method: 'POST',
    path: '/api/v1/objectives',
    summary: 'Set an objective',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      cycleId: Id,
      title: Name,
      ownerId: Id.nullable().default(null),
      origin: Origin.default('typed'),
    }),
    response: Objective,
  }),
  editObjective: route({
    method: 'PATCH',
    path: '/api/v1/objectives/:id',
    summary: 'Change an objective',
    access: 'lead',
    params: ById,
    body: z.strictObject({ revision: Revision, title: Name.optional(), ownerId: Id.nullable().optional() }),
    response: Objective,
  }),
  removeObjective: route({
    method: 'DELETE',
    path: '/api/v1/objectives/:id',
    summary: 'Remove an objective without key results',
    access: 'lead',
    params: ById,
    response: z.object({ id: Id }),
  }),
  chances: route({
    method: 'GET',
    path: '/api/v1/objectives/chances',
    summary: 'The chance of each objective, from the forecasts of its key results',
    access: 'viewer',
    query: z.object({ cycleId: Id.optional() }),
    response: z.array(ObjectiveChance),
  }),
  keyResults: route({
    method: 'GET',
    path: '/api/v1/key-results',
    summary: 'Key results with their measure and forecast',
    access: 'viewer',
    query: z.object({ cycleId: Id.optional() }),
    response: z.array(KeyResultView),
  }),
  createKeyResult: route({
    method: 'POST',
    path: '/api/v1/key-results',
    summary: 'Bind a key result to a measure',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      objectiveId: Id,
      title: Name,
      measureId: Id,
      baseline: z.number().nullable().default(null),
      target: z.number(),
      /** What baseline and target are in; refused when the measure's is another. */
      unit: z.string().max(16).optional(),
      due: Instant,
      origin: Origin.default('typed'),
    }),
    response: KeyResultView,
  }),
  editKeyResult: route({
    method: 'PATCH',
    path: '/api/v1/key-results/:id',
    summary: 'Change a key result; its measure stays',
    access: 'lead',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      title: Name.optional(),
      baseline: z.number().nullable().optional(),
      target: z.number().optional(),
      unit: z.string().max(16).optional(),
      due: Instant.optional(),
    }),
    response: KeyResultView,
  }),
  removeKeyResult: route({
    method: 'DELETE',
    path: '/api/v1/key-results/:id',
    summary: 'Remove a key result',
    access: 'lead',
    params: ById,
    response: z.object({ id: Id }),
  }),
  ...initiativeRoutes,
}
