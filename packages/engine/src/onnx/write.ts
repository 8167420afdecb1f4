/** @file Writes a graph as an ONNX file. */
import { create, toBinary } from '@bufbuild/protobuf'
import { captures, topological } from '../graph/graph.ts'
import { knownType } from '../graph/opaque.ts'
import { isSub } from '../graph/shapes/subgraph.ts'
import type { Model, Node, Subgraph, Value } from '../graph/types.ts'
import { writeAttribute } from './attributes.ts'
import {
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
} from './onnx.generated.ts'
import { writeTensor } from './tensors.ts'
import { valueInfo } from './types.ts'
import { canonicalOpset, irVersionOf, opsetOf } from './versions.ts'

export { canonicalOpset } from './versions.ts'

/**
 * The graph as the bytes of an ONNX ModelProto, in the canonical opset or the first later one that has all its ops.
 * Only what the outputs reach is written.
 * @see https://onnx.ai/onnx/repo-docs/IR.html
 */
export function writeModel(model: Model, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const nodes = allNodes(model)
  const opset = nodes.reduce((most, node) => Math.max(most, opsetOf(node)), canonicalOpset)
  const domains = new Map<string, number>([['', opset]])
  for (const { opaque } of nodes)
    if (opaque !== undefined && opaque.domain !== '') domains.set(opaque.domain, opaque.version)
  const proto = create(ModelProtoSchema, {
    irVersion: BigInt(irVersionOf(opset)),
    producerName: '@capstan/engine',
    opsetImport: [...domains].map(([domain, version]) => ({ domain, version: BigInt(version) })),
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: writeGraph(
      model,
      model.outputNames ?? model.outputs.map((v) => v.name),
      new Map(),
      model.outputTypes,
    ),
  })
  return toBinary(ModelProtoSchema, proto)
}

/** The nodes that the outputs reach, those of subgraphs included. */
function allNodes({ graph, outputs }: Subgraph): Node[] {
  const nodes = topological(outputs, graph)
  return [
    ...nodes,
    ...nodes
      .flatMap((n) => Object.values(n.attributes))
      .filter(isSub)
      .flatMap(allNodes),
  ]
}

type Names = ReadonlyMap<Value, string>

function writeGraph(
  { graph, inputs, outputs }: Subgraph,
  outputNames: readonly string[],
  outer: Names,
  outputTypes: readonly unknown[] = [],
): GraphProto {
  const names = new Map(outer)
  const copies: [Value, string][] = []
  outputs.forEach((value, i) => {
    const name = outputNames[i]!
    // A value that is also an input, a constant, an outer value or an earlier output needs a node of its own.
    if (value.graph === graph && value.node === null && value.name === name) return
    if (value.node === null || value.graph !== graph || outputs.indexOf(value) !== i)
      copies.push([value, name])
    else names.set(value, name)
  })
  // An output may carry a name that a value inside has too.
  const taken = new Set(outputNames)
  const rename = (v: Value): void => {
    if (names.has(v) || !taken.has(v.name) || outputs.some((o, i) => o === v && v.name === outputNames[i]))
      return
    let n = 1
    while (taken.has(`${v.name}_${n}`)) n++
    taken.add(`${v.name}_${n}`)
    names.set(v, `${v.name}_${n}`)
  }
  const nodes = topological(outputs, graph)
  const bodies = nodes.flatMap((n) => Object.values(n.attributes)).filter(isSub)
  const read = [...nodes.flatMap((n) => n.inputs), ...outputs, ...bodies.flatMap(captures)].filter(
    (v) => v !== null,
  )
  const used = new Set(read)
  const own = [...used].filter((v) => v.graph === graph && !inputs.includes(v))
  own.forEach(rename)
  for (const n of nodes) n.outputs.forEach(rename)
  const constants = own.flatMap((v) =>
    v.constant === null ? [] : [writeTensor(v.constant, names.get(v) ?? v.name)],
  )
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
    // What the rules find out needs no word; of other nodes only the file says it.
    valueInfo: nodes
      .filter((n) => n.opaque !== undefined)
      .flatMap((n) => n.outputs)
      .filter((v) => knownType(v) !== null && used.has(v) && !outputs.includes(v))
      .map((v) => valueInfo(names.get(v) ?? v.name, v)),
    input: inputs.map((v) => valueInfo(v.name, v)),
    output: outputs.map((v, i) => valueInfo(outputNames[i]!, v, outputTypes[i])),
  })
}

function writeNode(node: Node, names: Names, used: ReadonlySet<Value>): NodeProto {
  const nameOf = (v: Value | null): string => (v === null ? '' : (names.get(v) ?? v.name))
  return create(NodeProtoSchema, {
    opType: node.opaque?.op ?? node.op,
    domain: node.opaque?.domain ?? '',
    name: node.name,
    input: node.inputs.map(nameOf),
    output: writtenOutputs(node, used).map((v, i) => (node.opaque?.omitted?.includes(i) ? '' : nameOf(v))),
    attribute: Object.entries(node.attributes).map(([name, a]) =>
      writeAttribute(name, a, (body) => writeGraph(body, bodyOutputNames(body), names)),
    ),
  })
}

/** Ops that do less when nothing reads the outputs after their first. */
const optionalOutputs = new Set(['Dropout', 'MaxPool'])

function writtenOutputs(node: Node, used: ReadonlySet<Value>): readonly Value[] {
  if (!optionalOutputs.has(node.op)) return node.outputs
  return node.outputs.slice(0, Math.max(1, node.outputs.findLastIndex((v) => used.has(v)) + 1))
}

/** Body outputs keep their values' names; only those that need a copy get one of their own. */
const bodyOutputNames = ({ graph, outputs }: Subgraph): string[] =>
  outputs.map((v, i) =>
    v.node !== null && v.graph === graph && outputs.indexOf(v) === i ? v.name : `${v.name}/out${i}`,
  )
