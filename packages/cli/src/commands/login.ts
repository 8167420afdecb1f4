/** @file `capstan login`, `logout`, `whoami` and `tokens`: signing in from the command line, and keys for programs. */
import { hostname } from 'node:os'
import { createClient, type Role } from '@capstan/api'
import { keepToken } from '../access/credentials.ts'
import { readSecret } from '../access/secret.ts'
import { placeOf } from '../connection.ts'
import type { Context } from '../context.ts'
import { onServer } from '../runs/on-server.ts'

interface Options {
  workspace: string
  json?: boolean
}

export interface LoginOptions extends Options {
  passwordStdin?: boolean
  days: number
}

/** Keeps a token of its own, not the password; the session that makes it ends at once. */
export function login(context: Context, name: string, options: LoginOptions): Promise<number> {
  const { say, screen, env, language } = context
  return onServer(context, options, async ({ address }) => {
    const password = await readSecret(context, say('login.password', { name }), options.passwordStdin)
    let cookie = ''
    const browser = createClient({
      baseUrl: address,
      language,
      fetch: async (input, init) => {
        const headers = { ...(init?.headers as Record<string, string>), ...(cookie ? { cookie } : {}) }
        const response = await fetch(input, { ...init, headers })
        cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie
        return response
      },
    })
    const { member } = await browser.session.signIn({ body: { name, password } })
    const made = await browser.account.createToken({
      body: { name: `capstan on ${hostname()}`.slice(0, 200), days: options.days },
    })
    await browser.session.signOut()
    const file = keepToken(env, placeOf(context, options.workspace), made.secret)
    screen.line(say('login.done', { name: member!.name, roles: member!.roles.join(', ') }))
    screen.line(say('login.kept', { file, until: made.token.expiresAt.slice(0, 10) }))
  })
}

export function logout(context: Context, options: Options): Promise<number> {
  const { say, screen, env } = context
  keepToken(env, placeOf(context, options.workspace), null)
  screen.line(say('logout.done'))
  return Promise.resolve(0)
}

export function whoami(context: Context, options: Options): Promise<number> {
  const { say, screen } = context
  return onServer(context, options, async ({ client }) => {
    const state = await client.session.get()
    if (options.json) return screen.line(JSON.stringify(state, null, 2))
    const { member, via } = state
    screen.line(
      member
        ? say('whoami.member', { name: member.name, roles: member.roles.join(', ') })
        : say(via === null ? 'whoami.nobody' : 'whoami.machine'),
    )
  })
}

export function tokensList(context: Context, options: Options): Promise<number> {
  const { say, screen } = context
  return onServer(context, options, async ({ client }) => {
    const tokens = await client.account.tokens()
    if (options.json) return screen.line(JSON.stringify(tokens, null, 2))
    screen.table([
      ['id', say('column.name'), say('column.role'), say('column.until'), say('column.used')],
      ...tokens.map(({ id, name, role, readOnly, expiresAt, usedAt }) => [
        ...[id, name, readOnly ? `${role}, ${say('tokens.reads')}` : role],
        ...[expiresAt.slice(0, 10), usedAt?.slice(0, 16) ?? '-'],
      ]),
    ])
  })
}

export interface TokenOptions extends Options {
  role?: Role
  noun: string[]
  readOnly?: boolean
  days: number
}

export function tokensAdd(context: Context, name: string, options: TokenOptions): Promise<number> {
  const { say, screen } = context
  return onServer(context, options, async ({ client }) => {
    const { secret, token } = await client.account.createToken({
      body: {
        ...{ name, days: options.days, readOnly: options.readOnly ?? false },
        ...(options.role ? { role: options.role } : {}),
        nouns: options.noun.length > 0 ? options.noun : null,
      },
    })
    if (options.json) return screen.line(JSON.stringify({ secret, token }, null, 2))
    screen.line(secret)
    screen.line(say('tokens.once'))
  })
}

export function tokensRevoke(context: Context, id: string, options: Options): Promise<number> {
  const { say, screen } = context
  return onServer(context, options, async ({ client }) => {
    await client.account.revokeToken({ params: { id } })
    screen.line(say('tokens.revoked', { id }))
  })
}
