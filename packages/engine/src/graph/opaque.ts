/** @file Values whose type is known only when the graph runs: they pass through, and say so to whoever asks. */
import { EngineError } from '../errors.ts'
import type { DType, Shape } from './tensor.ts'
import type { Graph, Node, OpaqueOp, Value, ValueType } from './types.ts'

/**
 * A value without a known type. Nothing has to test for it: what only passes it on works, and what reads its type or
 * shape gets an error that names the value and where it comes from.
 */
export class OpaqueValue implements Value {
  readonly graph: Graph
  readonly name: string
  readonly node: Node | null
  readonly constant = null
  /** The type in the file, where it has one. */
  readonly declared: unknown

  constructor(graph: Graph, name: string, node: Node | null, declared: unknown) {
    this.graph = graph
    this.name = name
    this.node = node
    this.declared = declared
  }

  get dtype(): DType {
    throw this.#unknown('type')
  }

  get shape(): Shape {
    throw this.#unknown('shape')
  }

  #unknown(what: string): EngineError {
    const from = this.node === null ? 'an input' : `a result of ${this.node.op}`
    return new EngineError(
      'engine/unknown-shape',
      `the ${what} of ${this.name}, ${from}, is not known before the graph runs`,
      'Export the model with static shapes, or train only what comes after shapes that are known.',
    )
  }
}

/** The type of a value, or null where it is known only when the graph runs. */
export const knownType = (v: Value): ValueType | null =>
  v instanceof OpaqueValue ? null : { dtype: v.dtype, shape: v.shape }

/** The name of an opaque op in messages; no rule is ever found under it. */
export const qualified = ({ op, domain }: OpaqueOp): string => `${domain === '' ? 'ai.onnx' : domain}.${op}`
