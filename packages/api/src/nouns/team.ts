/** @file Tasks, approvals and decisions. */
import { z } from 'zod'
import { ById, Id, Instant, Message, Name, Note, Origin, Share } from '../contract/basics.ts'
import { route } from '../contract/route.ts'
import { Role } from './members.ts'
import { taskRoutes } from './tasks.ts'

export const ApprovalPolicy = z.object({
  id: Id,
  subject: z.enum(['release', 'budget']),
  /** One approval by each of these roles. */
  roles: z.array(Role).min(1),
  /** Nobody approves what they asked for. */
  notOwn: z.boolean(),
  /** One person fills one role only. */
  distinct: z.boolean(),
})
export type ApprovalPolicy = z.infer<typeof ApprovalPolicy>

export const Vote = z.object({
  memberId: Id,
  role: Role,
  vote: z.enum(['approve', 'reject']),
  note: Note,
  origin: Origin,
  at: Instant,
})

export const Approval = z.object({
  id: Id,
  policyId: Id,
  /** The model version to be released; null of a budget. */
  versionId: Id.nullable(),
  /** The run that would break its initiative's budget; null of a release. */
  runId: Id.nullable(),
  requestedBy: Id,
  state: z.enum(['open', 'approved', 'rejected']),
  votes: z.array(Vote),
  /** Who is still missing, as a sentence; null when decided. */
  missing: Message.nullable(),
  createdAt: Instant,
})
export type Approval = z.infer<typeof Approval>

export const Decision = z.object({
  id: Id,
  cycleId: Id,
  title: Name,
  options: z.array(Name).min(1),
  chosen: Name,
  reason: Message,
  /** What it was expected to bring: a chance that a key result is met, or an interval of a measure. */
  expectation: z
    .object({
      keyResultId: Id.optional(),
      measureId: Id.optional(),
      chance: Share.optional(),
      low: z.number().optional(),
      high: z.number().optional(),
    })
    .nullable(),
  outcome: z.object({ met: z.boolean().optional(), value: z.number().optional(), at: Instant }).nullable(),
  /** Brier score for a chance, CRPS for an interval; smaller is better. */
  score: z.object({ rule: z.enum(['brier', 'crps']), value: z.number() }).nullable(),
  decidedBy: Id.nullable(),
  origin: Origin,
  at: Instant,
})
export type Decision = z.infer<typeof Decision>

export const teamRoutes = {
  ...taskRoutes,
  policies: route({
    method: 'GET',
    path: '/api/v1/approval-policies',
    summary: 'Approval policies',
    access: 'viewer',
    response: z.array(ApprovalPolicy),
  }),
  createPolicy: route({
    method: 'POST',
    path: '/api/v1/approval-policies',
    summary: 'Set who must approve a release, or a run that breaks a budget',
    access: 'owner',
    status: 201,
    body: z.strictObject({
      subject: z.enum(['release', 'budget']).default('release'),
      roles: z.array(Role).min(1).max(5),
      notOwn: z.boolean().default(true),
      distinct: z.boolean().default(true),
    }),
    response: ApprovalPolicy,
  }),
  approvals: route({
    method: 'GET',
    path: '/api/v1/approvals',
    summary: 'Approvals, newest first',
    access: 'viewer',
    response: z.array(Approval),
  }),
  requestApproval: route({
    method: 'POST',
    path: '/api/v1/approvals',
    summary: 'Ask for the release of a model version',
    access: 'engineer',
    status: 201,
    body: z.strictObject({ versionId: Id, requestedBy: Id }),
    response: Approval,
  }),
  vote: route({
    method: 'POST',
    path: '/api/v1/approvals/:id/votes',
    summary: 'Approve or reject, in one role',
    access: 'member',
    params: ById,
    body: z.strictObject({
      memberId: Id,
      role: Role,
      vote: z.enum(['approve', 'reject']),
      note: Note.default(''),
      origin: Origin.default('typed'),
    }),
    response: Approval,
  }),
  decisions: route({
    method: 'GET',
    path: '/api/v1/decisions',
    summary: 'Decision records, newest first',
    access: 'viewer',
    response: z.array(Decision),
  }),
}
