/** @file Approvals, and the policies that say who must give them. */
import { z } from 'zod'
import { ById, Id, Instant, Message, Note, Origin } from '../contract/basics.ts'
import { route } from '../contract/route.ts'
import { Role } from './members.ts'

export const ApprovalKind = z.enum(['release', 'budget', 'decision'])

export const ApprovalPolicy = z.object({
  id: Id,
  subject: ApprovalKind,
  /** One approval by each of these roles. */
  roles: z.array(Role),
  /** Each of these members must approve. */
  members: z.array(Id),
  /** At least so many people in all; 0 asks for no more than the roles and members named. */
  count: z.int().min(0),
  /** Nobody approves what they asked for or made. */
  notOwn: z.boolean(),
  /** One person fills one role only. */
  distinct: z.boolean(),
  /** Hours after which nobody may vote any more; null for never. */
  expiresAfterHours: z.number().nullable(),
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
  kind: ApprovalKind,
  policyId: Id,
  /** What is to be approved, in words. */
  title: z.string(),
  /** The model version to be released; null of anything else. */
  versionId: Id.nullable(),
  /** The run that would break its initiative's budget; null of anything else. */
  runId: Id.nullable(),
  /** The decision that is proposed; null of anything else. */
  decisionId: Id.nullable(),
  requestedBy: Id,
  state: z.enum(['open', 'approved', 'rejected', 'expired']),
  votes: z.array(Vote),
  /** Who is still missing, as a sentence; null when decided. */
  missing: Message.nullable(),
  createdAt: Instant,
  /** From then on it is too late to vote. */
  expiresAt: Instant.nullable(),
  decidedAt: Instant.nullable(),
})
export type Approval = z.infer<typeof Approval>
export type ApprovalKind = z.infer<typeof ApprovalKind>

export const approvalRoutes = {
  policies: route({
    method: 'GET',
    path: '/api/v1/approval-policies',
    summary: 'Approval policies; the newest of a kind holds',
    access: 'viewer',
    response: z.array(ApprovalPolicy),
  }),
  createPolicy: route({
    method: 'POST',
    path: '/api/v1/approval-policies',
    summary: 'Set who must approve a release, a run that breaks a budget, or a decision',
    access: 'owner',
    status: 201,
    body: z.strictObject({
      subject: ApprovalKind.default('release'),
      roles: z.array(Role).max(5).default([]),
      members: z.array(Id).max(20).default([]),
      count: z.int().min(0).max(50).default(0),
      notOwn: z.boolean().default(true),
      distinct: z.boolean().default(true),
      expiresAfterHours: z.number().positive().max(8760).nullable().default(null),
    }),
    response: ApprovalPolicy,
  }),
  approvals: route({
    method: 'GET',
    path: '/api/v1/approvals',
    summary: 'Approvals, newest first',
    access: 'viewer',
    query: z.strictObject({
      state: Approval.shape.state.optional(),
      kind: ApprovalKind.optional(),
      /** Open ones that this member may vote on. */
      waitingFor: Id.optional(),
    }),
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
}
