/** @file Computes integer arithmetic on shapes while a graph is built, so that shapes become known. */
import { type Dim, dtypes, numbersOf, type Shape, sizeOf, type Tensor, tensor } from '../graph/tensor.ts'
import type { Attributes, Value } from '../graph/types.ts'

/** More than any shape arithmetic needs; a hostile file must not make us compute. */
const mostElements = 1024

/** Whole numbers, some of which may be sizes that are known only by name. */
interface Ints {
  readonly shape: readonly number[]
  readonly data: Shape
}

type Fold = (inputs: readonly Ints[], attributes: Attributes) => Ints | null

const elementwise =
  (sign: string, f: (a: number, b: number) => number): Fold =>
  ([a, b]) => {
    if (!a || !b) return null
    const g = (x: Dim, y: Dim): Dim =>
      typeof x === 'number' && typeof y === 'number' ? f(x, y) : `(${x}${sign}${y})`
    if (a.data.length === b.data.length)
      return { shape: longer(a, b), data: a.data.map((x, i) => g(x, b.data[i]!)) }
    if (b.data.length === 1) return { shape: longer(a, b), data: a.data.map((x) => g(x, b.data[0]!)) }
    if (a.data.length === 1) return { shape: longer(a, b), data: b.data.map((y) => g(a.data[0]!, y)) }
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

const folds: Readonly<Record<string, Fold>> = {
  Add: elementwise('+', (a, b) => a + b),
  Sub: elementwise('-', (a, b) => a - b),
  Mul: elementwise('*', (a, b) => a * b),
  // Integers are divided towards zero.
  Div: elementwise('/', (a, b) => Math.trunc(a / b)),
  Cast: ([x]) => x ?? null,
  Identity: ([x]) => x ?? null,
  Gather: ([x, indices], attributes) => {
    if (!x || !indices || x.shape.length !== 1 || number(attributes, 'axis', 0) > 0) return null
    const picked = indices.data.map((i) =>
      typeof i === 'number' ? x.data[i < 0 ? i + x.data.length : i] : undefined,
    )
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
    const [start, end] = [starts.data[0], ends.data[0]]
    return typeof start === 'number' && typeof end === 'number' ? flat(x.data.slice(start, end)) : null
  },
}

const flat = (data: Shape): Ints => ({ shape: [data.length], data })

export interface Folded {
  readonly dtype: 'int64' | 'int32'
  readonly shape: readonly number[]
  readonly data: Shape
}

const contents = new WeakMap<Value, Folded>()

/** Remembers what a value holds, for the nodes that read it. */
export const remember = (value: Value, content: Folded): void => {
  contents.set(value, content)
}

/** The whole numbers that a value holds; sizes that are known only by name are names. */
export function contentOf(v: Value): Folded | null {
  const { constant } = v
  if (constant === null) return contents.get(v) ?? null
  const { dtype, shape } = constant
  if ((dtype !== 'int64' && dtype !== 'int32') || constant.data.length > mostElements) return null
  return { dtype, shape, data: numbersOf(constant) }
}

/** What a node computes from whole numbers and shapes; null where it is not that simple. */
export function fold(op: string, inputs: readonly (Value | null)[], attributes: Attributes): Folded | null {
  const [first] = inputs
  if (op === 'Shape' && first) {
    const [start, end] = [number(attributes, 'start', 0), number(attributes, 'end', first.shape.length)]
    return { dtype: 'int64', ...flat(first.shape.slice(start, end)) }
  }
  const rule = Object.hasOwn(folds, op) ? folds[op] : undefined
  if (rule === undefined) return null
  const known: Folded[] = []
  for (const v of inputs) {
    const content = v === null ? null : contentOf(v)
    if (content === null) return null
    known.push(content)
  }
  const result = rule(known, attributes)
  const dtype = op === 'Cast' ? castType(attributes) : known[0]?.dtype
  if (result === null || dtype === undefined || result.data.length > mostElements) return null
  if (sizeOf(result.shape) !== result.data.length) return null
  const fits = result.data.every(
    (v) => typeof v === 'string' || (Number.isSafeInteger(v) && (dtype === 'int64' || v === (v | 0))),
  )
  return fits ? { dtype, shape: result.shape, data: result.data } : null
}

const castType = ({ to }: Attributes): Folded['dtype'] | undefined =>
  to === dtypes.int64.onnx ? 'int64' : to === dtypes.int32.onnx ? 'int32' : undefined

/** The target of a Reshape as a constant: sizes kept from `from` are 0, one that is not known is -1. */
export function reshapeTarget(from: Shape, target: Value): Tensor | null {
  const content = target.constant === null ? contentOf(target) : null
  if (content === null || content.shape.length !== 1) return null
  const kept = content.data.map((d, i): Dim => (typeof d === 'string' && d === from[i] ? 0 : d))
  const open = kept.filter((d) => typeof d === 'string' || d === -1)
  // With a size of 0 that means itself the two kinds of 0 could not be told apart.
  if (open.length > 1 || content.data.includes(0)) return null
  return tensor(
    'int64',
    [kept.length],
    kept.map((d) => (typeof d === 'string' ? -1 : d)),
  )
}
