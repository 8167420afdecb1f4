/** @file The runtime for browsers: onnxruntime-web, from files that the page's own server gives. */
import { EngineError } from '../errors.ts'
import { type Opened, openSession, type Providers } from './choice.ts'
import { adapt, type OrtSession } from './onnxruntime.ts'
import { placementOf } from './placement.ts'
import type { NotUsed, OpPlacement, Provider, ProviderChoice, Runtime } from './session.ts'

export type {
  NotUsed,
  Obstacle,
  OpPlacement,
  Provider,
  ProviderChoice,
  ProviderReport,
  Runtime,
  Session,
} from './session.ts'

export interface WebRuntimeOptions {
  /**
   * The folder on the page's own server with onnxruntime-web's files, ending in a slash: for the CPU
   * `ort-wasm-simd-threaded.{mjs,wasm}`, for WebGPU `ort-wasm-simd-threaded.asyncify.{mjs,wasm}`.
   */
  readonly wasmPath: string
  readonly provider?: ProviderChoice
  /**
   * Threads of WebAssembly, which need a page that is cross-origin isolated; 0 takes up to eight, one per core as far
   * as can be told. The first session of a page or worker decides for all that follow in it.
   */
  readonly threads?: number
  /** Records which provider runs which op, for `session.placement()`; every op then takes a little longer. */
  readonly placement?: boolean
}

/** The part of onnxruntime-web that is used; its two builds differ in their WebAssembly file. */
interface Ort {
  readonly env: { readonly wasm: { wasmPaths?: string | object; numThreads?: number; proxy?: boolean } }
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => unknown
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<OrtSession & { endProfiling(): void }>
  }
}

/** What a page or worker has, as far as it is read here; the engine is compiled without a browser's types. */
interface Surroundings {
  readonly crossOriginIsolated?: boolean
  readonly navigator?: {
    readonly hardwareConcurrency?: number
    readonly gpu?: { requestAdapter(): Promise<Adapter | null> }
  }
}

interface Adapter {
  readonly isFallbackAdapter?: boolean
  readonly info?: {
    readonly isFallbackAdapter?: boolean
    readonly vendor?: string
    readonly architecture?: string
  }
}

const surroundings = globalThis as Surroundings
const mostThreads = 8

/**
 * Works in pages and, better because the page stays responsive, in workers. Needs the package onnxruntime-web.
 * @throws EngineError engine/bad-options
 * @example
 * const runtime = webRuntime({ wasmPath: '/ort/', provider: 'auto' })
 */
export function webRuntime({
  wasmPath,
  provider = 'auto',
  threads = 0,
  placement = false,
}: WebRuntimeOptions): Runtime {
  if (!wasmPath.endsWith('/'))
    throw new EngineError(
      'engine/bad-options',
      `wasmPath must end in a slash, got ${JSON.stringify(wasmPath)}`,
      'Give the folder that holds the files of onnxruntime-web, as in "/ort/".',
    )
  const allowed = threadsAllowed(threads)
  const providers: Providers = {
    ...allowed,
    obstacle,
    explain: (_, message) => (/adapter|device/i.test(message) ? 'no-device' : 'cannot-load'),
    open: (used, model) => open(used, model, { wasmPath, threads: allowed.threads, placement }),
  }
  return { createSession: (model) => openSession(providers, provider, model) }
}

function threadsAllowed(asked: number): { threads: number; threadsReason: string | null } {
  if (surroundings.crossOriginIsolated !== true)
    return {
      threads: 1,
      threadsReason:
        'WebAssembly has one thread: the page is not cross-origin isolated, which its server decides by Cross-Origin-Opener-Policy and Cross-Origin-Embedder-Policy.',
    }
  const cores = surroundings.navigator?.hardwareConcurrency ?? 1
  // Browsers count two processors a core from some size on; a second thread on a core takes more than it gives.
  const guessed = Math.min(mostThreads, cores > 2 ? Math.ceil(cores / 2) : cores)
  return { threads: asked > 0 ? asked : guessed, threadsReason: null }
}

