/** @file Reads an ONNX file into a graph; whatever the bytes are, the answer is a graph or a typed error. */
import { fromBinary } from '@bufbuild/protobuf'
import { EngineError } from '../errors.ts'
import { newGraph } from '../graph/graph.ts'
import type { Dim } from '../graph/tensor.ts'
import type { Attribute, Attributes, Graph, Model, Subgraph, Value } from '../graph/types.ts'
import {
  type AttributeProto,
  type GraphProto,
  ModelProtoSchema,
  type NodeProto,
  type ValueInfoProto,
} from './onnx.generated.ts'
import { dtypeOf, readTensor } from './tensors.ts'
import { canonicalOpset } from './write.ts'

/** Opsets whose definitions of the ops in the shape table are those of the canonical one. */
const oldestOpset = 18
const newestOpset = 21
const deepestNesting = 16

export interface ReadModel extends Model {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /** Initialisers by name: what can be trained or replaced. */
  readonly initialisers: ReadonlyMap<string, Value>
  readonly metadata: Readonly<Record<string, string>>
}

const bad = (message: string, cause?: unknown): EngineError =>
  new EngineError(
    'engine/bad-model',
    message,
    'Check that the file is a complete ONNX model; export or copy it again.',
    { cause },
  )

/**
 * @throws EngineError engine/bad-model (not ONNX, truncated, inconsistent), engine/unsupported-model (opset, external
 * data, other domains), engine/unsupported-op, and the errors of the shape rules
 */
export function readModel(bytes: Uint8Array): ReadModel {
  const proto = decode(bytes)
  if (proto.graph === undefined) throw bad('the file holds no graph')
  const opset = proto.opsetImport.find((o) => o.domain === '' || o.domain === 'ai.onnx')?.version ?? 0n
  if (opset < oldestOpset || opset > newestOpset) {
    throw new EngineError(
      'engine/unsupported-model',
      `the model uses opset ${opset}; this engine reads opsets ${oldestOpset} to ${newestOpset}`,
      `Export the model with opset ${canonicalOpset}.`,
    )
  }
  const read = readGraph(proto.graph, null, new Map(), 0)
  const metadata = Object.fromEntries(proto.metadataProps.map(({ key, value }) => [key, value]))
  return { ...read, outputNames: proto.graph.output.map((o) => o.name), metadata }
}

function decode(bytes: Uint8Array) {
  try {
    return fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false })
  } catch (cause) {
    throw bad('the file is not an ONNX model, or it is truncated', cause)
  }
}

type Scope = Map<string, Value>

function readGraph(proto: GraphProto, parent: Graph | null, outer: Scope, depth: number) {
  if (depth > deepestNesting) throw bad(`subgraphs are nested more than ${deepestNesting} deep`)
  const graph = newGraph(parent)
  const scope: Scope = new Map(outer)
  const own = new Set<string>()
  const define = (name: string, value: Value): void => {
    if (own.has(name)) throw bad(`the value ${name} is defined twice`)
    own.add(name)
    scope.set(name, value)
  }
  const initialisers = new Map<string, Value>()
  for (const t of proto.initializer) {
    const value = graph.constant(readTensor(t, `initialiser ${t.name}`), t.name)
    initialisers.set(t.name, value)
    define(t.name, value)
  }
  const inputInfos = proto.input.filter((i) => !initialisers.has(i.name))
  const inputs = inputInfos.map((info) => {
    const value = readInput(graph, info)
    define(info.name, value)
    return value
  })
  for (const node of ordered(proto.node, scope)) readNode(node, graph, scope, define, depth)
  const outputs = proto.output.map(({ name }) => {
    const value = scope.get(name)
    if (value === undefined) throw bad(`the output ${name} is computed by no node`)
    return value
  })
  return { graph, inputs, outputs, inputNames: inputInfos.map((i) => i.name), initialisers }
}

function readInput(graph: Graph, info: ValueInfoProto): Value {
  const type = info.type?.value
  if (type?.case !== 'tensorType')
    throw new EngineError(
      'engine/unsupported-model',
      `the input ${info.name} is not a tensor`,
      'Export a model with tensor inputs.',
    )
  if (type.value.shape === undefined)
    throw new EngineError(
      'engine/unsupported-model',
      `the input ${info.name} has no shape`,
      'Export the model with its input shapes.',
    )
  const shape = type.value.shape.dim.map(({ value }, i): Dim => {
    if (value.case === 'dimValue') {
      const size = Number(value.value)
      if (size < 0 || !Number.isSafeInteger(size))
        throw bad(`the input ${info.name} has the impossible size ${value.value}`)
      return size
    }
    return value.case === 'dimParam' && value.value !== '' ? value.value : `${info.name}.${i}`
  })
  return graph.input(info.name, dtypeOf(type.value.elemType, `input ${info.name}`), shape)
}

