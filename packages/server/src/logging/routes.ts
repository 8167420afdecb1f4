/** @file Routes of logging sessions: records are applied in order, each once, in one transaction with the session's place. */
import { api, CapstanError, type LogRecord, type LogSession, lastInstant } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import { putArtifact } from '../artifacts/store.ts'
import type { Change, Context } from '../context.ts'
import { experimentByName, insertExperiment } from '../experiments/store.ts'
import { bind } from '../http/register.ts'
import { appendPoints, type Metric } from '../metrics/store.ts'
import { changeRun, findRun, getRun, type RunRecord } from '../runs/store.ts'
import { setParams, setTags } from '../tracking/store.ts'
import { changeTracked, startTracked } from '../tracking/track.ts'
import { advanceSession, insertSession, lockSession, type SessionRow, tagOf } from './store.ts'

type Parsed = z.output<typeof LogRecord>
type Opening = z.output<NonNullable<typeof api.logging.open.body>>
/** Tag that counts what could not be kept. */
export const MISSING_TAG = 'capstan.missing_records'

export function loggingRoutes(app: FastifyInstance, context: Context): void {
  const { change, dialect, bus, blobs } = context
  const locked = dialect === 'postgres'

  bind(app, api.logging.open, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const known = await lockSession(tx.db, params.id, locked)
      if (known) return sessionOf(known)
      const run = await runFor(tx, context, body)
      const row = { id: params.id, run: run.number, run_id: run.id, applied: body.first - 1 }
      await insertSession(tx.db, row, Date.parse(tx.at))
      return sessionOf(row)
    }),
  )

  bind(app, api.logging.append, async ({ params, body, actor }) => {
    const sizes = new Map<string, number>()
    for (const record of body.records)
      if (record.kind === 'artifact') sizes.set(record.blob, await blobs.size(record.blob))
    const { answer, points, runId } = await change(actor, async (tx) => {
      const session = await lockSession(tx.db, params.id, locked)
      if (!session) throw new CapstanError('request/not-found', { noun: 'logging session', id: params.id })
      const fresh = body.records.slice(Math.max(0, session.applied + 1 - body.first))
      const gap = body.first > session.applied + 1
      if (gap || fresh.length === 0)
        return { answer: { ...sessionOf(session), refused: [] }, points: [], runId: session.run_id }
      const first = session.applied + 1
      const { refused, points } = await apply(tx, session, fresh, { first, sizes })
      const applied = session.applied + fresh.length
      await advanceSession(tx.db, session.id, applied, Date.parse(tx.at))
      return { answer: { ...sessionOf({ ...session, applied }), refused }, points, runId: session.run_id }
    })
    if (points.length > 0) {
      const shown = points.slice(-500).map((point) => ({ ...point, at: new Date(point.at).toISOString() }))
      const at = context.now().toISOString()
      bus.publish({ seq: null, at, noun: 'run', id: runId, kind: 'run.metrics', data: { points: shown } })
    }
    return answer
  })
}

const sessionOf = ({ id, run, run_id, applied }: SessionRow): LogSession => ({
  id,
  runId: run_id,
  runNumber: run,
  applied,
})

/** The run that is named, else a new one that was started elsewhere. */
async function runFor(tx: Change, { newId }: Context, opening: Opening): Promise<RunRecord> {
  const { db } = tx
  if (opening.runId !== undefined) return getRun(db, opening.runId)
  const known = opening.identity === undefined ? null : await findRun(db, opening.identity)
  if (known) return known
  const run = await startTracked(tx, {
    ...opening,
    id: opening.identity ?? newId('run'),
    experimentId:
      opening.experiment === undefined ? opening.experimentId : await named(tx, opening.experiment),
  })
  return changeRun(db, run.id, (r) => ({ ...r, environment: opening.environment }))
}

async function named({ db, at }: Change, name: string): Promise<string> {
  const known = await experimentByName(db, name)
  return (known ?? (await insertExperiment(db, { name, at: Date.parse(at) }))).id
}

/** What cannot be applied is refused alone: the records around it are other points of the same training. */
async function apply(
  tx: Change,
  session: SessionRow,
  records: readonly Parsed[],
  { first, sizes }: { first: number; sizes: ReadonlyMap<string, number> },
) {
  const { db } = tx
  const { run, run_id: runId } = session
  const metrics: Metric[] = []
  const refused: { record: number; message: string }[] = []
  let tags: Record<string, string> = {}
  let missing = 0
  const reasons: string[] = []
  for (const [i, record] of records.entries()) {
    const refuse = (message: string) => refused.push({ record: first + i, message })
    switch (record.kind) {
      case 'metrics':
        for (const [key, value] of Object.entries(record.values))
          metrics.push({ key, at: record.at, step: record.step, value })
        break
      case 'params':
        try {
          await setParams(db, run, pairs(record.values))
        } catch (error) {
          if (!(error instanceof CapstanError)) throw error
          refuse(error.message)
        }
        break
      case 'tags':
        tags = { ...tags, ...record.values }
        break
      case 'artifact': {
        // what the file really has, whatever its sender says
        const { path, blob, at } = record
        try {
          await putArtifact(db, runId, { path, blob, bytes: sizes.get(blob)!, at })
        } catch (error) {
          if (!(error instanceof CapstanError)) throw error
          refuse(error.message)
        }
        break
      }
      case 'missing':
        missing += record.count
        reasons.push(record.reason)
        break
      case 'end':
        await endRun(tx, runId, record)
        break
    }
  }
  await appendPoints(db, run, metrics)
  if (missing > 0) {
    const before = Number.parseInt((await tagOf(db, run, MISSING_TAG)) ?? '0', 10) || 0
    tags = { ...tags, [MISSING_TAG]: `${before + missing} (${reasons[0]})`.slice(0, 5000) }
  }
  await setTags(db, run, pairs(tags))
  return { refused, points: metrics }
}

/** A run that an executor started is ended by it; one that has ended stays as it is. */
async function endRun(
  tx: Change,
  id: string,
  { state, at, reason }: Extract<Parsed, { kind: 'end' }>,
): Promise<void> {
  const run = await getRun(tx.db, id)
  if (run.kind !== 'tracked' || run.state !== 'running') return
  const startedAt = Date.parse(run.startedAt ?? run.createdAt)
  const endedAt = Math.min(Math.max(at, startedAt), lastInstant)
  await changeTracked(tx, id, { state, endedAt })
  const error = reason === '' ? null : { code: `run/${state}`, values: { message: reason } }
  await changeRun(tx.db, id, (r) => ({
    ...r,
    error,
    cost: { ...r.cost, wallSeconds: (endedAt - startedAt) / 1000 },
  }))
}

const pairs = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).map(([key, value]) => ({ key, value }))
