/** @file Runs with what they logged, as the API shows them. */
import type { CurveBuckets, MetricValue, TrackedRun } from '@capstan/api'
import { type Buckets, bucketsOf, type Compared } from '@capstan/domain'
import type { Db } from '../database/records.ts'
import type { Columns } from '../metrics/chunk.ts'
import type { RunColumns } from '../search/store.ts'
import { inputsOf, type KeptSummary, type Summary, summaryTexts } from './store.ts'

/** In the order given. */
export async function trackedRuns(
  db: Db,
  runs: readonly RunColumns[],
  keep?: (made: KeptSummary[]) => unknown,
): Promise<TrackedRun[]> {
  const texts = await summaryTexts(
    db,
    runs.map(({ number }) => number),
    keep,
  )
  return runs.map((run) => trackedRun(run, JSON.parse(texts.get(run.number)!) as Summary))
}

function trackedRun(run: RunColumns, { metrics, params, tags }: Summary): TrackedRun {
  return {
    id: run.id,
    number: run.number,
    name: run.name,
    kind: run.kind as TrackedRun['kind'],
    state: run.state as TrackedRun['state'],
    experimentId: String(run.experiment),
    initiativeId: run.initiative_id,
    parentRunId: run.parent_id,
    user: run.user_name,
    lifecycle: run.lifecycle as TrackedRun['lifecycle'],
    startedAt: instant(run.start_at),
    endedAt: instant(run.end_at),
    params: record(params.map(({ key, value }) => [key, value])),
    tags: record(tags.map(({ key, value }) => [key, value])),
    metrics: record(
      metrics.map(({ key, value, step, timestamp }) => [
        key,
        { value: value as MetricValue, step, at: new Date(timestamp).toISOString() },
      ]),
    ),
  }
}

/** A key may be called anything, `__proto__` too. */
const record = <V>(entries: readonly (readonly [string, V])[]): Record<string, V> =>
  Object.fromEntries(entries)

const instant = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

export const written = (value: number): MetricValue =>
  Number.isFinite(value) ? value : (String(value) as MetricValue)

export interface CurveView {
  axis: 'step' | 'time' | 'wall'
  buckets: number
  smoothing?: number | undefined
}

/** @param axis `time` counts seconds from the first point, `wall` milliseconds since 1970 */
export function thinned(
  runId: string,
  key: string,
  { at, step, value }: Columns,
  { axis, buckets, smoothing }: CurveView,
): CurveBuckets {
  const start = at[0] ?? 0
  const x = axis === 'step' ? step : axis === 'wall' ? at : at.map((t) => (t - start) / 1000)
  const made: Buckets = bucketsOf(x, value, buckets, smoothing)
  const { first, last, min, max, mean, smoothed } = made
  return {
    runId,
    key,
    points: value.length,
    ...{ x: made.x, count: made.count, odd: made.odd },
    first: first.map(written),
    last: last.map(written),
    min: min.map(written),
    max: max.map(written),
    mean: mean.map(written),
    ...(smoothed ? { smoothed: smoothed.map(written) } : {}),
  }
}

/** Tags that say which code ran. */
const codeTags = /^(mlflow\.source\.|git\.|capstan\.code)/
/** Tags that every run has of its own and that say nothing of what was tried. */
const ownTags = /^mlflow\.(runName|user|parentRunId|rootRunId|log-model\.history)$/

/** What each run was given and what it gave, by group. */
export async function comparedRuns(
  db: Db,
  runs: readonly {
    tracked: TrackedRun
    environment: Record<string, string>
    datasetVersionId: string | null
  }[],
): Promise<Compared[]> {
  const inputs = await inputsOf(
    db,
    runs.map(({ tracked }) => tracked.number),
  )
  return runs.map(({ tracked, environment, datasetVersionId }) => {
    const tags = Object.entries(tracked.tags).filter(([key]) => !ownTags.test(key))
    const data = (inputs.get(tracked.number) ?? []).map(
      ({ context, name, digest }) => [context ?? name, `${name} ${digest}`] as const,
    )
    return {
      param: tracked.params,
      code: record(tags.filter(([key]) => codeTags.test(key))),
      environment,
      data: record([...data, ...(datasetVersionId === null ? [] : [['version', datasetVersionId] as const])]),
      tag: record(tags.filter(([key]) => !codeTags.test(key))),
      metric: record(Object.entries(tracked.metrics).map(([key, { value }]) => [key, value])),
    }
  })
}
