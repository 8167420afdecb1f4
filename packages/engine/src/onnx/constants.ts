/** @file Constants of a file: initialisers and Constant nodes, also of types that only opaque nodes use. */
import { create } from '@bufbuild/protobuf'
import { dtypes, type Tensor } from '../graph/tensor.ts'
import type { Attributes, Graph, Value } from '../graph/types.ts'
import type { ExternalData } from './external.ts'
import { AttributeProtoSchema, type TensorProto } from './onnx.generated.ts'
import { completeTensor, isKnownType, readTensor } from './tensors.ts'
import { canonicalOpset } from './versions.ts'

export function addInitialiser(graph: Graph, t: TensorProto, external: ExternalData | undefined): Value {
  const where = `initialiser ${t.name}`
  if (isKnownType(t)) return graph.constant(readTensor(t, where, external), t.name)
  const value = create(AttributeProtoSchema, {
    name: 'value',
    type: 4,
    t: completeTensor(t, where, external),
  })
  return opaqueConstant(graph, { value: { raw: value } })
}

/** The value of a Constant node; one of floats keeps its name, so that it can be trained. */
export function addConstant(graph: Graph, attributes: Attributes, name: string): Value {
  const content = contentOf(attributes)
  if (content === null) return opaqueConstant(graph, attributes)
  return graph.constant(content, dtypes[content.dtype].float ? name : undefined)
}

const opaqueConstant = (graph: Graph, attributes: Attributes): Value =>
  graph.addOpaque({ op: 'Constant', domain: '', version: canonicalOpset }, [], attributes, [null])[0]!

function contentOf({ value, value_int, value_float, value_ints, value_floats }: Attributes): Tensor | null {
  if (typeof value === 'object' && 'data' in value) return value
  if (typeof value_int === 'number')
    return { dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(value_int)) }
  if (Array.isArray(value_ints))
    return { dtype: 'int64', shape: [value_ints.length], data: BigInt64Array.from(value_ints, BigInt) }
  if (typeof value_float === 'object' && 'float' in value_float)
    return { dtype: 'float32', shape: [], data: Float32Array.of(value_float.float) }
  if (typeof value_floats === 'object' && 'floats' in value_floats) {
    const { floats } = value_floats
    return { dtype: 'float32', shape: [floats.length], data: Float32Array.from(floats) }
  }
  return null
}
