/** @file Half-precision floats of a file as float32, so that they can be trained. */
import type { ExternalData } from './external.ts'
import type {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  TypeProto,
} from './onnx.generated.ts'
import { completeTensor } from './tensors.ts'

/** TensorProto.DataType of float32, float16 and bfloat16. */
const [single, half, brain] = [1, 10, 16]
const isNarrow = (type: number): boolean => type === half || type === brain

/** Attributes that name an element type. */
const typeAttributes = new Set(['to', 'dtype', 'output_dtype', 'stash_type', 'softmax_precision'])

/** The file with every float16 and bfloat16, of constants, inputs and casts, made float32. Changes `model`. */
export function widen(model: ModelProto, external: ExternalData | undefined): void {
  if (model.graph !== undefined) widenGraph(model.graph, external)
  for (const { node } of model.functions) for (const n of node) widenNode(n, external)
}

function widenGraph(graph: GraphProto, external: ExternalData | undefined): void {
  graph.initializer = graph.initializer.map((t) => widenTensor(t, external))
  for (const { type } of [...graph.input, ...graph.output, ...graph.valueInfo]) widenType(type)
  for (const node of graph.node) widenNode(node, external)
}

function widenNode(node: NodeProto, external: ExternalData | undefined): void {
  for (const a of node.attribute) widenAttribute(a, external)
}

function widenAttribute(a: AttributeProto, external: ExternalData | undefined): void {
  if (typeAttributes.has(a.name) && isNarrow(Number(a.i))) a.i = BigInt(single)
  if (a.t !== undefined) a.t = widenTensor(a.t, external)
  a.tensors = a.tensors.map((t) => widenTensor(t, external))
  if (a.g !== undefined) widenGraph(a.g, external)
  for (const g of a.graphs) widenGraph(g, external)
}

function widenType(type: TypeProto | undefined): void {
  const value = type?.value
  if (value?.case === 'tensorType' && isNarrow(value.value.elemType)) value.value.elemType = single
}

function widenTensor(given: TensorProto, external: ExternalData | undefined): TensorProto {
  if (!isNarrow(given.dataType)) return given
  const t = completeTensor(given, `initialiser ${given.name}`, external)
  // Raw bytes, which need not be aligned, or one number for each value.
  const count = t.rawData.length > 0 ? Math.floor(t.rawData.length / 2) : t.int32Data.length
  const bits = (i: number): number =>
    t.rawData.length > 0 ? t.rawData[2 * i]! | (t.rawData[2 * i + 1]! << 8) : t.int32Data[i]! & 0xffff
  const convert = given.dataType === half ? fromHalf : fromBrain
  const values = Float32Array.from({ length: count }, (_, i) => convert(bits(i)))
  return { ...t, dataType: single, rawData: new Uint8Array(values.buffer), int32Data: [] }
}

/** IEEE 754 binary16: 1 sign bit, 5 of the exponent, 10 of the fraction. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff]
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** bfloat16: the upper half of a float32. */
function fromBrain(bits: number): number {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint16(0, bits)
  return view.getFloat32(0)
}
