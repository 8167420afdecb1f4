/** @file Types to and from TypeProto. */
import { create } from '@bufbuild/protobuf'
import { EngineError } from '../errors.ts'
import { knownType, OpaqueValue } from '../graph/opaque.ts'
import { type Dim, type DType, dtypes } from '../graph/tensor.ts'
import type { Graph, Value, ValueType } from '../graph/types.ts'
import { type TypeProto, type ValueInfoProto, ValueInfoProtoSchema } from './onnx.generated.ts'

/** The type that the file gives a value, where it is a tensor of a known element type with known axes. */
export function declaredType({ name, type }: ValueInfoProto): ValueType | null {
  if (type?.value.case !== 'tensorType' || type.value.value.shape === undefined) return null
  const { elemType, shape } = type.value.value
  const dtype = (Object.keys(dtypes) as DType[]).find((d) => dtypes[d].onnx === elemType)
  if (dtype === undefined || shape === undefined) return null
  return {
    dtype,
    shape: shape.dim.map(({ value }, i): Dim => {
      if (value.case !== 'dimValue')
        return value.case === 'dimParam' && value.value !== '' ? value.value : `${name}.${i}`
      const size = Number(value.value)
      // Some exporters write -1 for a size that is not known.
      if (size === -1) return `${name}.${i}`
      if (size < 0 || !Number.isSafeInteger(size)) {
        throw new EngineError(
          'engine/bad-model',
          `the input ${name} has the impossible size ${value.value}`,
          'Check that the file is a complete ONNX model; export or copy it again.',
        )
      }
      return size
    }),
  }
}

export function addInput(graph: Graph, info: ValueInfoProto): Value {
  const type = declaredType(info)
  return type === null
    ? graph.opaqueInput(info.name, info.type)
    : graph.input(info.name, type.dtype, type.shape)
}

/** An input of another graph that is named and typed like `v`. */
export const inputLike = (graph: Graph, v: Value, type: ValueType | null = knownType(v)): Value =>
  type === null
    ? graph.opaqueInput(v.name, v instanceof OpaqueValue ? v.declared : undefined)
    : graph.input(v.name, type.dtype, type.shape)

/** `declared` is used where the value's own type is not known. */
export function valueInfo(name: string, value: Value, declared?: unknown): ValueInfoProto {
  if (value instanceof OpaqueValue) {
    const type = (value.declared ?? declared) as TypeProto | undefined
    return create(ValueInfoProtoSchema, type === undefined ? { name } : { name, type })
  }
  const dim = value.shape.map((d) => ({
    value:
      typeof d === 'number'
        ? { case: 'dimValue' as const, value: BigInt(d) }
        : { case: 'dimParam' as const, value: d },
  }))
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: dtypes[value.dtype].onnx, shape: { dim } } } },
  })
}
