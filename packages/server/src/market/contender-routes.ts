/** @file Routes of criteria, competitors and trends, and their comparison. */
import { api, CapstanError, type Contender, refusedError } from '@capstan/api'
import { compareContenders, message, seeded } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { bind } from '../http/register.ts'
import { contenders, criteria } from './store.ts'

const weighingSeed = 1

export function contenderRoutes(app: FastifyInstance, context: Context): void {
  const { db, change, newId } = context
  criterionRoutes(app, context)
  bind(app, api.market.contenders, async ({ query }) =>
    (await contenders.list(db)).filter(({ kind }) => query?.kind === undefined || kind === query.kind),
  )
  bind(app, api.market.addContender, ({ body, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      const contender = { id: newId(body.kind), ...body, createdAt: at }
      await requireSense(tx, contender)
      const saved = await contenders.insert(tx, contender)
      await record(saved.kind, 'added', saved.id, { name: saved.name })
      return saved
    }),
  )
  bind(app, api.market.editContender, ({ params, body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { revision, ...given } = body
      const contender = await contenders.edit(tx, params.id, revision, (c) => ({ ...c, ...given }))
      await requireSense(tx, contender)
      await record(contender.kind, 'edited', contender.id, { name: contender.name })
      return contender
    }),
  )
  bind(app, api.market.removeContender, ({ params, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { id, name, kind } = await contenders.get(tx, params.id)
      await contenders.remove(tx, id)
      await record(kind, 'removed', id, { name })
      return { id }
    }),
  )
  bind(app, api.market.comparison, async ({ query }) => {
    const kind = query?.kind ?? 'competitor'
    const weighed = (await criteria.list(db)).filter((criterion) => criterion.of === kind)
    const compared = (await contenders.list(db)).filter((contender) => contender.kind === kind)
    return { kind, ...compareContenders(weighed, compared, seeded(weighingSeed)) }
  })
}

function criterionRoutes(app: FastifyInstance, { db, change, newId }: Context): void {
  bind(app, api.market.criteria, () => criteria.list(db))
  bind(app, api.market.addCriterion, ({ body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const twin = (await criteria.list(tx)).find((c) => c.of === body.of && c.name === body.name)
      if (twin) throw new CapstanError('request/exists', { noun: 'criterion', id: body.name })
      const criterion = await criteria.insert(tx, { id: newId('criterion'), ...body })
      await record('criterion', 'added', criterion.id, { name: criterion.name })
      return criterion
    }),
  )
  bind(app, api.market.editCriterion, ({ params, body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { revision, ...given } = body
      const criterion = await criteria.edit(tx, params.id, revision, (c) => ({ ...c, ...given }))
      await record('criterion', 'edited', criterion.id, { name: criterion.name })
      return criterion
    }),
  )
  bind(app, api.market.removeCriterion, ({ params, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { id, name } = await criteria.get(tx, params.id)
      const users = (await contenders.list(tx)).filter(({ scores }) =>
        scores.some(({ criterionId }) => criterionId === id),
      )
      if (users.length > 0)
        throw refusedError(message('criterion.used', { name, users: users.map((c) => c.name).join(', ') }))
      await criteria.remove(tx, id)
      await record('criterion', 'removed', id, { name })
      return { id }
    }),
  )
}

/** @throws {CapstanError} for scores by criteria that are none of its kind, or given twice, and for names taken */
async function requireSense(db: Db, { id, kind, name, scores }: Contender): Promise<void> {
  const twin = (await contenders.list(db)).find((c) => c.id !== id && c.kind === kind && c.name === name)
  if (twin) throw new CapstanError('request/exists', { noun: kind, id: name })
  const known = new Map((await criteria.list(db)).filter((c) => c.of === kind).map((c) => [c.id, c.name]))
  const seen = new Set<string>()
  for (const { criterionId } of scores) {
    const criterion = known.get(criterionId)
    if (criterion === undefined)
      throw new CapstanError('request/not-found', { noun: 'criterion', id: criterionId })
    if (seen.has(criterionId)) throw refusedError(message('score.twice', { name, criterion }))
    seen.add(criterionId)
  }
}
