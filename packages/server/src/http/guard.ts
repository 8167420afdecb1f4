/** @file Who may call what: the one place that lets a request in. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { CapstanError } from '@capstan/api'
import { type Access, type Caller as Asker, accessRoles, verdictOf } from '@capstan/domain'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Accounts, type Known, TOKEN_PREFIX } from '../accounts/accounts.ts'
import { sessionSecret } from '../accounts/sessions.ts'

export interface GuardOptions {
  /** Names under which this server may be addressed, against DNS rebinding; `null` accepts any. */
  hosts: ReadonlySet<string> | null
  /** Of whoever may read the workspace's folder: they own what is in it. */
  token: string
  /** The server listens beyond this machine and wants its token, where people have no accounts. */
  tokenNeeded: boolean
  /** Held by job workers. */
  workerToken: string
  accounts: Accounts
}

export interface Caller {
  asker: Asker
  /** People have accounts here, so that nobody may act for another. */
  multiUser: boolean
  /** Who signed in; null for the person at this machine, workers and commands. */
  memberId: string | null
  known: Known | null
  actor: string
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
  }
  interface FastifyContextConfig {
    access?: Access
  }
  interface FastifyInstance {
    /** Whether a request that goes on would still be let in. */
    stillAllowed(request: FastifyRequest, access: Access, noun: string): Promise<boolean>
  }
}

/** Requests a minute and address: far above what a page and its workers send, far below what guessing needs. */
const REQUESTS_A_MINUTE = 3000

/** Liveness tells nothing, so that a supervisor needs no secret. */
const open = new Set(['/v2/health/live', '/v2/health/ready'])

export async function guard(app: FastifyInstance, options: GuardOptions): Promise<void> {
  if (options.tokenNeeded) {
    await app.register(rateLimit, {
      max: REQUESTS_A_MINUTE,
      // whoever holds the token does not guess it, and training logs at any rate
      allowList: (request) => same(givenToken(request) ?? '', options.token),
      timeWindow: '1 minute',
      errorResponseBuilder: () => new CapstanError('request/rate-limited', { limit: REQUESTS_A_MINUTE }),
    })
  }
  app.decorateRequest('caller', null)
  app.decorate('stillAllowed', async (request: FastifyRequest, access: Access, noun: string) => {
    const caller = await identify(request, options).catch(() => null)
    return caller !== null && verdictOf(caller.asker, { access, noun }) === 'allowed'
  })
  app.addHook('onRequest', async (request) => {
    refuseForeignHost(request, options.hosts)
    refuseCrossSite(request)
    request.caller = await identify(request, options)
    const path = pathOf(request)
    if (isProtected(path) && request.caller.asker.kind === 'nobody') {
      // a page may ask who is signed in, and sign in
      if (request.routeOptions.config?.access !== 'open') throw new CapstanError('access/sign-in')
    }
  })
}

const pathOf = ({ url }: FastifyRequest) => url.split('?')[0]!
const isProtected = (path: string) =>
  (/^\/(ajax-)?api\//.test(path) || path.startsWith('/v2') || path.startsWith('/v1')) && !open.has(path)

async function identify(
  request: FastifyRequest,
  { token, tokenNeeded, workerToken, accounts }: GuardOptions,
): Promise<Caller> {
  const given = givenToken(request)
  const nobody = { multiUser: false, memberId: null, known: null }
  if (given !== undefined && same(given, workerToken))
    return { ...nobody, asker: { kind: 'worker' }, actor: 'worker' }
  const run = given === undefined ? null : runOfToken(given, workerToken)
  if (run !== null) return { ...nobody, asker: { kind: 'run' }, actor: run }
  const holder = given !== undefined && same(given, token)
  if (await accounts.multiUser()) {
    if (holder) return { ...nobody, multiUser: true, asker: { kind: 'machine' }, actor: 'owner' }
    const known = isProtected(pathOf(request)) ? await personOf(request, accounts) : null
    if (known === null) return { ...nobody, multiUser: true, asker: { kind: 'nobody' }, actor: 'nobody' }
    const { member, scope } = known
    const asker: Asker = { kind: 'member', roles: member.roles, scope }
    return { asker, multiUser: true, memberId: member.id, known, actor: member.id }
  }
  if (tokenNeeded && !holder && isProtected(pathOf(request))) throw new CapstanError('access/no-token')
  const member = request.headers['x-capstan-member']
  return {
    ...nobody,
    asker: { kind: 'machine' },
    actor: typeof member === 'string' && /^[\w.-]{1,64}$/.test(member) ? member : 'owner',
  }
}

/**
 * A bearer that is no token any more is told so; a cookie that has ended is nobody's.
 * @throws {CapstanError} `access/bad-token`, `access/wait`, `access/wrong-password`
 */
async function personOf(request: FastifyRequest, accounts: Accounts): Promise<Known | null> {
  const { scheme, user, secret } = credentials(request)
  if (scheme !== null) {
    if (secret.startsWith(TOKEN_PREFIX) || scheme === 'bearer') {
      const known = await accounts.byToken(secret)
      if (!known) throw new CapstanError('access/bad-token')
      return known
    }
    return accounts.byPassword(user, secret, request.ip)
  }
  const session = sessionSecret(request)
  return session === undefined ? null : accounts.bySession(session)
}

/** A bearer, or a name with a password: MLflow's clients send a token as the password of any name. */
function credentials({ headers }: FastifyRequest): {
  scheme: 'bearer' | 'basic' | null
  user: string
  secret: string
} {
  const [scheme = '', value = ''] = (headers.authorization ?? '').split(/ +/, 2)
  if (/^bearer$/i.test(scheme)) return { scheme: 'bearer', user: '', secret: value }
  if (!/^basic$/i.test(scheme)) return { scheme: null, user: '', secret: '' }
  const text = Buffer.from(value, 'base64').toString()
  const colon = text.indexOf(':')
  return colon < 0
    ? { scheme: null, user: '', secret: '' }
    : { scheme: 'basic', user: text.slice(0, colon), secret: text.slice(colon + 1) }
}

function givenToken(request: FastifyRequest): string | undefined {
  const { scheme, secret } = credentials(request)
  return scheme === null ? /(?:^|;\s*)capstan_token=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] : secret
}

