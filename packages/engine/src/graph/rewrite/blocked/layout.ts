/** @file Pictures whose channels lie in blocks, side by side: the layout of ONNX Runtime's own convolutions on CPUs. */
import type { Ops } from '../../ops.ts'
import { isStatic, type Shape } from '../../tensor.ts'
import type { Attributes, Node, Value } from '../../types.ts'

/**
 * The ops that ONNX Runtime puts into graphs for use whose kernels are constants (its NCHWc transformer). They also run
 * with kernels that are computed; whether they do, and how wide their blocks are, a runtime finds out by trying.
 */
const domain = 'com.microsoft.nchwc'

/** A node of that domain. Its values keep the shape [N, C, H, W] and hold [N, C / block, H, W, block]. */
export const native = (
  g: Ops,
  op: string,
  inputs: readonly (Value | null)[],
  attributes: Attributes,
  shape: Shape,
): Value =>
  g.graph.addOpaque({ op, domain, version: 1 }, inputs, attributes, [{ dtype: 'float32', shape }])[0]!

export const isNative = (node: Node | null, op: string): node is Node =>
  node?.opaque?.domain === domain && node.opaque.op === op

/** What a plain value was before its blocks were dissolved; null where it had none. */
export const blockedOf = (v: Value | null | undefined): Value | null =>
  v && isNative(v.node, 'ReorderOutput') ? v.node.inputs[0]! : null

export interface Layout {
  /** Channels in a block. */
  readonly block: number
  /** Whether `v` is a batch of pictures that blocks divide. */
  fits(v: Value | null | undefined): boolean
  /** `v` in blocks; equal values once. */
  enter(g: Ops, v: Value): Value
  leave(g: Ops, v: Value): Value
  /** The values of `v`, in blocks, as what they are in memory. */
  view(g: Ops, v: Value): Value
}

export function layoutOf(block: number): Layout {
  const entered = new WeakMap<Value, Value>()
  const shapeOf = (v: Value): readonly [number, number, number, number] =>
    v.shape as readonly number[] as [number, number, number, number]
  return {
    block,
    fits: (v) =>
      v?.dtype === 'float32' && v.shape.length === 4 && isStatic(v.shape) && shapeOf(v)[1] % block === 0,
    enter(g, v) {
      const known = blockedOf(v) ?? entered.get(v)
      if (known !== undefined) return known
      const made = native(g, 'ReorderInput', [v], {}, shapeOf(v))
      entered.set(v, made)
      return made
    },
    leave: (g, v) => native(g, 'ReorderOutput', [v], { channels: shapeOf(v)[1] }, shapeOf(v)),
    view(g, v) {
      const [n, c, h, w] = shapeOf(v)
      return g.reshape(v, [n, c / block, h, w, block])
    },
  }
}
