/** @file Routes of runs, for people. */
import { api, CapstanError, refusedError, type TrainParameters } from '@capstan/api'
import { runRefusal } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Change, Context } from '../context.ts'
import { datasetVersions } from '../datasets/store.ts'
import { designs } from '../designs/store.ts'
import { budgetRefusal } from '../executions/budget.ts'
import { bind, sendJson, sentByHandler } from '../http/register.ts'
import { initiatives } from '../strategy/store.ts'
import { emptyRun } from './empty.ts'
import { estimateSeconds } from './estimate.ts'
import { changeRun, getRun, insertRun, listRuns, nextNumber, publicRun, type RunRecord } from './store.ts'

export function runRoutes(app: FastifyInstance, context: Context): void {
  const { db, reads, change, newId } = context
  bind(app, api.runs.list, async ({ query }) => (await listRuns(db, query)).map(publicRun))
  bind(app, api.runs.get, async ({ params }) => publicRun(await getRun(db, params.id)))
  bind(app, api.runs.metrics, async ({ params, query, reply }): Promise<typeof sentByHandler> => {
    const { number } = await getRun(db, params.id)
    sendJson(reply, await reads.run('curve', { run: number, key: query.key, most: query.max }))
    return sentByHandler
  })

  bind(app, api.runs.create, ({ body, actor }) =>
    change(actor, async (tx) => publicRun(await queueTraining(tx, newId, body))),
  )
  bind(app, api.runs.evaluate, ({ params, actor }) =>
    change(actor, async (tx) => {
      const parent = await getRun(tx.db, params.id)
      if (parent.kind !== 'train' || parent.state !== 'finished' || parent.model === null) {
        throw new CapstanError('request/invalid', {
          detail: `run ${parent.number} has no finished model to evaluate`,
        })
      }
      const { name, initiativeId, designId, datasetVersionId, parameters, model } = parent
      const run = await insertRun(tx.db, {
        ...emptyRun(tx.at),
        id: newId('run'),
        number: await nextNumber(tx.db),
        kind: 'evaluate',
        ...{ name, initiativeId, designId, datasetVersionId, parameters, model },
        parentRunId: parent.id,
      })
      await tx.record('run', 'queued', run.id, { name, number: run.number, kind: run.kind })
      return publicRun(run)
    }),
  )
  bind(app, api.runs.cancel, ({ params, actor }) =>
    change(actor, async (tx) => {
      const run = await getRun(tx.db, params.id)
      const refusal = runRefusal(run.state, 'cancelled')
      if (refusal) throw refusedError(refusal)
      const cancelled = await changeRun(tx.db, run.id, (r) => ({ ...r, state: 'cancelled', endedAt: tx.at }))
      await tx.record('run', 'cancelled', run.id, { name: run.name, number: run.number })
      return publicRun(cancelled)
    }),
  )
}

/**
 * Queues a run of built-in training.
 * @throws {CapstanError} `request/not-found`, `request/invalid`, `design/data-mismatch`, `request/refused`
 */
export async function queueTraining(
  tx: Change,
  newId: Context['newId'],
  input: {
    name: string
    initiativeId: string | null
    designId: string
    datasetVersionId: string
    parameters: TrainParameters
  },
): Promise<RunRecord> {
  const design = await designs.get(tx.db, input.designId)
  const dataset = await datasetVersions.get(tx.db, input.datasetVersionId)
  const [expected, got] = [design.source.input.join(' x '), dataset.sampleShape.join(' x ')]
  if (expected !== got) throw new CapstanError('design/data-mismatch', { expected, got })
  const trained = dataset.profile.splits.find(({ split }) => split === 'train')?.samples ?? 0
  if (input.parameters.batchSize > trained) {
    const detail = `body.parameters.batchSize: ${input.parameters.batchSize} is more than the ${trained} training samples`
    throw new CapstanError('request/invalid', { detail })
  }
  if (input.initiativeId !== null) await initiatives.get(tx.db, input.initiativeId)
  const estimatedSeconds = estimateSeconds(design.summary, trained, input.parameters)
  const refusal = await budgetRefusal(tx.db, input.initiativeId, estimatedSeconds)
  if (refusal) throw refusedError(refusal)
  const run = await insertRun(tx.db, {
    ...emptyRun(tx.at),
    id: newId('run'),
    number: await nextNumber(tx.db),
    kind: 'train',
    ...input,
    estimatedSeconds,
  })
  await tx.record('run', 'queued', run.id, { name: run.name, number: run.number, kind: run.kind })
  return run
}
