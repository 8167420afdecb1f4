/** @file Routes of the workspace. */
import { api } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { bind } from '../http/register.ts'
import { changeWorkspace, readWorkspace } from './facts.ts'

export function workspaceRoutes(app: FastifyInstance, context: Context): void {
  bind(app, api.workspace.get, () => readWorkspace(context))
  bind(app, api.workspace.update, async ({ body, actor }) => {
    await context.change(actor, async ({ db, record }) => {
      await changeWorkspace(db, body)
      await record('workspace', 'changed', 'workspace', body)
    })
    return readWorkspace(context)
  })
}
