/** @file Gradient rules: reductions and normalisations along axes. */
import { isStatic, numbersOf, sizeOf } from '../../graph/tensor.ts'
import type { Value } from '../../graph/types.ts'
import { type GradContext, type GradRule, numberAttribute } from '../rule.ts'

/** `v`, shaped like the reduced output, with the reduced axes put back as size 1. */
function keepAxes(c: GradContext, v: Value, x: Value): Value {
  return numberAttribute(c.node, 'keepdims', 1) === 1 ? v : c.g.unsqueeze(v, reducedAxes(c, x))
}

function reducedAxes({ node }: GradContext, x: Value): number[] {
  const rank = x.shape.length
  const given = node.inputs[1] ?? null
  const axes = given?.constant ? numbersOf(given.constant) : []
  if (axes.length > 0) return axes.map((a) => (a < 0 ? a + rank : a)).sort((a, b) => a - b)
  return numberAttribute(node, 'noop_with_empty_axes', 0) === 1 ? [] : x.shape.map((_, i) => i)
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
  const share = g.div(keepAxes(c, c.dy, x), g.reduceSum(mask, reducedAxes(c, x)))
  return [g.mul(mask, share)]
}

const axisOf = ({ node }: GradContext, x: Value): number => {
  const axis = numberAttribute(node, 'axis', -1)
  return axis < 0 ? axis + x.shape.length : axis
}

/** Keeps x / norm finite where both are zero; the smallest normal float. */
const tiny = 1.1754943508222875e-38

/**
 * sum(dy y) along the axis of a softmax. Where y weighs rows, O = y V, and so dy = dO V^T, it is sum(dO O), which reads
 * a row of values instead of a row of weights (Dao et al., FlashAttention, 2022, appendix B): where that is the shorter
 * one. With few weights the plain form also keeps a gradient of 0, that of a single weight say, at exactly 0.
 */
function weighedSum({ g, y, dy }: GradContext, axis: number): Value {
  const [dOut, turned] = dy.node?.op === 'MatMul' ? (dy.node.inputs as [Value, Value]) : []
  const last = y.shape.length - 1
  const swapped = y.shape.map((_, i) => (i < last - 1 ? i : i === last ? last - 1 : last))
  const perm = turned?.node?.op === 'Transpose' ? (turned.node.attributes.perm as readonly number[]) : null
  const values = perm?.every((p, i) => p === swapped[i]) ? turned!.node!.inputs[0]! : null
  if (
    !dOut ||
    !values ||
    axis !== last ||
    !(Number(y.shape[last]) > Number(values.shape.at(-1))) ||
    values.shape.length !== y.shape.length ||
    dOut.shape.length !== y.shape.length
  )
    return g.reduceSum(g.mul(dy, y), [axis])
  return g.reduceSum(g.mul(dOut, g.matMul(y, values)), [last])
}

const cumSum: GradRule = ({ g, node, dy }, _x, axis) => {
  const reverse = 1 - numberAttribute(node, 'reverse', 0)
  return [g.op('CumSum', [dy, axis], { ...node.attributes, reverse }), null]
}

const topK: GradRule = ({ g, node, dy }, x) => [
  g.op('ScatterElements', [g.full(x, 0), node.outputs[1]!, dy], { axis: numberAttribute(node, 'axis', -1) }),
  null,
]

export const reductions = {
  CumSum: cumSum,
  // dx = dy - softmax(x) sum(dy)
  LogSoftmax: (c, x) => [c.g.sub(c.dy, c.g.mul(c.g.exp(c.y), c.g.reduceSum(c.dy, [axisOf(c, x)])))],
  ReduceL1: (c, x) => [c.g.mul(keepAxes(c, c.dy, x), c.g.sign(x))],
  // x / norm, 0 where the norm is
  ReduceL2: (c, x) => [c.g.mul(x, keepAxes(c, c.g.div(c.dy, c.g.max(c.y, tiny)), x))],
  ReduceLogSum: (c, x) => [c.g.expandLike(keepAxes(c, c.g.div(c.dy, c.g.exp(c.y)), x), x)],
  // dy softmax(x)
  ReduceLogSumExp: (c, x) => [c.g.mul(keepAxes(c, c.dy, x), c.g.exp(c.g.sub(x, keepAxes(c, c.y, x))))],
  ReduceMax: extreme,
  ReduceMean: mean,
  ReduceMin: extreme,
  ReduceSum: sum,
  ReduceSumSquare: (c, x) => [c.g.mul(c.g.mul(x, 2), keepAxes(c, c.dy, x))],
  // dx = y (dy - sum(dy y))
  Softmax: (c, x) => [c.g.mul(c.y, c.g.sub(c.dy, weighedSum(c, axisOf(c, x))))],
  TopK: topK,
} satisfies Record<string, GradRule>
