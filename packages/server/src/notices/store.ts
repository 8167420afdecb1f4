/** @file Notices, the inboxes they lie in, and what was told because of the time alone. */
import type { InboxItem, Notice } from '@capstan/api'
import type { Change } from '../context.ts'
import { type Db, recordStore } from '../database/records.ts'

export const notices = recordStore<Notice>('notices', 'notice')

export async function deliverToInboxes(db: Db, { id, at, memberIds }: Notice): Promise<void> {
  if (memberIds.length === 0) return
  const rows = memberIds.map((member_id) => ({ member_id, notice_id: id, at, read_at: null }))
  await db.insertInto('inbox').values(rows).execute()
}

export async function inboxOf(
  db: Db,
  memberId: string,
  { unread, limit }: { unread?: boolean | undefined; limit: number },
): Promise<InboxItem[]> {
  let query = db
    .selectFrom('inbox')
    .innerJoin('notices', 'notices.id', 'inbox.notice_id')
    .select(['notices.body', 'inbox.read_at'])
    .where('inbox.member_id', '=', memberId)
    .orderBy('inbox.at', 'desc')
    .orderBy('notices.position', 'desc')
    .limit(limit)
  if (unread !== undefined) query = query.where('inbox.read_at', unread ? 'is' : 'is not', null)
  const rows = await query.execute()
  return rows.map(({ body, read_at }) => ({ ...(JSON.parse(body) as Notice), readAt: read_at }))
}

export async function countUnread(db: Db, memberId: string): Promise<number> {
  const { n } = await db
    .selectFrom('inbox')
    .select((e) => e.fn.countAll<number>().as('n'))
    .where('member_id', '=', memberId)
    .where('read_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(n)
}

export async function markRead(
  db: Db,
  memberId: string,
  ids: readonly string[] | undefined,
  readAt: string | null,
): Promise<void> {
  let query = db.updateTable('inbox').set({ read_at: readAt }).where('member_id', '=', memberId)
  query = query.where('read_at', readAt === null ? 'is not' : 'is', null)
  if (ids !== undefined) query = query.where('notice_id', 'in', ids.length > 0 ? [...ids] : [''])
  await query.execute()
}

/** Whether this is the first time that it is told; from then on it was. */
export async function tellOnce({ db, at }: Change, key: string): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('told')
    .values({ key, at })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .executeTakeFirst()
  return Number(numInsertedOrUpdatedRows ?? 0) > 0
}

export async function wasTold(db: Db, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set()
  const rows = await db
    .selectFrom('told')
    .select('key')
    .where('key', 'in', [...keys])
    .execute()
  return new Set(rows.map(({ key }) => key))
}
