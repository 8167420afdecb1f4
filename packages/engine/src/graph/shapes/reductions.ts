/** @file Shape rules: reductions and normalisations along axes. */
import type { Dim } from '../tensor.ts'
import {
  axisOf,
  constantNumbers,
  expectFloat,
  inputAt,
  intAttribute,
  mismatch,
  requiredNumbers,
  type ShapeContext,
  type ShapeRule,
} from './context.ts'

const reduce: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  return [{ dtype: x.dtype, shape: dropAxes(c, x.shape, reducedAxes(c)) }]
}

function reducedAxes(c: ShapeContext): readonly number[] {
  const rank = inputAt(c, 0).shape.length
  const given = c.inputs[1] ? requiredNumbers(c, 1) : []
  if (given.length > 0) return given.map((a) => axisOf(c, a, rank))
  return intAttribute(c, 'noop_with_empty_axes', 0) === 1 ? [] : Array.from({ length: rank }, (_, i) => i)
}

function dropAxes(c: ShapeContext, shape: readonly Dim[], axes: readonly number[]): Dim[] {
  const keep = intAttribute(c, 'keepdims', 1) === 1
  return shape.flatMap((d, i) => (!axes.includes(i) ? [d] : keep ? [1] : []))
}

const argReduce: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const axis = axisOf(c, intAttribute(c, 'axis', 0), x.shape.length)
  return [{ dtype: 'int64', shape: dropAxes(c, x.shape, [axis]) }]
}

const alongAxis: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  expectFloat(c, x)
  axisOf(c, intAttribute(c, 'axis', -1), x.shape.length)
  return [{ dtype: x.dtype, shape: x.shape }]
}

const cumSum: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const axis = constantNumbers(c.inputs[1])?.[0]
  if (axis !== undefined) axisOf(c, axis, x.shape.length)
  return [{ dtype: x.dtype, shape: x.shape }]
}

/** The largest or smallest k values and where they were; k decides the shape. */
const topK: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const axis = axisOf(c, intAttribute(c, 'axis', -1), x.shape.length)
  const k = requiredNumbers(c, 1)[0]!
  const size = x.shape[axis]!
  if (k < 0 || (typeof size === 'number' && k > size))
    throw mismatch(c.where, `cannot take ${k} of ${size} values`, 'Take at most as many as there are.')
  const shape = x.shape.map((d, i) => (i === axis ? k : d))
  return [
    { dtype: x.dtype, shape },
    { dtype: 'int64', shape },
  ]
}

export const reductions = {
  ArgMax: argReduce,
  ArgMin: argReduce,
  CumSum: cumSum,
  Hardmax: alongAxis,
  LogSoftmax: alongAxis,
  ReduceL1: reduce,
  ReduceL2: reduce,
  ReduceLogSum: reduce,
  ReduceLogSumExp: reduce,
  ReduceMax: reduce,
  ReduceMean: reduce,
  ReduceMin: reduce,
  ReduceProd: reduce,
  ReduceSum: reduce,
  ReduceSumSquare: reduce,
  Softmax: alongAxis,
  TopK: topK,
} satisfies Record<string, ShapeRule>
