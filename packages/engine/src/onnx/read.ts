/** @file Reads an ONNX file into a graph; whatever the bytes are, the answer is a graph or a typed error. */
import { fromBinary } from '@bufbuild/protobuf'
import { EngineError } from '../errors.ts'
import { newGraph } from '../graph/graph.ts'
import type { Attributes, Graph, Model, OpaqueOp, Subgraph, Value, ValueType } from '../graph/types.ts'
import { readAttribute } from './attributes.ts'
import { addConstant, addInitialiser } from './constants.ts'
import type { ExternalData } from './external.ts'
import { bodyFor, functionKey, functionsOf } from './functions.ts'
import { addNode } from './nodes.ts'
import {
  type FunctionProto,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type OperatorSetIdProto,
  type ValueInfoProto,
} from './onnx.generated.ts'
import { badModel, deepestNesting, ordered } from './order.ts'
import { addInput, declaredType } from './types.ts'
import { addUpgraded } from './upgrade/upgrade.ts'
import { newestOpset } from './versions.ts'
import { widen } from './widen.ts'

/** Functions may call functions; a small file must not unfold into a graph that fills the memory. */
const mostUnfolded = 200_000

export interface ReadModel extends Model {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /** Initialisers and constants of floats by name, those of branches and loops too: what can be trained or replaced. */
  readonly initialisers: ReadonlyMap<string, Value>
  readonly metadata: Readonly<Record<string, string>>
}

export interface ReadOptions {
  /** Gives the data of tensors that lie in other files; without it they are refused. */
  readonly external?: ExternalData
  /** Makes every float16 and bfloat16 of the file float32: their weights can then be trained. */
  readonly widen?: boolean
}

/**
 * Reads opsets up to 26 and upgrades them to the canonical one. Nodes that the engine has no rules for are kept as
 * they are: they run, but have no gradient.
 * @throws EngineError engine/bad-model (not ONNX, truncated, inconsistent, data outside the folder),
 * engine/unsupported-model (a newer opset, data in other files, ops that were taken out of ONNX), and what the shape
 * rules throw where everything is known and does not fit
 */
export function readModel(bytes: Uint8Array, options: ReadOptions = {}): ReadModel {
  const proto = decode(bytes)
  if (proto.graph === undefined) throw badModel('the file holds no graph')
  if (options.widen === true) widen(proto, options.external)
  const versions = versionsOf(proto.opsetImport)
  const opset = versions.get('') ?? 1
  if (opset > newestOpset) {
    throw new EngineError(
      'engine/unsupported-model',
      `the model uses opset ${opset}; this engine reads opsets up to ${newestOpset}`,
      `Export the model with opset ${newestOpset} or older.`,
    )
  }
  const reading: Reading = {
    versions,
    functions: functionsOf(proto),
    external: options.external,
    initialisers: new Map(),
    unfolded: 0,
    depth: 0,
  }
  const read = readGraph(proto.graph, null, new Map(), reading)
  const metadata = Object.fromEntries(proto.metadataProps.map(({ key, value }) => [key, value]))
  const outputTypes = proto.graph.output.map((o) => o.type)
  return {
    ...read,
    initialisers: reading.initialisers,
    outputNames: proto.graph.output.map((o) => o.name),
    outputTypes,
    metadata,
  }
}

function decode(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes)
  } catch (cause) {
    throw badModel('the file is not an ONNX model, or it is truncated', cause)
  }
}

type Versions = ReadonlyMap<string, number>
type Scope = Map<string, Value>

interface Reading {
  readonly versions: Versions
  readonly functions: ReadonlyMap<string, FunctionProto>
  readonly external: ExternalData | undefined
  /** Those of subgraphs too, by names that are unique in the model. */
  readonly initialisers: Map<string, Value>
  unfolded: number
  depth: number
}

/** What a node is read into: the graph with the names that are known there. */
interface Place {
  readonly graph: Graph
  readonly scope: Scope
  readonly types: ReadonlyMap<string, ValueType>
  define(name: string, value: Value): void
}

const versionsOf = (imports: readonly OperatorSetIdProto[]): Versions =>
  new Map(imports.map(({ domain, version }) => [domain === 'ai.onnx' ? '' : domain, Number(version)]))

