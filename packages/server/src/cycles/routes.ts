/** @file Routes of cycles. */
import { api, type Cycle, refusedError } from '@capstan/api'
import { cycleMoveRefusal, cycleRefusal, isOutside, message } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { bind } from '../http/register.ts'
import { keyResults, objectives } from '../strategy/store.ts'
import { cycles, openCycle } from './store.ts'

export function cycleRoutes(app: FastifyInstance, { db, change, newId }: Context): void {
  bind(app, api.cycles.list, () => cycles.newest(db))
  bind(app, api.cycles.get, ({ params }) => cycles.get(db, params.id))
  bind(app, api.cycles.create, ({ body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const refusal = cycleRefusal(body.name, body)
      if (refusal) throw refusedError(refusal)
      const open = await openCycle(tx)
      if (open) throw refusedError(message('cycle.open', { open: open.name }))
      const number = (await cycles.count(tx)) + 1
      const cycle = await cycles.insert(tx, { id: newId('cycle'), number, ...body, state: 'planning' })
      await record('cycle', 'opened', cycle.id, { number, name: cycle.name })
      return cycle
    }),
  )
  bind(app, api.cycles.edit, ({ params, body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { revision, ...given } = body
      const before = await cycles.get(tx, params.id)
      const cycle = await cycles.edit(tx, params.id, revision, (c) => ({ ...c, ...given }))
      const refusal =
        cycleMoveRefusal(before.name, before.state, cycle.state) ??
        (before.state === 'closed' ? message('cycle.closed', { name: before.name }) : null) ??
        cycleRefusal(cycle.name, cycle) ??
        (await outsideRefusal(tx, cycle))
      if (refusal) throw refusedError(refusal)
      await record('cycle', 'edited', cycle.id, { number: cycle.number, ...given })
      return cycle
    }),
  )
}

/** Key results that the new dates would leave outside. */
async function outsideRefusal(db: Db, cycle: Cycle) {
  const own = new Set((await objectives.list(db)).filter((o) => o.cycleId === cycle.id).map(({ id }) => id))
  const titles = (await keyResults.list(db))
    .filter(({ objectiveId, due }) => own.has(objectiveId) && isOutside(due, cycle))
    .map(({ title }) => title)
  return titles.length > 0 ? message('cycle.outside', { titles: titles.join(', ') }) : null
}
