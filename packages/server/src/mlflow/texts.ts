/** @file Runs as MLflow's clients read them. */
import type { DatasetInput, Run } from '@capstan/api'
import type { Db } from '../database/records.ts'
import { listExperiments } from '../experiments/store.ts'
import type { RunColumns } from '../search/store.ts'
import { inputsOf, type KeptSummary, outputsOf, summaryTexts } from '../tracking/store.ts'

export const statusOf = {
  queued: 'SCHEDULED',
  running: 'RUNNING',
  finished: 'FINISHED',
  failed: 'FAILED',
  lost: 'FAILED',
  cancelled: 'KILLED',
} as const satisfies Record<Run['state'], string>

/** Runs as JSON texts: what they logged is kept as text and goes out as it is. */
export async function runTexts(
  db: Db,
  runs: readonly RunColumns[],
  keep?: (made: KeptSummary[]) => unknown,
): Promise<string[]> {
  const numbers = runs.map(({ number }) => number)
  const data = await summaryTexts(db, numbers, keep)
  const [inputs, outputs] = [await inputsOf(db, numbers), await outputsOf(db, numbers)]
  const places = await locations(db)
  return runs.map((run) => {
    const info = JSON.stringify(infoOf(run, places))
    const dataset_inputs = (inputs.get(run.number) ?? []).map(shownInput)
    const model_outputs = (outputs.get(run.number) ?? []).map(({ modelId, step }) => ({
      model_id: modelId,
      step,
    }))
    const rest = JSON.stringify({ inputs: { dataset_inputs }, outputs: { model_outputs } })
    return `{"info":${info},"data":${data.get(run.number)},${rest.slice(1)}`
  })
}

const shownInput = ({ name, digest, sourceType, source, schema, profile, tags }: DatasetInput) => ({
  tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  dataset: { name, digest, source_type: sourceType, source, schema, profile },
})

/** Where the artifacts of each experiment lie. */
export async function locations(db: Db): Promise<Map<number, string>> {
  return new Map(
    (await listExperiments(db)).map(({ id, artifactLocation }) => [Number(id), artifactLocation]),
  )
}

export function infoOf(run: RunColumns, places: ReadonlyMap<number, string>) {
  return {
    run_id: run.id,
    run_uuid: run.id,
    run_name: run.name,
    experiment_id: String(run.experiment),
    user_id: run.user_name,
    status: statusOf[run.state as Run['state']],
    start_time: run.start_at,
    ...(run.end_at === null ? {} : { end_time: run.end_at }),
    artifact_uri: `${places.get(run.experiment)!.replace(/\/+$/, '')}/${run.id}/artifacts`,
    lifecycle_stage: run.lifecycle,
  }
}
