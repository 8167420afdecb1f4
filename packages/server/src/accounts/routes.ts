/** @file Routes of signing in and of one's own account: sessions, tokens, password. */
import { api, CapstanError, refusedError, type SessionState } from '@capstan/api'
import { message, passwordRefusal, type Role } from '@capstan/domain'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Change, Context } from '../context.ts'
import { bind } from '../http/register.ts'
import { members } from '../members/store.ts'
import { readFacts } from '../workspace/facts.ts'
import { type Accounts, checkPassword, newSecret, secretHash, TOKEN_PREFIX } from './accounts.ts'
import { openSession, sessionSecret, setCookie } from './sessions.ts'
import {
  findAccount,
  insertToken,
  invitationByHash,
  removeInvitation,
  removeSessions,
  removeTokens,
  saveAccount,
  sessionByHash,
  sessionsOf,
  tokensOf,
} from './store.ts'
import { tokenView } from './view.ts'

const DAY_MS = 86_400_000
const MOST_TOKENS = 100
const MOST_DAYS = 366

/** From the least to the most. */
const byPower: readonly Role[] = ['viewer', 'reviewer', 'engineer', 'lead', 'owner']

export function accountRoutes(app: FastifyInstance, context: Context, accounts: Accounts): void {
  const { db, change, now } = context
  sessionRoutes(app, context, accounts)

  bind(app, api.account.sessions, async ({ request }) => {
    const member = self(request)
    const current = request.caller!.known!.hash
    return (await sessionsOf(db, member)).map(({ hash, id, created_at, seen_at, expires_at, ...rest }) => ({
      ...{ id, createdAt: created_at, seenAt: seen_at, expiresAt: expires_at },
      ...{ agent: rest.agent, address: rest.address, current: hash === current },
    }))
  })
  bind(app, api.account.endSession, ({ request, params, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const member = self(request)
      // what is another's is not there
      if ((await removeSessions(tx, { memberId: member, id: params.id })) === 0)
        throw new CapstanError('request/not-found', { noun: 'session', id: params.id })
      await record('session', 'ended', params.id, { member })
      return {}
    }),
  )
  bind(app, api.account.signOutEverywhere, ({ request, reply, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const member = self(request)
      const ended = await removeSessions(tx, { memberId: member })
      await record('session', 'ended', member, { member, ended })
      setCookie(request, reply, null)
      return { ended }
    }),
  )
  bind(app, api.account.password, async ({ request, reply, body, actor }) => {
    const id = self(request)
    const { name } = await members.get(db, id)
    await checkPassword(context, accounts.passwords, { name, password: body.current, address: request.ip })
    const kept = await newPassword(context, accounts, name, body.password)
    const secret = await change(actor, async (tx) => {
      const account = await findAccount(tx.db, id)
      if (!account) throw new CapstanError('access/no-account')
      await saveAccount(tx.db, { ...account, password: kept, password_at: tx.at })
      await removeSessions(tx.db, { memberId: id })
      await tx.record('account', 'password-changed', id, { name })
      return openSession(tx, context, request, id)
    })
    setCookie(request, reply, secret)
    return stateOfMember(context, id, secret)
  })

  bind(app, api.account.tokens, async ({ request }) => (await tokensOf(db, self(request))).map(tokenView))
  bind(app, api.account.createToken, ({ request, body, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      const member = await members.get(tx, self(request))
      if ((await tokensOf(tx, member.id)).length >= MOST_TOKENS)
        throw refusedError(message('access.tooManyTokens', { most: MOST_TOKENS }))
      const highest = byPower.findLast((role) => member.roles.includes(role))!
      const role = body.role ?? highest
      if (byPower.indexOf(role) > byPower.indexOf(highest))
        throw refusedError(message('access.tokenRole', { role }))
      const secret = `${TOKEN_PREFIX}${newSecret()}`
      const token = {
        ...{
          hash: secretHash(secret),
          id: context.newId('token'),
          member_id: member.id,
          name: body.name,
          role,
        },
        nouns: body.nouns === null ? null : JSON.stringify(body.nouns),
        read_only: body.readOnly ? 1 : 0,
        created_at: at,
        expires_at: new Date(now().getTime() + Math.min(MOST_DAYS, body.days) * DAY_MS).toISOString(),
        used_at: null,
      }
      await insertToken(tx, token)
      const { name, nouns, readOnly, expiresAt } = tokenView(token)
      await record('token', 'made', token.id, { member: member.id, name, role, nouns, readOnly, expiresAt })
      return { token: tokenView(token), secret }
    }),
  )
  bind(app, api.account.revokeToken, ({ request, params, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const member = self(request)
      if ((await removeTokens(tx, member, params.id)) === 0)
        throw new CapstanError('request/not-found', { noun: 'token', id: params.id })
      await record('token', 'revoked', params.id, { member })
      return {}
    }),
  )
}

