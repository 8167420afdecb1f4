/** @file Routes of measures. */
import { api, CapstanError, type Point, refusedError } from '@capstan/api'
import {
  combineHistories,
  factSources,
  fieldNames,
  inputOf,
  marginsOf,
  message,
  type Query,
  replay,
  unitOfNumber,
  valueRefusal,
} from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Change, Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { factsOf } from '../facts/store.ts'
import { historyPage } from '../histories/page.ts'
import {
  countRows,
  emptyHead,
  headsOf,
  insertRows,
  isAfter,
  latestOf,
  pointOf,
  putHeads,
  typedKey,
} from '../histories/store.ts'
import { bind } from '../http/register.ts'
import { timesOf } from './clock.ts'
import { openMeasure, requireSense } from './define.ts'
import { editMeasure, removeMeasure } from './edit.ts'
import { behindOf } from './evidence.ts'
import { hangingOn } from './hanging.ts'
import { announce } from './observe.ts'
import { signOverride, withdrawOverride } from './overrides.ts'
import { givenOf, rebuildThese } from './rebuild.ts'
import { checkAll, rebuildAll } from './rebuild-all.ts'
import { askedOf, type Kept, measures, overrides } from './records.ts'
import { listMeasures, pointsOf, viewMeasure } from './store.ts'

const PREVIEWED = 500

export function measureRoutes(app: FastifyInstance, context: Context): void {
  const { db, change, newId, now } = context
  const instant = () => now().toISOString()

  bind(app, api.measures.list, ({ query }) => listMeasures(db, instant(), query.archived))
  bind(app, api.measures.fields, () =>
    factSources.map((source) => ({
      source,
      words: fieldNames(source, 'word'),
      numbers: fieldNames(source, 'number').map((field) => ({ field, unit: unitOfNumber(source, field) })),
    })),
  )
  bind(app, api.measures.get, async ({ params }) => {
    const measure = await findMeasure(db, params.id)
    return {
      ...(await viewMeasure(db, measure, instant())),
      points: await countRows(db, measure.id),
      overrides: (await overrides.list(db)).filter(({ measureId }) => measureId === measure.id),
      hanging: await hangingOn(db, measure.id),
    }
  })
  bind(app, api.measures.create, ({ body, actor }) =>
    change(actor, async (tx) => {
      if ((await measures.list(tx.db)).some(({ key }) => key === body.key)) {
        throw new CapstanError('request/exists', { noun: 'measure', id: body.key })
      }
      await requireSense(tx.db, body)
      const measure = await measures.insert(tx.db, { id: newId('measure'), ...body, archived: false })
      await tx.record('measure', 'defined', measure.id, { key: measure.key, name: measure.name })
      await rebuildThese(tx, [measure])
      return viewMeasure(tx.db, measure, tx.at)
    }),
  )
  bind(app, api.measures.preview, async ({ body }) => {
    await requireSense(db, { ...body, name: '' })
    const points = await previewed(db, body, instant())
    return { count: points.length, points: points.slice(-PREVIEWED), latest: points.at(-1) ?? null }
  })
  bind(app, api.measures.edit, ({ params, body, actor }) =>
    change(actor, async (tx) => viewMeasure(tx.db, await editMeasure(tx, params.id, body), tx.at)),
  )
  bind(app, api.measures.remove, ({ params, query, actor }) =>
    change(actor, async (tx) => {
      await removeMeasure(tx, params.id, query.revision)
      return {}
    }),
  )
  bind(app, api.measures.points, async ({ params, query }) => {
    const { id } = await findMeasure(db, params.id)
    return pointsOf(db, id, sliceOf(query), instant())
  })
  bind(app, api.measures.history, async ({ params, query }) =>
    historyPage(db, await findMeasure(db, params.id), { ...query, ...sliceOf(query) }, instant()),
  )
  bind(app, api.measures.facts, async ({ params, query }) => {
    const measure = await findMeasure(db, params.id)
    return behindOf(db, measure, query.at ?? instant(), query.limit, instant())
  })
  bind(app, api.measures.addPoint, ({ params, body, actor }) =>
    change(actor, async (tx) =>
      typePoint(tx, newId, (await findMeasure(tx.db, params.id)).id, { ...body, actor }),
    ),
  )
  bind(app, api.measures.override, ({ params, body, actor }) =>
    change(actor, async (tx) => signOverride(tx, newId, (await findMeasure(tx.db, params.id)).id, body)),
  )
  bind(app, api.measures.withdraw, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const { id: measureId } = await findMeasure(tx.db, params.id)
      return withdrawOverride(tx, { id: params.overrideId, measureId, ...body })
    }),
  )
  bind(app, api.measures.rebuild, async ({ body, actor }) => {
    const id = body.measureId === undefined ? undefined : (await findMeasure(db, body.measureId)).id
    return body.check ? checkAll(db, id, instant()) : rebuildAll(context, actor, id)
  })
}

const sliceOf = ({ from, to }: { from?: string | undefined; to?: string | undefined }) => ({
  ...(from === undefined ? {} : { from: new Date(from).toISOString() }),
  ...(to === undefined ? {} : { to: new Date(to).toISOString() }),
})

/** By its identifier, or by its key. @throws {CapstanError} `request/not-found` */
async function findMeasure(db: Db, reference: string): Promise<Kept> {
  const found =
    (await measures.find(db, reference)) ?? (await measures.list(db)).find(({ key }) => key === reference)
  return found ?? measures.get(db, reference)
}

async function previewed(
  db: Db,
  { query, direction }: Pick<Kept, 'query' | 'direction'>,
  at: string,
): Promise<Point[]> {
  if (query.source === 'typed') return []
  if (query.source === 'margin') {
    const subject = await measures.get(db, query.measureId)
    return marginsOf(await pointsOf(db, subject.id, {}, at), query.limit, subject.direction)
  }
  if (query.source === 'formula') {
    const histories: Point[][] = []
    for (const id of query.measureIds) histories.push(await pointsOf(db, id, {}, at))
    return combineHistories(query.operation, histories)
  }
  const asked = askedOf({ query }) as Query
  const inputs = (await factsOf(db, asked.of)).flatMap((fact) => inputOf(asked, fact) ?? [])
  const { rows } = replay(asked, { ...(await timesOf(db, at)), direction }, inputs)
  return rows.map((row) => pointOf(row.at, row.key, row))
}

async function typePoint(
  change: Change,
  newId: Context['newId'],
  id: string,
  {
    at = change.at,
    value,
    note,
    actor,
  }: { at?: string | undefined; value: number; note: string; actor: string },
): Promise<Point> {
  const { db } = change
  const measure = await openMeasure(db, id)
  const when = new Date(at).toISOString()
  const refusal =
    measure.query.source === 'margin' || measure.query.source === 'formula'
      ? message('measure.computed', { name: measure.name })
      : when > change.at
        ? message('measure.future', { at: when })
        : valueRefusal(value, measure.scale)
  if (refusal) throw refusedError(refusal)
  const row = {
    measure_id: id,
    at: when,
    key: typedKey(change.at, newId('point')),
    value,
    standard_error: null,
    origin: 'typed',
    evidence: JSON.stringify({ noun: 'member', id: actor, note }),
    facts: null,
    input: null,
  }
  await insertRows(db, [row])
  const head = (await headsOf(db, [id])).get(id) ?? emptyHead
  const given = givenOf(row)
  if (isAfter(given, head.given)) {
    const moved = { ...head, given }
    await putHeads(db, new Map([[id, moved]]))
    if (latestOf(moved) !== latestOf(head)) await announce(change, [id])
  }
  return given.point
}
