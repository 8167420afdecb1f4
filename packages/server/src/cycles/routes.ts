/** @file Routes of cycles. */
import { api, CapstanError } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { bind } from '../http/register.ts'
import { cycles, openCycle } from './store.ts'

export function cycleRoutes(app: FastifyInstance, { db, change, newId }: Context): void {
  bind(app, api.cycles.list, () => cycles.newest(db))
  bind(app, api.cycles.get, ({ params }) => cycles.get(db, params.id))
  bind(app, api.cycles.create, ({ body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      if (body.end <= body.start) {
        throw new CapstanError('request/invalid', { detail: 'body.end: must be after body.start' })
      }
      const open = await openCycle(tx)
      if (open) throw new CapstanError('request/exists', { noun: 'cycle', id: open.name })
      const number = (await cycles.count(tx)) + 1
      const cycle = await cycles.insert(tx, { id: newId('cycle'), number, ...body, state: 'planning' })
      await record('cycle', 'opened', cycle.id, { number, name: cycle.name })
      return cycle
    }),
  )
}
