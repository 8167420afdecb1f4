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

const castLike: ShapeRule = (c) => [{ dtype: inputAt(c, 1).dtype, shape: inputAt(c, 0).shape }]

const test: ShapeRule = (c) => [{ dtype: 'bool', shape: inputAt(c, 0).shape }]

/** A slope per element of x, broadcast one way only. */
const prelu: ShapeRule = (c) => {
  const [x, slope] = [inputAt(c, 0), inputAt(c, 1)]
  expectFloat(c, x)
  expectSame(c, x, slope)
  broadcastShapes(x.shape, slope.shape, c.where)
  return [{ dtype: x.dtype, shape: x.shape }]
}

const clip: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  for (const bound of c.inputs.slice(1)) if (bound) expectSame(c, x, bound)
  return [{ dtype: x.dtype, shape: x.shape }]
}

export const elementwise = {
  Abs: same,
  Acos: float,
  Acosh: float,
  Add: broadcast(),
  And: broadcast('bool'),
  Asin: float,
  Asinh: float,
  Atan: float,
  Atanh: float,
  BitwiseAnd: broadcast(),
  BitwiseNot: same,
  BitwiseOr: broadcast(),
  BitwiseXor: broadcast(),
  BitShift: broadcast(),
  Cast: cast,
  CastLike: castLike,
  Ceil: float,
  Celu: float,
  Clip: clip,
  Cos: float,
  Cosh: float,
  Div: broadcast(),
  Elu: float,
  Equal: broadcast('bool'),
  Erf: float,
  Exp: float,
  Floor: float,
  Gelu: float,
  Greater: broadcast('bool'),
  GreaterOrEqual: broadcast('bool'),
  HardSigmoid: float,
  HardSwish: float,
  Identity: same,
  IsInf: test,
  IsNaN: test,
  LeakyRelu: float,
  Less: broadcast('bool'),
  LessOrEqual: broadcast('bool'),
  Log: float,
  Max: variadic,
  Mean: variadic,
  Min: variadic,
  Mish: float,
  Mod: broadcast(),
  Mul: broadcast(),
  Neg: same,
  Not: same,
  Or: broadcast('bool'),
  Pow: pow,
  PRelu: prelu,
  Reciprocal: float,
  Relu: same,
  Round: float,
  Selu: float,
  Shrink: same,
  Sigmoid: float,
  Sign: same,
  Sin: float,
  Sinh: float,
  Softplus: float,
  Softsign: float,
  Sqrt: float,
  Sub: broadcast(),
  Sum: variadic,
  Swish: float,
  Tan: float,
  Tanh: float,
  ThresholdedRelu: float,
  Where: where,
  Xor: broadcast('bool'),
} satisfies Record<string, ShapeRule>
