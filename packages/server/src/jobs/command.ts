/** @file Executes a command for a run: folder, data, environment, output, heartbeat, and how it ended. */
import { readFileSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ApiError, CapstanError, type Client, type CommandJob, type Ending as Reported } from '@capstan/api'
import { layOut } from './data-files.ts'
import { findEnvironment } from './environment.ts'
import type { Ending, Execution, Executor, StopReason } from './executors/executor.ts'
import { createOutput, type Output } from './executors/output.ts'
import { RestoreError, restoreCode } from './restore.ts'
import { leaveScratch, scratchOf } from './scratch.ts'
import { type SystemPoint, systemMeter } from './system.ts'

const PULSE_MS = 1000
const LOG_MS = 250
const LOG_BYTES = 512 << 10
const RETRY_MS = 500

export interface CommandHost {
  capstan: Client
  /** Where the command finds the server. */
  address: string
  worker: string
  machine: string
  /** Scratch of this machine: checkpoints, code, data. */
  scratch: string
  executor: Executor
  /** Aborts when the worker must stop in order; its reason is `gone` when the server has died. */
  stopping: AbortSignal
}

export async function executeCommand(host: CommandHost, job: CommandJob): Promise<void> {
  const { capstan, worker } = host
  const { run, capture } = job
  const params = { id: run.id }
  const holder = { worker, attempt: run.attempt }
  const output = createOutput(job.logOffset)
  if (run.attempt > 1 || job.logOffset > 0) output.note(`--- attempt ${run.attempt} ---`)

  const prepared = await prepare(host, job).catch((error: Error) => error)
  if (prepared instanceof Error) {
    output.note(prepared.message)
    await sendAll(host, job, output)
    const kind = prepared instanceof RestoreError ? 'no-code' : 'no-folder'
    const ending = { kind, detail: prepared.message.slice(0, 2000), leftBehind: 0 } as const
    await capstan.jobs.exit({ params, body: { ...holder, cost: nothing, ending } })
    return
  }
  const { folder, env } = prepared
  const execution = host.executor.start(
    {
      runId: run.id,
      attempt: run.attempt,
      argv: run.execution.command!,
      folder,
      env,
      limits: { wallSeconds: run.execution.wallSeconds, memoryBytes: run.execution.memoryBytes },
      cpus: allowed(run.execution.cpus),
      gpus: run.execution.gpuIds,
      graceSeconds: capture.graceSeconds,
    },
    output.write,
  )
  const stopped = watch(host, job, execution)
  const sending = stream(host, job, output)
  // beside the command, so that it does not wait for being looked at
  const looking = findEnvironment(run.execution.command!, folder, env)
    .then((found) => capstan.jobs.capture({ params, body: { ...holder, ...found } }))
    .catch(() => undefined)
  const ending = await execution.ended
  stopped.end()
  output.end()
  await looking
  if (ending.leftBehind > 0)
    output.note(`capstan: the command left ${ending.leftBehind} processes behind; they were ended`)
  await sending.end()
  if (ending.kind === 'stopped' && ending.reason === 'lost') return
  const body = { ...holder, cost: costOf(execution) }
  const left =
    ending.kind === 'stopped' && ending.reason === 'released'
      ? await capstan.jobs.release({ params, body })
      : await capstan.jobs.exit({ params, body: { ...body, ending: reported(ending) } })
  await leaveScratch(host.scratch, left).catch(() => undefined)
}

const nothing = { cpuSeconds: 0, wallSeconds: 0, gpuSeconds: 0, peakMemoryBytes: 0, energyJoules: null }

const costOf = (execution: Execution) => {
  const used = execution.usage()
  return { ...used, peakMemoryBytes: Math.round(used.peakMemoryBytes) }
}

function reported(ending: Ending & { leftBehind: number }): Reported {
  if (ending.kind === 'stopped')
    return ending.reason === 'budget'
      ? { kind: 'over-amount', leftBehind: 0 }
      : { kind: 'signalled', signal: 'SIGTERM', leftBehind: 0 }
  return ending
}

/** Heartbeats with the cost so far and system metrics; ends the command when it was cancelled, or when the run is no longer ours. */
function watch(host: CommandHost, job: CommandJob, execution: Execution): { end(): void } {
  const { capstan, worker, stopping } = host
  const system = systemMeter(job.run.cost.wallSeconds)
  let metrics: SystemPoint[] = []
  const body = () => {
    const cost = costOf(execution)
    metrics.push(...system({ ...cost, ...execution.load() }))
    return { worker, attempt: job.run.attempt, cost, metrics }
  }
  let renewed = performance.now()
  let ended = false
  let pulse: NodeJS.Timeout | undefined
  const beat = async () => {
    try {
      const { why } = await capstan.jobs.heartbeat({ params: { id: job.run.id }, body: body() })
      renewed = performance.now()
      metrics = []
      if (why !== null) execution.stop(why === 'amount' ? 'budget' : 'cancelled')
    } catch (error) {
      const lost = isLost(error) || performance.now() - renewed > job.leaseSeconds * 1000
      if (lost) execution.stop('lost')
    }
    if (!ended) pulse = setTimeout(beat, PULSE_MS)
  }
  pulse = setTimeout(beat, PULSE_MS)
  const stop = () => execution.stop((stopping.reason === 'gone' ? 'lost' : 'released') satisfies StopReason)
  if (stopping.aborted) stop()
  stopping.addEventListener('abort', stop, { once: true })
  return {
    end() {
      ended = true
      clearTimeout(pulse)
      stopping.removeEventListener('abort', stop)
    },
  }
}

