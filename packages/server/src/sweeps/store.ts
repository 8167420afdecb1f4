/** @file Sweeps and their trials. */
import type { Sweep, SweepTrial } from '@capstan/api'
import { type Db, recordStore } from '../database/records.ts'

/** What is kept of a sweep; the rest is read from its trials. */
export type SweepRecord = Omit<Sweep, 'trials' | 'best' | 'spent'>
export const sweeps = recordStore<SweepRecord>('sweeps', 'sweep')

/** A trial without what its run says. */
export type TrialRecord = Omit<SweepTrial, 'runState'>

export async function trialsOf(db: Db, sweep: string): Promise<TrialRecord[]> {
  const rows = await db
    .selectFrom('sweep_trials')
    .select('body')
    .where('sweep', '=', sweep)
    .orderBy('number')
    .execute()
  return rows.map(({ body }) => JSON.parse(body) as TrialRecord)
}

/** Fails when another server has started the same trial: its number is taken. */
export async function insertTrial(db: Db, sweep: string, trial: TrialRecord): Promise<void> {
  const { number, runId: run_id, state } = trial
  await db
    .insertInto('sweep_trials')
    .values({ sweep, number, run_id, state, body: JSON.stringify(trial) })
    .execute()
}

export async function saveTrial(db: Db, sweep: string, trial: TrialRecord): Promise<void> {
  await db
    .updateTable('sweep_trials')
    .set({ state: trial.state, body: JSON.stringify(trial) })
    .where('sweep', '=', sweep)
    .where('number', '=', trial.number)
    .execute()
}

/** The sweep that a run is a trial of. */
export async function sweepOfRun(db: Db, runId: string): Promise<string | null> {
  const row = await db
    .selectFrom('sweep_trials')
    .select('sweep')
    .where('run_id', '=', runId)
    .executeTakeFirst()
  return row?.sweep ?? null
}
