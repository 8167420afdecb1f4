/** @file What ops compute from whole numbers, truth values and sizes that may be known only by name. */
import { type Dim, numbersOf, type Shape, sizeOf } from '../graph/tensor.ts'
import type { Attributes } from '../graph/types.ts'

/** Whole numbers (or 0 and 1 for truth values), some of which may be sizes that are known only by name. */
export interface Ints {
  readonly shape: readonly number[]
  readonly data: Shape
}

/** Absent optional inputs are undefined. */
export type Fold = (inputs: readonly (Ints | undefined)[], attributes: Attributes) => Ints | null

export const flat = (data: Shape): Ints => ({ shape: [data.length], data })

export const number = (attributes: Attributes, name: string, fallback: number): number => {
  const a = attributes[name]
  return typeof a === 'number' ? a : fallback
}

/** Right for the broadcasts that `elementwise` does: equal sizes with at most one axis that is not 1, or one number. */
function longer(a: Ints, b: Ints): readonly number[] {
  const [big, small] = a.data.length >= b.data.length ? [a, b] : [b, a]
  const extra = small.shape.length - big.shape.length
  return extra > 0 ? [...Array<number>(extra).fill(1), ...big.shape] : big.shape
}

const elementwise =
  (each: (x: Dim, y: Dim) => Dim | null): Fold =>
  ([a, b]) => {
    if (!a || !b) return null
    const [n, m] = [a.data.length, b.data.length]
    if (n !== m && n !== 1 && m !== 1) return null
    const data = Array.from({ length: n === 0 || m === 0 ? 0 : Math.max(n, m) }, (_, i) =>
      each(a.data[n === 1 ? 0 : i]!, b.data[m === 1 ? 0 : i]!),
    )
    return data.every((v) => v !== null) ? { shape: longer(a, b), data } : null
  }

const arithmetic = (sign: string, f: (a: number, b: number) => number): Fold =>
  elementwise((x, y) => (typeof x === 'number' && typeof y === 'number' ? f(x, y) : `(${x}${sign}${y})`))

const numbers = (f: (a: number, b: number) => number): Fold =>
  elementwise((x, y) => (typeof x === 'number' && typeof y === 'number' ? f(x, y) : null))

const compared = (f: (a: number, b: number) => boolean): Fold => numbers((a, b) => (f(a, b) ? 1 : 0))

const allNumbers = (x: Ints | undefined): readonly number[] | null =>
  x?.data.every((v) => typeof v === 'number') ? (x.data as readonly number[]) : null

/** The elements at which a view with these strides looks, row-major. */
function viewed(x: Ints, shape: readonly number[], strides: readonly number[], offset: number): Ints {
  let places = [offset]
  shape.forEach((size, axis) => {
    places = places.flatMap((p) => Array.from({ length: size }, (_, i) => p + i * strides[axis]!))
  })
  return { shape, data: places.map((p) => x.data[p]!) }
}

const stridesOf = (shape: readonly number[]): number[] => shape.map((_, i) => sizeOf(shape.slice(i + 1)))

const slice: Fold = ([x, starts, ends, axes, steps]) => {
  const [from, to] = [allNumbers(starts), allNumbers(ends)]
  if (!x || !from || !to || from.length !== to.length) return null
  const along = axes === undefined ? from.map((_, i) => i) : allNumbers(axes)
  const by = steps === undefined ? from.map(() => 1) : allNumbers(steps)
  if (!along || !by || along.length !== from.length || by.length !== from.length) return null
  const [shape, strides] = [[...x.shape], stridesOf(x.shape)]
  let offset = 0
  for (const [i, given] of along.entries()) {
    const axis = given < 0 ? given + x.shape.length : given
    const [size, step] = [x.shape[axis], by[i]!]
    if (size === undefined || step === 0) return null
    const bound = (v: number, low: number, high: number): number =>
      Math.min(high, Math.max(low, v < 0 ? v + size : v))
    const start = step > 0 ? bound(from[i]!, 0, size) : bound(from[i]!, 0, size - 1)
    const end = step > 0 ? bound(to[i]!, 0, size) : bound(to[i]!, -1, size - 1)
    offset += start * strides[axis]!
    shape[axis] = size === 0 ? 0 : Math.max(0, Math.ceil((end - start) / step))
    strides[axis]! *= step
  }
  return viewed(x, shape, strides, offset)
}

const transpose: Fold = ([x], { perm }) => {
  if (!x) return null
  const order = Array.isArray(perm) ? perm : x.shape.map((_, i) => x.shape.length - 1 - i)
  if (order.length !== x.shape.length || x.shape.some((_, i) => !order.includes(i))) return null
  const strides = stridesOf(x.shape)
  return viewed(
    x,
    order.map((p) => x.shape[p]!),
    order.map((p) => strides[p]!),
    0,
  )
}

const reshape: Fold = ([x, to], attributes) => {
  const target = allNumbers(to)
  if (!x || !target || number(attributes, 'allowzero', 0) !== 0) return null
  const shape = target.map((d, i) => (d === 0 ? (x.shape[i] ?? 0) : d))
  const hole = shape.indexOf(-1)
  if (hole >= 0) shape[hole] = x.data.length / sizeOf(shape.toSpliced(hole, 1))
  return sizeOf(shape) === x.data.length && shape.every((d) => Number.isSafeInteger(d) && d >= 0)
    ? { shape, data: x.data }
    : null
}