function sessionRoutes(app: FastifyInstance, context: Context, accounts: Accounts): void {
  const { db, change } = context
  bind(app, api.session.get, ({ request }) => stateOf(request))
  bind(app, api.session.signIn, async ({ request, reply, body }) => {
    const { name, password } = body
    const member = await checkPassword(context, accounts.passwords, { name, password, address: request.ip })
    const secret = await change(member.id, (tx) => openSession(tx, context, request, member.id))
    setCookie(request, reply, secret)
    return stateOfMember(context, member.id, secret)
  })
  bind(app, api.session.accept, async ({ request, reply, body }) => {
    const code = secretHash(body.code)
    const find = async (tx: Change['db'], at: string) => {
      const found = await invitationByHash(tx, code)
      const account = found && (await findAccount(tx, found.member_id))
      if (!found || !account || account.disabled || found.expires_at <= at)
        throw new CapstanError('access/bad-invitation')
      return { account, member: await members.get(tx, found.member_id) }
    }
    const { member } = await find(db, context.now().toISOString())
    const kept = await newPassword(context, accounts, member.name, body.password)
    const secret = await change(member.id, async (tx) => {
      // somebody may have used the code meanwhile
      const { account } = await find(tx.db, tx.at)
      await saveAccount(tx.db, { ...account, password: kept, password_at: tx.at })
      await removeInvitation(tx.db, member.id)
      await removeSessions(tx.db, { memberId: member.id })
      await tx.record('account', 'opened', member.id, { name: member.name })
      return openSession(tx, context, request, member.id)
    })
    setCookie(request, reply, secret)
    return stateOfMember(context, member.id, secret)
  })
  bind(app, api.session.signOut, async ({ request, reply }) => {
    const secret = sessionSecret(request)
    const session = secret === undefined ? undefined : await sessionByHash(db, secretHash(secret))
    if (session) {
      await change(session.member_id, async (tx) => {
        await removeSessions(tx.db, { hash: session.hash })
        await tx.record('session', 'ended', session.id, { member: session.member_id })
      })
    }
    setCookie(request, reply, null)
    return {}
  })
}

/** @throws {CapstanError} `request/refused` for a password that is guessed first */
export async function newPassword(
  { db }: Context,
  accounts: Accounts,
  name: string,
  password: string,
): Promise<string> {
  const refusal = passwordRefusal(password, [name, (await readFacts(db)).name])
  if (refusal) throw refusedError(refusal)
  return accounts.passwords.hash(password)
}

/** @throws {CapstanError} `access/no-account` where one person has the workspace without an account */
function self(request: FastifyRequest): string {
  const id = request.caller?.memberId
  if (!id) throw new CapstanError('access/no-account')
  return id
}

function stateOf({ caller }: FastifyRequest): SessionState {
  const mode = caller?.multiUser ? 'accounts' : 'single'
  const kind = caller?.asker.kind ?? 'nobody'
  const known = caller?.known ?? null
  return {
    mode,
    via: known ? known.via : kind === 'nobody' || kind === 'member' ? null : kind,
    member: known && { id: known.member.id, name: known.member.name, roles: known.member.roles },
    scope: known?.scope
      ? { ...known.scope, nouns: known.scope.nouns === null ? null : [...known.scope.nouns] }
      : null,
    expiresAt: known?.expiresAt ?? null,
  }
}

async function stateOfMember({ db }: Context, memberId: string, secret: string): Promise<SessionState> {
  const { id, name, roles } = await members.get(db, memberId)
  const session = await sessionByHash(db, secretHash(secret))
  const expiresAt = session?.expires_at ?? null
  return { mode: 'accounts', via: 'session', member: { id, name, roles }, scope: null, expiresAt }
}
