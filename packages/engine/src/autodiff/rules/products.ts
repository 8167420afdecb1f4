/** @file Gradient rules: matrix products. */
import type { Ops } from '../../graph/ops.ts'
import type { Dim } from '../../graph/tensor.ts'
import type { Value } from '../../graph/types.ts'
import { type GradContext, type GradRule, numberAttribute } from '../rule.ts'

// Y = alpha A' B' + beta C with A' = A or its transpose: dA' = alpha dY B'^T, dB' = alpha A'^T dY, each transposed back
// by the flags alone.
const gemm: GradRule = ({ g, node, dy, needs }, a, b, c) => {
  const [ta, tb] = [numberAttribute(node, 'transA', 0) === 1, numberAttribute(node, 'transB', 0) === 1]
  const alpha = numberAttribute(node, 'alpha', 1)
  const product = (x: Value, y: Value, transA: boolean, transB: boolean): Value =>
    transA && !transB && isLarge(x, y)
      ? largeProduct(x, y)
      : g.op('Gemm', [x, y], {
          ...(transA ? { transA: 1 } : {}),
          ...(transB ? { transB: 1 } : {}),
          ...(alpha === 1 ? {} : { alpha: { float: alpha } }),
        })
  // X^T Y with the smaller matrix transposed beforehand: the kernel reads rows, and is a tenth faster for it.
  const largeProduct = (x: Value, y: Value): Value =>
    Number(x.shape[1]) <= Number(y.shape[1])
      ? product(transposed(g, x), y, false, false)
      : transposed(g, product(transposed(g, y), x, false, false))
  return [
    !needs[0] ? null : ta ? product(b, dy, tb, true) : product(dy, b, false, !tb),
    !needs[1] ? null : tb ? product(dy, a, true, ta) : product(a, dy, !ta, false),
    needs[2] ? addend(g, dy, c!, numberAttribute(node, 'beta', 1)) : null,
  ]
}

/** Multiplications from which on a product gains more from rows than a transpose costs. */
const large = 2 ** 28

const isLarge = (x: Value, y: Value): boolean =>
  Number(x.shape[0]) * Number(x.shape[1]) * Number(y.shape[1]) >= large

/** The transpose of a matrix, in a form that ONNX Runtime does not turn back into a flag of the product. */
function transposed(g: Ops, x: Value): Value {
  const [rows, columns] = x.shape as [Dim, Dim]
  return g.reshape(g.transpose(g.reshape(x, [rows, columns, 1]), [1, 0, 2]), [columns, rows])
}

/** beta dY summed to the shape of C, the sum first where C is one row for all. */
function addend(g: Ops, dy: Value, c: Value, beta: number): Value {
  const rows = dy.shape[0]
  const one = c.shape.length === 1 && c.shape[0] === dy.shape[1] && typeof rows === 'number'
  const summed = one ? columnSums(g, dy) : dy
  return beta === 1 ? summed : g.mul(summed, beta)
}

/** The sum of the rows of a matrix, by a product with a row of ones: it reads the matrix once, on all threads. */
function columnSums(g: Ops, x: Value): Value {
  const ones = g.full({ ...x, shape: [1, x.shape[0]!] }, 1)
  return g.reshape(g.matMul(ones, x), [x.shape[1]!])
}

const swapLast = (g: Ops, x: Value): Value => {
  const axes = x.shape.map((_, i) => i)
  return g.transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!])
}

const matMul: GradRule = (c, a, b) => {
  const { g, dy, needs } = c
  if (a.shape.length === 1 || b.shape.length === 1) return vectorProduct(c, a, b)
  // One weight matrix for a whole batch: one tall product instead of one per sample and a sum.
  if (b.shape.length === 2 && a.shape.length > 2) {
    const rows = (x: Value): Value => g.flatten(x, x.shape.length - 1)
    return [
      needs[0] ? g.matMul(dy, swapLast(g, b)) : null,
      needs[1] ? g.gemm(rows(a), rows(dy), { transA: true }) : null,
    ]
  }
  if (a.shape.length === 2 && b.shape.length === 2) {
    return [
      needs[0] ? g.gemm(dy, b, { transB: true }) : null,
      needs[1] ? g.gemm(a, dy, { transA: true }) : null,
    ]
  }
  return [needs[0] ? g.matMul(dy, swapLast(g, b)) : null, needs[1] ? g.matMul(swapLast(g, a), dy) : null]
}

/** A vector on the left is a row, on the right a column; the axis that the product dropped comes back for dy. */
function vectorProduct({ g, dy, needs }: GradContext, a: Value, b: Value): (Value | null)[] {
  const [row, column] = [a.shape.length === 1, b.shape.length === 1]
  const left = row ? g.unsqueeze(a, [0]) : a
  const right = column ? g.unsqueeze(b, [1]) : b
  const lifted = column ? g.unsqueeze(dy, [dy.shape.length]) : dy
  const full = row ? g.unsqueeze(lifted, [lifted.shape.length - 1]) : lifted
  const summed = (d: Value): Value =>
    g.reduceSum(
      d,
      d.shape.slice(0, -2).map((_, i) => i),
      false,
    )
  return [
    !needs[0]
      ? null
      : row
        ? g.squeeze(summed(g.matMul(full, swapLast(g, right))), [0])
        : g.matMul(full, swapLast(g, right)),
    !needs[1]
      ? null
      : column
        ? g.squeeze(summed(g.matMul(swapLast(g, left), full)), [1])
        : g.matMul(swapLast(g, left), full),
  ]
}

export const products = { Gemm: gemm, MatMul: matMul } satisfies Record<string, GradRule>