function readGraph(proto: GraphProto, parent: Graph | null, outer: Scope, reading: Reading) {
  const graph = newGraph(parent)
  const place = placeIn(graph, new Map(outer), [...proto.valueInfo, ...proto.output])
  const own = new Set<string>()
  for (const t of proto.initializer) {
    const value = addInitialiser(graph, t, reading.external)
    own.add(t.name)
    reading.initialisers.set(parent === null ? t.name : value.name, value)
    place.define(t.name, value)
  }
  const inputInfos = proto.input.filter((i) => !own.has(i.name))
  const inputs = inputInfos.map((info) => {
    const value = addInput(graph, info)
    place.define(info.name, value)
    return value
  })
  // No value inside may take the name that an output is to have.
  for (const { name } of proto.output) graph.opaqueInput(name, undefined)
  for (const node of ordered(proto.node, place.scope)) readNode(node, place, reading)
  const outputs = proto.output.map(({ name }) => {
    const value = place.scope.get(name)
    if (value === undefined) throw badModel(`the output ${name} is computed by no node`)
    return value
  })
  return { graph, inputs, outputs, inputNames: inputInfos.map((i) => i.name) }
}

function placeIn(graph: Graph, scope: Scope, infos: readonly ValueInfoProto[]): Place {
  const own = new Set<string>()
  const types = new Map<string, ValueType>()
  for (const info of infos) {
    const type = declaredType(info)
    if (type !== null) types.set(info.name, type)
  }
  return {
    graph,
    scope,
    types,
    define(name, value) {
      if (own.has(name)) throw badModel(`the value ${name} is defined twice`)
      own.add(name)
      scope.set(name, value)
    },
  }
}

function readNode(node: NodeProto, place: Place, reading: Reading): void {
  const { graph, scope, define, types } = place
  const domain = node.domain === 'ai.onnx' ? '' : node.domain
  const where = node.name === '' ? node.opType : `${node.name} (${node.opType})`
  const inputs = node.input.map((name) => {
    if (name === '') return null
    const value = scope.get(name)
    if (value === undefined) throw badModel(`${where} reads ${name}, which nothing computes`)
    return value
  })
  const body = reading.functions.get(functionKey(node))
  if (body !== undefined) {
    unfold(body, node, inputs, place, reading, where)
    return
  }
  const attributes: Attributes = Object.fromEntries(
    node.attribute.map((a) => [
      a.name,
      readAttribute(
        a,
        `${where}, attribute ${a.name}`,
        reading.external,
        (g): Subgraph => deeper(reading, where, () => readGraph(g, graph, scope, reading)),
      ),
    ]),
  )
  if (node.opType === 'Constant' && domain === '') {
    const name = node.output[0] ?? ''
    const value = addConstant(graph, attributes, name)
    if (value.name === name) reading.initialisers.set(name, value)
    define(name, value)
    return
  }
  const omitted = node.output.flatMap((name, i) => (name === '' ? [i] : []))
  const op: OpaqueOp = {
    op: node.opType,
    domain,
    version: reading.versions.get(domain) ?? 1,
    ...(omitted.length > 0 ? { omitted } : {}),
  }
  const spec = { op, inputs, attributes, types: node.output.map((name) => types.get(name) ?? null) }
  const outputs = graph.scoped(node.name, () =>
    domain === '' ? addUpgraded(graph, spec, op.version, where) : addNode(graph, spec),
  )
  node.output.forEach((name, i) => {
    const value = outputs[i] ?? null
    if (name !== '' && value !== null) define(name, value)
  })
}

/** Reads the body of a function in the place of the node that calls it. */
function unfold(
  body: FunctionProto,
  caller: NodeProto,
  inputs: readonly (Value | null)[],
  place: Place,
  reading: Reading,
  where: string,
): void {
  reading.unfolded += body.node.length
  if (reading.unfolded > mostUnfolded)
    throw badModel(`${where}: the functions of the file unfold into more than ${mostUnfolded} nodes`)
  const names: Scope = new Map()
  body.input.forEach((name, i) => {
    const value = inputs[i] ?? null
    if (value !== null) names.set(name, value)
  })
  const inside = placeIn(place.graph, names, [])
  const nodes = bodyFor(body, caller).map((node) =>
    // An optional input that the caller does not give is absent.
    ({ ...node, input: node.input.map((n) => (body.input.includes(n) && !names.has(n) ? '' : n)) }),
  )
  const versions = new Map([...reading.versions, ...versionsOf(body.opsetImport)])
  deeper(reading, where, () => {
    const inner: Reading = { ...reading, versions }
    for (const node of ordered(nodes, names)) readNode(node, inside, inner)
    reading.unfolded = inner.unfolded
  })
  caller.output.forEach((name, i) => {
    const value = names.get(body.output[i] ?? '')
    if (name !== '' && value !== undefined) place.define(name, value)
  })
}

function deeper<T>(reading: Reading, where: string, read: () => T): T {
  if (reading.depth >= deepestNesting)
    throw badModel(`${where}: subgraphs and functions are nested more than ${deepestNesting} deep`)
  reading.depth++
  try {
    return read()
  } finally {
    reading.depth--
  }
}
