/** @file Calendar feeds: one secret address a member, known by its hash alone. */
import { createHash } from 'node:crypto'
import type { Db } from '../database/records.ts'

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

export async function feedOf(db: Db, memberId: string) {
  return (
    (await db
      .selectFrom('calendar_feeds')
      .selectAll()
      .where('member_id', '=', memberId)
      .executeTakeFirst()) ?? null
  )
}

export async function memberOfFeed(db: Db, secret: string): Promise<string | null> {
  const row = await db
    .selectFrom('calendar_feeds')
    .select('member_id')
    .where('hash', '=', hashOf(secret))
    .executeTakeFirst()
  return row?.member_id ?? null
}

export async function replaceFeed(db: Db, memberId: string, secret: string, at: string): Promise<void> {
  await removeFeed(db, memberId)
  await db
    .insertInto('calendar_feeds')
    .values({ hash: hashOf(secret), member_id: memberId, created_at: at, read_at: null })
    .execute()
}

export async function removeFeed(db: Db, memberId: string): Promise<void> {
  await db.deleteFrom('calendar_feeds').where('member_id', '=', memberId).execute()
}

export async function noteRead(db: Db, secret: string, at: string): Promise<void> {
  await db.updateTable('calendar_feeds').set({ read_at: at }).where('hash', '=', hashOf(secret)).execute()
}
