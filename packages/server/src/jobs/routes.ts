/** @file Routes that job workers speak: claim, heartbeat, checkpoint, completion. */
import { api, type BuiltInRun, CapstanError, isBuiltIn } from '@capstan/api'
import { leaseUntil } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Change, Context } from '../context.ts'
import { datasetVersions } from '../datasets/store.ts'
import { judge } from '../evaluations/judge.ts'
import { evaluations } from '../evaluations/store.ts'
import { endCommand } from '../executions/end.ts'
import { emptyCapture } from '../executions/facts.ts'
import { appendLog, readCapture, seeWorker, writeCapture } from '../executions/store.ts'
import { bind } from '../http/register.ts'
import { appendPoints } from '../metrics/store.ts'
import { versions } from '../registry/store.ts'
import { changeRun, getRun, publicRun, type RunRecord } from '../runs/store.ts'
import { account } from './account.ts'
import { claimNext } from './claim.ts'

interface Holder {
  worker: string
  attempt: number
}

/** @param tokenOf gives a command the token of its run */
export function jobRoutes(app: FastifyInstance, context: Context, tokenOf: (runId: string) => string): void {
  const { change, bus, now, blobs, newId } = context

  bind(app, api.jobs.claim, ({ body }) => {
    const { worker, pid, machine = context.thisMachine() } = body
    return change('worker', async (tx) => ({
      job: await claimNext(tx, { worker, pid, machine }, tokenOf),
    }))
  })

  bind(app, api.jobs.heartbeat, async ({ params, body }) => {
    const run = await change('worker', async (tx) => {
      const held = await heldRun(tx, params.id, body)
      const at = Date.parse(tx.at)
      const points = body.metrics.map((metric) => ({ ...metric, at }))
      // a resumed run measures the steps after its checkpoint again
      await appendPoints(tx.db, held.number, points, { rewind: true })
      const charged = await account(tx, newId, held, body.cost, { now: false })
      await seeWorker(tx.db, body.worker, held.id, at)
      return changeRun(
        tx.db,
        held.id,
        (r) => ({
          ...r,
          ...charged,
          progress: body.progress ?? r.progress,
          epochLosses: body.epochLosses ?? r.epochLosses,
          validation: body.validation ?? r.validation,
          environment: body.environment ?? r.environment,
        }),
        leaseUntil(tx.at),
      )
    })
    const at = now().toISOString()
    const { id, progress, epochLosses, validation, cost } = run
    const live = { seq: null, at, noun: 'run', id }
    if (body.metrics.length > 0) {
      const points = body.metrics.map((metric) => ({ ...metric, at }))
      bus.publish({ ...live, kind: 'run.metrics', data: { points } })
    }
    bus.publish({ ...live, kind: 'run.progressed', data: { progress, epochLosses, validation, cost } })
    const why = stopFor(run)
    return { stop: why !== null, why }
  })

  bind(app, api.jobs.checkpoint, ({ params, body }) =>
    change('worker', async (tx) => {
      const held = await heldRun(tx, params.id, body)
      await blobs.size(body.blob)
      const { blob, epoch, step, epochLosses, validation } = body
      await changeRun(tx.db, held.id, (r) => ({
        ...r,
        epochLosses,
        validation,
        checkpoint: { blob, epoch, step, at: tx.at },
      }))
      return {}
    }),
  )

  bind(app, api.jobs.finish, async ({ params, body }) => {
    const probabilities = body.probabilities === undefined ? null : await blobs.read(body.probabilities)
    return change('worker', async (tx) => {
      const held = await heldRun(tx, params.id, body)
      const charged = await account(tx, newId, held, body.cost, { now: true })
      await seeWorker(tx.db, body.worker, null, Date.parse(tx.at))
      if (held.state === 'cancelled') return publicRun(await leave(tx, held, charged))
      if (body.model !== undefined) await blobs.size(body.model)
      const evaluationId =
        probabilities && isBuiltIn(held)
          ? await evaluate(tx, context, held, probabilities)
          : held.evaluationId
      const run = await changeRun(
        tx.db,
        held.id,
        (r) => ({
          ...r,
          ...charged,
          evaluationId,
          state: 'finished',
          model: body.model ?? r.model,
          endedAt: tx.at,
        }),
        null,
      )
      const { name, number, kind, epochLosses, cost } = run
      const loss = epochLosses.at(-1) ?? null
      await tx.record('run', 'finished', run.id, {
        name,
        number,
        kind,
        loss,
        cost: cost.amount,
        seconds: cost.wallSeconds,
      })
      return publicRun(run)
    })
  })

  bind(app, api.jobs.logs, async ({ params, body }) => {
    const end = await change('worker', async (tx) => {
      const held = await heldRun(tx, params.id, body)
      return appendLog(tx.db, held.number, body.pieces, Date.parse(tx.at))
    })
    const at = now().toISOString()
    bus.publish({ seq: null, at, noun: 'run', id: params.id, kind: 'run.printed', data: { end } })
    return {}
  })

  bind(app, api.jobs.capture, ({ params, body }) =>
    change('worker', async (tx) => {
      const held = await heldRun(tx, params.id, body)
      const known = (await readCapture(tx.db, held.number)) ?? emptyCapture
      const { environment, packages, code = known.code } = body
      await writeCapture(tx.db, held.number, { ...known, environment, packages, code })
      return {}
    }),
  )

  bind(app, api.jobs.exit, ({ params, body }) =>
    change('worker', async (tx) => {
      const held = await heldRun(tx, params.id, body)
      const charged = await account(tx, newId, held, body.cost, { now: true })
      await seeWorker(tx.db, body.worker, null, Date.parse(tx.at))
      if (held.state === 'cancelled') return publicRun(await leave(tx, held, charged))
      return publicRun(await endCommand(tx, { ...held, ...charged }, body.ending))
    }),
  )

  bind(app, api.jobs.release, ({ params, body }) =>
    change('worker', async (tx) => {
      const held = await heldRun(tx, params.id, body)
      const charged = await account(tx, newId, held, body.cost, { now: true })
      await seeWorker(tx.db, body.worker, null, Date.parse(tx.at))
      const state = held.state === 'cancelled' ? held.state : 'queued'
      const run = await changeRun(
        tx.db,
        held.id,
        // an orderly stop is not a failed attempt
        (r) => ({
          ...r,
          ...charged,
          state,
          worker: null,
          attempt: state === 'queued' ? Math.max(0, r.attempt - 1) : r.attempt,
        }),
        null,
      )
      if (state === 'queued')
        await tx.record('run', 'released', run.id, {
          name: run.name,
          number: run.number,
          checkpoint: run.checkpoint,
        })
      return publicRun(run)
    }),
  )

  bind(app, api.jobs.fail, ({ params, body }) =>
    change('worker', async (tx) => {
      const held = await heldRun(tx, params.id, body)
      const charged = await account(tx, newId, held, body.cost, { now: true })
      await seeWorker(tx.db, body.worker, null, Date.parse(tx.at))
      if (held.state === 'cancelled') return publicRun(await leave(tx, held, charged))
      const error = { code: body.code, values: { message: body.message } }
      const run = await changeRun(
        tx.db,
        held.id,
        (r) => ({ ...r, ...charged, error, state: 'failed', worker: null, endedAt: tx.at }),
        null,
      )
      await tx.record('run', 'failed', run.id, {
        name: run.name,
        number: run.number,
        code: body.code,
        message: body.message,
      })
      return publicRun(run)
    }),
  )
}

