/** @file Objectives, key results and initiatives. */
import { z } from 'zod'
import {
  ById,
  Evidence,
  Id,
  Instant,
  Interval,
  Message,
  Name,
  Note,
  Origin,
  Share,
} from '../contract/basics.ts'
import { route } from '../contract/route.ts'
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
})

/** A key result with what is known of it now. */
export const KeyResultView = KeyResult.extend({
  measure: Measure,
  met: z.boolean().nullable(),
  forecast: Forecast,
})
export type KeyResult = z.infer<typeof KeyResult>
export type KeyResultView = z.infer<typeof KeyResultView>

export const Initiative = z.object({
  id: Id,
  cycleId: Id,
  name: Name,
  summary: Note,
  designId: Id.nullable(),
  /** Worth if it succeeds, in the workspace's currency: 5 %, most likely, 95 %. */
  value: z.object({ low: z.number(), mode: z.number(), high: z.number() }),
  /** Belief in success, a Beta distribution. */
  chance: z.object({ alpha: z.number().positive(), beta: z.number().positive() }),
  /** Need per pool, one amount for each period of its duration. */
  needs: z.record(Id, z.array(z.number().min(0)).min(1)),
  earliest: z.int().min(0),
  latest: z.int().min(0),
  prerequisites: z.array(Id),
  exclusions: z.array(Id),
  state: z.enum(['candidate', 'funded', 'declined', 'stopped', 'done']),
  estimatorId: Id.nullable(),
  origin: Origin,
  evidence: z.array(Evidence),
})
export type Initiative = z.infer<typeof Initiative>

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
  initiatives: route({
    method: 'GET',
    path: '/api/v1/initiatives',
    summary: 'Initiatives of all cycles',
    access: 'viewer',
    query: z.object({ cycleId: Id.optional() }),
    response: z.array(Initiative),
  }),
  createInitiative: route({
    method: 'POST',
    path: '/api/v1/initiatives',
    summary: 'Put an initiative forward',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      cycleId: Id,
      name: Name,
      summary: Note.default(''),
      designId: Id.nullable().default(null),
      value: Initiative.shape.value,
      chance: Initiative.shape.chance,
      needs: Initiative.shape.needs,
      earliest: z.int().min(0).default(0),
      latest: z.int().min(0).optional(),
      prerequisites: z.array(Id).default([]),
      exclusions: z.array(Id).default([]),
      estimatorId: Id.nullable().default(null),
      origin: Origin.default('typed'),
    }),
    response: Initiative,
  }),
  initiative: route({
    method: 'GET',
    path: '/api/v1/initiatives/:id',
    summary: 'One initiative',
    access: 'viewer',
    params: ById,
    response: Initiative,
  }),
}
