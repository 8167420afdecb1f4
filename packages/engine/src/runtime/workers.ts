/** @file Runtimes in worker processes or threads of this machine: they compute while this one goes on. */
import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { EngineError, type EngineErrorCode, engineErrors } from '../errors.ts'
import type { Tensor } from '../graph/tensor.ts'
import { type NodeRuntimeOptions, nodeRuntime } from './node.ts'
import type { ProviderReport, Runtime, Session } from './session.ts'

export interface WorkersOptions extends Omit<NodeRuntimeOptions, 'profile'> {
  readonly count: number
  /** Processes: one that dies takes nothing with it. Threads: start sooner, and copy less. */
  readonly kind?: 'process' | 'thread'
}

export interface Workers {
  /** One for each worker. What a session is given is copied to it. */
  readonly runtimes: readonly Runtime[]
  /** Process ids, where they are processes. */
  readonly pids: readonly number[]
  /** Ends them; what they were asked for and did not answer fails. */
  close(): Promise<void>
}

/** What is asked of a worker. */
export type Ask =
  | { readonly id: number; readonly kind: 'start'; readonly options: NodeRuntimeOptions }
  | { readonly id: number; readonly kind: 'create'; readonly session: number; readonly model: Uint8Array }
  | {
      readonly id: number
      readonly kind: 'run'
      readonly session: number
      readonly feeds: Readonly<Record<string, Tensor>>
      readonly fetches?: readonly string[]
    }
  | { readonly id: number; readonly kind: 'release'; readonly session: number }

/** What it answers. */
export type Said =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly code: string | null; readonly message: string; readonly hint: string }

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never

/**
 * Starts workers, each with ONNX Runtime of its own. A worker that ends before it answers fails what it was asked with
 * engine/worker-lost, which names it; the trainer's state is then that before the call.
 * @throws EngineError engine/bad-options, engine/worker-lost
 * @example
 * const workers = await startWorkers({ count: 2, threads: 1 })
 * const trainer = await createTrainer({ …, runtime: nodeRuntime({ threads: 1 }), workers: workers.runtimes })
 */
export async function startWorkers(o: WorkersOptions): Promise<Workers> {
  const { count, kind = 'process', threads = 1, provider = 'cpu', channelBlocks = true } = o
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new EngineError('engine/bad-options', `${count} workers`, 'Use a whole number from 1.')
  }
  const started = Array.from({ length: count }, (_, i) => startWorker(i, kind))
  const close = async (): Promise<void> => {
    await Promise.all(started.map((w) => w.end()))
  }
  try {
    await Promise.all(started.map((w) => w.ask({ kind: 'start', options: { threads, provider } })))
  } catch (error) {
    await close()
    throw error
  }
  const { channelBlocks: blocks } = nodeRuntime({ provider, channelBlocks })
  return {
    // They run on the processor of this process.
    runtimes: started.map((w) => ({ ...runtimeOf(w), channelBlocks: blocks })),
    pids: started.flatMap(({ pid }) => (pid === null ? [] : [pid])),
    close,
  }
}

interface Started {
  readonly pid: number | null
  ask(what: Unnumbered<Ask>): Promise<unknown>
  end(): Promise<void>
}

function startWorker(index: number, kind: 'process' | 'thread'): Started {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: unknown) => void }>()
  let lost: EngineError | null = null
  let next = 0
  const heard = (said: Said): void => {
    const asked = waiting.get(said.id)
    waiting.delete(said.id)
    if (waiting.size === 0) channel.rest()
    if ('value' in said) {
      asked?.resolve(said.value)
      return
    }
    const code =
      said.code !== null && said.code in engineErrors ? (said.code as EngineErrorCode) : 'engine/runtime'
    asked?.reject(new EngineError(code, said.message, said.hint))
  }
  const ended = (how: string): void => {
    lost ??= new EngineError(
      'engine/worker-lost',
      `worker ${index} ${how}`,
      'Start the workers again and resume from the last checkpoint, with less memory or fewer workers if it recurs.',
    )
    for (const { reject } of waiting.values()) reject(lost)
    waiting.clear()
  }
  const channel = kind === 'process' ? processChannel(heard, ended) : threadChannel(heard, ended)
  return {
    pid: channel.pid,
    ask: (what) =>
      new Promise((resolve, reject) => {
        if (lost) return reject(lost)
        const id = next++
        waiting.set(id, { resolve, reject })
        channel.work()
        channel.send({ ...what, id })
      }),
    async end() {
      lost ??= new EngineError('engine/worker-lost', `worker ${index} was ended`, 'Start workers again.')
      await channel.end()
    },
  }
}

