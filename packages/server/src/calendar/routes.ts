/** @file Routes of calendar feeds, and the feed itself: calendar programs sign in with nothing but its address. */
import { randomBytes } from 'node:crypto'
import { api, CapstanError } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { requireSelf } from '../http/guard.ts'
import { bind } from '../http/register.ts'
import { members } from '../members/store.ts'
import { readFacts } from '../workspace/facts.ts'
import { feedFor } from './feed.ts'
import { feedOf, memberOfFeed, noteRead, removeFeed, replaceFeed } from './store.ts'

export function calendarRoutes(app: FastifyInstance, { db, change, now }: Context): void {
  bind(app, api.calendar.get, async ({ params, request }) => {
    requireSelf({ request }, params.id)
    await members.get(db, params.id)
    const found = await feedOf(db, params.id)
    return { feed: found && { createdAt: found.created_at, readAt: found.read_at } }
  })
  bind(app, api.calendar.create, ({ params, actor, request }) => {
    requireSelf({ request }, params.id)
    return change(actor, async ({ db: tx, at, record }) => {
      const { id, name } = await members.get(tx, params.id)
      const secret = randomBytes(24).toString('base64url')
      await replaceFeed(tx, id, secret, at)
      await record('calendar', 'opened', id, { name })
      return { path: `/calendar/${secret}.ics` }
    })
  })
  bind(app, api.calendar.revoke, ({ params, actor, request }) => {
    requireSelf({ request }, params.id)
    return change(actor, async ({ db: tx, record }) => {
      const { id, name } = await members.get(tx, params.id)
      await removeFeed(tx, id)
      await record('calendar', 'ended', id, { name })
      return { id }
    })
  })
  app.get('/calendar/:file', async (request, reply) => {
    const { file } = request.params as { file: string }
    const secret = /^([\w-]{32})\.ics$/.exec(file)?.[1]
    const memberId = secret === undefined ? null : await memberOfFeed(db, secret)
    if (secret === undefined || memberId === null)
      throw new CapstanError('request/not-found', { noun: 'calendar', id: 'feed' })
    const at = now().toISOString()
    await noteRead(db, secret, at)
    const address = `${request.protocol}://${request.headers.host}`
    const { language } = await readFacts(db)
    const text = await feedFor(db, memberId, at, language, address)
    return reply
      .type('text/calendar; charset=utf-8')
      .header('cache-control', 'private, max-age=300')
      .send(text)
  })
}