async function obstacle(
  provider: Provider,
  asked: ProviderChoice,
): Promise<Omit<NotUsed, 'provider'> | null> {
  if (provider === 'cpu') return null
  if (provider === 'cuda') return { why: 'no-platform', detail: 'CUDA cannot be reached from a browser.' }
  const gpu = surroundings.navigator?.gpu
  if (gpu === undefined)
    return {
      why: 'no-platform',
      detail:
        'WebGPU is not offered by this browser here (it needs HTTPS or localhost, and to be switched on).',
    }
  const adapter = await gpu.requestAdapter().catch(() => null)
  if (adapter === null) return { why: 'no-device', detail: 'WebGPU finds no adapter on this machine.' }
  if (asked === 'auto' && isSoftware(adapter))
    return {
      why: 'software-device',
      detail: 'WebGPU is not used: its adapter is software, slower than WebAssembly.',
    }
  return null
}

const isSoftware = ({ isFallbackAdapter, info }: Adapter): boolean =>
  isFallbackAdapter === true ||
  info?.isFallbackAdapter === true ||
  /swiftshader|llvmpipe|basic render/i.test(`${info?.vendor} ${info?.architecture}`)

interface OpenOptions {
  readonly wasmPath: string
  readonly threads: number
  readonly placement: boolean
}

async function open(
  provider: Provider,
  model: Uint8Array,
  { wasmPath, threads, placement }: OpenOptions,
): Promise<Opened> {
  const ort = await load(provider)
  ort.env.wasm.wasmPaths = wasmPath
  ort.env.wasm.numThreads = threads
  const restore = redirectConsole()
  try {
    const session = await inTurn(() =>
      ort.InferenceSession.create(model, {
        executionProviders: [provider === 'cpu' ? 'wasm' : provider],
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        enableProfiling: placement,
      }),
    )
    return opened(ort, session, placement)
  } finally {
    restore()
  }
}

/** Separate builds, so that a page without WebGPU loads half as much. */
const load = async (provider: Provider): Promise<Ort> =>
  (provider === 'cpu'
    ? await import('onnxruntime-web/wasm')
    : await import('onnxruntime-web/webgpu')) as unknown as Ort

function opened(ort: Ort, session: OrtSession & { endProfiling(): void }, recorded: boolean): Opened {
  let recording = recorded
  let found: readonly OpPlacement[] | null = null
  const endRecording = async (): Promise<void> => {
    if (!recording) return
    recording = false
    const profile = printedBy(() => session.endProfiling())
    found = profile.length === 0 ? [] : placementOf(profile)
  }
  const { inputNames, outputNames } = session
  const run: OrtSession['run'] = (...call: [feeds: object, fetches?: readonly string[]]) =>
    inTurn(async () => {
      await breath()
      return session.run(...(call as Parameters<OrtSession['run']>))
    })
  return adapt(
    { inputNames, outputNames, run, release: () => inTurn(() => session.release()) },
    ({ dtype, shape, data }) => new ort.Tensor(dtype as 'float32', data as Float32Array, shape),
    async () => {
      await inTurn(endRecording)
      return found
    },
    () =>
      inTurn(async () => {
        await endRecording()
        await session.release()
      }),
  )
}

// WebAssembly computes without a pause, and promises alone make none: a worker would hear no message before the last run.
const breath = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    const near = port1 as unknown as { onmessage: () => void; close(): void }
    near.onmessage = () => {
      near.close()
      resolve()
    }
    port2.postMessage(null)
  })

// WebAssembly waits for a device by unwinding its one stack: a second call meanwhile would never return.
let last: Promise<unknown> = Promise.resolve()

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = last.then(work)
  last = result.catch(() => {})
  return result
}

// WebAssembly has no files: there ONNX Runtime prints its profile, and it keeps the console.log that it finds when it
// starts. So it is given one then that can be listened to.
let listener: string[] | null = null
let starting = 0
let original = console.log

function redirectConsole(): () => void {
  if (starting++ === 0) {
    original = console.log
    console.log = (...words: unknown[]) => {
      if (listener === null) original.apply(console, words)
      else listener.push(words.join(' '))
    }
  }
  return () => {
    if (--starting === 0) console.log = original
  }
}

function printedBy(work: () => void): string {
  const lines: string[] = []
  listener = lines
  try {
    work()
  } finally {
    listener = null
  }
  return lines.join('\n')
}
