/** @file Routes of designs. */
import { api, CapstanError } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { bind } from '../http/register.ts'
import { designs } from './store.ts'
import { traceDesign } from './trace.ts'

export function designRoutes(app: FastifyInstance, { db, change, newId }: Context): void {
  bind(app, api.designs.list, () => designs.list(db))
  bind(app, api.designs.get, ({ params }) => designs.get(db, params.id))
  bind(app, api.designs.check, ({ body }) => traceDesign(body))
  bind(app, api.designs.create, ({ body, actor }) => {
    const summary = traceDesign(body.source)
    return change(actor, async ({ db: tx, at, record }) => {
      if ((await designs.list(tx)).some(({ name }) => name === body.name)) {
        throw new CapstanError('request/exists', { noun: 'design', id: body.name })
      }
      const design = await designs.insert(tx, { id: newId('design'), ...body, summary, createdAt: at })
      await record('design', 'kept', design.id, { name: design.name, parameters: summary.parameters })
      return design
    })
  })
}
