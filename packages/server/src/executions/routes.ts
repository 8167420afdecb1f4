/** @file Routes of runs of any command: starting, repeating, resuming, logs, captures, workers. */
import { api, CapstanError, type CommandInput, refusedError } from '@capstan/api'
import { leaseSeconds, message, runRefusal, whyWaiting } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Change, Context } from '../context.ts'
import { datasets, datasetVersions } from '../datasets/store.ts'
import { getExperiment } from '../experiments/store.ts'
import { bind, sendJson, sentByHandler } from '../http/register.ts'
import { queueOn } from '../jobs/claim.ts'
import { emptyRun, plainExecution } from '../runs/empty.ts'
import { changeRun, getRun, insertRun, nextNumber, publicRun, type RunRecord } from '../runs/store.ts'
import { initiatives } from '../strategy/store.ts'
import { type Pair, setParams, setTags } from '../tracking/store.ts'
import { NAME_TAG } from '../tracking/track.ts'
import { askForBudget } from './approval.ts'
import { budgetRefusal, estimateCommand } from './budget.ts'
import { emptyCapture } from './facts.ts'
import { logPage } from './log.ts'
import { listWorkers, readCapture, waitingRuns, writeCapture } from './store.ts'

export function executionRoutes(app: FastifyInstance, context: Context): void {
  const { db, reads, change, newId, blobs, now } = context

  bind(app, api.runs.command, async ({ body, actor }) => {
    // a run whose code is not there could never be repeated
    for (const hash of [body.code.diff, body.code.snapshot]) if (hash !== null) await blobs.size(hash)
    return change(actor, async (tx) => publicRun(await queueCommand(tx, newId, body, actor)))
  })

  bind(app, api.runs.rerun, ({ params, actor }) =>
    change(actor, async (tx) => {
      const original = await getRun(tx.db, params.id)
      if (original.kind === 'tracked' || original.kind === 'evaluate') {
        throw new CapstanError('run/not-repeatable', {
          run: original.number,
          detail: {
            en:
              original.kind === 'tracked'
                ? 'it was started elsewhere'
                : 'it is an evaluation; evaluate its model again',
            'zh-CN': original.kind === 'tracked' ? '它是在别处启动的' : '它是一次评估；请重新评估其模型',
          },
        })
      }
      const capture = await readCapture(tx.db, original.number)
      if (original.kind === 'command' && (!capture || capture.code.kind === 'none')) {
        throw new CapstanError('run/not-repeatable', {
          run: original.number,
          detail: {
            en: `its code was not captured${capture?.code.note ? ` (${capture.code.note})` : ''}`,
            'zh-CN': `未保存其代码${capture?.code.note ? `（${capture.code.note}）` : ''}`,
          },
        })
      }
      const seconds = original.state === 'finished' ? original.cost.wallSeconds : original.estimatedSeconds
      const refusal = await budgetRefusal(tx.db, original.initiativeId, seconds)
      if (refusal) throw refusedError(refusal)
      const { name, kind, experimentId, initiativeId, designId, datasetVersionId, parameters, user } =
        original
      const run = await insertRun(tx.db, {
        ...emptyRun(tx.at),
        id: newId('run'),
        number: await nextNumber(tx.db),
        ...{ name, kind, experimentId, initiativeId, designId, datasetVersionId, parameters, user },
        estimatedSeconds: seconds,
        execution: {
          ...original.execution,
          ...{ machine: null, cpus: [], gpuIds: [], exitCode: null, failures: 0, approvalId: null },
          rerunOf: original.id,
          fresh: kind === 'command',
        },
      })
      if (capture && kind === 'command') {
        await writeCapture(tx.db, run.number, { ...capture, environment: {}, packages: {} })
        await setParams(tx.db, run.number, pairs(capture.parameters))
      }
      await tx.record('run', 'queued', run.id, { name, number: run.number, kind, rerunOf: original.number })
      return publicRun(run)
    }),
  )

  bind(app, api.runs.resume, ({ params, actor }) =>
    change(actor, async (tx) => {
      const run = await getRun(tx.db, params.id)
      const refusal =
        run.kind === 'tracked' ? runRefusal('finished', 'queued') : runRefusal(run.state, 'queued')
      if (refusal || run.state === 'running') throw refusedError(refusal ?? runRefusal('queued', 'queued')!)
      // its processes may still be ending: two tries at once would share their checkpoints
      if (run.worker !== null) throw refusedError(message('run.ending', { run: run.number }))
      const broken = await budgetRefusal(tx.db, run.initiativeId, run.estimatedSeconds)
      if (broken) throw refusedError(broken)
      const queued = await changeRun(
        tx.db,
        run.id,
        (r) => ({
          ...r,
          state: 'queued',
          error: null,
          endedAt: null,
          worker: null,
          notBefore: null,
          // a person's new try has all of its tries again
          attempt: 0,
          // the budget was asked again above: no approval is waited for
          execution: { ...r.execution, failures: 0, exitCode: null, approvalId: null },
        }),
        null,
      )
      await tx.record('run', 'queued', run.id, {
        name: run.name,
        number: run.number,
        kind: run.kind,
        resumed: true,
      })
      return publicRun(queued)
    }),
  )

  bind(app, api.runs.repetition, async ({ params, query, reply }): Promise<typeof sentByHandler> => {
    const run = await getRun(db, params.id)
    const other = query.with ?? run.execution.rerunOf
    if (other === null) {
      const detail = `query.with: run ${run.number} repeats no other; name the run to compare it with`
      throw new CapstanError('request/invalid', { detail })
    }
    const ignore = query.ignore.split(',').filter(Boolean)
    const { relative, absolute } = query
    const before = await getRun(db, other)
    sendJson(reply, await reads.run('repetition', { before, after: run, relative, absolute, ignore }))
    return sentByHandler
  })

  bind(app, api.runs.capture, async ({ params }) => {
    const run = await getRun(db, params.id)
    return (await readCapture(db, run.number)) ?? emptyCapture
  })

  bind(app, api.runs.waiting, async ({ params }) => {
    const run = await getRun(db, params.id)
    if (run.state !== 'queued') return { message: null }
    const machines = (await listWorkers(db, aliveSince(now()))).filter(({ alive }) => alive)
    const machine = machines[0]?.machine ?? context.thisMachine()
    const queue = await queueOn(db, machine, now().toISOString())
    const waiting = queue.waiting.find(({ id }) => id === run.id)
    return { message: waiting ? whyWaiting(waiting, queue) : null }
  })

  bind(app, api.runs.logs, async ({ params, query }) => {
    const run = await getRun(db, params.id)
    const { offset, tail, limit } = query
    return logPage(db, run, { offset, tail, limit })
  })

  bind(app, api.workers.list, async ({ query }) => {
    const workers = await listWorkers(db, aliveSince(now()))
    const queued = (await waitingRuns(db)).length
    return { workers: query.all ? workers : workers.filter(({ alive }) => alive), queued }
  })
}

