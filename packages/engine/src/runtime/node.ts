/** @file The runtime for Node: onnxruntime-node. */
import { createRequire } from 'node:module'
import type * as Ort from 'onnxruntime-node'
import { EngineError } from '../errors.ts'
import { type DType, dtypes, type Tensor } from '../graph/tensor.ts'
import type { ProviderReport, Runtime, Session } from './session.ts'

export type { ProviderReport, Runtime, Session } from './session.ts'

export interface NodeRuntimeOptions {
  /** Threads inside an op; 0 lets ONNX Runtime take one per physical core. */
  readonly threads?: number
  readonly provider?: 'cpu' | 'webgpu'
  /** A path prefix: each session writes the time of every op there as JSON when it is released. */
  readonly profile?: string
}

/**
 * @example
 * const session = await nodeRuntime({ threads: 2 }).createSession(bytes)
 */
export function nodeRuntime({ threads = 0, provider = 'cpu', profile }: NodeRuntimeOptions = {}): Runtime {
  // Loaded when it is first needed, so that importing this file costs nothing.
  const ort = createRequire(import.meta.url)('onnxruntime-node') as typeof Ort
  const open = (bytes: Uint8Array, used: 'cpu' | 'webgpu'): Promise<Ort.InferenceSession> =>
    ort.InferenceSession.create(bytes, {
      executionProviders: [used],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      // Between ops threads wait 20 microseconds busily, then sleep. That is long enough to meet the next op awake, and
      // short enough that another program on the same cores costs a third of the time instead of three times it.
      extra: { session: { intra_op: { spin_duration_us: '20' } } },
      ...(profile === undefined ? {} : { enableProfiling: true, profileFilePrefix: profile }),
    })
  return {
    async createSession(bytes) {
      let reason: string | null = null
      if (provider !== 'cpu') {
        try {
          return wrap(
            ort,
            await open(bytes, provider),
            { asked: provider, used: provider, reason, threads },
            profile !== undefined,
          )
        } catch (cause) {
          reason = `${provider} is not available here: ${messageOf(cause)}`
        }
      }
      try {
        return wrap(
          ort,
          await open(bytes, 'cpu'),
          { asked: provider, used: 'cpu', reason, threads },
          profile !== undefined,
        )
      } catch (cause) {
        throw new EngineError(
          'engine/runtime',
          `ONNX Runtime cannot load the graph: ${messageOf(cause)}`,
          'Check that the model is valid ONNX.',
          { cause },
        )
      }
    },
  }
}

function wrap(
  ort: typeof Ort,
  session: Ort.InferenceSession,
  provider: ProviderReport,
  profiled: boolean,
): Session {
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    provider,
    async run(feeds, fetches) {
      const inputs = Object.fromEntries(Object.entries(feeds).map(([name, t]) => [name, toOrt(ort, t)]))
      try {
        const results =
          fetches === undefined ? await session.run(inputs) : await session.run(inputs, [...fetches])
        return Object.fromEntries(
          Object.entries(results).map(([name, value]) => [name, fromOrt(value as Ort.Tensor)]),
        )
      } catch (cause) {
        throw new EngineError(
          'engine/runtime',
          `ONNX Runtime cannot run the graph: ${messageOf(cause)}`,
          'Check the shapes and types of the inputs.',
          { cause },
        )
      }
    },
    async release() {
      if (profiled) session.endProfiling()
      await session.release()
    },
  }
}

function toOrt(ort: typeof Ort, { dtype, shape, data }: Tensor): Ort.Tensor {
  return new ort.Tensor(dtype as 'float32', data as Float32Array, [...shape])
}

function fromOrt(value: Ort.Tensor): Tensor {
  if (!(value.type in dtypes)) throw new Error(`internal: an output of type ${value.type}`)
  return { dtype: value.type as DType, shape: value.dims, data: value.data as Float32Array }
}

/** The first line, without the source location that ONNX Runtime puts before a failed check. */
const messageOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause))
    .split('\n')[0]!
    .replace(/^\S*onnxruntime_src.* was false\. /, '')