/** Sends output as it comes, a batch at a time and in order. */
function stream(host: CommandHost, job: CommandJob, output: Output): { end(): Promise<void> } {
  let ended = false
  const loop = (async () => {
    while (!ended) {
      await pause(LOG_MS)
      await sendBatch(host, job, output)
    }
  })()
  return {
    async end() {
      ended = true
      await loop
      await sendAll(host, job, output)
    },
  }
}

async function sendAll(host: CommandHost, job: CommandJob, output: Output): Promise<void> {
  while (output.waiting > 0 && (await sendBatch(host, job, output)));
}

/** The same batch until it is acknowledged: the server keeps a piece once. @returns false when the run is lost */
async function sendBatch(
  { capstan, worker, stopping }: CommandHost,
  { run, leaseSeconds }: CommandJob,
  output: Output,
): Promise<boolean> {
  const pieces = output.peek(LOG_BYTES)
  if (pieces.length === 0) return true
  const until = performance.now() + leaseSeconds * 1000
  while (performance.now() < until && stopping.reason !== 'gone') {
    try {
      const body = { worker, attempt: run.attempt, pieces }
      await capstan.jobs.logs({ params: { id: run.id }, body })
      output.sent(pieces)
      return true
    } catch (error) {
      if (isLost(error) || (error instanceof ApiError && error.status < 500)) break
      await pause(RETRY_MS)
    }
  }
  output.sent(pieces)
  return false
}

const isLost = (error: unknown): boolean =>
  error instanceof ApiError &&
  (error.body.code === 'run/lease-lost' || error.body.code === 'request/not-found')

/** @throws {RestoreError} when there is no folder to run in and its code cannot be restored */
async function prepare(
  host: CommandHost,
  job: CommandJob,
): Promise<{ folder: string; env: Record<string, string> }> {
  const { capstan, scratch, machine } = host
  const { run, capture } = job
  const own = scratchOf(scratch, run.id)
  const inPlace = !run.execution.fresh && capture.machine === machine
  const folder = inPlace ? capture.folder! : await restoreCode(capstan, capture.code, join(own, 'code'))
  const checkpoints = join(own, 'checkpoint')
  await mkdir(checkpoints, { recursive: true })
  const resumes = (await readdir(checkpoints)).length > 0
  const data: Record<string, string> = {}
  for (const { name, version } of job.data) {
    const path = await layOut(capstan, version, join(scratch, 'data'))
    data[`CAPSTAN_DATA_${name.toUpperCase().replaceAll('-', '_')}`] = path
    data.CAPSTAN_DATA ??= path
  }
  const threads = run.execution.cores === null ? null : String(Math.floor(run.execution.cores))
  return {
    folder,
    env: {
      ...inherited(),
      // Python would keep its output to itself until there is much of it
      PYTHONUNBUFFERED: '1',
      ...(threads === null
        ? {}
        : { OMP_NUM_THREADS: threads, MKL_NUM_THREADS: threads, OPENBLAS_NUM_THREADS: threads }),
      ...capture.variables,
      ...(run.execution.gpuIds.length > 0 ? { CUDA_VISIBLE_DEVICES: run.execution.gpuIds.join(',') } : {}),
      MLFLOW_TRACKING_URI: host.address,
      MLFLOW_RUN_ID: run.id,
      MLFLOW_EXPERIMENT_ID: run.experimentId,
      MLFLOW_TRACKING_TOKEN: job.token,
      CAPSTAN_URL: host.address,
      CAPSTAN_RUN_ID: run.id,
      CAPSTAN_TOKEN: job.token,
      CAPSTAN_ATTEMPT: String(run.attempt),
      CAPSTAN_PARAMS: JSON.stringify(capture.parameters),
      CAPSTAN_CHECKPOINT_DIR: checkpoints,
      CAPSTAN_RESUME: resumes ? '1' : '0',
      ...data,
    },
  }
}

/** Of this worker's own environment, without what is Capstan's secret or belongs to the worker alone. */
const kept = /^(?!CAPSTAN_|NODE_CHANNEL_|NODE_UNIQUE_ID$|DATABASE_URL$|MLFLOW_TRACKING_)/

const inherited = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => kept.test(entry[0])),
  )

/** The n-th core that this process may use: a container may have only some of the machine's. */
function allowed(cpus: readonly number[]): number[] {
  if (cpus.length === 0) return []
  try {
    const status = readFileSync('/proc/self/status', 'utf8')
    const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? ''
    const all = list.split(',').flatMap((part) => {
      const [from, to = from] = part.split('-').map(Number)
      return Array.from({ length: to! - from! + 1 }, (_, i) => from! + i)
    })
    return cpus.flatMap((i) => all[i] ?? [])
  } catch {
    return []
  }
}

const pause = (ms: number) => new Promise((resume) => setTimeout(resume, ms))

/** A failure of Capstan's own, told as the run's. */
export const describeFailure = (error: unknown): { code: string; message: string } =>
  error instanceof ApiError
    ? { code: error.body.code, message: error.body.message }
    : error instanceof CapstanError
      ? { code: error.code, message: error.message }
      : {
          code: 'run/failed',
          message: error instanceof Error ? (error.stack ?? error.message).slice(0, 3900) : String(error),
        }
