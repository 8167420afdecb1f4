/** @file Comments, and what each is about. */
import type { Comment, Subject } from '@capstan/api'
import { type Db, type Revised, recordStore } from '../database/records.ts'

export type CommentRecord = Omit<Comment, 'html'> & { id: string }

export const comments = recordStore<CommentRecord>('comments', 'comment')

export async function insertComment(db: Db, comment: CommentRecord): Promise<CommentRecord & Revised> {
  const { noun, id } = comment.subject
  await db.insertInto('comment_subjects').values({ noun, subject: id, comment_id: comment.id }).execute()
  return comments.insert(db, comment)
}

export async function removeComment(db: Db, id: string): Promise<void> {
  await db.deleteFrom('comment_subjects').where('comment_id', '=', id).execute()
  await comments.remove(db, id)
}

/** The newest that fit, in the order in which they were written. */
export async function commentsOn(
  db: Db,
  { noun, id }: { noun?: Subject['noun'] | undefined; id?: string | undefined },
  limit: number,
): Promise<(CommentRecord & Revised)[]> {
  let query = db
    .selectFrom('comments')
    .innerJoin('comment_subjects', 'comment_subjects.comment_id', 'comments.id')
    .select(['comments.revision', 'comments.body'])
    .orderBy('comments.position', 'desc')
    .limit(limit)
  if (noun !== undefined) query = query.where('comment_subjects.noun', '=', noun)
  if (id !== undefined) query = query.where('comment_subjects.subject', '=', id)
  const rows = await query.execute()
  return rows.map(({ revision, body }) => ({ ...(JSON.parse(body) as CommentRecord), revision })).reverse()
}
