/** @file Routes of objectives and key results. */
import { api, type KeyResult, refusedError } from '@capstan/api'
import { keyResultRefusal, message, objectiveChance, unitRefusal, valueRefusal } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { cycles } from '../cycles/store.ts'
import type { Db } from '../database/records.ts'
import { bind } from '../http/register.ts'
import { openMeasure } from '../measures/define.ts'
import { measures } from '../measures/store.ts'
import { requireMember } from '../members/store.ts'
import { initiativeRoutes } from './initiative-routes.ts'
import { initiatives, keyResults, keyResultsOf, objectives, viewKeyResult } from './store.ts'

export function strategyRoutes(app: FastifyInstance, context: Context): void {
  objectiveRoutes(app, context)
  keyResultRoutes(app, context)
  initiativeRoutes(app, context)
}

function objectiveRoutes(app: FastifyInstance, { db, change, newId, now }: Context): void {
  bind(app, api.strategy.objectives, () => objectives.list(db))
  bind(app, api.strategy.createObjective, ({ body, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      await requireOpen(tx, body.cycleId)
      await requireMember(tx, body.ownerId)
      const objective = await objectives.insert(tx, { id: newId('objective'), ...body, createdAt: at })
      await record('objective', 'set', objective.id, { title: objective.title })
      return objective
    }),
  )
  bind(app, api.strategy.editObjective, ({ params, body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { revision, ...given } = body
      await requireMember(tx, body.ownerId ?? null)
      const objective = await objectives.edit(tx, params.id, revision, (o) => ({ ...o, ...given }))
      await requireOpen(tx, objective.cycleId)
      await record('objective', 'edited', objective.id, { title: objective.title })
      return objective
    }),
  )
  bind(app, api.strategy.removeObjective, ({ params, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { id, title, cycleId } = await objectives.get(tx, params.id)
      await requireOpen(tx, cycleId)
      const own = (await keyResults.list(tx)).filter(({ objectiveId }) => objectiveId === id)
      if (own.length > 0)
        throw refusedError(
          message('objective.used', { title, keyResults: own.map((k) => k.title).join(', ') }),
        )
      await objectives.remove(tx, id)
      await record('objective', 'removed', id, { title })
      return { id }
    }),
  )
  bind(app, api.strategy.chances, async ({ query }) => {
    const views = await keyResultsOf(db, query?.cycleId, now().toISOString())
    const wanted = (await objectives.list(db)).filter(
      ({ cycleId }) => query?.cycleId === undefined || cycleId === query.cycleId,
    )
    return wanted.map(({ id }) => {
      const own = views.filter(({ objectiveId }) => objectiveId === id)
      const chance = objectiveChance(own.map(({ forecast }) => forecast))
      return { objectiveId: id, keyResults: own.map((k) => k.id), ...chance }
    })
  })
}

function keyResultRoutes(app: FastifyInstance, { db, change, newId, now }: Context): void {
  bind(app, api.strategy.keyResults, ({ query }) => keyResultsOf(db, query?.cycleId, now().toISOString()))
  bind(app, api.strategy.createKeyResult, ({ body, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      const { unit, ...wanted } = body
      const measure = await openMeasure(tx, body.measureId)
      await requireSense(tx, wanted, { unit, dueFrom: at })
      const keyResult = await keyResults.insert(tx, { id: newId('kr'), ...wanted })
      await record('key-result', 'bound', keyResult.id, { title: keyResult.title, measure: measure.key })
      return viewKeyResult(tx, keyResult, at)
    }),
  )
  bind(app, api.strategy.editKeyResult, ({ params, body, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      const { revision, unit, ...given } = body
      const keyResult = await keyResults.edit(tx, params.id, revision, (k) => ({ ...k, ...given }))
      await requireSense(tx, keyResult, { unit, dueFrom: body.due === undefined ? null : at })
      await record('key-result', 'edited', keyResult.id, { title: keyResult.title, ...given })
      return viewKeyResult(tx, keyResult, at)
    }),
  )
  bind(app, api.strategy.removeKeyResult, ({ params, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { id, title, objectiveId } = await keyResults.get(tx, params.id)
      await requireOpen(tx, (await objectives.get(tx, objectiveId)).cycleId)
      for (const initiative of await initiatives.list(tx))
        if (initiative.serves?.includes(id))
          await initiatives.change(tx, initiative.id, (i) => ({
            ...i,
            serves: i.serves?.filter((served) => served !== id),
          }))
      await keyResults.remove(tx, id)
      await record('key-result', 'removed', id, { title })
      return { id }
    }),
  )
}

/** @throws {CapstanError} `request/refused` for units, targets and dates that do not go together */
async function requireSense(
  db: Db,
  keyResult: Omit<KeyResult, 'id'>,
  { unit, dueFrom }: { unit: string | undefined; dueFrom: string | null },
): Promise<void> {
  const { cycleId } = await objectives.get(db, keyResult.objectiveId)
  const cycle = await requireOpen(db, cycleId)
  const measure = await measures.get(db, keyResult.measureId)
  const { baseline, target } = keyResult
  const refusal =
    unitRefusal(measure.name, measure.unit, unit) ??
    valueRefusal(target, measure.scale) ??
    (baseline === null ? null : valueRefusal(baseline, measure.scale)) ??
    keyResultRefusal(keyResult, measure, cycle, dueFrom)
  if (refusal) throw refusedError(refusal)
}

/** What belongs to a closed cycle stays as it was. */
export async function requireOpen(db: Db, cycleId: string) {
  const cycle = await cycles.get(db, cycleId)
  if (cycle.state === 'closed') throw refusedError(message('cycle.closed', { name: cycle.name }))
  return cycle
}
