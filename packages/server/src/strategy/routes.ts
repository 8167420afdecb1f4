/** @file Routes of objectives, key results and initiatives. */
import { api, CapstanError, refusedError } from '@capstan/api'
import { unitRefusal, valueRefusal } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { cycles } from '../cycles/store.ts'
import { designs } from '../designs/store.ts'
import { bind } from '../http/register.ts'
import { openMeasure } from '../measures/define.ts'
import { requireMember } from '../members/store.ts'
import { pools } from '../resources/store.ts'
import { initiatives, initiativesOf, keyResults, keyResultsOf, objectives, viewKeyResult } from './store.ts'

export function strategyRoutes(app: FastifyInstance, { db, change, newId, now }: Context): void {
  bind(app, api.strategy.objectives, () => objectives.list(db))
  bind(app, api.strategy.createObjective, ({ body, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      await cycles.get(tx, body.cycleId)
      await requireMember(tx, body.ownerId)
      const objective = await objectives.insert(tx, { id: newId('objective'), ...body, createdAt: at })
      await record('objective', 'set', objective.id, { title: objective.title })
      return objective
    }),
  )
  bind(app, api.strategy.keyResults, ({ query }) => keyResultsOf(db, query?.cycleId, now().toISOString()))
  bind(app, api.strategy.createKeyResult, ({ body, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      await objectives.get(tx, body.objectiveId)
      const { unit, ...wanted } = body
      const measure = await openMeasure(tx, body.measureId)
      const refusal =
        unitRefusal(measure.name, measure.unit, unit) ?? valueRefusal(body.target, measure.scale)
      if (refusal) throw refusedError(refusal)
      if (body.due <= at)
        throw new CapstanError('request/invalid', { detail: 'body.due: must lie in the future' })
      const keyResult = await keyResults.insert(tx, { id: newId('kr'), ...wanted })
      await record('key-result', 'bound', keyResult.id, { title: keyResult.title, measure: measure.key })
      return viewKeyResult(tx, keyResult, at)
    }),
  )
  bind(app, api.strategy.initiatives, ({ query }) => initiativesOf(db, query?.cycleId))
  bind(app, api.strategy.initiative, ({ params }) => initiatives.get(db, params.id))
  bind(app, api.strategy.createInitiative, ({ body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      await cycles.get(tx, body.cycleId)
      await requireMember(tx, body.estimatorId)
      if (body.designId !== null) await designs.get(tx, body.designId)
      for (const id of [...body.prerequisites, ...body.exclusions]) await initiatives.get(tx, id)
      const known = await pools.list(tx)
      for (const id of Object.keys(body.needs)) await pools.get(tx, id)
      const periods = Math.max(1, ...known.map(({ capacity }) => capacity.length))
      const { low, mode, high } = body.value
      if (!(low <= mode && mode <= high)) {
        throw new CapstanError('request/invalid', { detail: 'body.value: low, mode and high must not fall' })
      }
      const latest = body.latest ?? periods - 1
      if (latest < body.earliest) {
        throw new CapstanError('request/invalid', { detail: 'body.latest: must not be before earliest' })
      }
      const initiative = await initiatives.insert(tx, {
        id: newId('initiative'),
        ...body,
        latest,
        state: 'candidate',
        evidence: [],
      })
      await record('initiative', 'proposed', initiative.id, { name: initiative.name })
      return initiative
    }),
  )
}
