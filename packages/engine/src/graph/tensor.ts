/** @file Element types, shapes and constant tensors. */
import { EngineError } from '../errors.ts'

/** Element types by their ONNX number (TensorProto.DataType), with the typed array that holds them. */
export const dtypes = {
  float32: { onnx: 1, bytes: 4, array: Float32Array, float: true },
  uint8: { onnx: 2, bytes: 1, array: Uint8Array, float: false },
  int8: { onnx: 3, bytes: 1, array: Int8Array, float: false },
  uint16: { onnx: 4, bytes: 2, array: Uint16Array, float: false },
  int16: { onnx: 5, bytes: 2, array: Int16Array, float: false },
  int32: { onnx: 6, bytes: 4, array: Int32Array, float: false },
  int64: { onnx: 7, bytes: 8, array: BigInt64Array, float: false },
  bool: { onnx: 9, bytes: 1, array: Uint8Array, float: false },
  float16: { onnx: 10, bytes: 2, array: Uint16Array, float: true },
  float64: { onnx: 11, bytes: 8, array: Float64Array, float: true },
  uint32: { onnx: 12, bytes: 4, array: Uint32Array, float: false },
  uint64: { onnx: 13, bytes: 8, array: BigUint64Array, float: false },
} as const

export type DType = keyof typeof dtypes

export type TensorData =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array

/** A size: a number, or the name of a size known only when the graph runs (the batch, say). */
export type Dim = number | string
export type Shape = readonly Dim[]

/** A constant: row-major data with its type and shape. */
export interface Tensor {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: TensorData
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

export const isStatic = (shape: Shape): shape is readonly number[] =>
  shape.every((d) => typeof d === 'number')

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i])

/** A shape for people: `[N, 32, 13, 13]`. */
export const showShape = (shape: Shape): string => `[${shape.join(', ')}]`

/** The product of sizes; with unknown sizes among them, an expression such as `N*5408`. */
export function productOf(dims: Shape): Dim {
  const number = dims.reduce<number>((a, d) => (typeof d === 'number' ? a * d : a), 1)
  const names = dims.filter((d) => typeof d === 'string')
  if (names.length === 0 || number === 0) return number
  return number === 1 ? names.join('*') : `${names.join('*')}*${number}`
}

/**
 * Multidirectional broadcasting (ONNX, docs/Broadcasting.md).
 * @throws EngineError engine/shape-mismatch
 */
export function broadcastShapes(a: Shape, b: Shape, where: string): Dim[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1
    const y = b[i - rank + b.length] ?? 1
    if (x === y || y === 1) return x
    if (x === 1) return y
    throw new EngineError(
      'engine/shape-mismatch',
      `${where}: the shapes ${showShape(a)} and ${showShape(b)} do not broadcast (${x} against ${y})`,
      'Sizes must be equal, or one of them 1, counted from the last axis.',
    )
  })
}

/** A constant of a float or integer type from plain numbers. */
export function tensor(dtype: DType, shape: readonly number[], values: ArrayLike<number>): Tensor {
  if (values.length !== sizeOf(shape)) {
    throw new EngineError(
      'engine/shape-mismatch',
      `a constant of shape ${showShape(shape)} needs ${sizeOf(shape)} values, got ${values.length}`,
      'Give one value per element, row-major.',
    )
  }
  const numbers = Array.from(values)
  if (dtype === 'int64') return { dtype, shape, data: BigInt64Array.from(numbers, (v) => BigInt(v)) }
  if (dtype === 'uint64') return { dtype, shape, data: BigUint64Array.from(numbers, (v) => BigInt(v)) }
  if (dtype === 'float16') {
    throw new EngineError(
      'engine/type-mismatch',
      'float16 constants cannot be made from numbers',
      'Make a float32 constant and cast it in the graph.',
    )
  }
  return { dtype, shape, data: dtypes[dtype].array.from(numbers) as TensorData }
}

/** The values of a constant as numbers (int64 values must be safe integers). */
export const numbersOf = (t: Tensor): number[] => Array.from(t.data as ArrayLike<number | bigint>, Number)
