/** @file Models, their versions, and gates. */
import type { Evaluation, Gate, GateCheck, Model, Version } from '@capstan/api'
import { checkGate, type GateResult, type GateValue } from '@capstan/domain'
import { type Db, recordStore } from '../database/records.ts'
import { evaluations } from '../evaluations/store.ts'

export type ModelRecord = Omit<Model, 'versions'> & {
  /** The greatest number that was ever given: numbers of deleted versions are not given again. */
  lastNumber?: number
}

export const models = recordStore<ModelRecord>('models', 'model')
export const versions = recordStore<Version>('versions', 'version')
export const gates = recordStore<Gate>('gates', 'gate')

export async function listModels(db: Db): Promise<Model[]> {
  const [records, all] = await Promise.all([models.list(db), versions.list(db)])
  return records.map(({ lastNumber: _, ...model }) => ({
    ...model,
    versions: all.filter(({ modelId }) => modelId === model.id),
  }))
}

/** How a gate's sentences show each metric. */
const shown = {
  accuracy: { unit: '1', scale: 'proportion' },
  'calibration-error': { unit: '1', scale: 'proportion' },
  loss: { unit: '', scale: 'linear' },
  bytes: { unit: 'B', scale: 'linear' },
} as const satisfies Record<Gate['rules'][number]['metric'], { unit: string; scale: 'linear' | 'proportion' }>

/** The newest gate of the model against what was measured of this version; null when there is no gate. */
export async function gateOf(db: Db, version: Version): Promise<{ gate: Gate; result: GateResult } | null> {
  const gate = (await gates.newest(db)).find(({ modelName }) => modelName === version.modelName)
  if (!gate) return null
  const evaluation = version.evaluationId === null ? null : await evaluations.find(db, version.evaluationId)
  const rules = gate.rules.map(({ metric, op, value }) => ({
    measureKey: metric,
    op,
    value,
    ...shown[metric],
  }))
  return { gate, result: checkGate(rules, measuredOf(version, evaluation)) }
}

export async function checkVersion(db: Db, version: Version): Promise<GateCheck | null> {
  const found = await gateOf(db, version)
  if (!found) return null
  return {
    gateId: found.gate.id,
    versionId: version.id,
    passes: found.result.passed,
    results: found.result.rules.map(({ measureKey, op, value, measured, outcome, margin, message }) => ({
      metric: measureKey,
      op,
      limit: value,
      value: measured,
      result: outcome,
      margin,
      message,
    })),
  }
}

function measuredOf(version: Version, evaluation: Evaluation | null): Record<string, GateValue | undefined> {
  const run = version.runId === null ? null : { noun: 'run' as const, id: version.runId }
  const bytes = run ? { value: version.bytes, origin: 'measured' as const, evidence: run } : undefined
  if (!evaluation) return { bytes }
  const measured = (value: number, standardError?: number): GateValue => ({
    value,
    ...(standardError === undefined ? {} : { standardError }),
    origin: 'measured',
    evidence: { noun: 'evaluation', id: evaluation.id },
  })
  return {
    bytes,
    accuracy: measured(evaluation.accuracy, evaluation.standardError),
    loss: measured(evaluation.loss),
    'calibration-error': measured(evaluation.calibration.error),
  }
}
