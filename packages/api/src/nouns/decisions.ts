/** @file Decision records: options, the forecast they rest on, and how it turned out. */
import { z } from 'zod'
import { ById, Id, Instant, Message, Name, Note, Origin, Share } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

/** What a decision was expected to bring: a chance that a key result is met, or an 80 % interval of a measure. */
export const Expectation = z.strictObject({
  keyResultId: Id.optional(),
  measureId: Id.optional(),
  chance: Share.optional(),
  low: z.number().optional(),
  high: z.number().optional(),
  /** `measured`: taken from the forecast of the key result when it was decided. */
  origin: Origin.optional(),
})

export const Decision = z.object({
  id: Id,
  cycleId: Id,
  title: Name,
  options: z.array(Name).min(1),
  chosen: Name,
  reason: Message,
  expectation: Expectation.nullable(),
  outcome: z
    .object({
      met: z.boolean().optional(),
      value: z.number().optional(),
      at: Instant,
      note: Note.optional(),
      /** Who recorded it; left out when it was measured. */
      by: Id.optional(),
    })
    .nullable(),
  /** Brier score for a chance, CRPS for an interval; smaller is better. */
  score: z.object({ rule: z.enum(['brier', 'crps']), value: z.number() }).nullable(),
  decidedBy: Id.nullable(),
  /** Proposed until it is approved, where the workspace wants approval; left out of decisions that never did. */
  state: z.enum(['proposed', 'decided', 'rejected']).optional(),
  approvalId: Id.nullable().optional(),
  origin: Origin,
  at: Instant,
})
export type Decision = z.infer<typeof Decision>

export const decisionRoutes = {
  decisions: route({
    method: 'GET',
    path: '/api/v1/decisions',
    summary: 'Decision records, newest first',
    access: 'viewer',
    query: z.strictObject({ cycleId: Id.optional(), decidedBy: Id.optional() }),
    response: z.array(Decision),
  }),
  decision: route({
    method: 'GET',
    path: '/api/v1/decisions/:id',
    summary: 'One decision record',
    access: 'viewer',
    params: ById,
    response: Decision,
  }),
  decide: route({
    method: 'POST',
    path: '/api/v1/decisions',
    summary: 'Record a decision with its options and the forecast it rests on',
    access: 'lead',
    status: 201,
    body: z.strictObject({
      /** The cycle under way when left out. */
      cycleId: Id.optional(),
      title: Name,
      options: z.array(Name).min(2).max(20),
      chosen: Name,
      reason: Note.default(''),
      /** With a key result and neither chance nor interval, its forecast is taken. */
      expectation: Expectation.omit({ origin: true }).nullable().default(null),
      decidedBy: Id,
      origin: Origin.default('typed'),
    }),
    response: Decision,
  }),
  recordOutcome: route({
    method: 'POST',
    path: '/api/v1/decisions/:id/outcome',
    summary: 'Record how a decision turned out; its forecast is scored',
    access: 'lead',
    params: ById,
    body: z.strictObject({
      met: z.boolean().optional(),
      value: z.number().optional(),
      note: Note.default(''),
      recordedBy: Id,
    }),
    response: Decision,
  }),
}
