/** @file What a graph is made of: values, nodes, attributes, subgraphs. */
import type { DType, Shape, Tensor } from './tensor.ts'

/** The result of a node, an input of the graph, or a constant. Immutable. */
export interface Value {
  readonly graph: Graph
  readonly name: string
  readonly dtype: DType
  readonly shape: Shape
  /** The node that computes it; null for inputs and constants. */
  readonly node: Node | null
  /** Its content where it is a constant. */
  readonly constant: Tensor | null
}

export interface Node {
  readonly op: string
  readonly name: string
  /** The layer that was being traced, such as `conv1`; empty outside layers. */
  readonly scope: string
  /** An absent optional input is null. */
  readonly inputs: readonly (Value | null)[]
  readonly outputs: readonly Value[]
  readonly attributes: Attributes
  /** Set where the node is kept as the file has it; `op` is then its qualified name, which no table of rules has. */
  readonly opaque?: OpaqueOp
}

/** A node kept as the file has it: it runs, but has no shape rule and no gradient. */
export interface OpaqueOp {
  readonly op: string
  /** Empty for the ops of the ONNX standard. */
  readonly domain: string
  /** The version of the domain's op set that defines it. */
  readonly version: number
  /** Outputs that the node does not give. */
  readonly omitted?: readonly number[]
}

/** A graph used as an attribute (the body of a Loop). Values of the outer graph may be used inside it. */
export interface Subgraph {
  readonly graph: Graph
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
}

/**
 * `float` marks a number that ONNX stores as float even where it is whole; `raw` is an attribute of a kind that only
 * opaque nodes have, as the file has it.
 */
export type Attribute =
  | number
  | { readonly float: number }
  | string
  | readonly number[]
  | { readonly floats: readonly number[] }
  | Tensor
  | Subgraph
  | { readonly raw: unknown }
export type Attributes = Readonly<Record<string, Attribute>>

/** Builds ONNX graphs: nodes are shape-checked when they are added, equal pure nodes are made once. */
export interface Graph {
  readonly parent: Graph | null
  readonly scope: string
  /** Runs `trace` with `scope` as the layer name that nodes and messages carry. */
  scoped<T>(scope: string, trace: () => T): T
  input(name: string, dtype: DType, shape: Shape): Value
  constant(content: Tensor, name?: string): Value
  /** An input whose type or shape is not known; `declared` is written back as its type. */
  opaqueInput(name: string, declared: unknown): Value
  /** Makes `value` stand for `key` (a layer's parameter) while a model is traced into this graph. */
  bind(key: object, value: Value): void
  bound(key: object): Value | undefined
  /**
   * Adds a node. Its outputs' types and shapes come from the op's row in the shape table.
   * @throws EngineError engine/unsupported-op, engine/shape-mismatch, engine/type-mismatch, engine/bad-attribute
   */
  add(
    op: string,
    inputs: readonly (Value | null)[],
    attributes?: Attributes,
    outputCount?: number,
  ): readonly Value[]
  /** Adds a node that has no shape rule. An output without a type throws engine/unknown-shape when its type is read. */
  addOpaque(
    op: OpaqueOp,
    inputs: readonly (Value | null)[],
    attributes: Attributes,
    types: readonly (ValueType | null)[],
  ): readonly Value[]
}

export interface ValueType {
  readonly dtype: DType
  readonly shape: Shape
}

/** A graph with its inputs and outputs: what a file holds. */
export interface Model {
  readonly graph: Graph
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  /** Names for the outputs in the file, where they are not the values' own. */
  readonly outputNames?: readonly string[]
  /** The types of the outputs in the file that was read, for those whose type is not known. */
  readonly outputTypes?: readonly unknown[]
}
