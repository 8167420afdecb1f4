/** @file Signing in, and what a member keeps for it: sessions, API tokens, a password. */
import { PASSWORD_MOST } from '@capstan/domain'
import { z } from 'zod'
import { ById, Count, Id, Instant, Name } from '../contract/basics.ts'
import { route } from '../contract/route.ts'
import { Role } from './members.ts'

/** Its strength is judged where it is set. */
export const Password = z
  .string()
  .min(1)
  .max(4 * PASSWORD_MOST)

/** Who calls, and whether people have accounts here at all. */
export const SessionState = z.object({
  /** `single`: one person has the workspace to themselves, without a password. */
  mode: z.enum(['single', 'accounts']),
  /** By what the caller is known; null when they must sign in. */
  via: z.enum(['machine', 'session', 'token', 'password', 'worker', 'run']).nullable(),
  member: z.object({ id: Id, name: Name, roles: z.array(Role) }).nullable(),
  /** What the caller's token is narrowed to. */
  scope: z.object({ role: Role, nouns: z.array(z.string()).nullable(), readOnly: z.boolean() }).nullable(),
  expiresAt: Instant.nullable(),
})
export type SessionState = z.infer<typeof SessionState>

export const Session = z.object({
  id: Id,
  createdAt: Instant,
  seenAt: Instant,
  /** Its last instant, used or not. */
  expiresAt: Instant,
  /** What it was opened with, and from where. */
  agent: z.string(),
  address: z.string(),
  current: z.boolean(),
})
export type Session = z.infer<typeof Session>

export const ApiToken = z.object({
  id: Id,
  name: Name,
  /** It does no more than this role may. */
  role: Role,
  /** Only routes of these nouns; null is all of them. */
  nouns: z.array(z.string()).nullable(),
  readOnly: z.boolean(),
  createdAt: Instant,
  expiresAt: Instant,
  usedAt: Instant.nullable(),
})
export type ApiToken = z.infer<typeof ApiToken>

export const TokenInput = z.strictObject({
  name: Name,
  /** The highest role of its member when left out. */
  role: Role.optional(),
  nouns: z.array(z.string().min(1).max(64)).min(1).max(60).nullable().default(null),
  readOnly: z.boolean().default(false),
  /** Days until it ends. */
  days: z.int().min(1).max(366).default(90),
})

export const sessionRoutes = {
  get: route({
    method: 'GET',
    path: '/api/v1/session',
    summary: 'Who calls, and whether people sign in here',
    access: 'open',
    response: SessionState,
  }),
  signIn: route({
    method: 'POST',
    path: '/api/v1/session',
    summary: 'Sign in; the answer sets the cookie of a new session',
    access: 'open',
    status: 201,
    body: z.strictObject({ name: Name, password: Password }),
    response: SessionState,
  }),
  accept: route({
    method: 'POST',
    path: '/api/v1/session/invitation',
    summary: 'Set a password with the code of an invitation, and sign in',
    access: 'open',
    status: 201,
    body: z.strictObject({ code: z.string().min(1).max(200), password: Password }),
    response: SessionState,
  }),
  signOut: route({
    method: 'DELETE',
    path: '/api/v1/session',
    summary: 'Sign out: this session ends',
    access: 'open',
    response: z.object({}),
  }),
}

export const accountRoutes = {
  sessions: route({
    method: 'GET',
    path: '/api/v1/account/sessions',
    summary: 'Where one is signed in',
    access: 'member',
    response: z.array(Session),
  }),
  endSession: route({
    method: 'DELETE',
    path: '/api/v1/account/sessions/:id',
    summary: 'End one of one’s own sessions',
    access: 'member',
    params: ById,
    response: z.object({}),
  }),
  signOutEverywhere: route({
    method: 'DELETE',
    path: '/api/v1/account/sessions',
    summary: 'End all of one’s own sessions, this one too',
    access: 'member',
    response: z.object({ ended: Count }),
  }),
  password: route({
    method: 'PUT',
    path: '/api/v1/account/password',
    summary: 'Change one’s own password; all other sessions end',
    access: 'member',
    body: z.strictObject({ current: Password, password: Password }),
    response: SessionState,
  }),
  tokens: route({
    method: 'GET',
    path: '/api/v1/account/tokens',
    summary: 'One’s own API tokens, without their secrets',
    access: 'member',
    response: z.array(ApiToken),
  }),
  createToken: route({
    method: 'POST',
    path: '/api/v1/account/tokens',
    summary: 'Make an API token; its secret is in this answer and nowhere else',
    access: 'member',
    status: 201,
    body: TokenInput,
    response: z.object({ token: ApiToken, secret: z.string() }),
  }),
  revokeToken: route({
    method: 'DELETE',
    path: '/api/v1/account/tokens/:id',
    summary: 'Revoke one of one’s own API tokens at once',
    access: 'member',
    params: ById,
    response: z.object({}),
  }),
}
