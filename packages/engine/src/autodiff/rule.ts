/** @file What a gradient rule is. */
import { EngineError } from '../errors.ts'
import { expansions } from '../graph/expand/table.ts'
import type { Ops } from '../graph/ops.ts'
import type { Node, Value } from '../graph/types.ts'

export interface GradContext {
  readonly g: Ops
  readonly node: Node
  /** The first output of the node, for rules that can use it instead of computing it again. */
  readonly y: Value
  /** The gradient of the loss by the first output. */
  readonly dy: Value
  /** The gradients by all outputs; null where the loss does not depend on one. */
  readonly dys: readonly (Value | null)[]
  /** Which inputs need a gradient; work for the others can be left out. */
  readonly needs: readonly boolean[]
  /** The gradients by `inputs` of a graph that leads from them to `outputs`, given those by the outputs. */
  pullback(
    outputs: readonly Value[],
    dys: readonly (Value | null)[],
    inputs: readonly (Value | null)[],
  ): readonly (Value | null)[]
}

/**
 * Gradients of the loss by the inputs of a node, in their order; null for none. A gradient may have the shape of the
 * output where the forward op broadcast its input: the driver sums it back.
 */
export type GradRule = (context: GradContext, ...inputs: Value[]) => readonly (Value | null)[]

/** Differentiates the simpler ops that the op stands for. */
export const byExpansion: GradRule = ({ g, node, dys, pullback }, ...inputs) =>
  pullback(expansions[node.op]!({ g, node, inputs }), dys, inputs)

export function notSupported(node: Node, what: string, hint: string): EngineError {
  const where = node.scope === '' ? node.name : node.scope
  return new EngineError(
    'engine/gradient-not-supported',
    `${where}: the gradient of ${node.op} ${what} is not supported yet`,
    hint,
  )
}

export function numberAttribute(node: Node, name: string, fallback: number): number {
  const a = node.attributes[name]
  if (typeof a === 'number') return a
  return typeof a === 'object' && 'float' in a ? a.float : fallback
}

export function listAttribute(node: Node, name: string, fallback: readonly number[]): readonly number[] {
  const a = node.attributes[name]
  return Array.isArray(a) ? a : fallback
}

export const lastAxes = (from: number, rank: number): number[] =>
  Array.from({ length: rank - from }, (_, i) => from + i)
