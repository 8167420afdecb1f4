/** @file Initiatives: bets with a value, a chance and needs; how they rank. */
import { z } from 'zod'
import { ById, Evidence, Id, Interval, Name, Note, Origin, Revision, Share } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

const Points = z.number().min(0).max(1000)

/** RICE = reach x impact x confidence / effort; the effort is the people-days of the needs. */
export const Rice = z.strictObject({
  /** People or events in the cycle. */
  reach: z.number().min(0).max(1e12),
  impact: z.number().min(0).max(100),
  confidence: Share,
})
/** WSJF = (value + urgency + risk reduction) / size, in relative points. */
export const Wsjf = z.strictObject({
  value: Points,
  urgency: Points,
  riskReduction: Points,
  size: z.number().gt(0).max(1000),
})

/** A chance as people say it: an 80 % interval, or a number and how many trials it is worth. */
export const Belief = z.union([
  z.strictObject({ low: z.number(), high: z.number() }),
  z.strictObject({ chance: z.number(), trials: z.number() }),
])
export type Belief = z.infer<typeof Belief>

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
  /** The key results that it serves; all of its cycle's when it names none. */
  serves: z.array(Id).optional(),
  /** The market segment that it is for. */
  segmentId: Id.nullable().optional(),
  rice: Rice.nullable().optional(),
  wsjf: Wsjf.nullable().optional(),
  state: z.enum(['candidate', 'funded', 'declined', 'stopped', 'done']),
  estimatorId: Id.nullable(),
  origin: Origin,
  evidence: z.array(Evidence),
  revision: Revision.optional(),
})
export type Initiative = z.infer<typeof Initiative>

export const RankedInitiative = z.object({
  id: Id,
  name: Name,
  /** Expected value, cost of the needs at the pools' rates, and the difference, in the workspace's currency. */
  expected: z.number(),
  cost: z.number(),
  net: z.number(),
  /** expected / cost; null without cost. */
  yield: z.number().nullable(),
  /** 80 % interval. */
  chance: Interval,
  rice: z.number().nullable(),
  wsjf: z.number().nullable(),
  /** 1 is best; null where there is nothing to rank by. */
  ranks: z.object({
    net: z.number().nullable(),
    yield: z.number().nullable(),
    rice: z.number().nullable(),
    wsjf: z.number().nullable(),
  }),
})

export const Ranking = z.object({
  ranked: z.array(RankedInitiative),
  /** Rank correlation (Spearman) with the net value, -1 to 1; null below three. */
  agreement: z.object({ rice: z.number().nullable(), wsjf: z.number().nullable() }),
})
export type Ranking = z.infer<typeof Ranking>

const Needs = z
  .record(Id, z.array(z.number().min(0)).min(1).max(60))
  .refine((needs) => Object.keys(needs).length <= 60, { error: 'names more than 60 pools' })

export const initiativeRoutes = {
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
      /** Of the value; the workspace's when left out. Another one is converted by today's exchange rate. */
      currency: z.string().length(3).optional(),
      /** Give it, or a belief. */
      chance: Initiative.shape.chance.optional(),
      belief: Belief.optional(),
      needs: Needs,
      earliest: z.int().min(0).default(0),
      latest: z.int().min(0).optional(),
      prerequisites: z.array(Id).max(100).default([]),
      exclusions: z.array(Id).max(100).default([]),
      serves: z.array(Id).max(100).default([]),
      segmentId: Id.nullable().default(null),
      rice: Rice.nullable().default(null),
      wsjf: Wsjf.nullable().default(null),
      estimatorId: Id.nullable().default(null),
      origin: Origin.default('typed'),
    }),
    response: Initiative,
  }),
  ranking: route({
    method: 'GET',
    path: '/api/v1/initiatives/ranking',
    summary: 'Initiatives by their quantified value, beside RICE and WSJF',
    access: 'viewer',
    query: z.object({ cycleId: Id.optional() }),
    response: Ranking,
  }),
  initiative: route({
    method: 'GET',
    path: '/api/v1/initiatives/:id',
    summary: 'One initiative',
    access: 'viewer',
    params: ById,
    response: Initiative,
  }),
  editInitiative: route({
    method: 'PATCH',
    path: '/api/v1/initiatives/:id',
    summary: 'Change an initiative',
    access: 'lead',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      name: Name.optional(),
      summary: Note.optional(),
      designId: Id.nullable().optional(),
      value: Initiative.shape.value.optional(),
      currency: z.string().length(3).optional(),
      chance: Initiative.shape.chance.optional(),
      belief: Belief.optional(),
      needs: Needs.optional(),
      earliest: z.int().min(0).optional(),
      latest: z.int().min(0).optional(),
      prerequisites: z.array(Id).max(100).optional(),
      exclusions: z.array(Id).max(100).optional(),
      serves: z.array(Id).max(100).optional(),
      segmentId: Id.nullable().optional(),
      rice: Rice.nullable().optional(),
      wsjf: Wsjf.nullable().optional(),
      estimatorId: Id.nullable().optional(),
    }),
    response: Initiative,
  }),
  removeInitiative: route({
    method: 'DELETE',
    path: '/api/v1/initiatives/:id',
    summary: 'Withdraw a candidate that nothing rests on',
    access: 'lead',
    params: ById,
    response: z.object({ id: Id }),
  }),
}
