/** @file Gradient rules: reductions and normalisations along axes. */
import { isStatic, sizeOf } from '../../graph/tensor.ts'
import type { Value } from '../../graph/types.ts'
import { type GradContext, type GradRule, numberAttribute } from '../rule.ts'

/** `v`, shaped like the reduced output, with the reduced axes put back as size 1. */
function keepAxes({ g, node }: GradContext, v: Value, x: Value): Value {
  if (numberAttribute(node, 'keepdims', 1) === 1) return v
  const axes = reducedAxes(node.inputs[1] ?? null, x)
  return g.unsqueeze(v, axes)
}

function reducedAxes(given: Value | null, x: Value): number[] {
  const rank = x.shape.length
  const axes = given?.constant ? Array.from(given.constant.data as BigInt64Array, Number) : []
  return axes.length === 0
    ? x.shape.map((_, i) => i)
    : axes.map((a) => (a < 0 ? a + rank : a)).sort((a, b) => a - b)
}

const sum: GradRule = (c, x) => [c.g.expandLike(keepAxes(c, c.dy, x), x)]

const mean: GradRule = (c, x) => {
  const { g, dy, y } = c
  const known = isStatic(x.shape) && isStatic(y.shape)
  const ratio = known
    ? sizeOf(y.shape) / sizeOf(x.shape)
    : g.div(g.cast(g.op('Size', [y]), x.dtype), g.cast(g.op('Size', [x]), x.dtype))
  return [g.expandLike(keepAxes(c, g.mul(dy, ratio), x), x)]
}

// Elements that share the extreme value share the gradient.
const extreme: GradRule = (c, x) => {
  const { g } = c
  const mask = g.cast(g.equal(x, keepAxes(c, c.y, x)), x.dtype)
  const share = g.div(keepAxes(c, c.dy, x), g.reduceSum(mask, reducedAxes(c.node.inputs[1] ?? null, x)))
  return [g.mul(mask, share)]
}

const axisOf = ({ node }: GradContext, x: Value): number => {
  const axis = numberAttribute(node, 'axis', -1)
  return axis < 0 ? axis + x.shape.length : axis
}

export const reductions = {
  // dx = dy - softmax(x) sum(dy)
  LogSoftmax: (c, x) => [c.g.sub(c.dy, c.g.mul(c.g.exp(c.y), c.g.reduceSum(c.dy, [axisOf(c, x)])))],
  ReduceMax: extreme,
  ReduceMean: mean,
  ReduceMin: extreme,
  ReduceSum: sum,
  // dx = y (dy - sum(dy y))
  Softmax: (c, x) => [c.g.mul(c.y, c.g.sub(c.dy, c.g.reduceSum(c.g.mul(c.dy, c.y), [axisOf(c, x)])))],
} satisfies Record<string, GradRule>
