/** @file Reads every fact of a source from where it is recorded. */
import type { Fact, FactSource } from '@capstan/domain'
import type { Db } from '../database/records.ts'
import { datasets, datasetVersions } from '../datasets/store.ts'
import { evaluations } from '../evaluations/store.ts'
import { allLedger } from '../resources/store.ts'
import { incidents } from '../risk/store.ts'
import { activeRuns } from '../runs/store.ts'
import { endpoints } from '../serving/store.ts'
import { tasks } from '../team/store.ts'
import {
  datasetFact,
  endpointFact,
  evaluationFact,
  incidentFact,
  ledgerFact,
  runFacts,
  taskFact,
} from './read.ts'
import { loggedOf } from './store.ts'

export interface SourceFact {
  fact: Fact
  version: number
}

const RUNS = 500

const readers: Record<FactSource, (db: Db) => Promise<SourceFact[]>> = {
  async run(db) {
    const made: SourceFact[] = []
    const all = await activeRuns(db)
    for (let i = 0; i < all.length; i += RUNS) {
      const runs = all.slice(i, i + RUNS)
      const logged = await loggedOf(
        db,
        runs.map(({ id }) => id),
      )
      for (const fact of await runFacts(db, runs)) made.push({ fact, version: logged.get(fact.id) ?? 0 })
    }
    return made
  },
  async evaluation(db) {
    const versions = new Map((await datasetVersions.list(db)).map((version) => [version.id, version]))
    const runs = new Map((await activeRuns(db)).map((run) => [run.id, run]))
    return (await evaluations.list(db)).flatMap((evaluation) => {
      const version = versions.get(evaluation.datasetVersionId)
      const run = runs.get(evaluation.runId)
      return version && run ? plain(evaluationFact(evaluation, { datasetId: version.datasetId, run })) : []
    })
  },
  endpoint: async (db) =>
    (await endpoints.list(db)).flatMap((endpoint) =>
      endpoint.windows.map((window) => plain(endpointFact(endpoint, window))),
    ),
  ledger: async (db) => (await allLedger(db)).map((entry) => plain(ledgerFact(entry))),
  async dataset(db) {
    const names = new Map((await datasets.list(db)).map(({ id, name }) => [id, name]))
    return (await datasetVersions.list(db)).flatMap((version) => {
      const name = names.get(version.datasetId)
      return name === undefined ? [] : plain(datasetFact(version, name))
    })
  },
  task: async (db) => (await tasks.list(db)).map((task) => plain(taskFact(task))),
  incident: async (db) =>
    (await incidents.list(db))
      .filter(({ state }) => state !== 'dismissed')
      .map((incident) => plain(incidentFact(incident))),
}

/** Whether what a source does not tell was never so: an endpoint keeps its newest windows alone. */
export const tellsAll: Record<FactSource, boolean> = {
  run: true,
  evaluation: true,
  endpoint: false,
  ledger: true,
  dataset: true,
  task: true,
  incident: true,
}

export const sourceFacts = (db: Db, source: FactSource): Promise<SourceFact[]> => readers[source](db)

/**
 * What was known when something happened and its record does not tell: a ledger entry's share of the budget then,
 * and the errors of a window's other percentiles.
 * @returns the stored fact where it agrees with the source in everything else
 */
export function keepsOlder(made: Fact, stored: Fact): Fact | null {
  if (made.source === 'ledger' && stored.numbers.burn !== undefined) {
    const { numbers } = made
    return { ...made, numbers: { ...numbers, burn: stored.numbers.burn } }
  }
  if (made.source === 'endpoint' && stored.errors) return { ...made, errors: stored.errors }
  return null
}

const plain = (fact: Fact): SourceFact => ({ fact, version: 0 })