const unsqueeze: Fold = ([x, given]) => {
  const list = allNumbers(given)
  if (!x || !list) return null
  const rank = x.shape.length + list.length
  const axes = list.map((a) => (a < 0 ? a + rank : a))
  if (new Set(axes).size !== axes.length || axes.some((a) => a < 0 || a >= rank)) return null
  const rest = [...x.shape]
  return {
    shape: Array.from({ length: rank }, (_, i) => (axes.includes(i) ? 1 : rest.shift()!)),
    data: x.data,
  }
}

const squeeze: Fold = ([x, given]) => {
  if (!x) return null
  const list = given === undefined ? x.shape.flatMap((d, i) => (d === 1 ? [i] : [])) : allNumbers(given)
  const axes = list?.map((a) => (a < 0 ? a + x.shape.length : a))
  if (!axes || axes.some((a) => x.shape[a] !== 1)) return null
  return { shape: x.shape.filter((_, i) => !axes.includes(i)), data: x.data }
}

const gather: Fold = ([x, indices], attributes) => {
  if (!x || !indices || x.shape.length !== 1 || number(attributes, 'axis', 0) > 0) return null
  const picked = indices.data.map((i) =>
    typeof i === 'number' ? x.data[i < 0 ? i + x.data.length : i] : undefined,
  )
  return picked.every((v) => v !== undefined) ? { shape: indices.shape, data: picked } : null
}

const concat: Fold = (inputs) =>
  inputs.every((v) => v?.shape.length === 1) ? flat(inputs.flatMap((v) => v!.data)) : null

const where: Fold = ([condition, a, b]) => {
  const chosen = allNumbers(condition)
  if (!condition || !chosen || !a || !b) return null
  const n = Math.max(chosen.length, a.data.length, b.data.length)
  const all = [condition, a, b]
  if (all.some((v) => v.data.length !== n && v.data.length !== 1)) return null
  const at = (v: Ints, i: number): Dim => v.data[v.data.length === 1 ? 0 : i]!
  const data = Array.from({ length: n }, (_, i) => at(at(condition, i) === 0 ? b : a, i))
  const widest = all.reduce((x, y) => ({
    shape: longer(x, y),
    data: x.data.length >= y.data.length ? x.data : y.data,
  }))
  return { shape: widest.shape, data }
}

/** More than any shape arithmetic needs; a hostile file must not make us compute. */
export const mostElements = 1024

const constantOfShape: Fold = ([shape], { value }) => {
  const sizes = allNumbers(shape)
  if (!sizes || sizes.some((d) => d < 0) || sizeOf(sizes) > mostElements) return null
  if (typeof value !== 'object' || !('data' in value) || value.data.length !== 1) return null
  return { shape: sizes, data: Array<number>(sizeOf(sizes)).fill(numbersOf(value)[0]!) }
}

const range: Fold = (inputs) => {
  const [start, limit, delta] = inputs.map((v) => allNumbers(v)?.[0])
  if (start === undefined || limit === undefined || delta === undefined || delta === 0) return null
  const length = Math.max(0, Math.ceil((limit - start) / delta))
  return length > mostElements ? null : flat(Array.from({ length }, (_, i) => start + i * delta))
}

const same: Fold = ([x]) => x ?? null

export const folds: Readonly<Record<string, Fold>> = {
  Add: arithmetic('+', (a, b) => a + b),
  And: numbers((a, b) => (a !== 0 && b !== 0 ? 1 : 0)),
  Cast: same,
  Concat: concat,
  ConstantOfShape: constantOfShape,
  // Integers are divided towards zero.
  Div: arithmetic('/', (a, b) => Math.trunc(a / b)),
  // A size that is known by name equals itself; of others nothing is known.
  Equal: elementwise((x, y) =>
    typeof x === 'number' && typeof y === 'number' ? Number(x === y) : x === y ? 1 : null,
  ),
  Gather: gather,
  Greater: compared((a, b) => a > b),
  GreaterOrEqual: compared((a, b) => a >= b),
  Identity: same,
  Less: compared((a, b) => a < b),
  LessOrEqual: compared((a, b) => a <= b),
  Max: numbers(Math.max),
  Min: numbers(Math.min),
  Mul: arithmetic('*', (a, b) => a * b),
  Neg: ([x]) => {
    const values = allNumbers(x)
    return values && { shape: x!.shape, data: values.map((v) => -v) }
  },
  Not: ([x]) => {
    const values = allNumbers(x)
    return values && { shape: x!.shape, data: values.map((v) => (v === 0 ? 1 : 0)) }
  },
  Or: numbers((a, b) => (a !== 0 || b !== 0 ? 1 : 0)),
  Range: range,
  Reshape: reshape,
  Slice: slice,
  Squeeze: squeeze,
  Sub: arithmetic('-', (a, b) => a - b),
  Transpose: transpose,
  Unsqueeze: unsqueeze,
  Where: where,
  Xor: numbers((a, b) => ((a !== 0) !== (b !== 0) ? 1 : 0)),
}

/** Ops whose results are truth values. */
export const truths: ReadonlySet<string> = new Set(
  'And Equal Greater GreaterOrEqual Less LessOrEqual Not Or Xor'.split(' '),
)
