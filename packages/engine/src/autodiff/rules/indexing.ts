/** @file Gradient rules: ops that pick elements by index. */
import type { Ops } from '../../graph/ops.ts'
import { numbersOf, tensor } from '../../graph/tensor.ts'
import type { Value } from '../../graph/types.ts'
import { type GradRule, notSupported, numberAttribute } from '../rule.ts'
import { fromFront, toFront } from './layout.ts'

/** Adds the rows of `rows` (first axis: one per index) into zeros shaped like `x` along `axis`. */
function scatterRows(g: Ops, x: Value, axis: number, indices: Value, rows: Value): Value {
  const target = toFront(g, g.full(x, 0), axis)
  const at = g.unsqueeze(g.cast(indices, 'int64'), [indices.shape.length])
  return fromFront(g, g.op('ScatterND', [target, at, rows], { reduction: 'add' }), axis)
}

const gather: GradRule = ({ g, node, dy }, x, indices) => {
  const given = numberAttribute(node, 'axis', 0)
  const axis = given < 0 ? given + x.shape.length : given
  // The index axes lie at `axis`; bring them to the front, in their order.
  const index = indices.shape.map((_, i) => axis + i)
  const rest = dy.shape.map((_, i) => i).filter((i) => !index.includes(i))
  return [scatterRows(g, x, axis, indices, g.transpose(dy, [...index, ...rest])), null]
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
  // Undo the axes one by one, the last first; each had the full size of x before its own slice.
  let dx = dy
  const shape = [...x.shape]
  const before = axes.map((a, i) => {
    const axis = a < 0 ? a + x.shape.length : a
    const full = [...shape]
    shape[axis] = kept(Number(x.shape[axis]), starts[i]!, ends[i]!, steps[i]!).length
    return { axis, full }
  })
  for (let i = axes.length - 1; i >= 0; i--) {
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
      dx = scatterRows(g, target, axis, at, toFront(g, dx, axis))
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

export const indexing = { Gather: gather, GatherElements: gatherElements, Slice: slice } satisfies Record<
  string,
  GradRule
>
