/** @file Routes of market segments, and of what they come to. */
import { api, refusedError, type Segment } from '@capstan/api'
import { marketOutlook, message, rangeRefusal, shareOfSegment } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { bind } from '../http/register.ts'
import { inWorkspaceCurrency } from '../resources/money.ts'
import { initiatives } from '../strategy/store.ts'
import { segments } from './store.ts'

/** Beyond so many years growth compounds into fancy. */
const farthest = 20

export function segmentRoutes(app: FastifyInstance, { db, change, newId, now }: Context): void {
  bind(app, api.market.segments, () => segments.list(db))
  bind(app, api.market.addSegment, ({ body, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      const { currency, ...given } = body
      const size = await converted(tx, body.size, currency, at)
      const segment = { id: newId('segment'), ...given, size, createdAt: at }
      requireRanges(segment)
      const saved = await segments.insert(tx, segment)
      await record('segment', 'added', saved.id, { name: saved.name })
      return saved
    }),
  )
  bind(app, api.market.editSegment, ({ params, body, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      const { revision, currency, ...given } = body
      const size = body.size && (await converted(tx, body.size, currency, at))
      const segment = await segments.edit(tx, params.id, revision, (s) => ({
        ...s,
        ...given,
        ...(size ? { size } : {}),
      }))
      requireRanges(segment)
      await record('segment', 'edited', segment.id, { name: segment.name })
      return segment
    }),
  )
  bind(app, api.market.removeSegment, ({ params, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { id, name } = await segments.get(tx, params.id)
      const users = (await initiatives.list(tx)).filter(({ segmentId }) => segmentId === id)
      if (users.length > 0)
        throw refusedError(message('initiative.used', { name, users: users.map((i) => i.name).join(', ') }))
      await segments.remove(tx, id)
      await record('segment', 'removed', id, { name })
      return { id }
    }),
  )
  bind(app, api.market.outlook, async ({ query }) => {
    const all = await segments.list(db)
    const year = query?.year ?? now().getUTCFullYear()
    const years = all.map((segment) => segment.year)
    const [from, to] = [Math.min(...years, year), Math.max(...years, year)]
    if (all.length > 0 && to - from > farthest)
      throw refusedError(message('segment.year', { from, to, year }))
    const outlook = marketOutlook(all, year, query?.seed ?? 1)
    const shares = (await initiatives.list(db)).flatMap((initiative) => {
      const segment = outlook.segments.find(({ id }) => id === initiative.segmentId)
      const share = segment && shareOfSegment(initiative, segment.winnable)
      return share ? [{ initiativeId: initiative.id, segmentId: segment.id, ...share }] : []
    })
    return { ...outlook, initiatives: shares }
  })
}

async function converted(db: Db, size: Segment['size'], currency: string | undefined, at: string) {
  const { rate } = await inWorkspaceCurrency(db, 1, currency, at)
  return { low: size.low * rate, mode: size.mode * rate, high: size.high * rate }
}

function requireRanges({ name, size, growth, share }: Segment): void {
  const refusal =
    rangeRefusal(name, 'size', size) ??
    rangeRefusal(name, 'growth', growth) ??
    rangeRefusal(name, 'share', share)
  if (refusal) throw refusedError(refusal)
}
