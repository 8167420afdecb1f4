/** @file Tensors of the Open Inference Protocol: datatypes, and JSON data to flat typed arrays. */
import { accepted, message, type Result, refused } from '../messages/message.ts'

/** The datatypes served; FP16 and BYTES have no exact JSON number and are refused. */
export type Datatype =
  | 'BOOL'
  | 'UINT8'
  | 'UINT16'
  | 'UINT32'
  | 'UINT64'
  | 'INT8'
  | 'INT16'
  | 'INT32'
  | 'INT64'
  | 'FP32'
  | 'FP64'

export type TensorData =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array

type NumberData = Exclude<TensorData, BigUint64Array | BigInt64Array>

/** Row-major data. */
export type FlatTensor = { name: string; datatype: Datatype; shape: number[]; data: TensorData }

type Kind =
  | { kind: 'float'; make: (count: number) => NumberData }
  | { kind: 'bool'; make: (count: number) => NumberData }
  | { kind: 'integer'; min: number; max: number; make: (count: number) => NumberData }
  | { kind: 'big'; make: (count: number) => BigInt64Array | BigUint64Array; min: number; max: number }

const integer = (bits: number, signed: boolean, make: (count: number) => NumberData): Kind => ({
  kind: 'integer',
  min: signed ? -(2 ** (bits - 1)) : 0,
  max: 2 ** (signed ? bits - 1 : bits) - 1,
  make,
})

const kinds = {
  BOOL: { kind: 'bool', make: (n) => new Uint8Array(n) },
  UINT8: integer(8, false, (n) => new Uint8Array(n)),
  UINT16: integer(16, false, (n) => new Uint16Array(n)),
  UINT32: integer(32, false, (n) => new Uint32Array(n)),
  UINT64: { kind: 'big', min: 0, max: Number.MAX_SAFE_INTEGER, make: (n) => new BigUint64Array(n) },
  INT8: integer(8, true, (n) => new Int8Array(n)),
  INT16: integer(16, true, (n) => new Int16Array(n)),
  INT32: integer(32, true, (n) => new Int32Array(n)),
  INT64: {
    kind: 'big',
    min: Number.MIN_SAFE_INTEGER,
    max: Number.MAX_SAFE_INTEGER,
    make: (n) => new BigInt64Array(n),
  },
  FP32: { kind: 'float', make: (n) => new Float32Array(n) },
  FP64: { kind: 'float', make: (n) => new Float64Array(n) },
} satisfies Record<Datatype, Kind>

export const isDatatype = (text: string): text is Datatype => Object.hasOwn(kinds, text)

/**
 * Reads `data` (flat, or nested to the shape's depth) into the datatype's array. Refuses a wrong nesting
 * or count, and any value that the datatype cannot hold, naming its place in row-major order.
 */
export const readTensor = (
  name: string,
  datatype: Datatype,
  shape: readonly number[],
  data: readonly unknown[],
): Result<FlatTensor> => {
  const count = shape.reduce((product, size) => product * size, 1)
  const values: unknown[] = []
  const nested = data.some((item) => Array.isArray(item))
  if (nested ? !flatten(data, shape, 0, values) : false)
    return refused(message('infer.nesting', { name, shape: showShape(shape) }))
  const flat = nested ? values : data
  if (flat.length !== count)
    return refused(
      message('infer.count', { name, shape: showShape(shape), expected: count, found: flat.length }),
    )
  const kind: Kind = kinds[datatype]
  const target = kind.make(count)
  for (let i = 0; i < count; i++) {
    const value = flat[i]
    const held = hold(kind, value)
    if (held === null || (datatype === 'FP32' && !Number.isFinite(Math.fround(Number(value)))))
      return refused(message('infer.value', { name, datatype, index: i, value: showValue(value) }))
    if (target instanceof BigInt64Array || target instanceof BigUint64Array) target[i] = BigInt(held)
    else target[i] = held
  }
  return accepted({ name, datatype, shape: [...shape], data: target })
}

/** `[1, -1, 28]`, -1 for a size that may vary. */
export const showShape = (shape: readonly number[]): string => `[${shape.join(', ')}]`

const flatten = (
  data: readonly unknown[],
  shape: readonly number[],
  axis: number,
  into: unknown[],
): boolean => {
  if (data.length !== shape[axis]) return false
  if (axis === shape.length - 1)
    return data.every((item) => {
      into.push(item)
      return !Array.isArray(item)
    })
  return data.every((item) => Array.isArray(item) && flatten(item, shape, axis + 1, into))
}

/** The number to store, or null when the datatype cannot hold the value. */
const hold = (kind: Kind, value: unknown): number | null => {
  if (kind.kind === 'bool') {
    if (typeof value === 'boolean') return value ? 1 : 0
    return value === 0 || value === 1 ? value : null
  }
  if (typeof value !== 'number' || !Number.isFinite(value)) return null
  if (kind.kind === 'float') return value
  return Number.isInteger(value) && value >= kind.min && value <= kind.max ? value : null
}

const showValue = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
