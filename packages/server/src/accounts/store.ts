/** @file Accounts, sessions, API tokens, invitations and failed sign-ins, as they are kept: secrets by their hash. */
import type { Selectable } from 'kysely'
import type { Db } from '../database/records.ts'
import type { Schema } from '../database/schema.ts'

export type AccountRow = Selectable<Schema['accounts']>
export type SessionRow = Selectable<Schema['sessions']>
export type TokenRow = Selectable<Schema['api_tokens']>
export type FailureRow = Selectable<Schema['sign_in_failures']>

export const findAccount = (db: Db, memberId: string): Promise<AccountRow | undefined> =>
  db.selectFrom('accounts').selectAll().where('member_id', '=', memberId).executeTakeFirst()

export const accountByName = (db: Db, nameKey: string): Promise<AccountRow | undefined> =>
  db.selectFrom('accounts').selectAll().where('name_key', '=', nameKey).executeTakeFirst()

export const listAccounts = (db: Db): Promise<AccountRow[]> => db.selectFrom('accounts').selectAll().execute()

export async function saveAccount(db: Db, account: AccountRow): Promise<void> {
  const { member_id: _, ...rest } = account
  await db
    .insertInto('accounts')
    .values(account)
    .onConflict((c) => c.column('member_id').doUpdateSet(rest))
    .execute()
}

export const sessionByHash = (db: Db, hash: string): Promise<SessionRow | undefined> =>
  db.selectFrom('sessions').selectAll().where('hash', '=', hash).executeTakeFirst()

export const sessionsOf = (db: Db, memberId: string): Promise<SessionRow[]> =>
  db.selectFrom('sessions').selectAll().where('member_id', '=', memberId).orderBy('seen_at', 'desc').execute()

export const listSessions = (db: Db): Promise<SessionRow[]> => db.selectFrom('sessions').selectAll().execute()

export async function insertSession(db: Db, session: SessionRow): Promise<void> {
  await db.insertInto('sessions').values(session).execute()
}

export async function seeSession(db: Db, hash: string, at: string): Promise<void> {
  await db.updateTable('sessions').set({ seen_at: at }).where('hash', '=', hash).execute()
}

/** @returns how many there were */
export async function removeSessions(
  db: Db,
  which: { hash: string } | { memberId: string; id?: string | undefined; but?: string | undefined },
): Promise<number> {
  let query = db.deleteFrom('sessions')
  if ('hash' in which) query = query.where('hash', '=', which.hash)
  else {
    query = query.where('member_id', '=', which.memberId)
    if (which.id !== undefined) query = query.where('id', '=', which.id)
    if (which.but !== undefined) query = query.where('hash', '!=', which.but)
  }
  return Number((await query.executeTakeFirst()).numDeletedRows)
}

/** Those that ended long ago, or were not used for long. */
export async function removeEndedSessions(db: Db, now: string, seenBefore: string): Promise<void> {
  await db
    .deleteFrom('sessions')
    .where((e) => e.or([e('expires_at', '<=', now), e('seen_at', '<=', seenBefore)]))
    .execute()
}

export const tokenByHash = (db: Db, hash: string): Promise<TokenRow | undefined> =>
  db.selectFrom('api_tokens').selectAll().where('hash', '=', hash).executeTakeFirst()

export const tokensOf = (db: Db, memberId: string): Promise<TokenRow[]> =>
  db
    .selectFrom('api_tokens')
    .selectAll()
    .where('member_id', '=', memberId)
    .orderBy('created_at', 'desc')
    .execute()

export const listTokens = (db: Db): Promise<TokenRow[]> => db.selectFrom('api_tokens').selectAll().execute()

export async function insertToken(db: Db, token: TokenRow): Promise<void> {
  await db.insertInto('api_tokens').values(token).execute()
}

export async function useToken(db: Db, hash: string, at: string): Promise<void> {
  await db.updateTable('api_tokens').set({ used_at: at }).where('hash', '=', hash).execute()
}

/** @returns how many there were */
export async function removeTokens(db: Db, memberId: string, id?: string): Promise<number> {
  let query = db.deleteFrom('api_tokens').where('member_id', '=', memberId)
  if (id !== undefined) query = query.where('id', '=', id)
  return Number((await query.executeTakeFirst()).numDeletedRows)
}

export async function saveInvitation(db: Db, invitation: Selectable<Schema['invitations']>): Promise<void> {
  await db
    .insertInto('invitations')
    .values(invitation)
    .onConflict((c) =>
      c.column('member_id').doUpdateSet({ hash: invitation.hash, expires_at: invitation.expires_at }),
    )
    .execute()
}

export const invitationByHash = (db: Db, hash: string) =>
  db.selectFrom('invitations').selectAll().where('hash', '=', hash).executeTakeFirst()

export const listInvitations = (db: Db) => db.selectFrom('invitations').selectAll().execute()

export async function removeInvitation(db: Db, memberId: string): Promise<void> {
  await db.deleteFrom('invitations').where('member_id', '=', memberId).execute()
}

export const failuresOf = (db: Db, subjects: readonly string[]): Promise<FailureRow[]> =>
  db
    .selectFrom('sign_in_failures')
    .selectAll()
    .where('subject', 'in', [...subjects])
    .execute()

export async function saveFailures(db: Db, failures: readonly FailureRow[]): Promise<void> {
  for (const { subject, ...rest } of failures)
    await db
      .insertInto('sign_in_failures')
      .values({ subject, ...rest })
      .onConflict((c) => c.column('subject').doUpdateSet(rest))
      .execute()
}

export async function forgetFailures(db: Db, subjects: readonly string[]): Promise<void> {
  await db
    .deleteFrom('sign_in_failures')
    .where('subject', 'in', [...subjects])
    .execute()
}

export async function forgetOldFailures(db: Db, before: string): Promise<void> {
  await db.deleteFrom('sign_in_failures').where('last_at', '<', before).execute()
}
