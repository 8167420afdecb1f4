/** @file Routes of comments: everybody writes, changes and takes back in their own name alone. */
import { api, type Comment, refusedError } from '@capstan/api'
import { mentionsIn, message } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { requireSelf } from '../http/guard.ts'
import { bind } from '../http/register.ts'
import { members, requireMember } from '../members/store.ts'
import { requireSubject } from '../subjects/store.ts'
import { htmlOf } from './markdown.ts'
import { type CommentRecord, comments, commentsOn, insertComment, removeComment } from './store.ts'

export function commentRoutes(app: FastifyInstance, { db, change, newId }: Context): void {
  bind(app, api.comments.list, async ({ query }) => {
    const { noun, id, limit } = query
    const found = await commentsOn(db, { noun, id }, limit)
    return (id === undefined ? found.reverse() : found).map(shown)
  })
  bind(app, api.comments.create, ({ body, actor, request }) => {
    requireSelf({ request }, body.authorId)
    return change(actor, async ({ db: tx, at, record }) => {
      await requireMember(tx, body.authorId)
      await requireSubject(tx, body.subject.noun, body.subject.id)
      const mentions = await mentioned(tx, body.text)
      const comment = await insertComment(tx, {
        ...{ id: newId('comment'), ...body, mentions, createdAt: at, editedAt: null },
      })
      await record('comment', 'added', comment.id, about(comment, mentions))
      return shown(comment)
    })
  })
  bind(app, api.comments.edit, ({ params, body, actor, request }) =>
    change(actor, async ({ db: tx, at, record }) => {
      const { authorId, mentions: before } = await comments.get(tx, params.id)
      requireSelf({ request }, authorId)
      const mentions = await mentioned(tx, body.text)
      const comment = await comments.edit(tx, params.id, body.revision, (c) => ({
        ...{ ...c, text: body.text, mentions, editedAt: at },
      }))
      const fresh = mentions.filter((id) => !before.includes(id))
      await record('comment', 'edited', comment.id, about(comment, fresh))
      return shown(comment)
    }),
  )
  bind(app, api.comments.remove, ({ params, actor, request }) =>
    change(actor, async ({ db: tx, record }) => {
      const comment = await comments.get(tx, params.id)
      requireSelf({ request }, comment.authorId)
      await removeComment(tx, comment.id)
      await record('comment', 'removed', comment.id, about(comment, []))
      return { id: comment.id }
    }),
  )
}

const shown = (comment: CommentRecord): Comment => ({ ...comment, html: htmlOf(comment.text) })

/** What the log keeps: never the text, which its author may take back. */
const about = ({ subject, authorId }: CommentRecord, mentions: readonly string[]) => ({
  ...{ on: subject.noun, subject: subject.id, authorId, mentions },
})

/** @throws {CapstanError} `request/refused` naming who is no member here */
async function mentioned(db: Db, text: string): Promise<string[]> {
  const all = await members.list(db)
  const { memberIds, strangers } = mentionsIn(text, all)
  if (strangers.length > 0) {
    throw refusedError(
      message('comment.stranger', {
        names: strangers.map((name) => `@${name}`).join(', '),
        members: all.map(({ name }) => name).join(', '),
      }),
    )
  }
  return memberIds
}
