/** @file Computes integer arithmetic on shapes while a graph is built, so that shapes become known. */
import { isStatic, numbersOf, sizeOf, type Tensor, tensor } from '../graph/tensor.ts'
import type { Attributes, Value } from '../graph/types.ts'

/** More than any shape arithmetic needs; a hostile file must not make us compute. */
const mostElements = 1024

interface Ints {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

type Fold = (inputs: readonly Ints[], attributes: Attributes) => Ints | null

const elementwise =
  (f: (a: number, b: number) => number): Fold =>
  ([a, b]) => {
    if (!a || !b) return null
    if (a.data.length === b.data.length)
      return { shape: longer(a, b), data: a.data.map((x, i) => f(x, b.data[i]!)) }
    if (b.data.length === 1) return { shape: longer(a, b), data: a.data.map((x) => f(x, b.data[0]!)) }
    if (a.data.length === 1) return { shape: longer(a, b), data: b.data.map((y) => f(a.data[0]!, y)) }
    return null
  }

/** Right for the broadcasts that `elementwise` does: equal sizes with at most one axis that is not 1, or one number. */
function longer(a: Ints, b: Ints): readonly number[] {
  const [big, small] = a.data.length >= b.data.length ? [a, b] : [b, a]
  const extra = small.shape.length - big.shape.length
  return extra > 0 ? [...Array<number>(extra).fill(1), ...big.shape] : big.shape
}

const number = (attributes: Attributes, name: string, fallback: number): number => {
  const a = attributes[name]
  return typeof a === 'number' ? a : fallback
}

const at = (index: number, length: number): number => (index < 0 ? index + length : index)

const folds: Readonly<Record<string, Fold>> = {
  Add: elementwise((a, b) => a + b),
  Sub: elementwise((a, b) => a - b),
  Mul: elementwise((a, b) => a * b),
  // Integers are divided towards zero.
  Div: elementwise((a, b) => Math.trunc(a / b)),
  Identity: ([x]) => x ?? null,
  Gather: ([x, indices], attributes) => {
    if (!x || !indices || x.shape.length !== 1 || number(attributes, 'axis', 0) > 0) return null
    const picked = indices.data.map((i) => x.data[at(i, x.data.length)])
    return picked.every((v) => v !== undefined) ? { shape: indices.shape, data: picked } : null
  },
  Concat: (inputs) =>
    inputs.every((v) => v.shape.length === 1) ? flat(inputs.flatMap((v) => v.data)) : null,
  Unsqueeze: ([x, axes]) =>
    x && x.shape.length === 0 && axes?.data.every((a) => a === 0 || a === -1) && axes.data.length === 1
      ? flat(x.data)
      : null,
  Squeeze: ([x]) => (x && x.shape.length === 1 && x.data.length === 1 ? { shape: [], data: x.data } : null),
  Reshape: ([x, to]) =>
    x && to && to.data.length === 1 && (to.data[0] === -1 || to.data[0] === x.data.length)
      ? flat(x.data)
      : null,
  Slice: ([x, starts, ends, , steps]) => {
    if (x?.shape.length !== 1 || starts?.data.length !== 1 || ends?.data.length !== 1) return null
    if (steps !== undefined && steps.data[0] !== 1) return null
    return flat(x.data.slice(starts.data[0], ends.data[0]))
  },
}

const flat = (data: readonly number[]): Ints => ({ shape: [data.length], data })

/** The result of a node on constant integers, or of `Shape` of a static shape; null where it is not that simple. */
export function fold(op: string, inputs: readonly (Value | null)[], attributes: Attributes): Tensor | null {
  const [first] = inputs
  if (op === 'Shape' && first) {
    if (first.constant === null && !isStatic(first.shape)) return null
    const rank = first.shape.length
    const [start, end] = [number(attributes, 'start', 0), number(attributes, 'end', rank)]
    const dims = first.shape.slice(start, end)
    return tensor('int64', [dims.length], dims as number[])
  }
  const rule = Object.hasOwn(folds, op) ? folds[op] : undefined
  const dtype = first?.constant?.dtype
  if (rule === undefined || (dtype !== 'int64' && dtype !== 'int32')) return null
  const ints: Ints[] = []
  for (const v of inputs) {
    const { constant } = v ?? { constant: null }
    if (constant === null || (constant.dtype !== 'int64' && constant.dtype !== 'int32')) return null
    if (constant.data.length > mostElements) return null
    ints.push({ shape: constant.shape, data: numbersOf(constant) })
  }
  const result = rule(ints, attributes)
  if (result === null || result.data.length > mostElements || sizeOf(result.shape) !== result.data.length)
    return null
  const fits = result.data.every((v) => Number.isSafeInteger(v) && (dtype === 'int64' || v === (v | 0)))
  return fits ? tensor(dtype, result.shape, result.data) : null
}
