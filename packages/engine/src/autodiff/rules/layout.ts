/** @file Gradient rules: ops that rearrange elements. */
import type { Ops } from '../../graph/ops.ts'
import { numbersOf } from '../../graph/tensor.ts'
import type { Value } from '../../graph/types.ts'
import { byExpansion, type GradRule, listAttribute, notSupported, numberAttribute } from '../rule.ts'

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

// What was added is cut off again; what was cut off gets zeros. The fill value takes what lies outside.
const pad: GradRule = (c, x, padsIn, value, axesIn) => {
  const { g, node, dy, needs } = c
  if ((node.attributes.mode ?? 'constant') !== 'constant') return byExpansion(c, x, padsIn!, value!, axesIn!)
  if (!padsIn?.constant || (axesIn && !axesIn.constant))
    throw notSupported(node, 'by sizes known only at run time', 'Give constant pads and axes.')
  const given = numbersOf(padsIn.constant)
  const rank = x.shape.length
  const axes = axesIn?.constant
    ? numbersOf(axesIn.constant).map((a) => fromEnd(a, rank))
    : x.shape.map((_, i) => i)
  const back = Array<number>(2 * rank).fill(0)
  let dx = dy
  axes.forEach((axis, i) => {
    const [before, after] = [given[i]!, given[i + axes.length]!]
    back[axis] = Math.max(0, -before)
    back[axis + rank] = Math.max(0, -after)
    if (before <= 0 && after <= 0) return
    const size = dy.shape[axis]
    if (typeof size !== 'number')
      throw notSupported(node, 'along an axis of unknown size', 'Pad axes of known size.')
    dx = g.slice(dx, axis, Math.max(0, before), size - Math.max(0, after))
  })
  const all = x.shape.map((_, i) => i)
  const filled = (): Value => g.sub(g.reduceSum(dy, all, false), g.reduceSum(dx, all, false))
  return [needs[0] ? g.pad(dx, back) : null, null, needs[2] ? g.reshapeLike(filled(), value!) : null]
}

// Each axis as [repeats, size], summed over the repeats.
const tile: GradRule = ({ g, node, dy }, x, repeatsIn) => {
  const repeats = repeatsIn?.constant ? numbersOf(repeatsIn.constant) : null
  if (repeats === null)
    throw notSupported(node, 'by repeats known only at run time', 'Give constant repeats.')
  const folded = g.reshape(
    dy,
    x.shape.flatMap((d, i) => [repeats[i]!, d]),
  )
  return [
    g.reduceSum(
      folded,
      x.shape.map((_, i) => 2 * i),
      false,
    ),
    null,
  ]
}

export const layout = {
  Concat: concat,
  // The driver sums what was repeated.
  Expand: ({ dy }) => [dy],
  Flatten: like,
  Pad: pad,
  Reshape: like,
  ReverseSequence: ({ g, node, dy }, _x, lengths) => [
    g.op('ReverseSequence', [dy, lengths!], node.attributes),
  ],
  Split: split,
  Squeeze: like,
  Tile: tile,
  Transpose: transpose,
  Trilu: ({ g, node, dy }, _x, k) => [g.op('Trilu', k ? [dy, k] : [dy], node.attributes)],
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
