/** @file Shape rules: ops that rearrange elements without computing. */
import { type Dim, isStatic, productOf, type Shape, showShape, sizeOf } from '../tensor.ts'
import type { Value } from '../types.ts'
import {
  axisOf,
  constantNumbers,
  expectSame,
  inputAt,
  intAttribute,
  intsAttribute,
  mismatch,
  requiredNumbers,
  type ShapeContext,
  type ShapeRule,
} from './context.ts'

/** The shape that a shape-typed input stands for: a constant, or `Shape(v)` and `Concat`s of its parts. */
export function shapeContent(value: Value | null | undefined): Shape | null {
  if (!value) return null
  const numbers = constantNumbers(value)
  if (numbers !== null) return numbers
  if (value.node?.op === 'Shape') {
    const source = value.node.inputs[0]!.shape
    const { start, end } = value.node.attributes
    return source.slice(typeof start === 'number' ? start : 0, typeof end === 'number' ? end : undefined)
  }
  if (value.node?.op === 'Concat') {
    const parts = value.node.inputs.map(shapeContent)
    return parts.every((p) => p !== null) ? parts.flat() : null
  }
  return null
}

const reshape: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const target = shapeContent(c.inputs[1])
  if (target === null) {
    throw mismatch(
      c.where,
      'the target shape is not known when the graph is built',
      'Use a constant or a shape made of Shape and Concat.',
    )
  }
  const zeroCopies = intAttribute(c, 'allowzero', 0) === 0
  const dims: Dim[] = target.map((d, i) => (d === 0 && zeroCopies ? (x.shape[i] ?? 0) : d))
  const hole = dims.indexOf(-1)
  if (hole >= 0) dims[hole] = remaining(c, x.shape, dims.toSpliced(hole, 1))
  if (isStatic(dims) && isStatic(x.shape) && sizeOf(dims) !== sizeOf(x.shape)) {
    throw mismatch(
      c.where,
      `cannot reshape ${showShape(x.shape)} to ${showShape(dims)}`,
      'The number of elements must stay the same.',
    )
  }
  return [{ dtype: x.dtype, shape: dims }]
}

/** What -1 stands for: all elements over the sizes given; names on both sides cancel. */
function remaining(c: ShapeContext, from: Shape, given: readonly Dim[]): Dim {
  const left = [...from]
  const over: Dim[] = []
  for (const d of given) {
    const at = left.indexOf(d)
    if (typeof d === 'string' && at >= 0) left.splice(at, 1)
    else over.push(d)
  }
  const [total, divisor] = [productOf(left), productOf(over)]
  if (typeof total === 'string' || typeof divisor === 'string') {
    const factor = typeof total === 'string' && typeof divisor === 'number' ? divide(left, divisor) : null
    return factor ?? `${total}/${divisor}`
  }
  if (divisor === 0 || total % divisor !== 0) {
    throw mismatch(
      c.where,
      `cannot divide ${total} elements by ${divisor}`,
      'The number of elements must stay the same.',
    )
  }
  return total / divisor
}

function divide(dims: Shape, divisor: number): Dim | null {
  const number = sizeOf(dims.filter((d) => typeof d === 'number'))
  return number % divisor === 0
    ? productOf([...dims.filter((d) => typeof d === 'string'), number / divisor])
    : null
}

const flatten: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const at = intAttribute(c, 'axis', 1)
  const axis = at < 0 ? at + x.shape.length : at
  if (axis < 0 || axis > x.shape.length)
    throw mismatch(c.where, `cannot flatten ${showShape(x.shape)} at axis ${at}`, 'Give more axes.')
  return [{ dtype: x.dtype, shape: [productOf(x.shape.slice(0, axis)), productOf(x.shape.slice(axis))] }]
}

const transpose: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const perm = intsAttribute(
    c,
    'perm',
    x.shape.map((_, i) => x.shape.length - 1 - i),
  )
  if (perm.length !== x.shape.length || x.shape.some((_, i) => !perm.includes(i))) {
    throw mismatch(
      c.where,
      `the permutation ${showShape(perm)} does not fit ${showShape(x.shape)}`,
      'Name every axis once.',
    )
  }
  return [{ dtype: x.dtype, shape: perm.map((p) => x.shape[p]!) }]
}

const concat: ShapeRule = (c) => {
  const first = inputAt(c, 0)
  const axis = axisOf(c, intAttribute(c, 'axis'), first.shape.length)
  const sizes = c.inputs.map((_, i) => {
    const value = inputAt(c, i)
    expectSame(c, first, value)
    if (
      value.shape.length !== first.shape.length ||
      value.shape.some((d, j) => j !== axis && d !== first.shape[j])
    ) {
      throw mismatch(
        c.where,
        `cannot join ${showShape(first.shape)} and ${showShape(value.shape)} along axis ${axis}`,
        'All other sizes must be equal.',
      )
    }
    return value.shape[axis]!
  })
  const total = sizes.reduce((a, b) => (typeof a === 'number' && typeof b === 'number' ? a + b : `${a}+${b}`))
  return [{ dtype: first.dtype, shape: first.shape.map((d, i) => (i === axis ? total : d)) }]
}

