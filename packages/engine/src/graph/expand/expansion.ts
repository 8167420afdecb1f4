/** @file What an expansion is: an op as a graph of simpler ops. */
import { EngineError } from '../../errors.ts'
import type { Ops } from '../ops.ts'
import type { ShapeContext } from '../shapes/context.ts'
import type { Node, Value } from '../types.ts'

export interface ExpandContext {
  readonly g: Ops
  readonly node: Node
  /** The inputs of the node, or what stands for them. */
  readonly inputs: readonly (Value | null)[]
}

/** One value for each output of the node, computed by simpler ops. */
export type Expansion = (context: ExpandContext) => readonly Value[]

export function input({ node, inputs }: ExpandContext, i: number): Value {
  const v = inputs[i]
  if (v) return v
  throw new EngineError(
    'engine/bad-attribute',
    `${node.name}: input ${i} is missing`,
    'Give every required input.',
  )
}

export function number({ node }: ExpandContext, name: string, fallback: number): number {
  const a = node.attributes[name]
  if (typeof a === 'number') return a
  return typeof a === 'object' && 'float' in a ? a.float : fallback
}

/** The node as the shape rules see it. */
export const shapeContext = ({ node, inputs }: ExpandContext): ShapeContext => ({
  where: node.scope === '' ? node.op : `${node.scope} (${node.op})`,
  inputs,
  attributes: node.attributes,
  outputCount: node.outputs.length,
})

export const fromEnd = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

export const axesFrom = (from: number, rank: number): number[] =>
  Array.from({ length: Math.max(0, rank - from) }, (_, i) => from + i)

/** An op that can only be expanded when a size is known. */
export const needsSize = ({ node }: ExpandContext, what: string, hint: string): EngineError =>
  new EngineError(
    'engine/gradient-not-supported',
    `${node.scope === '' ? node.name : node.scope}: the gradient of ${node.op} ${what} is not supported yet`,
    hint,
  )
