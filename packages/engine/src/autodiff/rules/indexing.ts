/** @file Gradient rules: ops that pick elements by index. */
import type { Ops } from '../../graph/ops.ts'
import { isWhole } from '../../graph/shapes/indexing.ts'
import { type Dim, isStatic, numbersOf, sizeOf, tensor } from '../../graph/tensor.ts'
import type { Value } from '../../graph/types.ts'
import { type GradContext, type GradRule, notSupported, numberAttribute } from '../rule.ts'
import { fromFront, toFront } from './layout.ts'

/** A product with a one-hot matrix adds up rows faster than a scatter up to about this many different rows. */
const oneHotRows = 1024
/** And while the one-hot matrix has at most this many elements. */
const oneHotSize = 2 ** 22

/**
 * Zeros of shape [count, width] with row i of `rows` added at `indices[i]`. Not by ScatterND: ONNX Runtime's CPU kernel
 * adds from several threads at once and loses rows where an index is repeated.
 */
export function addRows(g: Ops, count: Dim, indices: Value, rows: Value): Value {
  const [n, width] = rows.shape as [Dim, Dim]
  const distinct = indices.constant !== null && new Set(numbersOf(indices.constant)).size === n
  if (distinct && numbersOf(indices.constant!).every((i) => i >= 0)) {
    const zeros = g.full({ ...rows, shape: [count, width] }, 0)
    return g.op('ScatterND', [zeros, g.unsqueeze(g.cast(indices, 'int64'), [1]), rows])
  }
  if (
    typeof count === 'number' &&
    count <= oneHotRows &&
    (typeof n === 'string' || n * count <= oneHotSize)
  ) {
    const levels = g.graph.constant(tensor('float32', [2], [0, 1]))
    const oneHot = g.op('OneHot', [g.cast(indices, 'int64'), g.scalar(count, 'int64'), levels])
    return g.gemm(g.cast(oneHot, rows.dtype), rows, { transA: true })
  }
  const zeros = g.full({ ...rows, shape: [count, width] }, 0)
  const at = g.expandLike(g.unsqueeze(indices, [1]), rows)
  return g.op('ScatterElements', [zeros, at, rows], { axis: 0, reduction: 'add' })
}

/** The rows of `rows` (its first axes are those of `indices`) added into zeros shaped like `x` along `axis`. */
function addAlong(g: Ops, x: Value, axis: number, indices: Value, rows: Value): Value {
  const rest = x.shape.toSpliced(axis, 1)
  const flat = g.flatten(rows, indices.shape.length)
  const added = addRows(g, x.shape[axis]!, g.reshape(indices, [-1]), flat)
  const shape = [x.shape[axis]!, ...rest]
  return fromFront(g, g.reshapeLike(added, { ...x, shape }), axis)
}

const gather: GradRule = ({ g, node, dy }, x, indices) => {
  const given = numberAttribute(node, 'axis', 0)
  const axis = given < 0 ? given + x.shape.length : given
  // The index axes lie at `axis`; bring them to the front, in their order.
  const index = indices.shape.map((_, i) => axis + i)
  const rest = dy.shape.map((_, i) => i).filter((i) => !index.includes(i))
  return [addAlong(g, x, axis, indices, g.transpose(dy, [...index, ...rest])), null]
}

const gatherElements: GradRule = ({ g, node, dy }, x, indices) => {
  const axis = numberAttribute(node, 'axis', 0)
  return [g.op('ScatterElements', [g.full(x, 0), indices, dy], { axis, reduction: 'add' }), null]
}

const slice: GradRule = ({ g, node, dy }, x) => {
  const [starts, ends, axesIn, stepsIn] = node.inputs
    .slice(1)
    .map((v) => (v?.constant ? numbersOf(v.constant) : null))
  if (!starts || !ends)
    throw notSupported(node, 'with bounds known only at run time', 'Give constant bounds.')
  const axes = axesIn ?? starts.map((_, i) => i)
  const steps = stepsIn ?? starts.map(() => 1)
  const cuts = axes.map((_, i) => !isWhole(starts[i]!, ends[i]!, steps[i]!))
  // Undo the axes one by one, the last first; each had the full size of x before its own slice.
  let dx = dy
  const shape = [...x.shape]
  const before = axes.map((a, i) => {
    const axis = a < 0 ? a + x.shape.length : a
    const full = [...shape]
    if (cuts[i]) shape[axis] = kept(Number(x.shape[axis]), starts[i]!, ends[i]!, steps[i]!).length
    return { axis, full }
  })
  for (let i = axes.length - 1; i >= 0; i--) {
    if (!cuts[i]) continue
    const { axis, full } = before[i]!
    const size = Number(full[axis])
    const indices = kept(size, starts[i]!, ends[i]!, steps[i]!)
    if (steps[i] === 1) {
      const pads = Array<number>(2 * full.length).fill(0)
      pads[axis] = indices[0] ?? 0
      pads[axis + full.length] = size - pads[axis]! - indices.length
      dx = g.pad(dx, pads)
    } else {
      const at = g.graph.constant(tensor('int64', [indices.length], indices))
      const target: Value = { ...x, shape: full }
      dx = addAlong(g, target, axis, at, toFront(g, dx, axis))
    }
  }
  return [dx]
}

