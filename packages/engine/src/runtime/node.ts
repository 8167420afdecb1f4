/** @file The runtime for Node: onnxruntime-node. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type * as Ort from 'onnxruntime-node'
import { type Opened, openSession, type Providers } from './choice.ts'
import { adapt } from './onnxruntime.ts'
import { placementOf } from './placement.ts'
import type { Obstacle, Provider, ProviderChoice, Runtime, Session } from './session.ts'

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

export interface NodeRuntimeOptions {
  /** Threads inside an op; 0 lets ONNX Runtime take one per physical core. */
  readonly threads?: number
  /** The CPU unless another is asked for: it alone gives the same bits on every machine of its kind. */
  readonly provider?: ProviderChoice
  /**
   * Whether training takes convolutions on channels in blocks, as wide as the processor's vectors, where ONNX Runtime can
   * (true unless given). Without, processors with vectors of another width round alike.
   */
  readonly channelBlocks?: boolean
  /** Records which provider runs which op, for `session.placement()`; every op then takes a little longer. */
  readonly placement?: boolean
  /** A path prefix: each session writes the time of every op there as JSON when it is released. */
  readonly profile?: string
}

/** Of the ONNX Runtime that is installed, such as `1.30.0`: other versions may round otherwise. */
export const onnxRuntimeVersion = (): string => {
  const { versions } = (createRequire(import.meta.url)('onnxruntime-node') as typeof Ort).env
  return versions.node ?? versions.common
}

/**
 * @example
 * const session = await nodeRuntime({ threads: 2 }).createSession(bytes)
 */
export function nodeRuntime({
  threads = 0,
  provider = 'cpu',
  placement = false,
  profile,
  channelBlocks = true,
}: NodeRuntimeOptions = {}): Runtime {
  // Loaded when it is first needed, so that importing this file costs nothing.
  const ort = createRequire(import.meta.url)('onnxruntime-node') as typeof Ort
  const providers: Providers = {
    threads,
    threadsReason: null,
    obstacle: async (wanted, asked) => obstacleTo(ort, wanted, asked),
    explain: explainFailure,
    async open(used, model) {
      const folder = placement ? mkdtempSync(join(tmpdir(), 'capstan-placement-')) : null
      const prefix = folder === null ? profile : join(folder, 'profile')
      try {
        const session = await ort.InferenceSession.create(model, {
          executionProviders: [used],
          intraOpNumThreads: threads,
          interOpNumThreads: 1,
          // A planned block for the whole step is taken beside what its first run took piece by piece: on a residual
          // CNN 800 MiB instead of 500, and no faster.
          enableMemPattern: false,
          graphOptimizationLevel: 'all',
          // On a device ONNX Runtime reports what it lacks as an error, and this file as a sentence.
          logSeverityLevel: used === 'cpu' ? 3 : 4,
          // Between ops threads wait 20 microseconds busily, then sleep. That is long enough to meet the next op awake,
          // and short enough that another program on the same cores costs a third of the time instead of three times it.
          extra: { session: { intra_op: { spin_duration_us: '20' } } },
          ...(prefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: prefix }),
        })
        return opened(ort, session, folder, prefix !== undefined)
      } catch (cause) {
        if (folder !== null) rmSync(folder, { recursive: true, force: true })
        throw cause
      }
    },
  }
  const createSession = (model: Uint8Array): Promise<Session> => openSession(providers, provider, model)
  // Devices have layouts of their own.
  const blocks = provider === 'cpu' && channelBlocks
  return {
    createSession,
    channelBlocks: blocks ? nodeRuntime({ threads: 1, channelBlocks: false }) : null,
  }
}

/** @param folder where the profile goes that only `placement` reads; null where none was asked for */
function opened(
  ort: typeof Ort,
  session: Ort.InferenceSession,
  folder: string | null,
  profiled: boolean,
): Opened {
  let recording = profiled
  let found: ReturnType<typeof placementOf> | null = null
  const endRecording = (): void => {
    if (!recording) return
    recording = false
    session.endProfiling()
    if (folder === null) return
    const [file] = readdirSync(folder)
    if (file !== undefined) found = placementOf(readFileSync(join(folder, file), 'utf8'))
    rmSync(folder, { recursive: true, force: true })
  }
  return adapt(
    session,
    ({ dtype, shape, data }) => new ort.Tensor(dtype as 'float32', data as Float32Array, [...shape]),
    async () => {
      endRecording()
      return found
    },
    async () => {
      endRecording()
      await session.release()
    },
  )
}

function obstacleTo(
  ort: typeof Ort,
  provider: Provider,
  asked: ProviderChoice,
): { why: Obstacle; detail: string } | null {
  if (provider === 'cpu') return null
  const known = ort.listSupportedBackends().map(({ name }) => name)
  if (!known.includes(provider))
    return {
      why: 'no-platform',
      detail: `ONNX Runtime offers no ${provider} on ${process.platform} ${process.arch}, only ${known.join(', ')}.`,
    }
  if (provider === 'cuda' && !hasCudaLibrary())
    return {
      why: 'no-library',
      detail:
        "CUDA's libraries are not installed: onnxruntime-node fetches them when it is installed with its install script allowed.",
    }
  // A driver that imitates a device on the processor opens every graph and runs it a hundred times slower.
  if (asked === 'auto' && provider === 'webgpu' && process.platform === 'linux' && !hasGraphics())
    return {
      why: 'no-device',
      detail: 'WebGPU is not tried: this machine shows no graphics device (/dev/dri/renderD*, /dev/dxg).',
    }
  return null
}

/** Looked for beforehand, because ONNX Runtime writes to the terminal what it does not find. */
function hasCudaLibrary(): boolean {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node/package.json')
  return filesIn(join(dirname(entry), 'bin'), true).some((name) => /onnxruntime_providers_cuda\./.test(name))
}

/** Whether Linux shows a graphics device: a render node, or that of its Windows host. */
const hasGraphics = (): boolean =>
  filesIn('/dev/dri').some((name) => name.startsWith('renderD')) || filesIn('/dev').includes('dxg')

function filesIn(folder: string, recursive = false): string[] {
  try {
    return readdirSync(folder, { recursive }) as string[]
  } catch {
    return []
  }
}

const explainFailure = (_provider: Provider, message: string): Obstacle =>
  /shared library|cannot open shared object|load library/i.test(message)
    ? 'no-library'
    : /adapter|no device|driver|CUDA failure/i.test(message)
      ? 'no-device'
      : 'cannot-load'
