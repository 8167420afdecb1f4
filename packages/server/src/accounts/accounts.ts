/** @file Says who calls: the member of a session, of an API token, or of a name with its password. */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { CapstanError, type Member } from '@capstan/api'
import type { Role, Scope } from '@capstan/domain'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { members } from '../members/store.ts'
import { createPasswords, type Passwords } from './passwords.ts'
import {
  accountByName,
  findAccount,
  listAccounts,
  seeSession,
  sessionByHash,
  tokenByHash,
  useToken,
} from './store.ts'
import { countGuess, forgiveGuess } from './throttle.ts'

export interface Known {
  via: 'session' | 'token' | 'password'
  member: Member
  scope: Scope | null
  expiresAt: string | null
  /** Of the session or token. */
  hash: string | null
}

export interface Accounts {
  passwords: Passwords
  /** People have accounts here; else one person has the workspace to themselves. */
  multiUser(): Promise<boolean>
  bySession(secret: string): Promise<Known | null>
  byToken(secret: string): Promise<Known | null>
  /** @throws {CapstanError} `access/wait`, `access/busy`, `access/wrong-password` */
  byPassword(name: string, password: string, address: string): Promise<Known>
}

const DAY_MS = 86_400_000
/** A session that is not used ends sooner than one that is. */
export const SESSION_IDLE_MS = 7 * DAY_MS
export const SESSION_MS = 30 * DAY_MS
/** How exactly is kept when something was last used. */
const SEEN_MS = 60_000
/** Another server of the same database may have made the first account. */
const FRESH_MS = 1000
/** Clients that send name and password with every request are not asked to wait for Argon2id each time. */
const REMEMBER_MS = 5 * 60_000
const MOST_REMEMBERED = 1000

export const TOKEN_PREFIX = 'cap_'

export const secretHash = (secret: string): string => createHash('sha256').update(secret).digest('hex')

/** 256 random bits. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** Names are told apart by more than case, width or the spaces around them. */
export const nameKey = (name: string): string => name.normalize('NFKC').trim().toLowerCase()

export function createAccounts(context: Pick<Context, 'db' | 'dialect' | 'bus' | 'now'>): Accounts {
  const { db, dialect, bus, now } = context
  const passwords = createPasswords()
  const key = randomBytes(32)
  const remembered = new Map<string, { memberId: string; until: number }>()
  const asking = new Map<string, Promise<Member>>()
  let known: { multi: boolean; at: number } | null = null
  bus.subscribe(({ noun }) => {
    if (noun === 'account' || noun === 'workspace') known = null
  })

  const multiUser = async () => {
    const fresh = known && (dialect === 'sqlite' || performance.now() - known.at < FRESH_MS)
    if (!fresh) known = { multi: (await listAccounts(db)).some(isOpen), at: performance.now() }
    return known!.multi
  }

  /** Roles and state are read each time: a change takes effect with the next request. */
  const personOf = async (memberId: string): Promise<Member | null> => {
    const account = await findAccount(db, memberId)
    return account && isOpen(account) && !account.disabled ? members.find(db, memberId) : null
  }

  return {
    passwords,
    multiUser,
    async bySession(secret) {
      const at = now()
      const session = await sessionByHash(db, secretHash(secret))
      if (!session || session.expires_at <= at.toISOString()) return null
      if (Date.parse(session.seen_at) + SESSION_IDLE_MS <= at.getTime()) return null
      const member = await personOf(session.member_id)
      if (!member) return null
      if (at.getTime() - Date.parse(session.seen_at) > SEEN_MS)
        await seeSession(db, session.hash, at.toISOString())
      return { via: 'session', member, scope: null, expiresAt: session.expires_at, hash: session.hash }
    },
    async byToken(secret) {
      const at = now()
      const token = await tokenByHash(db, secretHash(secret))
      if (!token || token.expires_at <= at.toISOString()) return null
      const member = await personOf(token.member_id)
      if (!member) return null
      if (at.getTime() - Date.parse(token.used_at ?? token.created_at) > SEEN_MS || token.used_at === null)
        await useToken(db, token.hash, at.toISOString())
      const scope: Scope = {
        role: token.role as Role,
        nouns: token.nouns === null ? null : (JSON.parse(token.nouns) as string[]),
        readOnly: token.read_only === 1,
      }
      return { via: 'token', member, scope, expiresAt: token.expires_at, hash: token.hash }
    },
    async byPassword(name, password, address) {
      const account = await accountByName(db, nameKey(name))
      // what was right is asked again when the password has changed
      const mark = createHmac('sha256', key)
        .update(JSON.stringify([nameKey(name), password, account?.password ?? '']))
        .digest('base64')
      const before = remembered.get(mark)
      if (before && before.until > performance.now()) {
        const member = await personOf(before.memberId)
        if (member) return { via: 'password', member, scope: null, expiresAt: null, hash: null }
      }
      // many requests at once are one guess
      const asked = asking.get(mark) ?? checkPassword(context, passwords, { name, password, address })
      asking.set(mark, asked)
      const member = await asked.finally(() => asking.delete(mark))
      if (remembered.size >= MOST_REMEMBERED) remembered.clear()
      remembered.set(mark, { memberId: member.id, until: performance.now() + REMEMBER_MS })
      return { via: 'password', member, scope: null, expiresAt: null, hash: null }
    },
  }
}

/** A password was set: until then there is only an invitation. */
const isOpen = ({ password }: { password: string | null }): boolean => password !== null

/**
 * The same answer, after the same time, for names that nobody has, wrong passwords and disabled accounts.
 * @throws {CapstanError} `access/wait`, `access/busy`, `access/wrong-password`
 */
export async function checkPassword(
  { db, now }: Pick<Context, 'db' | 'now'>,
  passwords: Passwords,
  { name, password, address }: { name: string; password: string; address: string },
): Promise<Member> {
  const guess = { name: nameKey(name), address }
  await countGuess(db, guess, now())
  const account = await accountByName(db, guess.name)
  const right = await passwords.verify(account?.password ?? null, password)
  const member = right && account && !account.disabled ? await members.find(db, account.member_id) : null
  if (!member) throw new CapstanError('access/wrong-password')
  await forgiveGuess(db, guess, now())
  return member
}

/** Owners who can sign in, without one member. */
export async function otherOwners(db: Db, without: string): Promise<Member[]> {
  const open = (await listAccounts(db)).filter(
    (account) => isOpen(account) && !account.disabled && account.member_id !== without,
  )
  const people = await Promise.all(open.map(({ member_id }) => members.find(db, member_id)))
  return people.flatMap((member) => (member?.roles.includes('owner') ? member : []))
}
