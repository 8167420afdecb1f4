/** @file Routes of inboxes: everybody reads one's own. */
import { api } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { requireSelf } from '../http/guard.ts'
import { bind } from '../http/register.ts'
import { members } from '../members/store.ts'
import { countUnread, inboxOf, markRead } from './store.ts'

export function inboxRoutes(app: FastifyInstance, { db, now }: Context): void {
  bind(app, api.inbox.list, async ({ params, query, request }) => {
    requireSelf({ request }, params.id)
    await members.get(db, params.id)
    return { items: await inboxOf(db, params.id, query), unread: await countUnread(db, params.id) }
  })
  // what somebody has read is nobody else's business: it is saved, but not in the audit log
  bind(app, api.inbox.read, async ({ params, body, request }) => {
    requireSelf({ request }, params.id)
    await members.get(db, params.id)
    await markRead(db, params.id, body.notices, body.read ? now().toISOString() : null)
    return { unread: await countUnread(db, params.id) }
  })
}
