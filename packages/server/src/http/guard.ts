/** @file Who may call what: the one place that lets a request in. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Access, CapstanError } from '@capstan/api'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'

export interface GuardOptions {
  /** Names under which this server may be addressed, against DNS rebinding; `null` accepts any. */
  hosts: ReadonlySet<string> | null
  /** Wanted from every request when the server listens beyond this machine. */
  token: string | null
  /** Held by job workers. */
  workerToken: string
}

interface Caller {
  worker: boolean
  /** People have accounts here, so that nobody may act for another. */
  multiUser: boolean
  /** Who signed in; null for the person at this machine, workers and commands. */
  memberId: string | null
  /** The run whose command calls, by the token it was given. */
  run: string | null
  actor: string
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
  }
}

/** Requests a minute and address: far above what a page and its workers send, far below what guessing needs. */
const REQUESTS_A_MINUTE = 3000

/** Liveness tells nothing, so that a supervisor needs no secret. */
const open = new Set(['/v2/health/live', '/v2/health/ready'])

export async function guard(app: FastifyInstance, options: GuardOptions): Promise<void> {
  if (options.token !== null) {
    await app.register(rateLimit, {
      max: REQUESTS_A_MINUTE,
      // whoever holds the token does not guess it, and training logs at any rate
      allowList: (request) => same(tokenOfHeader(request) ?? tokenOfCookie(request) ?? '', options.token!),
      timeWindow: '1 minute',
      errorResponseBuilder: () => new CapstanError('request/rate-limited', { limit: REQUESTS_A_MINUTE }),
    })
  }
  app.decorateRequest('caller', null)
  app.addHook('onRequest', async (request) => {
    refuseForeignHost(request, options.hosts)
    refuseCrossSite(request)
    request.caller = identify(request, options)
  })
}

const nobody = { worker: false, multiUser: false, memberId: null, run: null }

function identify(request: FastifyRequest, { token, workerToken }: GuardOptions): Caller {
  const given = tokenOfHeader(request) ?? tokenOfCookie(request)
  if (given !== undefined && same(given, workerToken)) return { ...nobody, worker: true, actor: 'worker' }
  const run = given === undefined ? null : runOfToken(given, workerToken)
  if (run !== null) return { ...nobody, run, actor: run }
  const pathname = request.url.split('?')[0]!
  const wantsToken =
    /^\/(ajax-)?api\//.test(pathname) || pathname.startsWith('/v2') || pathname.startsWith('/v1')
  if (token !== null && wantsToken && !open.has(pathname) && !(given !== undefined && same(given, token))) {
    throw new CapstanError('access/no-token')
  }
  const member = request.headers['x-capstan-member']
  return {
    ...nobody,
    actor: typeof member === 'string' && /^[\w.-]{1,64}$/.test(member) ? member : 'owner',
  }
}

/** The token as a bearer, or as the password of any user, which is how MLflow's clients send it. */
function tokenOfHeader({ headers }: FastifyRequest): string | undefined {
  const [scheme = '', value = ''] = (headers.authorization ?? '').split(/ +/, 2)
  if (/^bearer$/i.test(scheme)) return value
  if (!/^basic$/i.test(scheme)) return undefined
  return Buffer.from(value, 'base64').toString().split(':').slice(1).join(':')
}

function tokenOfCookie(request: FastifyRequest): string | undefined {
  return /(?:^|;\s*)capstan_token=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1]
}

/** Good for as long as the server runs: commands end with it, and get a new one when they go on. */
export function runTokenOf(workerToken: string, runId: string): string {
  return `${runId}.${createHmac('sha256', workerToken).update(`run ${runId}`).digest('base64url')}`
}

function runOfToken(token: string, workerToken: string): string | null {
  const runId = token.slice(0, token.lastIndexOf('.'))
  return /^[\w-]{1,64}$/.test(runId) && same(token, runTokenOf(workerToken, runId)) ? runId : null
}

/** What a command may do with the token of its run. */
const commandMay: ReadonlySet<Access> = new Set(['viewer', 'engineer'])

/** The person at this machine holds every role; a worker holds its own routes and may read. */
export function requireAccess(request: FastifyRequest, access: Access): void {
  const worker = request.caller?.worker ?? false
  if (request.caller?.run && !commandMay.has(access))
    throw new CapstanError('access/refused', { role: access })
  if (access === 'worker' && !worker) throw new CapstanError('access/refused', { role: 'worker' })
  if (worker && access !== 'worker' && access !== 'viewer' && !request.url.startsWith('/api/v1/blobs')) {
    throw new CapstanError('access/refused', { role: access })
  }
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
  return request.caller?.actor ?? 'owner'
}

function refuseForeignHost(request: FastifyRequest, hosts: ReadonlySet<string> | null): void {
  if (hosts === null) return
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
  if (!hosts.has(host)) throw new CapstanError('access/unknown-host', { host: host || '?' })
}

/** A page of another site may neither read nor change anything here, whatever the method. */
function refuseCrossSite(request: FastifyRequest): void {
  const { origin, host } = request.headers
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
