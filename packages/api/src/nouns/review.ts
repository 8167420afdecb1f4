/** @file Reviews: what the turn taught, what it proposes to change, what changes would make of the plan. */
import { z } from 'zod'
import { ById, Count, Evidence, Id, Instant, Interval, Message, Note, Share } from '../contract/basics.ts'
import { route } from '../contract/route.ts'
import { Cycle } from './cycles.ts'
import { Basis, ChangeEdit, Effect, OpensCycle, Outlook, PlanChange } from './plan-changes.ts'
import { TrackRecord } from './turns.ts'

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
  /** What it does to the chance of each objective, with the change and without it; null when that is not known. */
  effects: Effect.nullable().optional(),
  /** What accepting it does, as a typed patch. */
  change: PlanChange,
  /** The patch as it was proposed, where somebody accepted it with other numbers. */
  proposed: PlanChange.nullable().optional(),
  /** The same for the same subject in every review. */
  subject: z.string().optional(),
  /** The facts it rests on; when one of them has changed, it is refused. */
  basis: z.array(Basis).optional(),
  /** Who proposed it, where it was a person. */
  proposedBy: Id.nullable().optional(),
  /** superseded: a later review proposed anew. */
  state: z.enum(['open', 'accepted', 'rejected', 'superseded']),
  note: Note.optional(),
  decidedBy: Id.nullable(),
  decidedAt: Instant.nullable(),
})
export type Proposal = z.infer<typeof Proposal>

/** One thing that was predicted when the plan was made, and what came of it. */
export const Outcome = z.object({
  kind: z.enum(['keyResult', 'budget', 'effort', 'cost', 'runTime', 'incidents', 'decision']),
  id: z.string(),
  name: z.string(),
  unit: z.string(),
  scale: z.enum(['linear', 'log', 'proportion']),
  predicted: z.number().nullable(),
  /** 80 % interval of the prediction, where it had one. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  came: z.number().nullable(),
  evidence: z.array(Evidence),
})
export type Outcome = z.infer<typeof Outcome>

export const EstimatorBias = z.object({
  memberId: Id,
  memberName: z.string(),
  subject: z.enum(['effort', 'cost']),
  /** Actual over predicted, shrunk; with its 80 % interval. */
  factor: z.number(),
  low: z.number(),
  high: z.number(),
  count: Count,
})

export const Review = z.object({
  id: Id,
  cycleId: Id,
  at: Instant,
  before: Snapshot,
  after: Snapshot,
  changes: z.array(Message),
  outcomes: z.array(Outcome).optional(),
  estimators: z.array(EstimatorBias).optional(),
  scores: z.array(
    z.object({ decisionId: Id, title: z.string(), rule: z.enum(['brier', 'crps']), value: z.number() }),
  ),
  /** How long the review took to think, beside the event loop. */
  thoughtMs: z.number().optional(),
  proposals: z.array(Proposal),
})
export type Review = z.infer<typeof Review>

const Verdict = z.enum(['accept', 'reject'])

export const PlanWhatIf = z.object({
  before: Outlook,
  after: Outlook,
  resolved: z
    .object({
      chosen: z.array(z.object({ initiativeId: Id, name: z.string(), start: Count })),
      expectedValue: z.number(),
    })
    .nullable(),
})
export type PlanWhatIf = z.infer<typeof PlanWhatIf>

export const reviewRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/reviews',
    summary: 'Reviews, newest first',
    access: 'viewer',
    query: z.object({ limit: z.coerce.number().int().min(1).max(200).optional() }).optional(),
    response: z.array(Review),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/reviews/:id',
    summary: 'One review with its proposals',
    access: 'viewer',
    params: ById,
    response: Review,
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
  propose: route({
    method: 'POST',
    path: '/api/v1/reviews/:id/proposals',
    summary: 'Add a change of your own to the newest review, to be decided with the others',
    access: 'engineer',
    status: 201,
    params: ById,
    body: z.strictObject({ change: PlanChange, note: Note.default('') }),
    response: Proposal,
  }),
  decide: route({
    method: 'POST',
    path: '/api/v1/proposals/:id/decision',
    summary: 'Accept, change or reject a proposal; accepting applies it and opens the next cycle',
    access: 'lead',
    params: ById,
    body: z.strictObject({
      decision: Verdict,
      note: Note.default(''),
      /** Other numbers than the proposed ones. */
      edit: ChangeEdit.optional(),
      /** Left out: accepting opens the next cycle, rejecting does not. */
      opens: OpensCycle.optional(),
    }),
    response: z.object({ proposal: Proposal, cycle: Cycle }),
  }),
  decideAll: route({
    method: 'POST',
    path: '/api/v1/reviews/:id/decisions',
    summary:
      'Decide several proposals of a review in one transaction: all are applied, or none; without any, the next cycle opens with the plan as it is',
    access: 'lead',
    params: ById,
    body: z.strictObject({
      decisions: z
        .array(
          z.strictObject({
            proposalId: Id,
            decision: Verdict,
            note: Note.default(''),
            edit: ChangeEdit.optional(),
          }),
        )
        .max(500),
      /** Left out: the next cycle is opened when something is accepted. */
      opens: OpensCycle.optional(),
    }),
    response: z.object({ review: Review, cycle: Cycle }),
  }),
  whatIf: route({
    method: 'POST',
    path: '/api/v1/what-if',
    summary: 'What proposals and free changes would make of the plan; nothing is changed',
    access: 'viewer',
    body: z.strictObject({
      proposals: z
        .array(z.strictObject({ id: Id, edit: ChangeEdit.optional() }))
        .max(500)
        .default([]),
      changes: z.array(PlanChange).max(100).default([]),
      opens: OpensCycle.default('next'),
      /** Solve the allocation anew under the changed plan. */
      resolve: z.boolean().default(true),
    }),
    response: PlanWhatIf,
  }),
  history: route({
    method: 'GET',
    path: '/api/v1/turns',
    summary: 'How well each turn predicted itself, and whether that gets better',
    access: 'viewer',
    response: TrackRecord,
  }),
}
