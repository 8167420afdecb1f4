/** @file Runs: executions with parameters, metrics, checkpoints and a cost. */
import { z } from 'zod'
import { BlobHash, ById, Count, Id, Instant, Message, Name } from '../contract/basics.ts'
import { route } from '../contract/route.ts'
import { DatasetVersion } from './datasets.ts'
import { DesignSource } from './designs.ts'
import { Capture, Code, Ending, Execution, LogStream, Machine } from './execution.ts'

/** Deleted things can be restored. */
export const Lifecycle = z.enum(['active', 'deleted'])

export const RunState = z.enum(['queued', 'running', 'finished', 'failed', 'cancelled', 'lost'])

export const TrainParameters = z.strictObject({
  epochs: z.int().min(1).max(10_000).default(10),
  batchSize: z.int().min(1).max(65_536).default(64),
  learningRate: z.number().positive().max(10).default(0.001),
  optimizer: z.enum(['adam', 'sgd']).default('adam'),
  seed: z.int().min(0).default(1),
  /** Threads of the engine. */
  threads: z.int().min(1).max(256).optional(),
})
export type TrainParameters = z.infer<typeof TrainParameters>

export const Progress = z.object({
  epoch: Count,
  epochs: Count,
  step: Count,
  steps: Count,
  samplesPerSecond: z.number(),
  secondsLeft: z.number(),
})

export const RunCost = z.object({
  cpuSeconds: z.number(),
  wallSeconds: z.number(),
  /** GPUs held, times seconds. */
  gpuSeconds: z.number(),
  peakMemoryBytes: Count,
  /** null where no machine told. */
  energyJoules: z.number().nullable(),
  /** In the workspace's currency, at the pool's rate. */
  amount: z.number(),
})

export const Run = z.object({
  id: Id,
  number: Count,
  name: Name,
  /** `train` and `evaluate` are built in, `command` is any program Capstan starts, `tracked` was started elsewhere. */
  kind: z.enum(['train', 'evaluate', 'command', 'tracked']),
  experimentId: Id,
  initiativeId: Id.nullable(),
  designId: Id.nullable(),
  datasetVersionId: Id.nullable(),
  /** Of built-in training; what other code logged is in the run's params. */
  parameters: TrainParameters.nullable(),
  /** The model of an evaluation, the exported model of a training run. */
  model: BlobHash.nullable(),
  /** The training run that an evaluation belongs to. */
  parentRunId: Id.nullable(),
  state: RunState,
  /** 1 for the first try; a resumed run counts up. */
  attempt: Count,
  worker: z.string().nullable(),
  progress: Progress.nullable(),
  /** Mean training loss of each complete epoch. */
  epochLosses: z.array(z.number()),
  validation: z.array(z.object({ epoch: Count, loss: z.number(), accuracy: z.number() })),
  checkpoint: z.object({ blob: BlobHash, epoch: Count, step: Count, at: Instant }).nullable(),
  cost: RunCost,
  execution: Execution,
  /** What the engine expected it to take on this machine, from the design's FLOPs. */
  estimatedSeconds: z.number().nullable(),
  environment: z.record(z.string(), z.string()),
  evaluationId: Id.nullable(),
  error: Message.nullable(),
  /** Who started it, as the code that logs says. */
  user: z.string(),
  lifecycle: Lifecycle,
  deletedAt: Instant.nullable(),
  createdAt: Instant,
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
})
export type Run = z.infer<typeof Run>

/** A run that Capstan's own engine executes. */
export const BuiltInRun = Run.extend({
  kind: z.enum(['train', 'evaluate']),
  designId: Id,
  datasetVersionId: Id,
  parameters: TrainParameters,
})
export type BuiltInRun = z.infer<typeof BuiltInRun>

export const isBuiltIn = (run: Run): run is BuiltInRun => run.kind === 'train' || run.kind === 'evaluate'