const aliveSince = (now: Date) => now.getTime() - leaseSeconds * 1000

/**
 * Queues a run of a command.
 * @throws {CapstanError} `request/not-found` of what it names; `request/refused` when a budget would break
 */
export async function queueCommand(
  tx: Change,
  newId: Context['newId'],
  input: CommandInput,
  actor: string,
): Promise<RunRecord> {
  const { db, at } = tx
  if (input.initiativeId !== null) await initiatives.get(db, input.initiativeId)
  if (input.parentRunId !== null) await getRun(db, input.parentRunId)
  const experiment = await getExperiment(db, input.experimentId)
  if (experiment.lifecycle === 'deleted') {
    throw new CapstanError('request/invalid', { detail: `the experiment ${experiment.name} is deleted` })
  }
  const names = input.data.map(({ name }) => variableOf(name))
  if (new Set(names).size < names.length) {
    throw new CapstanError('request/invalid', { detail: 'body.data: two data sets have one name' })
  }
  const data = await Promise.all(
    input.data.map(async ({ name, datasetVersionId }) => {
      const version = await datasetVersions.get(db, datasetVersionId)
      const { name: label } = await datasets.get(db, version.datasetId)
      return { name, datasetVersionId, hash: version.hash, label: `${label} v${version.number}` }
    }),
  )
  const estimatedSeconds = await estimateCommand(db, input)
  const refusal = await budgetRefusal(db, input.initiativeId, estimatedSeconds)
  if (refusal && input.onBudget === 'refuse') throw refusedError(refusal)
  const id = newId('run')
  const number = await nextNumber(db)
  const name = input.name ?? nameOf(input.command)
  const approvalId = refusal
    ? await askForBudget(tx, newId, { id, name, number }, input.requestedBy ?? actor)
    : null
  const { command, priority, cores, memoryBytes, gpus, wallSeconds, maxAmount, retries } = input
  const run = await insertRun(db, {
    ...emptyRun(at),
    id,
    number,
    kind: 'command',
    name,
    experimentId: input.experimentId,
    initiativeId: input.initiativeId,
    parentRunId: input.parentRunId,
    estimatedSeconds,
    execution: {
      ...plainExecution,
      ...{ command, priority, cores, memoryBytes, gpus, wallSeconds, maxAmount, retries, approvalId },
    },
  })
  await writeCapture(db, number, {
    ...emptyCapture,
    ...{ folder: input.folder, machine: input.machine, command, code: input.code, data },
    variables: input.variables,
    parameters: input.parameters,
    graceSeconds: input.graceSeconds,
  })
  await setParams(db, number, pairs(input.parameters))
  await setTags(db, number, [{ key: NAME_TAG, value: name }, ...pairs(input.tags)])
  await tx.record('run', 'queued', id, {
    name,
    number,
    kind: 'command',
    ...(refusal ? { held: refusal } : {}),
  })
  return run
}

const pairs = (record: Record<string, string>): Pair[] =>
  Object.entries(record).map(([key, value]) => ({ key, value }))

const nameOf = (command: readonly string[]): string =>
  command.join(' ').replace(/\s+/g, ' ').trim().slice(0, 200) || '?'

/** `CAPSTAN_DATA_<this>` */
const variableOf = (name: string): string => name.toUpperCase().replaceAll('-', '_')
