/** @file Reviews: what the turn taught, and what it proposes to change. */
import { z } from 'zod'
import { ById, Evidence, Id, Instant, Interval, Message, Note, Share } from '../contract/basics.ts'
import { route } from '../contract/route.ts'
import { Cycle } from './cycles.ts'

/** The state of the plan at one moment. */
export const Snapshot = z.object({
  id: Id,
  cycleId: Id,
  at: Instant,
  reason: z.enum(['plan', 'review']),
  objectiveChance: z.object({ chance: Share, interval: Interval }).nullable(),
  keyResults: z.array(
    z.object({
      id: Id,
      title: z.string(),
      target: z.number(),
      value: z.number().nullable(),
      chance: Share.nullable(),
    }),
  ),
  budgets: z.array(
    z.object({ initiativeId: Id, poolId: Id, amount: z.number(), used: z.number(), cost: z.number() }),
  ),
  initiatives: z.array(z.object({ id: Id, name: z.string(), state: z.string(), chance: Share })),
  risk: z.object({ simulationId: Id, ale: z.number(), var95: z.number() }).nullable(),
  risks: z.array(z.object({ id: Id, name: z.string(), frequency: z.number() })),
})
export type Snapshot = z.infer<typeof Snapshot>

export const Proposal = z.object({
  id: Id,
  reviewId: Id,
  kind: z.string(),
  title: Message,
  reason: Message,
  evidence: z.array(Evidence),
  effect: Message,
  /** What accepting it does, as a typed patch. */
  change: z.record(z.string(), z.unknown()),
  /** superseded: a later review proposed anew. */
  state: z.enum(['open', 'accepted', 'rejected', 'superseded']),
  decidedBy: Id.nullable(),
  decidedAt: Instant.nullable(),
})
export type Proposal = z.infer<typeof Proposal>

export const Review = z.object({
  id: Id,
  cycleId: Id,
  at: Instant,
  before: Snapshot,
  after: Snapshot,
  changes: z.array(Message),
  scores: z.array(
    z.object({ decisionId: Id, title: z.string(), rule: z.enum(['brier', 'crps']), value: z.number() }),
  ),
  proposals: z.array(Proposal),
})
export type Review = z.infer<typeof Review>

export const reviewRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/reviews',
    summary: 'Reviews, newest first',
    access: 'viewer',
    response: z.array(Review),
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/reviews',
    summary: 'Review the running cycle now',
    access: 'lead',
    status: 201,
    body: z.strictObject({}),
    response: Review,
  }),
  snapshots: route({
    method: 'GET',
    path: '/api/v1/snapshots',
    summary: 'The plan as it stood, newest first',
    access: 'viewer',
    response: z.array(Snapshot),
  }),
  decide: route({
    method: 'POST',
    path: '/api/v1/proposals/:id/decision',
    summary: 'Accept or reject a proposal; accepting applies it and opens the next cycle',
    access: 'lead',
    params: ById,
    body: z.strictObject({ decision: z.enum(['accept', 'reject']), note: Note.default('') }),
    response: z.object({ proposal: Proposal, cycle: Cycle }),
  }),
}
