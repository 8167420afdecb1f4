/** @file The part of ONNX Runtime's JavaScript interface that Node and browsers have in common. */
import { type DType, dtypes, type Tensor } from '../graph/tensor.ts'
import type { Opened } from './choice.ts'

/** What both packages call a tensor. */
export interface OrtTensor {
  readonly type: string
  readonly dims: readonly number[]
  readonly data: unknown
}

export interface OrtSession {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  run(feeds: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>
  run(
    feeds: Readonly<Record<string, unknown>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, unknown>>>
  release(): Promise<void>
}

type TensorOf = (tensor: Tensor) => unknown

/** A session in the engine's own types. */
export function adapt(
  session: OrtSession,
  tensorOf: TensorOf,
  placement: Opened['placement'],
  release: () => Promise<void> = () => session.release(),
): Opened {
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(feeds, fetches) {
      const inputs = Object.fromEntries(Object.entries(feeds).map(([name, t]) => [name, tensorOf(t)]))
      const results =
        fetches === undefined ? await session.run(inputs) : await session.run(inputs, [...fetches])
      return Object.fromEntries(
        Object.entries(results).map(([name, value]) => [name, fromOrt(value as OrtTensor)]),
      )
    },
    placement,
    release,
  }
}

function fromOrt({ type, dims, data }: OrtTensor): Tensor {
  if (!(type in dtypes)) throw new Error(`internal: an output of type ${type}`)
  return { dtype: type as DType, shape: dims, data: data as Float32Array }
}
