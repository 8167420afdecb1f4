/** @file Routes of the loop and the audit log. */
import { api } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { recent, verify } from '../database/audit.ts'
import { bind } from '../http/register.ts'
import type { Serving } from '../serving/service.ts'
import { readWorkspace } from '../workspace/facts.ts'
import { readLoop } from './read.ts'

export function loopRoutes(app: FastifyInstance, context: Context, serving: Serving): void {
  const { db } = context
  bind(app, api.loop.get, async () => readLoop(context, serving, await readWorkspace(context)))
  bind(app, api.loop.activity, ({ query }) => recent(db, query.limit, query.before))
  bind(app, api.loop.verifyActivity, async ({ query }) => {
    const given = query?.entries && query.head ? [{ entries: query.entries, head: query.head }] : []
    const kept = context.anchor.known()
    const found = await verify(db, [...given, ...(kept ? [kept] : [])])
    if (found.intact) await context.anchor.keep()
    return { ...found, anchor: kept?.entries ?? null }
  })
}
