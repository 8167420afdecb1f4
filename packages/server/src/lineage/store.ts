/** @file What versions were made from, and what their trainings took. */
import { isBuiltIn, type Lineage, type Version } from '@capstan/api'
import { type Ancestor, trainingFlop } from '@capstan/domain'
import { type Db, recordStore } from '../database/records.ts'
import { datasetVersions } from '../datasets/store.ts'
import { designs } from '../designs/store.ts'
import { versions } from '../registry/store.ts'
import { findRun, type RunRecord } from '../runs/store.ts'
import { runColumns } from '../search/store.ts'
import { trackedRuns } from '../tracking/view.ts'

export const lineages = recordStore<Lineage>('lineages', 'lineage')

export type Traced = Ancestor & {
  versionId: string | null
  basis: 'run' | 'typed' | 'unknown'
  runId: string | null
}

/** A training step is a forward pass and about twice as much backwards. */
const stepToForward = 3

/** Everything that a version was made from, itself included, as far as anybody has said. */
export async function ancestorsOf(db: Db, version: Version): Promise<Traced[]> {
  const [said, all] = [await lineages.list(db), await versions.list(db)]
  const lineageOf = new Map(said.map((lineage) => [lineage.id, lineage]))
  const versionOf = new Map(all.map((one) => [one.id, one]))
  const traced = new Map<string, Traced>()
  const open = [version.id]
  for (const id of open) {
    const one = versionOf.get(id)
    if (!one || traced.has(id)) continue
    const lineage = lineageOf.get(id)
    const parents = [
      ...(lineage?.parents ?? []),
      ...(lineage?.foreign ?? []).map(({ name }) => foreignId(name)),
    ]
    traced.set(id, {
      ...(await ownCompute(db, one, lineage)),
      id,
      name: nameOf(one),
      parents,
      foreign: false,
      versionId: id,
    })
    for (const { name, flop } of lineage?.foreign ?? []) {
      const known = traced.get(foreignId(name))
      traced.set(foreignId(name), {
        ...{ id: foreignId(name), name, parents: [], foreign: true, versionId: null, runId: null },
        ...{ flop: known?.flop ?? flop, basis: (known?.flop ?? flop) === null ? 'unknown' : 'typed' },
      })
    }
    open.push(...(lineage?.parents ?? []))
  }
  return [...traced.values()]
}

export const nameOf = ({ modelName, number }: Version): string => `${modelName} ${number}`

const foreignId = (name: string): string => `foreign:${name.toLowerCase()}`

async function ownCompute(
  db: Db,
  version: Version,
  lineage: Lineage | undefined,
): Promise<Pick<Traced, 'flop' | 'basis' | 'runId'>> {
  if (lineage && lineage.flop !== null) return { flop: lineage.flop, basis: 'typed', runId: null }
  const run = version.runId === null ? null : await findRun(db, version.runId)
  const flop = run && (await computeOf(db, run))
  return flop ? { flop, basis: 'run', runId: run.id } : { flop: null, basis: 'unknown', runId: null }
}

/**
 * Of a run's training in FLOP: built in, from the design's forward pass and the samples it saw; of other code, what
 * it logged as `flop`, or 6 N D of its parameters `parameters` and `tokens`. Null when it tells neither.
 */
async function computeOf(db: Db, run: RunRecord): Promise<number | null> {
  if (isBuiltIn(run)) {
    const { summary } = await designs.get(db, run.designId)
    const { profile } = await datasetVersions.get(db, run.datasetVersionId)
    const samples = profile.splits.find(({ split }) => split === 'train')?.samples ?? 0
    return summary.flops * stepToForward * samples * run.epochLosses.length || null
  }
  const [tracked] = await trackedRuns(db, await runColumns(db, [run.id]))
  const logged = tracked?.metrics.flop?.value ?? tracked?.params.flop
  if (Number(logged) > 0) return Number(logged)
  const flop = trainingFlop(Number(tracked?.params.parameters), Number(tracked?.params.tokens))
  return flop > 0 && Number.isFinite(flop) ? flop : null
}
