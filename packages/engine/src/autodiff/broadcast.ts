/** @file Keeps gradients of small tensors small: passes over whole tensors are what a step spends its time on. */
import type { Ops } from '../graph/ops.ts'
import type { Value } from '../graph/types.ts'

/** What `v` repeats, where it only repeats: an operand that is as large as `v` repeats it for free. */
export function repeated(v: Value): Value {
  const source = v.node?.op === 'Expand' ? v.node.inputs[0]! : v
  return source.shape.length === v.shape.length ? source : v
}

const sameShape = (a: Value, b: Value): boolean =>
  a.shape.length === b.shape.length && a.shape.every((d, i) => d === b.shape[i])

/** a + b of one shape. */
export function sumOf(g: Ops, a: Value, b: Value): Value {
  if (!sameShape(a, b)) return g.add(a, b)
  const [x, y] = [repeated(a), repeated(b)]
  if (x !== a && y !== b) return sameShape(x, y) ? g.expandLike(g.add(x, y), a) : g.add(a, y)
  return g.add(x, y)
}

/** dy b, where `b` is at least as large as the result has to be. */
export const scaled = (g: Ops, dy: Value, b: Value): Value => g.mul(sameShape(dy, b) ? repeated(dy) : dy, b)

/** Sums `dx` over the axes along which the forward op repeated `x`. */
export function unbroadcast(g: Ops, dx: Value, x: Value): Value {
  const extra = dx.shape.length - x.shape.length
  const leading = Array.from({ length: Math.max(0, extra) }, (_, i) => i)
  const grown = x.shape.flatMap((d, i) => (d === 1 && dx.shape[i + extra] !== 1 ? [i + extra] : []))
  if (leading.length + grown.length === 0) return dx
  // The sign of a sum is turned after it.
  if (dx.node?.op === 'Neg') return g.neg(unbroadcast(g, dx.node.inputs[0]!, x))
  const summed = g.reduceSum(dx, [...leading, ...grown])
  return g.squeeze(summed, leading)
}
