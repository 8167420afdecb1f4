/** @file Shape rules: matrix products. */
import { broadcastShapes, type Dim, showShape } from '../tensor.ts'
import {
  expectFloat,
  expectSame,
  inputAt,
  intAttribute,
  mismatch,
  ranked,
  type ShapeContext,
  type ShapeRule,
} from './context.ts'

/** As numpy.matmul: a vector on the left is a row, on the right a column, and its axis is dropped again. */
const matMul: ShapeRule = (c) => {
  const [a, b] = [inputAt(c, 0), inputAt(c, 1)]
  expectSame(c, a, b)
  if (a.shape.length < 1 || b.shape.length < 1) {
    throw mismatch(
      c.where,
      `needs matrices, got ${showShape(a.shape)} and ${showShape(b.shape)}`,
      'Unsqueeze numbers to matrices, or use Mul.',
    )
  }
  const left = a.shape.length === 1 ? [1, ...a.shape] : a.shape
  const right = b.shape.length === 1 ? [...b.shape, 1] : b.shape
  const [m, k] = left.slice(-2) as [Dim, Dim]
  const [l, n] = right.slice(-2) as [Dim, Dim]
  innerSizes(c, k, l)
  const batch = broadcastShapes(left.slice(0, -2), right.slice(0, -2), c.where)
  const shape = [...batch, ...(a.shape.length === 1 ? [] : [m]), ...(b.shape.length === 1 ? [] : [n])]
  return [{ dtype: a.dtype, shape }]
}

const gemm: ShapeRule = (c) => {
  const [a, b] = [ranked(c, 0, 2), ranked(c, 1, 2)]
  expectSame(c, a, b)
  expectFloat(c, a)
  const [m, k] = flip(a.shape, intAttribute(c, 'transA', 0))
  const [l, n] = flip(b.shape, intAttribute(c, 'transB', 0))
  innerSizes(c, k, l)
  const bias = c.inputs[2]
  if (bias) {
    const shape = broadcastShapes([m, n], bias.shape, c.where)
    if (shape.length !== 2 || shape[0] !== m || shape[1] !== n) {
      throw mismatch(
        c.where,
        `the bias ${showShape(bias.shape)} does not fit ${showShape([m, n])}`,
        'Give one bias per output.',
      )
    }
  }
  return [{ dtype: a.dtype, shape: [m, n] }]
}

const flip = (shape: readonly Dim[], transposed: number): [Dim, Dim] =>
  transposed === 0 ? [shape[0]!, shape[1]!] : [shape[1]!, shape[0]!]

function innerSizes(c: ShapeContext, k: Dim, l: Dim): void {
  if (k === l) return
  throw mismatch(
    c.where,
    `the inner sizes differ: ${k} against ${l}`,
    'The columns of the first must equal the rows of the second.',
  )
}

export const products = { Gemm: gemm, MatMul: matMul } satisfies Record<string, ShapeRule>
