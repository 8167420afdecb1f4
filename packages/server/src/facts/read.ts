/** @file Reads what happened as facts: runs, evaluations, latency windows, ledger entries, data sets, tasks, incidents. */
import type { DatasetVersion, Evaluation, LatencyWindow, LedgerEntry, Origin, Task } from '@capstan/api'
import { type Fact, type FactSource, factSources } from '@capstan/domain'
import type { Db } from '../database/records.ts'
import type { RunRecord } from '../runs/store.ts'
import { type Summary, summaryTexts } from '../tracking/store.ts'

/** What measures need to know of an incident; its record may hold more. */
export interface IncidentFacts {
  id: string
  riskId: string | null
  at: string
  severity: string
  state: string
  loss?: number | null
  resolvedAt?: string | null
  initiativeId?: string | null
  origin?: Origin
}

const LONGEST = 500

const instant = (at: string) => new Date(at).toISOString()

/** Leaves out what is not known. */
const words = (given: Record<string, string | null | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) =>
      value === null || value === undefined ? [] : [[key, value.slice(0, LONGEST)]],
    ),
  )
const numbers = (given: Record<string, number | null | undefined>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) =>
      typeof value === 'number' && Number.isFinite(value) ? [[key, value]] : [],
    ),
  )

/** @param number of the run's row; one query for all of them reads what they logged */
export async function runFacts(db: Db, runs: readonly RunRecord[]): Promise<Fact[]> {
  const texts = await summaryTexts(
    db,
    runs.map(({ number }) => number),
    () => undefined,
  )
  return runs.map((run) => runFact(run, JSON.parse(texts.get(run.number) ?? '{}') as Partial<Summary>))
}

function runFact(run: RunRecord, { metrics = [], params = [], tags = [] }: Partial<Summary>): Fact {
  const { cost } = run
  const numeric = params.flatMap(({ key, value }): [string, number][] =>
    value.trim() === '' ? [] : [[`param.${key}`, Number(value)]],
  )
  return {
    source: 'run',
    id: run.id,
    at: instant(run.endedAt ?? run.startedAt ?? run.createdAt),
    origin: 'measured',
    evidence: { noun: 'run', id: run.id },
    words: words({
      run: run.id,
      name: run.name,
      kind: run.kind,
      state: run.state,
      experiment: run.experimentId,
      initiative: run.initiativeId,
      user: run.user,
      'dataset-version': run.datasetVersionId,
      design: run.designId,
      parent: run.parentRunId,
      ...Object.fromEntries(tags.map(({ key, value }) => [`tag.${key}`, value])),
      ...Object.fromEntries(params.map(({ key, value }) => [`param.${key}`, value])),
    }),
    numbers: numbers({
      cost: cost.amount,
      seconds: cost.wallSeconds,
      'cpu-seconds': cost.cpuSeconds,
      'gpu-seconds': cost.gpuSeconds,
      energy: cost.energyJoules,
      memory: cost.peakMemoryBytes,
      loss: run.epochLosses.at(-1),
      attempts: run.attempt,
      'estimate-ratio': run.estimatedSeconds ? cost.wallSeconds / run.estimatedSeconds : null,
      ...Object.fromEntries(numeric),
      ...Object.fromEntries(metrics.map(({ key, value }) => [`metric.${key}`, Number(value)])),
    }),
  }
}

export function evaluationFact(
  evaluation: Evaluation,
  { datasetId, run }: { datasetId: string; run: Pick<RunRecord, 'initiativeId' | 'experimentId'> | null },
): Fact {
  const { id, accuracy, loss, calibration, samples, correct, standardError, perClass, classes } = evaluation
  const of = (name: 'recall' | 'precision' | 'f1') =>
    perClass.map((one, k): [string, number | null] => [`${name}.${classes[k] ?? k}`, one[name]])
  return {
    source: 'evaluation',
    id,
    at: instant(evaluation.createdAt),
    origin: 'measured',
    evidence: { noun: 'evaluation', id },
    words: words({
      evaluation: id,
      run: evaluation.runId,
      dataset: datasetId,
      'dataset-version': evaluation.datasetVersionId,
      initiative: run?.initiativeId,
      experiment: run?.experimentId,
    }),
    numbers: numbers({
      accuracy,
      loss,
      'calibration-error': calibration.error,
      samples,
      correct,
      mistakes: samples - correct,
      ...Object.fromEntries([...of('recall'), ...of('precision'), ...of('f1')]),
    }),
    errors: { accuracy: standardError },
  }
}

