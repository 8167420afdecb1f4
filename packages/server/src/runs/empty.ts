/** @file A run before anything happened to it. */
import type { Run } from '@capstan/api'
import type { RunRecord } from './store.ts'

const nothing = { cpuSeconds: 0, wallSeconds: 0, gpuSeconds: 0, peakMemoryBytes: 0, energyJoules: null }

export const plainExecution: Run['execution'] = {
  command: null,
  priority: 0,
  cores: null,
  memoryBytes: null,
  gpus: 0,
  wallSeconds: null,
  maxAmount: null,
  retries: 0,
  failures: 0,
  machine: null,
  cpus: [],
  gpuIds: [],
  exitCode: null,
  rerunOf: null,
  approvalId: null,
  fresh: false,
}

/** Everything of a new run but what it is. */
export function emptyRun(at: string): Omit<RunRecord, 'id' | 'number' | 'kind' | 'name'> {
  return {
    experimentId: '0',
    initiativeId: null,
    designId: null,
    datasetVersionId: null,
    parameters: null,
    model: null,
    parentRunId: null,
    state: 'queued',
    attempt: 0,
    worker: null,
    progress: null,
    epochLosses: [],
    validation: [],
    checkpoint: null,
    cost: { ...nothing, amount: 0 },
    execution: plainExecution,
    estimatedSeconds: null,
    environment: {} satisfies Run['environment'],
    evaluationId: null,
    error: null,
    user: '',
    lifecycle: 'active',
    deletedAt: null,
    createdAt: at,
    startedAt: null,
    endedAt: null,
    notBefore: null,
    chargedSeconds: 0,
    earlier: nothing,
    earlierPoolSeconds: 0,
    share: 1,
  }
}