const split: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const axis = axisOf(c, intAttribute(c, 'axis', 0), x.shape.length)
  const size = x.shape[axis]
  const parts = c.inputs[1] ? requiredNumbers(c, 1) : evenParts(Number(size), c.outputCount)
  if (
    parts.length !== c.outputCount ||
    parts.some((p) => !Number.isSafeInteger(p) || p < 0) ||
    parts.reduce((a, b) => a + b, 0) !== size
  ) {
    throw mismatch(
      c.where,
      `cannot split ${size} into ${showShape(parts)}`,
      'The parts must add up to the size.',
    )
  }
  return parts.map((p) => ({ dtype: x.dtype, shape: x.shape.map((d, i) => (i === axis ? p : d)) }))
}

/** Equal parts, but for a smaller last one (ONNX operator Split, num_outputs). */
function evenParts(size: number, count: number): number[] {
  const part = Math.ceil(size / count)
  return Array.from({ length: count }, (_, i) => Math.min(part, size - i * part))
}

const tile: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const repeats = requiredNumbers(c, 1)
  if (repeats.length !== x.shape.length || repeats.some((r) => r < 0))
    throw mismatch(
      c.where,
      `the repeats ${showShape(repeats)} do not fit ${showShape(x.shape)}`,
      'Give one number from 0 for each axis.',
    )
  return [{ dtype: x.dtype, shape: x.shape.map((d, i) => productOf([d, repeats[i]!])) }]
}

const same: ShapeRule = (c) => [{ dtype: inputAt(c, 0).dtype, shape: inputAt(c, 0).shape }]

const squeeze: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const axes = c.inputs[1]
    ? requiredNumbers(c, 1).map((a) => axisOf(c, a, x.shape.length))
    : x.shape.flatMap((d, i) => (d === 1 ? [i] : []))
  if (axes.some((a) => x.shape[a] !== 1))
    throw mismatch(
      c.where,
      `cannot squeeze axes ${showShape(axes)} of ${showShape(x.shape)}`,
      'Only axes of size 1 can go.',
    )
  return [{ dtype: x.dtype, shape: x.shape.filter((_, i) => !axes.includes(i)) }]
}

const unsqueeze: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const given = requiredNumbers(c, 1)
  const rank = x.shape.length + given.length
  const axes = given.map((a) => axisOf(c, a, rank))
  const rest = [...x.shape]
  return [
    { dtype: x.dtype, shape: Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : rest.shift()!)) },
  ]
}

const expand: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const target = shapeContent(c.inputs[1])
  if (target === null)
    throw mismatch(c.where, 'the target shape is not known when the graph is built', 'Use a constant shape.')
  const rank = Math.max(x.shape.length, target.length)
  const shape = Array.from({ length: rank }, (_, i) => {
    const [a, b] = [x.shape[i - rank + x.shape.length] ?? 1, target[i - rank + target.length] ?? 1]
    if (a !== b && a !== 1 && b !== 1)
      throw mismatch(
        c.where,
        `cannot expand ${showShape(x.shape)} to ${showShape(target)}`,
        'Only axes of size 1 can grow.',
      )
    return b === 1 ? a : b
  })
  return [{ dtype: x.dtype, shape }]
}

const pad: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const pads = requiredNumbers(c, 1)
  const axes = c.inputs[3]
    ? requiredNumbers(c, 3).map((a) => axisOf(c, a, x.shape.length))
    : x.shape.map((_, i) => i)
  const shape = x.shape.map((d, i) => {
    const at = axes.indexOf(i)
    const extra = at < 0 ? 0 : pads[at]! + pads[at + axes.length]!
    if (extra === 0) return d
    return typeof d === 'number' ? d + extra : `${d}+${extra}`
  })
  return [{ dtype: x.dtype, shape }]
}

const shapeOf: ShapeRule = (c) => {
  const rank = inputAt(c, 0).shape.length
  const start = intAttribute(c, 'start', 0)
  const end = intAttribute(c, 'end', rank)
  return [
    {
      dtype: 'int64',
      shape: [Math.max(0, (end < 0 ? end + rank : end) - (start < 0 ? start + rank : start))],
    },
  ]
}

export const layout = {
  Concat: concat,
  Expand: expand,
  Flatten: flatten,
  Pad: pad,
  Reshape: reshape,
  ReverseSequence: same,
  Shape: shapeOf,
  Size: () => [{ dtype: 'int64', shape: [] }],
  Split: split,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Trilu: same,
  Unsqueeze: unsqueeze,
} satisfies Record<string, ShapeRule>