export function endpointFact(
  endpoint: { id: string; name: string; modelName: string },
  window: LatencyWindow,
  errors: Partial<Record<'p50' | 'p95' | 'p99', number>> = { p95: window.standardError },
): Fact {
  const { p50, p95, p99, requests, errors: failed } = window
  const asked = requests + failed
  return {
    source: 'endpoint',
    id: `${endpoint.id}@${window.to}`,
    at: instant(window.to),
    origin: 'measured',
    evidence: { noun: 'endpoint', id: endpoint.id },
    words: words({ endpoint: endpoint.name, model: endpoint.modelName }),
    numbers: numbers({
      p50,
      p95,
      p99,
      requests,
      errors: failed,
      'error-share': asked > 0 ? failed / asked : null,
    }),
    errors: numbers(errors),
  }
}

/** @param burn share of the initiative's budget that was used after this entry */
export function ledgerFact(entry: LedgerEntry, burn?: number): Fact {
  const { id, quantity, cost, rate, origin } = entry
  return {
    source: 'ledger',
    id,
    at: instant(entry.at),
    origin,
    evidence: { noun: 'ledger', id },
    words: words({
      pool: entry.poolId,
      initiative: entry.initiativeId,
      evidence: entry.evidence.noun,
      origin,
    }),
    numbers: numbers({ quantity, cost, rate, burn }),
  }
}

export function datasetFact(version: DatasetVersion, name: string): Fact {
  const { splits, leaks } = version.profile
  const of = (split: string) => splits.find((one) => one.split === split)?.samples
  const total = (key: 'samples' | 'duplicates' | 'blank') => splits.reduce((sum, one) => sum + one[key], 0)
  return {
    source: 'dataset',
    id: version.id,
    at: instant(version.createdAt),
    origin: 'measured',
    evidence: { noun: 'dataset', id: version.datasetId },
    words: words({ dataset: version.datasetId, name }),
    numbers: numbers({
      samples: total('samples'),
      'train-samples': of('train'),
      'test-samples': of('test'),
      classes: version.classes.length,
      duplicates: total('duplicates'),
      leaks,
      blank: total('blank'),
      bytes: version.files.reduce((sum, { bytes }) => sum + bytes, 0),
      number: version.number,
    }),
  }
}

export function taskFact(task: Task): Fact {
  const { id, createdAt, doneAt } = task
  return {
    source: 'task',
    id,
    at: instant(doneAt ?? createdAt),
    origin: task.origin,
    evidence: { noun: 'task', id },
    words: words({ task: id, state: task.state, initiative: task.initiativeId, assignee: task.assigneeId }),
    numbers: numbers({
      'estimate-days': task.estimateDays,
      'open-days': doneAt === null ? null : (Date.parse(doneAt) - Date.parse(createdAt)) / 86_400_000,
    }),
  }
}

export function incidentFact(incident: IncidentFacts): Fact {
  const { id, at, resolvedAt } = incident
  return {
    source: 'incident',
    id,
    at: instant(at),
    origin: incident.origin ?? 'typed',
    evidence: { noun: 'incident', id },
    words: words({
      incident: id,
      risk: incident.riskId,
      severity: incident.severity,
      state: incident.state,
      initiative: incident.initiativeId,
    }),
    numbers: numbers({
      loss: incident.loss,
      'open-hours': resolvedAt ? (Date.parse(resolvedAt) - Date.parse(at)) / 3_600_000 : null,
    }),
  }
}

export const isFactSource = (noun: string): noun is FactSource =>
  (factSources as readonly string[]).includes(noun)