export const MetricPoint = z.object({ step: Count, at: Instant, value: z.number() })
export type MetricPoint = z.infer<typeof MetricPoint>

/** Of one attempt. */
export const CostSoFar = z.strictObject({
  cpuSeconds: z.number().min(0),
  wallSeconds: z.number().min(0),
  gpuSeconds: z.number().min(0).default(0),
  peakMemoryBytes: Count,
  energyJoules: z.number().min(0).nullable().default(null),
})
export type CostSoFar = z.infer<typeof CostSoFar>
export type CostInput = z.input<typeof CostSoFar>

/** What a worker needs to execute a built-in run. */
export const BuiltInJob = z.object({
  run: BuiltInRun,
  source: DesignSource,
  dataset: DatasetVersion,
  leaseSeconds: z.number(),
})
export type BuiltInJob = z.infer<typeof BuiltInJob>

/** What a worker needs to execute a command. */
export const CommandJob = z.object({
  run: Run,
  capture: Capture,
  data: z.array(z.object({ name: z.string(), version: DatasetVersion })),
  /** Bytes that earlier attempts printed. */
  logOffset: Count,
  /** Lets the command speak to this server, for as long as it runs. */
  token: z.string(),
  leaseSeconds: z.number(),
})
export type CommandJob = z.infer<typeof CommandJob>

export const Job = z.union([BuiltInJob, CommandJob])
export type Job = z.infer<typeof Job>

export const runRoutes = {
  list: route({
    method: 'GET',
    path: '/api/v1/runs',
    summary: 'Runs, newest first',
    access: 'viewer',
    query: z.object({
      state: RunState.optional(),
      kind: Run.shape.kind.optional(),
      /** The run of this number alone. */
      number: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
      limit: z.coerce.number().int().min(1).max(1000).optional(),
    }),
    response: z.array(Run),
  }),
  get: route({
    method: 'GET',
    path: '/api/v1/runs/:id',
    summary: 'One run',
    access: 'viewer',
    params: ById,
    response: Run,
  }),
  create: route({
    method: 'POST',
    path: '/api/v1/runs',
    summary: "Queue a training run; refused when it would break its initiative's budget",
    access: 'engineer',
    status: 201,
    body: z.strictObject({
      name: Name,
      initiativeId: Id.nullable().default(null),
      designId: Id,
      datasetVersionId: Id,
      parameters: TrainParameters.prefault({}),
    }),
    response: Run,
  }),
  cancel: route({
    method: 'POST',
    path: '/api/v1/runs/:id/cancellation',
    summary: 'Stop a run; what it used so far stays charged',
    access: 'engineer',
    params: ById,
    body: z.strictObject({}),
    response: Run,
  }),
  evaluate: route({
    method: 'POST',
    path: '/api/v1/runs/:id/evaluation',
    summary: 'Queue an evaluation of a finished training run on the test split',
    access: 'engineer',
    status: 201,
    params: ById,
    body: z.strictObject({}),
    response: Run,
  }),
  metrics: route({
    method: 'GET',
    path: '/api/v1/runs/:id/metrics',
    summary: 'One curve of a run, down-sampled keeping its extremes',
    access: 'viewer',
    params: ById,
    query: z.object({
      key: z.string().max(250).default('loss'),
      max: z.coerce.number().int().min(2).max(20_000).default(1000),
    }),
    response: z.array(MetricPoint),
  }),
}

