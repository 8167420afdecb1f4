/** @file Gradient rules: ops that rearrange elements. */
import type { Ops } from '../../graph/ops.ts'
import { numbersOf } from '../../graph/tensor.ts'
import type { Value } from '../../graph/types.ts'
import { type GradRule, listAttribute, notSupported, numberAttribute } from '../rule.ts'

const like: GradRule = ({ g, dy }, x) => [g.reshapeLike(dy, x)]

const transpose: GradRule = ({ g, node, dy }, x) => {
  const perm = listAttribute(
    node,
    'perm',
    x.shape.map((_, i) => x.shape.length - 1 - i),
  )
  return [
    g.transpose(
      dy,
      perm.map((_, i) => perm.indexOf(i)),
    ),
  ]
}

const fromEnd = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)

const concat: GradRule = ({ g, node, dy }, ...parts) => {
  const axis = fromEnd(numberAttribute(node, 'axis', 0), dy.shape.length)
  const sizes = parts.map((p) => p.shape[axis]!)
  if (!sizes.every((s) => typeof s === 'number'))
    throw notSupported(node, 'along an axis of unknown size', 'Give the sizes of the joined axis.')
  return g.split(dy, sizes, axis)
}

const split: GradRule = ({ g, node, dys }, x) => {
  const axis = fromEnd(numberAttribute(node, 'axis', 0), x.shape.length)
  return [
    g.concat(
      node.outputs.map((y, i) => dys[i] ?? g.full(y, 0)),
      axis,
    ),
  ]
}

const pad: GradRule = ({ g, node, dy }, x) => {
  const pads = node.inputs[1]?.constant ? numbersOf(node.inputs[1].constant) : null
  const mode = node.attributes.mode ?? 'constant'
  if (pads === null || mode !== 'constant' || node.inputs[3] || pads.some((p) => p < 0)) {
    throw notSupported(
      node,
      'of this kind',
      'Use constant padding with fixed, non-negative sizes on all axes.',
    )
  }
  let dx = dy
  x.shape.forEach((size, i) => {
    if (pads[i] === 0 && pads[i + x.shape.length] === 0) return
    if (typeof size !== 'number')
      throw notSupported(node, 'along an axis of unknown size', 'Pad axes of known size.')
    dx = g.slice(dx, i, pads[i]!, pads[i]! + size)
  })
  return [dx]
}

export const layout = {
  Concat: concat,
  // The driver sums what was repeated.
  Expand: ({ dy }) => [dy],
  Flatten: like,
  Pad: pad,
  Reshape: like,
  Split: split,
  Squeeze: like,
  Transpose: transpose,
  Unsqueeze: like,
} satisfies Record<string, GradRule>

/** `x` with axis `axis` first; `back` undoes it. */
export function toFront(g: Ops, x: Value, axis: number): Value {
  return g.transpose(x, [axis, ...x.shape.map((_, i) => i).filter((i) => i !== axis)])
}

export function fromFront(g: Ops, x: Value, axis: number): Value {
  const rest = x.shape.map((_, i) => i).slice(1)
  return g.transpose(x, [...rest.slice(0, axis), 0, ...rest.slice(axis)])
}
