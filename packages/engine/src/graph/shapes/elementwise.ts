/** @file Shape rules: element-wise ops. */
import { EngineError } from '../../errors.ts'
import { broadcastShapes, type DType, dtypes } from '../tensor.ts'
import {
  expectFloat,
  expectSame,
  inputAt,
  intAttribute,
  type ShapeContext,
  type ShapeRule,
} from './context.ts'

const same: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  return [{ dtype: x.dtype, shape: x.shape }]
}

const float: ShapeRule = (c) => {
  expectFloat(c, inputAt(c, 0))
  return same(c)
}

const broadcast =
  (result?: DType): ShapeRule =>
  (c) => {
    const [a, b] = [inputAt(c, 0), inputAt(c, 1)]
    expectSame(c, a, b)
    return [{ dtype: result ?? a.dtype, shape: broadcastShapes(a.shape, b.shape, c.where) }]
  }

const pow: ShapeRule = (c) => {
  const [a, b] = [inputAt(c, 0), inputAt(c, 1)]
  return [{ dtype: a.dtype, shape: broadcastShapes(a.shape, b.shape, c.where) }]
}

const variadic: ShapeRule = (c) => {
  const first = inputAt(c, 0)
  let shape = first.shape
  c.inputs.forEach((_, i) => {
    const value = inputAt(c, i)
    expectSame(c, first, value)
    shape = broadcastShapes(shape, value.shape, c.where)
  })
  return [{ dtype: first.dtype, shape }]
}

const where: ShapeRule = (c) => {
  const [condition, a, b] = [inputAt(c, 0), inputAt(c, 1), inputAt(c, 2)]
  if (condition.dtype !== 'bool') {
    throw new EngineError(
      'engine/type-mismatch',
      `${c.where}: the condition must be bool, got ${condition.dtype}`,
      'Compare first.',
    )
  }
  expectSame(c, a, b)
  return [
    {
      dtype: a.dtype,
      shape: broadcastShapes(condition.shape, broadcastShapes(a.shape, b.shape, c.where), c.where),
    },
  ]
}

const cast: ShapeRule = (c) => [{ dtype: castTarget(c), shape: inputAt(c, 0).shape }]

export function castTarget(c: ShapeContext): DType {
  const to = intAttribute(c, 'to')
  const found = (Object.keys(dtypes) as DType[]).find((name) => dtypes[name].onnx === to)
  if (found === undefined) {
    throw new EngineError(
      'engine/type-mismatch',
      `${c.where}: no element type has the number ${to}`,
      'Use a type of the ONNX standard.',
    )
  }
  return found
}

export const elementwise = {
  Abs: same,
  Add: broadcast(),
  And: broadcast('bool'),
  Cast: cast,
  Ceil: float,
  Cos: float,
  Div: broadcast(),
  Elu: float,
  Equal: broadcast('bool'),
  Erf: float,
  Exp: float,
  Floor: float,
  Greater: broadcast('bool'),
  GreaterOrEqual: broadcast('bool'),
  HardSigmoid: float,
  Identity: same,
  LeakyRelu: float,
  Less: broadcast('bool'),
  LessOrEqual: broadcast('bool'),
  Log: float,
  Max: variadic,
  Min: variadic,
  Mul: broadcast(),
  Neg: same,
  Not: same,
  Or: broadcast('bool'),
  Pow: pow,
  Reciprocal: float,
  Relu: float,
  Round: float,
  Sigmoid: float,
  Sign: same,
  Sin: float,
  Softplus: float,
  Sqrt: float,
  Sub: broadcast(),
  Tanh: float,
  Where: where,
} satisfies Record<string, ShapeRule>
