/** @file Routes of tracking: begin, log, change, search, curves, comparison. */
import { api, CapstanError, searchError } from '@capstan/api'
import { differences, type Message, parseExpression, parseOrderBy } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Change, Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { experimentByName, findExperiment, insertExperiment } from '../experiments/store.ts'
import { bind, sendJson, sentByHandler } from '../http/register.ts'
import { childrenOf, getRun, publicRun } from '../runs/store.ts'
import { type RunColumns, runColumns } from '../search/store.ts'
import { csvFile, exportColumns, parquetFile } from './export.ts'
import { inputsOf, type Pair } from './store.ts'
import { changeTracked, logBatch, startTracked } from './track.ts'
import { comparedRuns, trackedRuns } from './view.ts'

export function trackingRoutes(app: FastifyInstance, context: Context): void {
  const { db, reads, change, newId, bus, now } = context

  bind(app, api.tracking.start, ({ body, actor }) =>
    change(actor, async (tx) => {
      const id = newId('run')
      const run = await startTracked(tx, {
        id,
        name: body.name ?? id,
        experimentId: await experimentOf(tx, body),
        initiativeId: body.initiativeId,
        parentRunId: body.parentRunId,
        user: body.user,
        startedAt: body.startedAt === undefined ? undefined : Date.parse(body.startedAt),
        params: pairs(body.params),
        tags: pairs(body.tags),
      })
      return publicRun(run)
    }),
  )

  bind(app, api.tracking.log, async ({ params, body, actor }) => {
    const metrics = body.metrics.map((metric) => ({ ...metric, value: Number(metric.value) }))
    const set = Object.entries(body.tags).flatMap(([key, value]) => (value === null ? [] : [{ key, value }]))
    const untag = Object.entries(body.tags).flatMap(([key, value]) => (value === null ? [key] : []))
    const points = await change(actor, (tx) =>
      logBatch(tx.db, params.id, { metrics, params: pairs(body.params), tags: set, untag }),
    )
    bus.publish({
      seq: null,
      at: now().toISOString(),
      kind: 'run.logged',
      noun: 'run',
      id: params.id,
      data: { points },
    })
    return { points }
  })

  bind(app, api.tracking.change, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const endedAt = body.endedAt === undefined ? undefined : Date.parse(body.endedAt)
      return publicRun(await changeTracked(tx, params.id, { ...body, endedAt }))
    }),
  )

  bind(app, api.tracking.search, async ({ body, reply }): Promise<typeof sentByHandler> => {
    const json = await reads.run('search', {
      where: accepted(parseExpression(body.filter)),
      orderBy: body.orderBy.map((order) => accepted(parseOrderBy(order))),
      experiments: body.experimentIds?.map(Number).filter(Number.isSafeInteger),
      lifecycle: body.lifecycle,
      limit: body.limit,
      pageToken: body.pageToken,
    })
    sendJson(reply, json)
    return sentByHandler
  })

  bind(app, api.tracking.export, async ({ body, reply }): Promise<typeof sentByHandler> => {
    const search = {
      where: accepted(parseExpression(body.filter)),
      orderBy: body.orderBy.map((order) => accepted(parseOrderBy(order))),
      experiments: body.experimentIds?.map(Number).filter(Number.isSafeInteger),
      lifecycle: body.lifecycle,
    }
    const columns = await exportColumns(db, search)
    reply.header('content-disposition', `attachment; filename="runs.${body.format}"`)
    if (body.format === 'csv') reply.type('text/csv; charset=utf-8').send(csvFile(db, search, columns))
    else reply.type('application/vnd.apache.parquet').send(await parquetFile(db, search, columns))
    return sentByHandler
  })

  bind(app, api.tracking.get, async ({ params }) => {
    const run = await getRun(db, params.id)
    const [tracked] = await trackedRuns(db, await runColumns(db, [params.id]))
    return {
      ...tracked!,
      run: publicRun(run),
      inputs: (await inputsOf(db, [run.number])).get(run.number) ?? [],
      children: (await childrenOf(db, params.id)).map(({ id, number, name, state }) => ({
        id,
        number,
        name,
        state,
      })),
    }
  })

  bind(app, api.tracking.curves, async ({ body, reply }): Promise<typeof sentByHandler> => {
    const { keys, axis, buckets, smoothing } = body
    const runs = (await columnsInOrder(db, body.runIds)).map(({ id, number }) => ({ id, number }))
    sendJson(reply, await reads.run('curves', { runs, keys, axis, buckets, smoothing }))
    return sentByHandler
  })

  bind(app, api.tracking.compare, async ({ body }) => {
    const tracked = await trackedRuns(db, await columnsInOrder(db, body.runIds))
    const given = []
    for (const each of tracked) {
      const { environment, datasetVersionId } = await getRun(db, each.id)
      given.push({ tracked: each, environment, datasetVersionId })
    }
    return { runs: tracked, rows: differences(await comparedRuns(db, given)) }
  })
}

/** @throws {CapstanError} `request/not-found` naming the first that is unknown */
async function columnsInOrder(db: Db, ids: readonly string[]): Promise<RunColumns[]> {
  const found = new Map((await runColumns(db, ids)).map((run) => [run.id, run]))
  return ids.map((id) => {
    const run = found.get(id)
    if (!run) throw new CapstanError('request/not-found', { noun: 'run', id })
    return run
  })
}

async function experimentOf(
  tx: Change,
  { experimentId, experiment }: { experimentId?: string | undefined; experiment?: string | undefined },
): Promise<string> {
  if (experimentId !== undefined) {
    const found = await findExperiment(tx.db, experimentId)
    if (!found) throw new CapstanError('request/not-found', { noun: 'experiment', id: experimentId })
    return found.id
  }
  if (experiment === undefined) return '0'
  const found = await experimentByName(tx.db, experiment)
  if (found) return found.id
  const made = await insertExperiment(tx.db, { name: experiment, at: Date.parse(tx.at) })
  await tx.record('experiment', 'opened', made.id, { name: made.name })
  return made.id
}

const pairs = (values: Record<string, string>): Pair[] =>
  Object.entries(values).map(([key, value]) => ({ key, value }))

function accepted<T>(result: { ok: true; value: T } | { ok: false; refusal: Message }): T {
  if (!result.ok) throw searchError(result.refusal)
  return result.value
}
