/** @file Gradient rules: matrix products. */
import type { Ops } from '../../graph/ops.ts'
import type { Value } from '../../graph/types.ts'
import { type GradContext, type GradRule, numberAttribute } from '../rule.ts'

// Y = A' B' + C with A' = A or its transpose: dA' = dY B'^T, dB' = A'^T dY, each transposed back by the flags alone.
const gemm: GradRule = ({ g, node, dy, needs }, a, b) => {
  const [ta, tb] = [numberAttribute(node, 'transA', 0) === 1, numberAttribute(node, 'transB', 0) === 1]
  const [alpha, beta] = [numberAttribute(node, 'alpha', 1), numberAttribute(node, 'beta', 1)]
  const scaled = alpha === 1 ? dy : g.mul(dy, alpha)
  return [
    !needs[0]
      ? null
      : ta
        ? g.gemm(b, scaled, { transA: tb, transB: true })
        : g.gemm(scaled, b, { transB: !tb }),
    !needs[1]
      ? null
      : tb
        ? g.gemm(scaled, a, { transA: true, transB: ta })
        : g.gemm(a, scaled, { transA: !ta }),
    !needs[2] ? null : beta === 1 ? dy : g.mul(dy, beta),
  ]
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
