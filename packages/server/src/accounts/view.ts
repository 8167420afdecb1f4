/** @file Accounts and tokens as they are shown: without anything secret. */
import type { Account, ApiToken } from '@capstan/api'
import type { Role } from '@capstan/domain'
import type { Db } from '../database/records.ts'
import { members } from '../members/store.ts'
import { listAccounts, listInvitations, listSessions, listTokens, type TokenRow } from './store.ts'

export const tokenView = (token: TokenRow): ApiToken => ({
  id: token.id,
  name: token.name,
  role: token.role as Role,
  nouns: token.nouns === null ? null : (JSON.parse(token.nouns) as string[]),
  readOnly: token.read_only === 1,
  createdAt: token.created_at,
  expiresAt: token.expires_at,
  usedAt: token.used_at,
})

/** Of every member. */
export async function viewAccounts(db: Db, now: string): Promise<Account[]> {
  const accounts = new Map((await listAccounts(db)).map((account) => [account.member_id, account]))
  const sessions = (await listSessions(db)).filter(({ expires_at }) => expires_at > now)
  const tokens = (await listTokens(db)).filter(({ expires_at }) => expires_at > now)
  const invited = new Map((await listInvitations(db)).map((one) => [one.member_id, one.expires_at]))
  return (await members.list(db)).map(({ id }) => {
    const account = accounts.get(id)
    const own = sessions.filter(({ member_id }) => member_id === id)
    const keys = tokens.filter(({ member_id }) => member_id === id)
    const until = invited.get(id) ?? null
    const open = until !== null && until > now
    return {
      memberId: id,
      state: account?.disabled ? 'disabled' : account?.password ? 'active' : open ? 'invited' : 'none',
      invitedUntil: open ? until : null,
      sessions: own.length,
      tokens: keys.length,
      seenAt:
        [...own.map(({ seen_at }) => seen_at), ...keys.flatMap(({ used_at }) => used_at ?? [])]
          .sort()
          .at(-1) ?? null,
    }
  })
}
