/** @file Members and their roles. */
import { z } from 'zod'
import { ById, Count, Id, Instant, LocalDate, Name, Note, Origin, Revision } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

export const Role = z.enum(['owner', 'lead', 'engineer', 'reviewer', 'viewer'])
export type Role = z.infer<typeof Role>

/** Local dates, both included. */
export const Absence = z.strictObject({ from: LocalDate, to: LocalDate, note: Note.default('') })

export const Member = z.object({
  id: Id,
  name: Name,
  roles: z.array(Role).min(1),
  skills: z.array(Name),
  /** Working days a period that this person can give. */
  daysPerPeriod: z.number().min(0).max(31),
  absences: z.array(Absence).optional(),
  origin: Origin,
  createdAt: Instant,
  revision: Revision.optional(),
})
export type Member = z.infer<typeof Member>

/** How a member signs in; never a password or what is kept of it. */
export const Account = z.object({
  memberId: Id,
  /** none: cannot sign in; invited: has a code; active; disabled: was let in before. */
  state: z.enum(['none', 'invited', 'active', 'disabled']),
  invitedUntil: Instant.nullable(),
  sessions: Count,
  tokens: Count,
  seenAt: Instant.nullable(),
})
export type Account = z.infer<typeof Account>

const AccountPassword = z.string().min(1).max(1024)

export const memberRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/members',
    summary: 'All members',
    access: 'viewer',
    response: z.array(Member),
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/members',
    summary: 'Add a member',
    access: 'owner',
    status: 201,
    body: z.strictObject({
      name: Name,
      roles: z.array(Role).min(1).max(5),
      skills: z.array(Name).max(50).default([]),
      daysPerPeriod: z.number().min(0).max(31).default(5),
      absences: z.array(Absence).max(200).default([]),
      origin: Origin.default('typed'),
    }),
    response: Member,
  }),
  edit: route({
    method: 'PATCH',
    path: '/api/v1/members/:id',
    summary: 'Change the skills and the availability of a member',
    access: 'lead',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      skills: z.array(Name).max(50).optional(),
      daysPerPeriod: z.number().min(0).max(31).optional(),
      absences: z.array(Absence).max(200).optional(),
    }),
    response: Member,
  }),
  accounts: route({
    method: 'GET',
    path: '/api/v1/accounts',
    summary: 'Who can sign in',
    access: 'owner',
    response: z.array(Account),
  }),
  access: route({
    method: 'PATCH',
    path: '/api/v1/members/:id/access',
    summary: 'Change the name or the roles of a member, or disable them; it takes effect at once',
    access: 'owner',
    params: ById,
    body: z.strictObject({
      revision: Revision,
      name: Name.optional(),
      roles: z.array(Role).min(1).max(5).optional(),
      disabled: z.boolean().optional(),
    }),
    response: Member,
  }),
  setPassword: route({
    method: 'PUT',
    path: '/api/v1/members/:id/password',
    summary: 'Give a member an account with a first password, or another password; their sessions end',
    access: 'owner',
    params: ById,
    body: z.strictObject({ password: AccountPassword }),
    response: Account,
  }),
  invite: route({
    method: 'POST',
    path: '/api/v1/members/:id/invitation',
    summary: 'Make a code with which a member sets their password themselves; it is told once',
    access: 'owner',
    status: 201,
    params: ById,
    body: z.strictObject({ days: z.int().min(1).max(30).default(7) }),
    response: z.object({ code: z.string(), expiresAt: Instant }),
  }),
  signOut: route({
    method: 'DELETE',
    path: '/api/v1/members/:id/sessions',
    summary: 'End every session of a member and revoke their tokens',
    access: 'owner',
    params: ById,
    response: z.object({ sessions: Count, tokens: Count }),
  }),
}
