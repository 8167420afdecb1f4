/** @file Takes a sweep its next steps: reads what its runs did, lets the domain decide, saves all of it at once. */
import { CapstanError, refusalIn, type SweepTrial } from '@capstan/api'
import {
  bestTrial,
  type CurvePoint,
  downsample,
  message,
  runEnded,
  type SweepStep,
  statisticOf,
  type Trial,
} from '@capstan/domain'
import type { Change, Context } from '../context.ts'
import { openCycle } from '../cycles/store.ts'
import { readCurve } from '../metrics/store.ts'
import { changeRun, getRun, type RunRecord } from '../runs/store.ts'
import { decisions } from '../team/store.ts'
import { setTags } from '../tracking/store.ts'
import { startTrial } from './start-trial.ts'
import { insertTrial, type SweepRecord, saveTrial, sweeps, type TrialRecord, trialsOf } from './store.ts'
import { sent } from './thinking.ts'

/** Points of a curve that decisions look at; extremes are kept. */
const CURVE_POINTS = 400

/** A sweep without its measured state: what decisions are made from. */
export interface Played {
  trial: TrialRecord
  curve: readonly CurvePoint[]
  run: RunRecord
}

/** @returns whether anything was started, stopped or ended */
export async function advanceSweep(context: Context, id: string): Promise<boolean> {
  const before = await sweeps.get(context.db, id)
  if (before.state !== 'running') return false
  const played = await play(context, before)
  const situation = sent({ plan: before.plan, trials: played.map(trialOf) })
  const steps = await context.compute.run('decideSweep', situation)
  const known = new Map((await trialsOf(context.db, id)).map((trial) => [trial.number, trial]))
  const moved = played.filter(
    ({ trial }) => JSON.stringify(trial) !== JSON.stringify(known.get(trial.number)),
  )
  if (steps.length === 0 && moved.length === 0) return false
  await context.change('capstan', async (tx) => {
    const sweep = await sweeps.get(tx.db, id)
    // somebody stopped it, or another server was faster
    if (sweep.state !== 'running' || (await trialsOf(tx.db, id)).length !== played.length) return
    for (const { trial } of moved) await saveTrial(tx.db, id, trial)
    const trials = new Map(played.map((each) => [each.trial.number, each]))
    await takeAll(tx, context, sweep, trials, steps)
  })
  return steps.length > 0
}

/** Every trial as its run stands now. */
export async function play({ db }: Pick<Context, 'db'>, sweep: SweepRecord): Promise<Played[]> {
  const played: Played[] = []
  for (const kept of await trialsOf(db, sweep.id)) {
    const run = await getRun(db, kept.runId)
    // what an ended sweep decided upon stands: its curves need not be read to list it
    const settled = sweep.state !== 'running' && kept.state !== 'running' && kept.state !== 'cancelled'
    const curve = settled ? [] : await curveOf(db, run, sweep.plan.goal.metric)
    const value = settled ? kept.value : statisticOf(sweep.plan.goal, curve)
    const cost = { amount: run.cost.amount, hours: run.cost.wallSeconds / 3600 }
    played.push({ trial: { ...kept, value, cost, ...ending(kept, run, value, sweep) }, curve, run })
  }
  return played
}

function ending(
  kept: TrialRecord,
  run: RunRecord,
  value: number | null,
  { plan }: SweepRecord,
): Pick<TrialRecord, 'state' | 'stop'> {
  const { state, stop } = kept
  if (state !== 'running' || !runEnded(run.state)) return { state, stop }
  if (run.state === 'finished' && value !== null) return { state: 'finished', stop }
  if (run.state === 'cancelled') return { state: 'cancelled', stop }
  const reason =
    run.state === 'finished' ? message('sweep.noMetric', { metric: plan.goal.metric }) : (run.error ?? null)
  return { state: 'failed', stop: reason === null ? stop : { reason, curve: null } }
}

/** Curves of runs that have ended, which do not change; the oldest go first. */
const endedCurves = new Map<string, CurvePoint[]>()
const MOST_CURVES = 5000

async function curveOf(db: Context['db'], run: RunRecord, key: string): Promise<CurvePoint[]> {
  const name = `${run.id} ${run.endedAt} ${key}`
  const known = runEnded(run.state) ? endedCurves.get(name) : undefined
  if (known) return known
  const { step, value } = await readCurve(db, run.number, key)
  const curve = downsample(
    Array.from(step, (s, i) => ({ step: s, value: value[i]! })),
    CURVE_POINTS,
  )
  if (runEnded(run.state) && endedLongAgo(run)) {
    if (endedCurves.size >= MOST_CURVES) endedCurves.delete(endedCurves.keys().next().value!)
    endedCurves.set(name, curve)
  }
  return curve
}

/** Points may still be on their way when a command ends. */
const endedLongAgo = ({ endedAt }: RunRecord): boolean =>
  endedAt !== null && Date.now() - Date.parse(endedAt) > 60_000