/** A cancelled run is still its worker's until it has heard of it. @throws {CapstanError} `run/lease-lost` */
async function heldRun({ db }: Change, id: string, { worker, attempt }: Holder): Promise<RunRecord> {
  const run = await getRun(db, id)
  const held =
    (run.state === 'running' || run.state === 'cancelled') && run.worker === worker && run.attempt === attempt
  if (!held) throw new CapstanError('run/lease-lost', { run: run.number })
  return run
}

function stopFor({ state, execution, cost }: RunRecord): 'cancelled' | 'amount' | null {
  if (state === 'cancelled') return 'cancelled'
  return execution.maxAmount !== null && cost.amount >= execution.maxAmount ? 'amount' : null
}

/** A cancelled run keeps its state; only what it cost is added. */
const leave = ({ db }: Change, held: RunRecord, charged: Pick<RunRecord, 'cost' | 'chargedSeconds'>) =>
  changeRun(db, held.id, (r) => ({ ...r, ...charged, worker: null }), null)

async function evaluate(
  change: Change,
  context: Context,
  run: BuiltInRun,
  bytes: Uint8Array,
): Promise<string> {
  const { db, at } = change
  const dataset = await datasetVersions.get(db, run.datasetVersionId)
  const fileOf = async (role: string) =>
    context.blobs.read(dataset.files.find((file) => file.role === role)!.blob)
  const [images, labels] = await Promise.all([fileOf('test-images'), fileOf('test-labels')])
  const probabilities = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
  )
  const id = context.newId('evaluation')
  const parentId = run.parentRunId ?? run.id
  const evaluation = await evaluations.insert(db, {
    id,
    runId: parentId,
    evaluationRunId: run.id,
    datasetVersionId: dataset.id,
    split: 'test',
    model: run.model!,
    classes: dataset.classes,
    createdAt: at,
    ...judge(probabilities, { images, labels }, dataset),
  })
  await changeRun(db, parentId, (r) => ({ ...r, evaluationId: id }))
  for (const version of await versions.list(db)) {
    if (version.runId === parentId) await versions.change(db, version.id, (v) => ({ ...v, evaluationId: id }))
  }
  const { accuracy, interval, samples } = evaluation
  await change.record('evaluation', 'recorded', id, { accuracy, interval, samples, runId: parentId })
  return id
}