/** The indices that a slice keeps (ONNX operator Slice). */
function kept(size: number, start: number, end: number, step: number): number[] {
  const clamp = (v: number, low: number, high: number): number =>
    Math.min(Math.max(v < 0 ? v + size : v, low), high)
  const indices: number[] = []
  if (step > 0) for (let i = clamp(start, 0, size); i < clamp(end, 0, size); i += step) indices.push(i)
  else for (let i = clamp(start, 0, size - 1); i > clamp(end, -1, size - 1); i += step) indices.push(i)
  return indices
}

/**
 * Indices of several axes as indices of one: the first axes of x as rows. Batch axes count along, negative indices from
 * the end.
 */
function rowsOf(
  { g, node }: GradContext,
  x: Value,
  indices: Value,
  batch: number,
): { count: number; rows: Value } {
  const depth = Number(indices.shape.at(-1))
  const sizes = x.shape.slice(0, batch + depth)
  const shape = indices.shape.slice(0, -1)
  if (!isStatic(sizes) || !isStatic(shape))
    throw notSupported(
      node,
      'with sizes known only at run time',
      'Give the sizes of the data and the indices.',
    )
  const known: readonly number[] = sizes
  const stride = (axis: number): number => sizeOf(known.slice(axis + 1))
  const int = (values: readonly number[], of: readonly number[]): Value =>
    g.graph.constant(tensor('int64', of, values))
  const named = known.slice(batch)
  const at = g.cast(indices, 'int64')
  const positive = g.where(g.less(at, g.scalar(0, 'int64')), g.add(at, int(named, [depth])), at)
  const strides = named.map((_, i) => stride(batch + i))
  let rows = g.reduceSum(g.mul(positive, int(strides, [depth])), [shape.length], false)
  for (let axis = 0; axis < batch; axis++) {
    const steps = Array.from({ length: sizes[axis]! }, (_, i) => i * stride(axis))
    rows = g.add(rows, int(steps, [sizes[axis]!, ...Array<number>(shape.length - axis - 1).fill(1)]))
  }
  return { count: sizeOf(sizes), rows: g.reshape(rows, [sizeOf(shape)]) }
}

const gatherND: GradRule = (c, x, indices) => {
  const { g, node, dy } = c
  const { count, rows } = rowsOf(c, x, indices, numberAttribute(node, 'batch_dims', 0))
  const width = sizeOf(dy.shape.slice(indices.shape.length - 1) as number[])
  return [g.reshapeLike(addRows(g, count, rows, g.reshape(dy, [rows.shape[0]!, width])), x), null]
}

type Scattered = 'none' | 'add'

const reductionOf = ({ node }: GradContext): Scattered => {
  const reduction = node.attributes.reduction ?? 'none'
  if (reduction === 'none' || reduction === 'add') return reduction
  throw notSupported(node, `with reduction ${String(reduction)}`, 'Use reduction none or add.')
}

// Places that were written take no gradient from what they held before; where two writes met, one wins.
const scatterND: GradRule = (c, _x, indices, updates) => {
  const { g, dy, needs } = c
  const kept = reductionOf(c) === 'add'
  const erased = (): Value => g.op('ScatterND', [dy, indices, g.full(updates, 0)])
  return [needs[0] ? (kept ? dy : erased()) : null, null, needs[2] ? g.op('GatherND', [dy, indices]) : null]
}

const scatterElements: GradRule = (c, _x, indices, updates) => {
  const { g, node, dy, needs } = c
  const kept = reductionOf(c) === 'add'
  const axis = numberAttribute(node, 'axis', 0)
  const erased = (): Value => g.op('ScatterElements', [dy, indices, g.full(updates, 0)], { axis })
  return [
    needs[0] ? (kept ? dy : erased()) : null,
    null,
    needs[2] ? g.gatherElements(dy, indices, axis) : null,
  ]
}

export const indexing = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  Slice: slice,
} satisfies Record<string, GradRule>
