/** @file What the engine needs of an inference runtime: sessions made from ONNX bytes, run on named tensors. */
import type { Tensor } from '../graph/tensor.ts'

/** Which device a session runs on, and why if it is not the one asked for. */
export interface ProviderReport {
  readonly asked: string
  readonly used: string
  /** Null where the asked one is used. */
  readonly reason: string | null
  readonly threads: number
}

export interface Session {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  readonly provider: ProviderReport
  /**
   * Runs the graph. Arrays are passed without copying: do not change them until the promise settles.
   * @throws EngineError engine/runtime
   */
  run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>>
  release(): Promise<void>
}

export interface Runtime {
  /** @throws EngineError engine/runtime */
  createSession(model: Uint8Array): Promise<Session>
}
