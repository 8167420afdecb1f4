/** @file Lets measures follow every recorded change of what they fold, whoever made it. */
import type { Activity, DatasetVersion } from '@capstan/api'
import type { Change } from '../context.ts'
import { datasets, datasetVersions } from '../datasets/store.ts'
import { evaluations } from '../evaluations/store.ts'
import { factsUnder, runsOfExperiment } from '../facts/store.ts'
import { incidents } from '../risk/store.ts'
import { findRun } from '../runs/store.ts'
import { tasks } from '../team/store.ts'
import { forget, observe } from './observe.ts'
import { followFrame } from './rebuild.ts'

type Entry = Pick<Activity, 'noun' | 'id'>

/** By the noun of an audit entry; what is not there any more is forgotten. */
const followers: Record<string, (change: Change, id: string) => Promise<void>> = {
  run: followRun,
  experiment: async (change, id) => {
    for (const run of await runsOfExperiment(change.db, id)) await followRun(change, run)
  },
  evaluation: followEvaluation,
  async dataset(change, id) {
    const dataset = await datasets.find(change.db, id)
    const versions = (await datasetVersions.list(change.db)).filter(({ datasetId }) => datasetId === id)
    const there = new Set(dataset ? versions.map((version) => version.id) : [])
    for (const known of await factsUnder(change.db, 'dataset', id)) {
      if (!there.has(known.id)) await forget(change, 'dataset', known.id)
    }
    if (dataset) for (const version of versions) await observeVersion(change, version, dataset.name)
  },
  async task(change, id) {
    const task = await tasks.find(change.db, id)
    await (task ? observe(change, { source: 'task', task }) : forget(change, 'task', id))
  },
  async incident(change, id) {
    const incident = await incidents.find(change.db, id)
    // what was none counts for nothing
    await (incident && incident.state !== 'dismissed'
      ? observe(change, { source: 'incident', incident })
      : forget(change, 'incident', id))
  },
  cycle: followFrame,
  workspace: followFrame,
}

/** Runs at the end of the transaction that made the entries, before it is committed. */
export async function observeRecorded(change: Change, entries: readonly Entry[]): Promise<void> {
  const seen = new Set<string>()
  for (const { noun, id } of entries) {
    const follow = Object.hasOwn(followers, noun) ? followers[noun] : undefined
    if (!follow || seen.has(`${noun} ${id}`)) continue
    seen.add(`${noun} ${id}`)
    await follow(change, id)
  }
}

async function followRun(change: Change, id: string): Promise<void> {
  const run = await findRun(change.db, id)
  const there = run?.lifecycle === 'active'
  const known = await factsUnder(change.db, 'evaluation', id)
  if (there) await observe(change, { source: 'run', run })
  else await forget(change, 'run', id)
  // what was measured of a deleted run's model goes with it, and comes back with it
  for (const { id: evaluation, removed } of known) {
    if (there !== removed) continue
    await (there ? followEvaluation(change, evaluation) : forget(change, 'evaluation', evaluation))
  }
}

async function followEvaluation(change: Change, id: string): Promise<void> {
  const evaluation = await evaluations.find(change.db, id)
  const version = evaluation && (await datasetVersions.find(change.db, evaluation.datasetVersionId))
  if (!evaluation || !version) return forget(change, 'evaluation', id)
  const run = await findRun(change.db, evaluation.runId)
  await observe(change, { source: 'evaluation', evaluation, datasetId: version.datasetId, run })
}

const observeVersion = (change: Change, version: DatasetVersion, name: string) =>
  observe(change, { source: 'dataset', version, name })
