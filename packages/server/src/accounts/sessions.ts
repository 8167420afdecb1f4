/** @file Opens and ends the sessions of browsers, with their cookie. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Change, Context } from '../context.ts'
import { newSecret, SESSION_IDLE_MS, SESSION_MS, secretHash } from './accounts.ts'
import { insertSession, removeEndedSessions, removeSessions } from './store.ts'

const COOKIE = 'capstan_session'

export function sessionSecret({ headers }: FastifyRequest): string | undefined {
  return /(?:^|;\s*)capstan_session=([\w-]{20,100})/.exec(headers.cookie ?? '')?.[1]
}

/** A new secret each time; the one that the browser had ends. @returns what goes into the cookie */
export async function openSession(
  { db, at, record }: Change,
  { newId }: Pick<Context, 'newId'>,
  request: FastifyRequest,
  memberId: string,
): Promise<string> {
  const secret = newSecret()
  const before = sessionSecret(request)
  if (before !== undefined) await removeSessions(db, { hash: secretHash(before) })
  await removeEndedSessions(db, at, new Date(Date.parse(at) - SESSION_IDLE_MS).toISOString())
  const id = newId('session')
  await insertSession(db, {
    hash: secretHash(secret),
    id,
    member_id: memberId,
    created_at: at,
    seen_at: at,
    expires_at: new Date(Date.parse(at) + SESSION_MS).toISOString(),
    agent: String(request.headers['user-agent'] ?? '').slice(0, 300),
    address: request.ip,
  })
  await record('session', 'opened', id, { member: memberId })
  return secret
}

/** Read by no script, sent by no other site, and by https alone where the page came by it. */
export function setCookie(request: FastifyRequest, reply: FastifyReply, secret: string | null): void {
  const secure = request.protocol === 'https' || request.headers['x-forwarded-proto'] === 'https'
  const age = secret === null ? 0 : Math.floor(SESSION_MS / 1000)
  reply.header(
    'set-cookie',
    `${COOKIE}=${secret ?? ''}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${age}${secure ? '; Secure' : ''}`,
  )
}