/** Good for as long as the server runs: commands end with it, and get a new one when they go on. */
export function runTokenOf(workerToken: string, runId: string): string {
  return `${runId}.${createHmac('sha256', workerToken).update(`run ${runId}`).digest('base64url')}`
}

function runOfToken(token: string, workerToken: string): string | null {
  const runId = token.slice(0, token.lastIndexOf('.'))
  return /^[\w-]{1,64}$/.test(runId) && same(token, runTokenOf(workerToken, runId)) ? runId : null
}

/**
 * @param noun of the route, for tokens that are narrowed to some
 * @throws {CapstanError} `access/sign-in`, `access/refused`, `access/token-scope`
 */
export function requireAccess(request: FastifyRequest, access: Access, noun: string): void {
  const asker = request.caller?.asker ?? { kind: 'nobody' }
  const verdict = verdictOf(asker, { access, noun })
  if (verdict === 'sign-in') throw new CapstanError('access/sign-in')
  if (verdict === 'scope')
    throw new CapstanError('access/token-scope', { scope: scopeText(asker, access, noun) })
  if (verdict === 'role')
    throw new CapstanError('access/refused', { role: accessRoles[access].at(-1) ?? access })
}

function scopeText(asker: Asker, access: Access, noun: string): string {
  if (asker.kind !== 'member' || !asker.scope) return `${noun}, ${access}`
  const { role, nouns, readOnly } = asker.scope
  return [role, readOnly ? 'read-only' : '', nouns ? nouns.join(' ') : ''].filter(Boolean).join(', ')
}

/**
 * Votes, comments, requests and hours are given in one's own name. While one person has the workspace to
 * themselves, they speak for everybody in it.
 * @throws {CapstanError} `access/not-self`
 */
export function requireSelf({ request }: { request: FastifyRequest }, memberId: string): void {
  const { caller } = request
  if (caller?.multiUser && caller.memberId !== memberId) {
    throw new CapstanError('access/not-self', { member: memberId })
  }
}

export function actorOf(request: FastifyRequest): string {
  return request.caller?.actor ?? 'nobody'
}

function refuseForeignHost(request: FastifyRequest, hosts: ReadonlySet<string> | null): void {
  if (hosts === null) return
  const host = request.host.replace(/:\d+$/, '').toLowerCase()
  if (!hosts.has(host)) throw new CapstanError('access/unknown-host', { host: host || '?' })
}

/** A page of another site may neither read nor change anything here, whatever the method. */
function refuseCrossSite(request: FastifyRequest): void {
  const { host } = request
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    throw new CapstanError('access/cross-site', { origin: origin.slice(0, 100) })
  }
  if (site === 'cross-site' && request.headers['sec-fetch-mode'] !== 'navigate') {
    throw new CapstanError('access/cross-site', { origin: 'sec-fetch-site: cross-site' })
  }
}

function same(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}
