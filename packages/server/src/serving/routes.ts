/** @file Routes of endpoints. */
import { api, refusedError } from '@capstan/api'
import { message } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { bind } from '../http/register.ts'
import { versions } from '../registry/store.ts'
import type { Serving } from './service.ts'
import { endpoints } from './store.ts'

export function servingRoutes(app: FastifyInstance, { db, change, newId }: Context, serving: Serving): void {
  bind(app, api.serving.list, async () => (await endpoints.list(db)).map(serving.view))
  bind(app, api.serving.create, async ({ body, actor }) => {
    const record = await change(actor, async ({ db: tx, at, record: log }) => {
      const version = await versions.get(tx, body.versionId)
      if (version.stage !== 'production') throw refusedError(message('registry.notApproved', {}))
      const { id: versionId, modelName, number: versionNumber } = version
      const before = (await endpoints.list(tx)).find(({ name }) => name === body.name)
      const made = before
        ? await endpoints.change(tx, before.id, (e) => ({ ...e, versionId, modelName, versionNumber }))
        : await endpoints.insert(tx, {
            ...{ id: newId('endpoint'), name: body.name, versionId, modelName, versionNumber },
            requests: 0,
            windows: [],
            createdAt: at,
          })
      await log('endpoint', 'served', made.id, { name: made.name, model: modelName, number: versionNumber })
      return made
    })
    await serving.serve(record)
    return serving.view(record)
  })
  bind(app, api.serving.closeWindow, ({ params, actor }) => serving.closeWindow(params.id, actor))
}
