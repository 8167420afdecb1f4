/** @file What the engine needs of an inference runtime: sessions made from ONNX bytes, run on named tensors. */
import type { Tensor } from '../graph/tensor.ts'

/** An execution provider: what runs the ops of a graph. */
export type Provider = 'cpu' | 'webgpu' | 'cuda'

/** `auto` takes the first of CUDA, WebGPU on real hardware, and the CPU that opens the graph. */
export type ProviderChoice = 'auto' | Provider

/** Why a provider is not the one in use. */
export type Obstacle =
  /** The caller asked for another one, and that one is used. */
  | 'not-asked'
  /** ONNX Runtime has no such provider for this platform. */
  | 'no-platform'
  /** Its libraries are not installed. */
  | 'no-library'
  /** There is no device or no driver for it. */
  | 'no-device'
  /** The device is imitated by the processor, which is slower than the processor itself. */
  | 'software-device'
  /** It did not open the graph. */
  | 'cannot-load'
  /** It opened the graph and failed to run it. */
  | 'cannot-run'

export interface NotUsed {
  readonly provider: Provider
  readonly why: Obstacle
  /** One sentence. */
  readonly detail: string
}

/** Which provider a session runs on, and why not the others. */
export interface ProviderReport {
  readonly asked: ProviderChoice
  readonly used: Provider
  /** Null where what was asked for is used. */
  readonly reason: string | null
  /** Inside an op; 0 where ONNX Runtime decides. */
  readonly threads: number
  /** Why there are not more threads, where the surroundings forbid them. */
  readonly threadsReason: string | null
  readonly notUsed: readonly NotUsed[]
}

/** One kind of op on one provider, as ONNX Runtime's profile recorded it. */
export interface OpPlacement {
  readonly op: string
  readonly provider: Provider
  readonly runs: number
  /** In all runs; on a GPU the time to hand the work over, not the time on the device. */
  readonly milliseconds: number
}

export interface Session {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /** As it is now: a device that fails while it runs is replaced by the CPU. */
  readonly provider: ProviderReport
  /**
   * Runs the graph. Arrays are passed without copying: do not change them until the promise settles.
   * @throws EngineError engine/runtime
   */
  run(feeds: Readonly<Record<string, Tensor>>, fetches?: readonly string[]): Promise<Record<string, Tensor>>
  /**
   * Which provider ran which ops in the runs so far, longest first, and stops recording. Null unless the runtime
   * was made with `placement: true`.
   */
  placement(): Promise<readonly OpPlacement[] | null>
  release(): Promise<void>
}

export interface Runtime {
  /** @throws EngineError engine/runtime */
  createSession(model: Uint8Array): Promise<Session>
  /** Where it is this processor's: a runtime to find out with whether its convolutions take channels in blocks. */
  readonly channelBlocks?: Runtime | null
}
