/** @file Routes of the market: segments, contenders, SWOT. */
import { api, CapstanError, type SwotEntry } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { bind } from '../http/register.ts'
import { measures } from '../measures/store.ts'
import { risks } from '../risk/store.ts'
import { initiatives } from '../strategy/store.ts'
import { contenderRoutes } from './contender-routes.ts'
import { segmentRoutes } from './segment-routes.ts'
import { contenders, segments, swotEntries } from './store.ts'

export function marketRoutes(app: FastifyInstance, context: Context): void {
  segmentRoutes(app, context)
  contenderRoutes(app, context)
  swotRoutes(app, context)
}

function swotRoutes(app: FastifyInstance, { db, change, newId }: Context): void {
  bind(app, api.market.swot, () => swotEntries.list(db))
  bind(app, api.market.addSwot, ({ body, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      await requireLink(tx, body.link)
      const entry = await swotEntries.insert(tx, { id: newId('swot'), ...body, createdAt: at })
      await record('swot', 'added', entry.id, { kind: entry.kind, text: entry.text })
      return entry
    }),
  )
  bind(app, api.market.editSwot, ({ params, body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { revision, ...given } = body
      await requireLink(tx, body.link ?? null)
      const entry = await swotEntries.edit(tx, params.id, revision, (e) => ({ ...e, ...given }))
      await record('swot', 'edited', entry.id, { kind: entry.kind, text: entry.text })
      return entry
    }),
  )
  bind(app, api.market.removeSwot, ({ params, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { id, kind, text } = await swotEntries.get(tx, params.id)
      await swotEntries.remove(tx, id)
      await record('swot', 'removed', id, { kind, text })
      return { id }
    }),
  )
}

/** @throws {CapstanError} `request/not-found` */
async function requireLink(db: Db, link: SwotEntry['link']): Promise<void> {
  if (link === null) return
  const { noun, id } = link
  if (noun === 'measure') await measures.get(db, id)
  else if (noun === 'segment') await segments.get(db, id)
  else if (noun === 'risk') await risks.get(db, id)
  else if (noun === 'initiative') await initiatives.get(db, id)
  else if ((await contenders.find(db, id))?.kind !== noun)
    throw new CapstanError('request/not-found', { noun, id })
}