/** Nodes in an order in which each comes after what it needs; files of some exporters are not sorted. */
function ordered(nodes: readonly NodeProto[], known: Scope): NodeProto[] {
  const producer = new Map<string, NodeProto>()
  for (const node of nodes) for (const name of node.output) if (name !== '') producer.set(name, node)
  const state = new Map<NodeProto, 'open' | 'done'>()
  const order: NodeProto[] = []
  for (const first of nodes) {
    const stack: NodeProto[] = [first]
    while (stack.length > 0) {
      const node = stack[stack.length - 1]!
      if (state.get(node) === 'done') {
        stack.pop()
        continue
      }
      const waiting = freeNames(node).flatMap((name) => {
        const need = known.has(name) ? undefined : producer.get(name)
        return need === undefined || need === node || state.get(need) === 'done' ? [] : [need]
      })
      if (state.get(node) === 'open' && waiting.some((n) => state.get(n) === 'open'))
        throw bad(`the graph has a cycle at ${node.name || node.opType}`)
      state.set(node, waiting.length === 0 ? 'done' : 'open')
      if (waiting.length > 0) stack.push(...waiting)
      else {
        order.push(node)
        stack.pop()
      }
    }
  }
  return order
}

/** Names a node reads, those inside its subgraphs included. */
function freeNames(node: NodeProto, depth = 0): string[] {
  if (depth > deepestNesting) throw bad(`subgraphs are nested more than ${deepestNesting} deep`)
  const inner = node.attribute.flatMap((a) =>
    a.g ? [...a.g.node.flatMap((n) => freeNames(n, depth + 1)), ...a.g.output.map((o) => o.name)] : [],
  )
  return [...node.input, ...inner]
}

function readNode(
  node: NodeProto,
  graph: Graph,
  scope: Scope,
  define: (name: string, v: Value) => void,
  depth: number,
): void {
  const what = node.name === '' ? node.opType : `${node.name} (${node.opType})`
  if (node.domain !== '' && node.domain !== 'ai.onnx') {
    throw new EngineError(
      'engine/unsupported-op',
      `${what}: ops of the domain ${node.domain} are not supported`,
      'Export the model with standard ONNX ops.',
    )
  }
  const attributes: Attributes = Object.fromEntries(
    node.attribute.map((a) => [a.name, readAttribute(a, what, graph, scope, depth)]),
  )
  if (node.opType === 'Constant') {
    define(node.output[0] ?? '', constantContent(attributes, what, graph))
    return
  }
  const inputs = node.input.map((name) => {
    if (name === '') return null
    const value = scope.get(name)
    if (value === undefined) throw bad(`${what} reads ${name}, which nothing computes`)
    return value
  })
  const outputs = graph.scoped(node.name, () =>
    graph.add(node.opType, inputs, attributes, node.output.length),
  )
  if (outputs.length < node.output.length) throw bad(`${what} has more outputs than its op gives`)
  node.output.forEach((name, i) => {
    if (name !== '') define(name, outputs[i]!)
  })
}

function constantContent(attributes: Attributes, what: string, graph: Graph): Value {
  const { value, value_int, value_float, value_ints, value_floats } = attributes
  if (typeof value === 'object' && 'data' in value) return graph.constant(value)
  if (typeof value_int === 'number')
    return graph.constant({ dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(value_int)) })
  if (Array.isArray(value_ints))
    return graph.constant({
      dtype: 'int64',
      shape: [value_ints.length],
      data: BigInt64Array.from(value_ints, BigInt),
    })
  if (typeof value_float === 'object' && 'float' in value_float)
    return graph.constant({ dtype: 'float32', shape: [], data: Float32Array.of(value_float.float) })
  if (typeof value_floats === 'object' && 'floats' in value_floats) {
    return graph.constant({
      dtype: 'float32',
      shape: [value_floats.floats.length],
      data: Float32Array.from(value_floats.floats),
    })
  }
  throw new EngineError(
    'engine/unsupported-model',
    `${what}: this kind of constant is not supported`,
    'Export the model with tensor constants.',
  )
}

function readAttribute(
  a: AttributeProto,
  what: string,
  graph: Graph,
  scope: Scope,
  depth: number,
): Attribute {
  switch (a.type) {
    case 1:
      return { float: a.f }
    case 2:
      return Number(a.i)
    case 3:
      return new TextDecoder().decode(a.s)
    case 4:
      if (a.t !== undefined) return readTensor(a.t, `${what}, attribute ${a.name}`)
      break
    case 5:
      if (a.g !== undefined) return readGraph(a.g, graph, scope, depth + 1) satisfies Subgraph
      break
    case 6:
      return { floats: a.floats }
    case 7:
      return a.ints.map(Number)
    default:
  }
  throw new EngineError(
    'engine/unsupported-model',
    `${what}: the attribute ${a.name} has a kind that is not supported`,
    'Export the model with standard ONNX ops.',
  )
}
