/** @file Notices: what a member is told of, in an inbox of one's own. */
import { noticeKinds } from '@capstan/domain'
import { z } from 'zod'
import { ById, Count, Flag, Id, Instant, Message } from '../contract/basics.ts'
import { route } from '../contract/route.ts'

export const NoticeKind = z.enum(noticeKinds)

export const Notice = z.object({
  id: Id,
  kind: NoticeKind,
  /** What it is about; `page` is where that is shown. */
  subject: z.object({ noun: z.string(), id: z.string() }),
  page: z.string(),
  message: Message,
  memberIds: z.array(Id),
  at: Instant,
})
export type Notice = z.infer<typeof Notice>

export const InboxItem = Notice.extend({ readAt: Instant.nullable() })
export type InboxItem = z.infer<typeof InboxItem>

export const inboxRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/members/:id/inbox',
    summary: 'What a member was told, newest first',
    access: 'member',
    params: ById,
    query: z.strictObject({
      unread: Flag.optional(),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    response: z.object({ items: z.array(InboxItem), unread: Count }),
  }),
  read: route({
    method: 'POST',
    path: '/api/v1/members/:id/inbox/read',
    summary: 'Mark notices as read, or as unread again; all of them when none is named',
    access: 'member',
    params: ById,
    body: z.strictObject({
      notices: z.array(Id).max(500).optional(),
      read: z.boolean().default(true),
    }),
    response: z.object({ unread: Count }),
  }),
}
