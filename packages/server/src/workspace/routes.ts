/** @file Routes of the workspace. */
import { api, refusedError } from '@capstan/api'
import { currencyRefusal, message } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { bind } from '../http/register.ts'
import { pools } from '../resources/store.ts'
import { changeWorkspace, readFacts, readWorkspace } from './facts.ts'

export function workspaceRoutes(app: FastifyInstance, context: Context): void {
  bind(app, api.workspace.get, () => readWorkspace(context))
  bind(app, api.workspace.update, async ({ body, actor }) => {
    await context.change(actor, async ({ db, record }) => {
      const { currency } = await readFacts(db)
      if (body.currency !== undefined && body.currency !== currency) {
        const unknown = currencyRefusal(body.currency)
        if (unknown) throw refusedError(unknown)
        if ((await pools.count(db)) > 0) throw refusedError(message('currency.fixed', { currency }))
      }
      await changeWorkspace(db, body)
      await record('workspace', 'changed', 'workspace', body)
    })
    return readWorkspace(context)
  })
}
