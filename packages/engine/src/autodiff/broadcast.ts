/** @file Keeps gradients of small tensors small: passes over whole tensors are what a step spends its time on. */
import type { Ops } from '../graph/ops.ts'
import { numbersOf } from '../graph/tensor.ts'
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
  const axes = [...leading, ...grown]
  return g.squeeze(sumOfTerms(g, dx, axes) ?? g.reduceSum(dx, axes), leading)
}

/**
 * The sum of products with what does not change along the axes, as products of sums: what the mean of a normalisation
 * gets is then the sum that its bias got already. Null where more than one sum would be left.
 */
function sumOfTerms(g: Ops, v: Value, axes: readonly number[]): Value | null {
  const both = v.node?.op === 'Add' && v.node.inputs.every((x) => sameShape(x!, v)) ? v.node.inputs : [v]
  const terms = both.map((term) => product(term!, axes)).filter(({ x }) => !isCentred(x, axes))
  if (terms.length !== 1 || (both.length === 1 && terms[0]!.factor === null)) return null
  const { x, factor } = terms[0]!
  const sum = g.reduceSum(x, axes)
  return factor === null ? sum : g.mul(sum, factor)
}

/** `v` as what changes along the axes times what does not. */
function product(v: Value, axes: readonly number[]): { x: Value; factor: Value | null } {
  const operands = v.node?.op === 'Mul' ? (v.node.inputs as readonly Value[]) : []
  const at = operands.findIndex((b, i) => {
    const missing = v.shape.length - b.shape.length
    return (
      sameShape(operands[1 - i]!, v) && axes.every((axis) => axis < missing || b.shape[axis - missing] === 1)
    )
  })
  return at < 0 ? { x: v, factor: null } : { x: operands[1 - at]!, factor: operands[at]! }
}

/** x - mean(x): its sum over the axes of the mean is zero. */
function isCentred(v: Value, axes: readonly number[]): boolean {
  const [x, mean] = v.node?.op === 'Sub' ? v.node.inputs : []
  if (mean?.node?.op !== 'ReduceMean' || mean.node.inputs[0] !== x) return false
  const of = mean.node.inputs[1]?.constant
  const given = of ? numbersOf(of).map((axis) => (axis < 0 ? axis + v.shape.length : axis)) : []
  return mean.shape.length === v.shape.length && String(given.toSorted()) === String(axes.toSorted())
}
