/** @file Routes of measures. */
import { api, CapstanError, type MeasureQuery } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { bind } from '../http/register.ts'
import { addPoint } from './observe.ts'
import { listMeasures, measures, pointsOf, viewMeasure } from './store.ts'

export function measureRoutes(app: FastifyInstance, context: Context): void {
  const { db, change, newId, now } = context
  bind(app, api.measures.list, () => listMeasures(db, now().toISOString()))
  bind(app, api.measures.create, ({ body, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      if ((await measures.list(tx)).some(({ key }) => key === body.key)) {
        throw new CapstanError('request/exists', { noun: 'measure', id: body.key })
      }
      await requireSubject(tx, body.query)
      const measure = await measures.insert(tx, { id: newId('measure'), ...body })
      await record('measure', 'defined', measure.id, { key: measure.key, name: measure.name })
      return viewMeasure(tx, measure, at)
    }),
  )
  bind(app, api.measures.points, async ({ params }) => {
    await measures.get(db, params.id)
    return pointsOf(db, params.id)
  })
  bind(app, api.measures.addPoint, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const measure = await measures.get(tx.db, params.id)
      const point = {
        at: body.at ?? tx.at,
        value: body.value,
        origin: 'typed' as const,
        evidence: { noun: 'member' as const, id: actor, note: body.note },
      }
      if (measure.scale === 'proportion' && (body.value < 0 || body.value > 1)) {
        throw new CapstanError('request/invalid', { detail: 'body.value: a share lies between 0 and 1' })
      }
      await addPoint(tx, await measures.list(tx.db), measure, point)
      return point
    }),
  )
}

async function requireSubject(db: Db, query: MeasureQuery): Promise<void> {
  if (query.source === 'margin') await measures.get(db, query.measureId)
}
