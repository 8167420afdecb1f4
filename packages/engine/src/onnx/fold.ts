/** @file Computes integer arithmetic on shapes while a graph is built, so that shapes become known. */
import {
  type Dim,
  dtypes,
  isStatic,
  numbersOf,
  type Shape,
  sizeOf,
  type Tensor,
  tensor,
} from '../graph/tensor.ts'
import type { Attributes, Value } from '../graph/types.ts'
import { flat, folds, mostElements, number, truths } from './folds.ts'

type FoldedType = 'int64' | 'int32' | 'bool'

const isFolded = (dtype: string): dtype is FoldedType =>
  dtype === 'int64' || dtype === 'int32' || dtype === 'bool'

export interface Folded {
  readonly dtype: FoldedType
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
  if (!isFolded(dtype) || constant.data.length > mostElements) return null
  return { dtype, shape, data: numbersOf(constant) }
}

/** What a node computes from whole numbers and shapes; null where it is not that simple. */
export function fold(op: string, inputs: readonly (Value | null)[], attributes: Attributes): Folded | null {
  const [first] = inputs
  if (op === 'Shape' && first) {
    const [start, end] = [number(attributes, 'start', 0), number(attributes, 'end', first.shape.length)]
    return { dtype: 'int64', ...flat(first.shape.slice(start, end)) }
  }
  if (op === 'Size' && first && isStatic(first.shape))
    return { dtype: 'int64', shape: [], data: [sizeOf(first.shape)] }
  const rule = Object.hasOwn(folds, op) ? folds[op] : undefined
  if (rule === undefined) return null
  const known: (Folded | undefined)[] = []
  for (const v of inputs) {
    const content = v === null ? undefined : contentOf(v)
    if (content === null) return null
    known.push(content)
  }
  const result = rule(known, attributes)
  const dtype = typeOf(op, known, attributes)
  if (result === null || dtype === undefined || result.data.length > mostElements) return null
  if (sizeOf(result.shape) !== result.data.length) return null
  const data = dtype === 'bool' ? result.data.map((v) => (v === 0 ? 0 : 1)) : result.data
  if (dtype === 'bool' && !isStatic(result.data)) return null
  const fits = data.every(
    (v) => typeof v === 'string' || (Number.isSafeInteger(v) && (dtype === 'int64' || v === (v | 0))),
  )
  return fits ? { dtype, shape: result.shape, data } : null
}

function typeOf(
  op: string,
  known: readonly (Folded | undefined)[],
  { to, value }: Attributes,
): FoldedType | undefined {
  if (truths.has(op)) return 'bool'
  if (op === 'Cast') return (['int64', 'int32', 'bool'] as const).find((d) => dtypes[d].onnx === to)
  if (op === 'ConstantOfShape')
    return typeof value === 'object' && 'data' in value && isFolded(value.dtype) ? value.dtype : undefined
  return known[op === 'Where' ? 1 : 0]?.dtype
}

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
