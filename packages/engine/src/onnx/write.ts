/** @file Writes a graph as an ONNX file. */
import { create, toBinary } from '@bufbuild/protobuf'
import { captures, topological } from '../graph/graph.ts'
import { isSub } from '../graph/shapes/subgraph.ts'
import { dtypes, type Shape } from '../graph/tensor.ts'
import type { Attribute, Model, Node, Subgraph, Value } from '../graph/types.ts'
import {
  type AttributeProto,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './onnx.generated.ts'
import { writeTensor } from './tensors.ts'

/** The one opset of this engine: files are read into it and written in it. */
export const canonicalOpset = 19
/** The IR version that ONNX published together with that opset. */
export const irVersion = 9

/**
 * The graph as the bytes of an ONNX ModelProto. Only what the outputs reach is written.
 * @see https://onnx.ai/onnx/repo-docs/IR.html
 */
export function writeModel(model: Model, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const proto = create(ModelProtoSchema, {
    irVersion: BigInt(irVersion),
    producerName: '@capstan/engine',
    opsetImport: [{ domain: '', version: BigInt(canonicalOpset) }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: writeGraph(model, model.outputNames ?? model.outputs.map((v) => v.name), new Map()),
  })
  return toBinary(ModelProtoSchema, proto)
}

type Names = ReadonlyMap<Value, string>

function writeGraph(
  { graph, inputs, outputs }: Subgraph,
  outputNames: readonly string[],
  outer: Names,
): GraphProto {
  const names = new Map(outer)
  const copies: [Value, string][] = []
  outputs.forEach((value, i) => {
    // A value that is also an input, a constant, an outer value or an earlier output needs a node of its own.
    if (value.node === null || value.graph !== graph || outputs.indexOf(value) !== i)
      copies.push([value, outputNames[i]!])
    else names.set(value, outputNames[i]!)
  })
  const nodes = topological(outputs, graph)
  const bodies = nodes.flatMap((n) => Object.values(n.attributes)).filter(isSub)
  const read = [...nodes.flatMap((n) => n.inputs), ...outputs, ...bodies.flatMap(captures)].filter(
    (v) => v !== null,
  )
  const used = new Set(read)
  const constants: TensorProto[] = []
  for (const v of used)
    if (v.constant !== null && v.graph === graph) constants.push(writeTensor(v.constant, v.name))
  return create(GraphProtoSchema, {
    name: 'main',
    node: [
      ...nodes.map((n) => writeNode(n, names, used)),
      ...copies.map(([v, to]) =>
        create(NodeProtoSchema, {
          opType: 'Identity',
          name: to,
          input: [names.get(v) ?? v.name],
          output: [to],
        }),
      ),
    ],
    initializer: constants,
    input: inputs.map((v) => valueInfo(v.name, v)),
    output: outputs.map((v, i) => valueInfo(outputNames[i]!, v)),
  })
}

function writeNode(node: Node, names: Names, used: ReadonlySet<Value>): NodeProto {
  const nameOf = (v: Value | null): string => (v === null ? '' : (names.get(v) ?? v.name))
  return create(NodeProtoSchema, {
    opType: node.op,
    name: node.name,
    input: node.inputs.map(nameOf),
    output: writtenOutputs(node, used).map(nameOf),
    attribute: Object.entries(node.attributes).map(([name, a]) => writeAttribute(name, a, names)),
  })
}

/** Ops that do less when nothing reads the outputs after their first. */
const optionalOutputs = new Set(['BatchNormalization', 'Dropout', 'MaxPool'])

function writtenOutputs(node: Node, used: ReadonlySet<Value>): readonly Value[] {
  if (!optionalOutputs.has(node.op)) return node.outputs
  return node.outputs.slice(0, Math.max(1, node.outputs.findLastIndex((v) => used.has(v)) + 1))
}

function writeAttribute(name: string, a: Attribute, names: Names): AttributeProto {
  const base = { name }
  if (typeof a === 'number') return create(AttributeProtoSchema, { ...base, type: 2, i: BigInt(a) })
  if (typeof a === 'string')
    return create(AttributeProtoSchema, { ...base, type: 3, s: new TextEncoder().encode(a) })
  if (Array.isArray(a)) return create(AttributeProtoSchema, { ...base, type: 7, ints: a.map(BigInt) })
  const o = a as Exclude<Attribute, number | string | readonly number[]>
  if ('float' in o) return create(AttributeProtoSchema, { ...base, type: 1, f: o.float })
  if ('floats' in o) return create(AttributeProtoSchema, { ...base, type: 6, floats: [...o.floats] })
  if ('graph' in o)
    return create(AttributeProtoSchema, { ...base, type: 5, g: writeGraph(o, bodyOutputNames(o), names) })
  return create(AttributeProtoSchema, { ...base, type: 4, t: writeTensor(o, '') })
}

/** Body outputs keep their values' names; only those that need a copy get one of their own. */
const bodyOutputNames = ({ graph, outputs }: Subgraph): string[] =>
  outputs.map((v, i) =>
    v.node !== null && v.graph === graph && outputs.indexOf(v) === i ? v.name : `${v.name}/out${i}`,
  )

function valueInfo(name: string, value: { dtype: Value['dtype']; shape: Shape }): ValueInfoProto {
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
