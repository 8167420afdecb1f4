/** @file What an executor is: it starts a command somewhere, watches it, and ends all of it. */
import type { GpuReading } from './meters.ts'

export interface Limits {
  /** Seconds on the wall of one attempt. */
  wallSeconds: number | null
  /** Resident memory of all its processes together. */
  memoryBytes: number | null
}

/** One attempt of a run, ready to be started. */
export interface Launch {
  runId: string
  attempt: number
  argv: readonly string[]
  /** The folder it starts in. */
  folder: string
  /** The whole environment, nothing is added but what marks its processes. */
  env: Readonly<Record<string, string>>
  limits: Limits
  /** Cores it is bound to, when it asked for some. */
  cpus: readonly number[]
  /** GPUs it was given, by index. */
  gpus: readonly number[]
  /** Between asking its processes to end and killing them. */
  graceSeconds: number
}

/** What all of an attempt's processes used so far. */
export interface Usage {
  cpuSeconds: number
  wallSeconds: number
  /** GPUs held, times seconds. */
  gpuSeconds: number
  peakMemoryBytes: number
  /** null where the machine does not tell. */
  energyJoules: number | null
}

export type StopReason = 'cancelled' | 'released' | 'lost' | 'budget'

export type Ending =
  | { kind: 'exited'; code: number }
  | { kind: 'signalled'; signal: string }
  | { kind: 'not-found' }
  | { kind: 'not-executable'; detail: string }
  | { kind: 'no-folder'; detail: string }
  | { kind: 'out-of-time' }
  | { kind: 'out-of-memory'; bytes: number }
  | { kind: 'stopped'; reason: StopReason }

export interface Execution {
  /** Resolves once no process of it is left, and all of its output has been handed over. */
  readonly ended: Promise<Ending & { leftBehind: number }>
  usage(): Usage
  /** What its processes hold now, and how busy its GPUs are. */
  load(): { residentBytes: number; gpus: GpuReading[] }
  /** Asks every process to end, and kills what is left after the grace; the first reason counts. */
  stop(reason: StopReason): void
}

export type Stream = 'stdout' | 'stderr'

/** `local` starts child processes of the worker; a scheduler's executor submits and polls instead. */
export interface Executor {
  readonly name: string
  /** Never rejects for what the command is at fault for: that is an ending. */
  start(launch: Launch, onOutput: (stream: Stream, bytes: Uint8Array) => void): Execution
}