interface Channel {
  readonly pid: number | null
  send(ask: Ask): void
  /** Whether the worker keeps this process alive: while it works. */
  work(): void
  rest(): void
  end(): Promise<void>
}

type Heard = (said: Said) => void
type Ended = (how: string) => void

function processChannel(heard: Heard, ended: Ended): Channel {
  const child = fork(builtEntry(), [], {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.on('message', (said) => heard(said as Said))
  child.on('error', (cause) => ended(`failed: ${cause.message}`))
  child.on('exit', (code, signal) =>
    ended(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
  )
  return {
    pid: child.pid ?? null,
    send: (ask) =>
      child.send(ask, (cause) => {
        // a process that has just ended says how in a moment
        if (cause)
          void Promise.race([gone, moment()]).then(() => ended(`cannot be reached: ${cause.message}`))
      }),
    work() {
      child.ref()
      child.channel?.ref()
    },
    rest() {
      child.unref()
      child.channel?.unref()
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.ref()
      child.kill('SIGKILL')
      await gone
    },
  }
}

const moment = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1000).unref())

function threadChannel(heard: Heard, ended: Ended): Channel {
  const worker = new Worker(builtEntry())
  worker.on('message', (said) => heard(said as Said))
  worker.on('error', (cause) => ended(`failed: ${cause instanceof Error ? cause.message : String(cause)}`))
  worker.on('exit', (code) => ended(`ended with code ${code}`))
  return {
    pid: null,
    // A view into a larger buffer would take all of it along.
    send: (ask) => worker.postMessage(ask.kind === 'run' ? { ...ask, feeds: compact(ask.feeds) } : ask),
    work: () => worker.ref(),
    rest: () => worker.unref(),
    async end() {
      await worker.terminate()
    },
  }
}

const compact = (feeds: Readonly<Record<string, Tensor>>): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, t]) => [
      name,
      t.data.byteLength < t.data.buffer.byteLength ? { ...t, data: t.data.slice() } : t,
    ]),
  )

function runtimeOf(worker: Started): Runtime {
  let sessions = 0
  return {
    async createSession(model) {
      const session = sessions++
      const { inputNames, outputNames, provider } = (await worker.ask({
        kind: 'create',
        session,
        model,
      })) as { inputNames: string[]; outputNames: string[]; provider: ProviderReport }
      const opened: Session = {
        inputNames,
        outputNames,
        provider,
        run: async (feeds, fetches) =>
          (await worker.ask({ kind: 'run', session, feeds, ...(fetches ? { fetches } : {}) })) as Record<
            string,
            Tensor
          >,
        // Workers record nothing: what runs where is the same in each, and asked of a runtime here.
        placement: async () => null,
        async release() {
          await worker.ask({ kind: 'release', session })
        },
      }
      return opened
    },
  }
}

/** The built worker, also when this file itself runs from its TypeScript source (as in tests). */
function builtEntry(): string {
  const here = import.meta.url
  const url = here.endsWith('.ts')
    ? new URL('../../dist/runtime/worker.js', here)
    : new URL('./worker.js', here)
  const path = fileURLToPath(url)
  if (existsSync(path)) return path
  throw new EngineError('engine/worker-lost', 'the worker program is missing', 'Build the engine first.')
}