/** Spoken by job workers alone, with the server's worker token. */
export const jobRoutes = {
  claim: route({
    method: 'POST',
    path: '/api/v1/jobs/claims',
    summary: 'Claim the next queued run under a lease; null when there is none',
    access: 'worker',
    body: z.strictObject({
      worker: z.string().min(1).max(300),
      pid: Count.default(0),
      machine: Machine.optional(),
    }),
    response: z.object({ job: Job.nullable() }),
  }),
  heartbeat: route({
    method: 'POST',
    path: '/api/v1/jobs/:id/heartbeats',
    summary: 'Renew the lease and report progress, metrics and cost; says whether to stop',
    access: 'worker',
    params: ById,
    body: z.strictObject({
      worker: z.string(),
      attempt: Count,
      progress: Progress.optional(),
      metrics: z
        .array(z.strictObject({ key: z.string().min(1).max(250), step: Count, value: z.number() }))
        .max(5000)
        .default([]),
      epochLosses: z.array(z.number()).optional(),
      validation: Run.shape.validation.optional(),
      environment: z.record(z.string(), z.string()).optional(),
      cost: CostSoFar,
    }),
    /** `amount`: it has cost what it may. */
    response: z.object({ stop: z.boolean(), why: z.enum(['cancelled', 'amount']).nullable() }),
  }),
  checkpoint: route({
    method: 'POST',
    path: '/api/v1/jobs/:id/checkpoints',
    summary: 'Register a checkpoint that was stored as a blob',
    access: 'worker',
    params: ById,
    body: z.strictObject({
      worker: z.string(),
      attempt: Count,
      blob: BlobHash,
      epoch: Count,
      step: Count,
      /** Of the epochs that the checkpoint holds: saved with it, so that neither is ever without the other. */
      epochLosses: z.array(z.number()),
      validation: Run.shape.validation,
    }),
    response: z.object({}),
  }),
  finish: route({
    method: 'POST',
    path: '/api/v1/jobs/:id/completion',
    summary: 'A run has finished, with its model or its predictions',
    access: 'worker',
    params: ById,
    body: z.strictObject({
      worker: z.string(),
      attempt: Count,
      cost: CostSoFar,
      model: BlobHash.optional(),
      /** Of an evaluation: for each test sample the probabilities, row by row, as a float32 blob. */
      probabilities: BlobHash.optional(),
    }),
    response: Run,
  }),
  logs: route({
    method: 'POST',
    path: '/api/v1/jobs/:id/logs',
    summary: 'Append what a run printed; a piece that is there already is not stored twice',
    access: 'worker',
    params: ById,
    body: z.strictObject({
      worker: z.string(),
      attempt: Count,
      pieces: z
        .array(z.strictObject({ offset: Count, stream: LogStream, text: z.string().max(1 << 20) }))
        .max(1000),
    }),
    response: z.object({}),
  }),
  capture: route({
    method: 'POST',
    path: '/api/v1/jobs/:id/capture',
    summary: 'What a worker found of machine, runtimes and packages',
    access: 'worker',
    params: ById,
    body: z.strictObject({
      worker: z.string(),
      attempt: Count,
      environment: z.record(z.string().max(200), z.string().max(4000)),
      packages: z.record(z.string().max(300), z.string().max(300)),
      /** Of a built-in run: there is none. */
      code: Code.optional(),
    }),
    response: z.object({}),
  }),
  exit: route({
    method: 'POST',
    path: '/api/v1/jobs/:id/exit',
    summary: 'A command has ended; the server decides whether it is tried again',
    access: 'worker',
    params: ById,
    body: z.strictObject({ worker: z.string(), attempt: Count, cost: CostSoFar, ending: Ending }),
    response: Run,
  }),
  release: route({
    method: 'POST',
    path: '/api/v1/jobs/:id/release',
    summary: 'Give a run back to the queue, because its worker is stopping',
    access: 'worker',
    params: ById,
    body: z.strictObject({ worker: z.string(), attempt: Count, cost: CostSoFar }),
    response: Run,
  }),
  fail: route({
    method: 'POST',
    path: '/api/v1/jobs/:id/failure',
    summary: 'A run has failed, with the reason',
    access: 'worker',
    params: ById,
    body: z.strictObject({
      worker: z.string(),
      attempt: Count,
      cost: CostSoFar,
      code: z.string().max(200),
      message: z.string().max(4000),
    }),
    response: Run,
  }),
}