export const trialOf = ({ trial, curve }: Played): Trial => ({
  number: trial.number,
  values: trial.values,
  resource: trial.resource,
  promotedFrom: trial.promotedFrom,
  state: trial.state,
  value: trial.value,
  rung: trial.rung,
  cost: trial.cost,
  curve,
})

/** What refuses to start, such as a budget of the initiative, ends the sweep once nothing of it runs any more. */
async function takeAll(
  tx: Change,
  context: Context,
  sweep: SweepRecord,
  trials: ReadonlyMap<number, Played>,
  steps: readonly SweepStep[],
): Promise<void> {
  const running = new Set(
    [...trials.values()].flatMap(({ trial }) => (trial.state === 'running' ? [trial.number] : [])),
  )
  for (const step of steps) {
    try {
      await take(tx, context, sweep, trials, step)
    } catch (error) {
      // the first trial of all is refused to whoever starts the sweep
      if (step.kind !== 'start' || trials.size === 0 || !(error instanceof CapstanError)) throw error
      if (running.size > 0) return
      const reason = refusalIn(error) ?? message('sweep.end.start', { why: error.message })
      return take(tx, context, sweep, trials, { kind: 'end', reason })
    }
    if (step.kind === 'start') running.add(step.trial.number)
    if (step.kind === 'stop') running.delete(step.trial)
  }
}

async function take(
  tx: Change,
  context: Context,
  sweep: SweepRecord,
  trials: ReadonlyMap<number, Played>,
  step: SweepStep,
): Promise<void> {
  const { db, at } = tx
  switch (step.kind) {
    case 'start': {
      const { number, values, resource, promotedFrom } = step.trial
      const run = await startTrial(tx, context, sweep, step.trial)
      const trial: TrialRecord = {
        ...{ number, values, resource, promotedFrom, rung: 0, value: null, stop: null },
        ...{ runId: run.id, runNumber: run.number, state: 'running', cost: { amount: 0, hours: 0 } },
      }
      return insertTrial(db, sweep.id, trial)
    }
    case 'pass':
      return saveTrial(db, sweep.id, { ...trials.get(step.trial)!.trial, rung: step.rung })
    case 'stop': {
      const { trial, run } = trials.get(step.trial)!
      const stop = { reason: step.reason, curve: step.curve }
      await saveTrial(db, sweep.id, { ...trial, state: 'stopped', stop })
      await stopRun(tx, run, stop)
      return step.curve === null ? undefined : decided(tx, context, sweep, run, stop)
    }
    case 'end': {
      await sweeps.change(db, sweep.id, (s) => ({
        ...s,
        state: 'finished',
        reason: step.reason,
        endedAt: at,
      }))
      const all = [...trials.values()].map(trialOf)
      const best = bestTrial(sweep.plan.goal, all)
      await tx.record('sweep', 'finished', sweep.id, {
        name: sweep.name,
        trials: all.length,
        best: best?.value ?? null,
        reason: step.reason,
      })
    }
  }
}

/** The reason, and the forecast with its interval, stay on the run. */
export async function stopRun(
  tx: Change,
  { id, number }: Pick<RunRecord, 'id' | 'number'>,
  stop: NonNullable<SweepTrial['stop']>,
): Promise<void> {
  const run = await getRun(tx.db, id)
  if (runEnded(run.state)) return
  const error = { code: stop.reason.code, values: stop.reason.values }
  await changeRun(tx.db, id, (r) => ({ ...r, state: 'cancelled', error, endedAt: tx.at }))
  const { curve } = stop
  if (curve !== null) {
    await setTags(tx.db, number, [
      { key: 'capstan.stop.estimate', value: String(curve.estimate) },
      { key: 'capstan.stop.interval', value: `${curve.interval.join(' ')} (${curve.level})` },
      { key: 'capstan.stop.chance', value: String(curve.chance) },
    ])
  }
  await tx.record('run', 'cancelled', id, { name: run.name, number, message: error, curve })
}

/** In the decision log of the cycle that is turning; a workspace without a plan has none. */
async function decided(
  tx: Change,
  { newId }: Context,
  sweep: SweepRecord,
  run: RunRecord,
  { reason, curve }: NonNullable<SweepTrial['stop']>,
): Promise<void> {
  const cycle = await openCycle(tx.db)
  if (!cycle || curve === null) return
  const id = newId('decision')
  const [stopped, goOn] = [`stop run ${run.number}`, `train run ${run.number} to its end`]
  await decisions.insert(tx.db, {
    id,
    cycleId: cycle.id,
    title: `${sweep.name}: run ${run.number}`.slice(0, 200),
    options: [stopped, goOn],
    chosen: stopped,
    reason,
    expectation: { low: curve.interval[0], high: curve.interval[1] },
    outcome: null,
    score: null,
    decidedBy: null,
    origin: 'measured',
    at: tx.at,
  })
  await tx.record('decision', 'recorded', id, { chosen: stopped, runId: run.id })
}
