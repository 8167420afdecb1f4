/** @file Routes with which owners let members in, change what they may, and put them out again. */
import { type Account, api, type Member, refusedError } from '@capstan/api'
import { message } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Change, Context } from '../context.ts'
import type { Db, Revised } from '../database/records.ts'
import { bind } from '../http/register.ts'
import { members } from '../members/store.ts'
import { type Accounts, nameKey, newSecret, otherOwners, secretHash } from './accounts.ts'
import { newPassword } from './routes.ts'
import {
  type AccountRow,
  accountByName,
  findAccount,
  listAccounts,
  removeInvitation,
  removeSessions,
  removeTokens,
  saveAccount,
  saveInvitation,
} from './store.ts'
import { viewAccounts } from './view.ts'

const DAY_MS = 86_400_000

export function manageRoutes(app: FastifyInstance, context: Context, accounts: Accounts): void {
  const { db, change, now } = context
  const viewOf = async (memberId: string): Promise<Account> =>
    (await viewAccounts(db, now().toISOString())).find((account) => account.memberId === memberId)!

  bind(app, api.members.accounts, () => viewAccounts(db, now().toISOString()))

  bind(app, api.members.access, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const { revision, disabled, ...given } = body
      const before = await members.get(tx.db, params.id)
      const after = await members.edit(tx.db, params.id, revision, (member) => ({ ...member, ...given }))
      const account = await findAccount(tx.db, params.id)
      if (disabled !== undefined && !account)
        throw refusedError(message('access.noAccount', { name: before.name }))
      if (account) {
        await keepOwner(tx.db, before, after, account, disabled)
        if (given.name !== undefined) await refuseTaken(tx.db, params.id, after.name)
        await saveAccount(tx.db, {
          ...account,
          name_key: nameKey(after.name),
          disabled: disabled === undefined ? account.disabled : disabled ? 1 : 0,
        })
        if (disabled) await putOut(tx.db, params.id)
      }
      await tx.record('member', 'access-changed', params.id, {
        name: after.name,
        roles: after.roles,
        ...(given.roles ? { before: before.roles } : {}),
        ...(disabled === undefined ? {} : { disabled }),
      })
      // tells streams that are open to look again
      if (account)
        await tx.record('account', disabled ? 'disabled' : 'changed', params.id, { name: after.name })
      return after
    }),
  )

  bind(app, api.members.setPassword, async ({ params, body, actor }) => {
    const member = await members.get(db, params.id)
    const kept = await newPassword(context, accounts, member.name, body.password)
    await change(actor, async (tx) => {
      const account = await accountFor(tx, member)
      await saveAccount(tx.db, { ...account, password: kept, password_at: tx.at })
      await removeSessions(tx.db, { memberId: member.id })
      await removeInvitation(tx.db, member.id)
      const verb = account.password === null ? 'opened' : 'password-set'
      await tx.record('account', verb, member.id, { name: member.name })
    })
    return viewOf(member.id)
  })

  bind(app, api.members.invite, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const member = await members.get(tx.db, params.id)
      await saveAccount(tx.db, await accountFor(tx, member))
      const code = newSecret()
      const expiresAt = new Date(Date.parse(tx.at) + body.days * DAY_MS).toISOString()
      await saveInvitation(tx.db, { member_id: member.id, hash: secretHash(code), expires_at: expiresAt })
      await tx.record('account', 'invited', member.id, { name: member.name, expiresAt })
      return { code, expiresAt }
    }),
  )

  bind(app, api.members.signOut, ({ params, actor }) =>
    change(actor, async (tx) => {
      const { name } = await members.get(tx.db, params.id)
      const ended = await putOut(tx.db, params.id)
      await tx.record('account', 'signed-out', params.id, { name, ...ended })
      return ended
    }),
  )
}

async function putOut(db: Db, memberId: string): Promise<{ sessions: number; tokens: number }> {
  await removeInvitation(db, memberId)
  return { sessions: await removeSessions(db, { memberId }), tokens: await removeTokens(db, memberId) }
}

/** Somebody must be able to let the others in. @throws {CapstanError} `request/refused` */
async function keepOwner(
  db: Db,
  before: Member,
  after: Member,
  account: AccountRow,
  disabled: boolean | undefined,
): Promise<void> {
  const was = before.roles.includes('owner') && account.password !== null && !account.disabled
  const is = after.roles.includes('owner') && account.password !== null && !(disabled ?? account.disabled)
  if (was && !is && (await otherOwners(db, before.id)).length === 0)
    throw refusedError(message('access.lastOwner', { name: before.name }))
}

/** @throws {CapstanError} `request/refused` where two people would sign in by one name */
async function refuseTaken(db: Db, memberId: string, name: string): Promise<void> {
  const other = await accountByName(db, nameKey(name))
  if (other && other.member_id !== memberId) throw refusedError(message('access.taken', { name }))
}

/** Their account, or a new one without a password. @throws {CapstanError} `request/refused` */
async function accountFor({ db, at }: Change, { id, name, roles }: Member & Revised): Promise<AccountRow> {
  const known = await findAccount(db, id)
  if (known?.disabled) throw refusedError(message('access.disabled', { name }))
  const others = (await listAccounts(db)).some((account) => account.password !== null)
  if (!others && !roles.includes('owner')) throw refusedError(message('access.firstOwner', { name }))
  if (known) return known
  await refuseTaken(db, id, name)
  return {
    member_id: id,
    name_key: nameKey(name),
    password: null,
    disabled: 0,
    created_at: at,
    password_at: null,
  }
}
