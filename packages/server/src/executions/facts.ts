/** @file What two runs are compared by, when one repeats the other; on the reading thread, because curves are long. */
import type { Capture, Code, Repetition } from '@capstan/api'
import { compareRepetition, type RunFacts } from '@capstan/domain'
import type { Db } from '../database/records.ts'
import { datasetVersions } from '../datasets/store.ts'
import { designs } from '../designs/store.ts'
import { readCurve, seriesOfRuns } from '../metrics/store.ts'
import type { RunRecord } from '../runs/store.ts'
import { artifactHashes, parametersOf, readCapture } from './store.ts'

const noCode: Code = {
  kind: 'none',
  root: null,
  subfolder: '',
  commit: null,
  branch: null,
  remote: null,
  diff: null,
  snapshot: null,
  files: 0,
  bytes: 0,
  leftOut: [],
  note: '',
}

/** Of a run that nothing was captured of. */
export const emptyCapture: Capture = {
  folder: null,
  machine: null,
  command: null,
  code: noCode,
  variables: {},
  parameters: {},
  data: [],
  graceSeconds: 10,
  environment: {},
  packages: {},
}

export async function compareRuns(
  db: Db,
  before: RunRecord,
  after: RunRecord,
  options: { relative: number; absolute: number; ignore: readonly string[] },
): Promise<Repetition> {
  const [a, b] = [await factsOf(db, before), await factsOf(db, after)]
  const found = compareRepetition(a, b, options, options.ignore)
  return {
    ...found,
    metrics: found.metrics.map((m) => ({ ...m, largest: Number.isFinite(m.largest) ? m.largest : null })),
  }
}

async function factsOf(db: Db, run: RunRecord): Promise<RunFacts> {
  const capture = (await readCapture(db, run.number)) ?? emptyCapture
  const design = run.designId === null ? null : await designs.get(db, run.designId)
  const version = run.datasetVersionId === null ? null : await datasetVersions.get(db, run.datasetVersionId)
  const metrics: [string, { step: number; value: number }[]][] = []
  for (const { key } of await seriesOfRuns(db, [run.number])) {
    const { step, value } = await readCurve(db, run.number, key)
    const points: { step: number; value: number }[] = []
    step.forEach((s, i) => {
      // of a step that was measured more than once the last counts
      if (s !== step[i + 1]) points.push({ step: s, value: value[i]! })
    })
    metrics.push([key, points])
  }
  const { kind, commit, diff, snapshot } = capture.code
  return {
    state: run.state,
    exitCode: run.execution.exitCode,
    command: capture.command ? JSON.stringify(capture.command) : JSON.stringify(design?.source ?? run.kind),
    code: kind === 'none' ? {} : textOnly({ commit, diff, snapshot }),
    environment: { ...run.environment, ...capture.environment },
    packages: capture.packages,
    data: Object.fromEntries([
      ...capture.data.map(({ name, hash }) => [name, hash]),
      ...(version ? [['data', version.hash]] : []),
    ]),
    parameters: {
      ...(await parametersOf(db, run.number)),
      ...(run.parameters === null ? {} : withoutUndefined(run.parameters)),
    },
    metrics: Object.fromEntries(metrics),
    artifacts: {
      ...(await artifactHashes(db, run.id)),
      ...(run.kind === 'train' && run.model !== null ? { 'model.onnx': run.model } : {}),
    },
  }
}

const textOnly = (record: Record<string, string | null>): Record<string, string> =>
  Object.fromEntries(Object.entries(record).filter((entry): entry is [string, string] => entry[1] !== null))

const withoutUndefined = (record: object): Record<string, string | number> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
