/** @file Begins, logs into and changes runs whose code runs elsewhere: what Capstan's own API and MLflow's both do. */
import { CapstanError, type DatasetInput, type Run, refusedError } from '@capstan/api'
import { message, runEnded } from '@capstan/domain'
import type { Change } from '../context.ts'
import type { Db } from '../database/records.ts'
import { getExperiment } from '../experiments/store.ts'
import { appendPoints, type Metric } from '../metrics/store.ts'
import { emptyRun } from '../runs/empty.ts'
import { changeRun, findRun, getRun, insertRun, nextNumber, type RunRecord } from '../runs/store.ts'
import { initiatives } from '../strategy/store.ts'
import { addInputs, deleteTag, type Pair, setParams, setTags } from './store.ts'

export interface NewTrackedRun {
  id: string
  name: string
  experimentId: string
  initiativeId?: string | null
  parentRunId?: string | null
  user?: string
  /** Milliseconds since 1970; now when left out. */
  startedAt?: number | undefined
  params?: readonly Pair[]
  tags?: readonly Pair[]
}

export const PARENT_TAG = 'mlflow.parentRunId'
export const NAME_TAG = 'mlflow.runName'
export const NOTE_TAG = 'mlflow.note.content'
export const USER_TAG = 'mlflow.user'

/** @throws {CapstanError} `request/not-found` for an unknown experiment, initiative or parent; `request/refused` */
export async function startTracked(change: Change, given: NewTrackedRun): Promise<RunRecord> {
  const { db, at } = change
  const experiment = await getExperiment(db, given.experimentId)
  if (experiment.lifecycle === 'deleted') {
    throw new CapstanError('request/invalid', { detail: `the experiment ${experiment.name} is deleted` })
  }
  if (given.initiativeId) await initiatives.get(db, given.initiativeId)
  if (given.parentRunId) await getRun(db, given.parentRunId)
  const number = await nextNumber(db)
  const run = await insertRun(db, {
    ...emptyRun(at),
    id: given.id,
    number,
    kind: 'tracked',
    name: given.name,
    experimentId: experiment.id,
    initiativeId: given.initiativeId ?? null,
    parentRunId: given.parentRunId ?? null,
    user: given.user ?? '',
    state: 'running',
    startedAt: given.startedAt === undefined ? at : new Date(given.startedAt).toISOString(),
  })
  await setParams(db, number, given.params ?? [])
  const own: Pair[] = [{ key: NAME_TAG, value: given.name }]
  if (given.parentRunId) own.push({ key: PARENT_TAG, value: given.parentRunId })
  await setTags(db, number, [...own, ...(given.tags ?? [])])
  await change.record('run', 'started', run.id, { name: run.name, number, kind: run.kind })
  return run
}

export interface Batch {
  metrics?: readonly Metric[]
  params?: readonly Pair[]
  tags?: readonly Pair[]
  /** Keys of tags to take away. */
  untag?: readonly string[]
  inputs?: readonly DatasetInput[]
}

/**
 * All of a batch or nothing of it.
 * @returns how many points were new
 * @throws {CapstanError} `request/not-found`, `run/deleted`, `run/param-changed`
 */
export async function logBatch(db: Db, id: string, batch: Batch): Promise<number> {
  const run = await openRun(db, id)
  await setParams(db, run.number, batch.params ?? [])
  await setTags(db, run.number, batch.tags ?? [])
  for (const key of batch.untag ?? []) await deleteTag(db, run.number, key)
  await followTags(db, run, batch.tags ?? [])
  await addInputs(db, run.number, batch.inputs ?? [])
  return appendPoints(db, run.number, batch.metrics ?? [])
}

/** @throws {CapstanError} `request/not-found`, `run/deleted` */
export async function openRun(db: Db, id: string): Promise<RunRecord> {
  const run = await getRun(db, id)
  if (run.lifecycle === 'deleted') throw new CapstanError('run/deleted', { run: run.number })
  return run
}

/** Some tags say what a run's own fields say, too. */
async function followTags(db: Db, run: RunRecord, tags: readonly Pair[]): Promise<void> {
  const last = (key: string) => tags.findLast((tag) => tag.key === key)?.value
  const [name, user, parent] = [last(NAME_TAG), last(USER_TAG), last(PARENT_TAG)]
  if (name === undefined && user === undefined && parent === undefined) return
  // a parent that is not here, or that the run itself is, is kept as a tag alone
  const known = parent !== undefined && parent !== run.id && (await findRun(db, parent)) !== null
  await changeRun(db, run.id, (r) => ({
    ...r,
    name: name ?? r.name,
    user: user ?? r.user,
    parentRunId: known ? parent : parent === undefined ? r.parentRunId : null,
  }))
}

export interface RunChange {
  name?: string | undefined
  note?: string | undefined
  state?: Run['state'] | undefined
  /** Milliseconds since 1970. */
  endedAt?: number | undefined
  lifecycle?: Run['lifecycle'] | undefined
}

/**
 * A tracked run may be taken up again after it ended, as MLflow's clients do; the state of any other is its job's.
 * @throws {CapstanError} `request/not-found`, `request/refused`, `run/deleted`
 */
export async function changeTracked(change: Change, id: string, wanted: RunChange): Promise<RunRecord> {
  const { db, at } = change
  const before = await getRun(db, id)
  if (wanted.lifecycle === undefined && before.lifecycle === 'deleted') {
    throw new CapstanError('run/deleted', { run: before.number })
  }
  if (wanted.lifecycle === 'deleted' && before.kind !== 'tracked' && !runEnded(before.state)) {
    throw refusedError(message('run.deleteLive', { number: before.number }))
  }
  const own: Pair[] = []
  if (wanted.name !== undefined) own.push({ key: NAME_TAG, value: wanted.name })
  if (wanted.note !== undefined) own.push({ key: NOTE_TAG, value: wanted.note })
  await setTags(db, before.number, own)
  const state = before.kind === 'tracked' ? (wanted.state ?? before.state) : before.state
  const ended = runEnded(state)
  const run = await changeRun(db, id, (r) => ({
    ...r,
    name: wanted.name ?? r.name,
    state,
    endedAt: r.kind !== 'tracked' ? r.endedAt : ended ? endOf(wanted, r, at) : null,
    lifecycle: wanted.lifecycle ?? r.lifecycle,
    deletedAt: wanted.lifecycle === undefined ? r.deletedAt : wanted.lifecycle === 'deleted' ? at : null,
  }))
  if (wanted.lifecycle !== undefined && wanted.lifecycle !== before.lifecycle) {
    const verb = wanted.lifecycle === 'deleted' ? 'deleted' : 'restored'
    await change.record('run', verb, id, { name: run.name, number: run.number })
  }
  if (state !== before.state) {
    await change.record('run', ended ? state : 'started', id, {
      name: run.name,
      number: run.number,
      kind: run.kind,
    })
  }
  return run
}

function endOf({ endedAt }: RunChange, run: RunRecord, at: string): string {
  if (endedAt !== undefined) return new Date(endedAt).toISOString()
  return run.endedAt ?? at
}
