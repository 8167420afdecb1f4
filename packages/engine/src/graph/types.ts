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
}

/** A graph used as an attribute (the body of a Loop). Values of the outer graph may be used inside it. */
export interface Subgraph {
  readonly graph: Graph
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
}

/** `float` marks a number that ONNX stores as float even where it is whole. */
export type Attribute =
  | number
  | { readonly float: number }
  | string
  | readonly number[]
  | { readonly floats: readonly number[] }
  | Tensor
  | Subgraph
export type Attributes = Readonly<Record<string, Attribute>>

/** Builds ONNX graphs: nodes are shape-checked when they are added, equal pure nodes are made once. */
export interface Graph {
  readonly parent: Graph | null
  readonly scope: string
  /** Runs `trace` with `scope` as the layer name that nodes and messages carry. */
  scoped<T>(scope: string, trace: () => T): T
  input(name: string, dtype: DType, shape: Shape): Value
  constant(content: Tensor, name?: string): Value
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
}

/** A graph with its inputs and outputs: what a file holds. */
export interface Model {
  readonly graph: Graph
  readonly inputs: readonly Value[]
  readonly outputs: readonly Value[]
  /** Names for the outputs in the file, where they are not the values' own. */
  readonly outputNames?: readonly string[]
}
