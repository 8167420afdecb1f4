/** @file What an adapter is: it gives a node of an older opset the meaning that a newer one has. */
import { knownType } from '../../graph/opaque.ts'
import { tensor } from '../../graph/tensor.ts'
import type { Attribute, Attributes, Graph, Value } from '../../graph/types.ts'

export interface OldNode {
  readonly op: string
  readonly inputs: readonly (Value | null)[]
  readonly attributes: Attributes
  readonly outputCount: number
}

export interface AdapterContext extends OldNode {
  /** For messages. */
  readonly where: string
  readonly graph: Graph
  /** Adds a node of the canonical opset. */
  emit(
    op: string,
    inputs: readonly (Value | null)[],
    attributes?: Attributes,
    outputs?: number,
  ): readonly Value[]
}

/** What changes in the node, or the values that take the place of its outputs. */
export type Adapted = Partial<OldNode> | { readonly outputs: readonly (Value | null)[] }

export interface Adapter {
  /** The opset that brought the change: nodes of older ones are adapted. */
  readonly before: number
  readonly adapt: (context: AdapterContext) => Adapted
}

export const ints = (graph: Graph, values: readonly number[]): Value =>
  graph.constant(tensor('int64', [values.length], values))

export const rankOf = (v: Value | null | undefined): number | null =>
  v ? (knownType(v)?.shape.length ?? null) : null

export function without(attributes: Attributes, ...names: readonly string[]): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !names.includes(name)))
}

export const intOf = (a: Attribute | undefined, fallback: number): number =>
  typeof a === 'number' ? a : fallback

export function floatOf(a: Attribute | undefined, fallback: number): number {
  if (typeof a === 'number') return a
  return typeof a === 'object' && 'float' in a ? a.float : fallback
}

export const intsOf = (a: Attribute | undefined): readonly number[] | null => (Array.isArray(a) ? a : null)

export function floatsOf(a: Attribute | undefined): readonly number[] | null {
  return typeof a === 'object' && 'floats' in a ? a.floats : null
}
