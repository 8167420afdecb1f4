/** @file Shape rules: ops that pick or place elements by index, and the Loop. */
import { EngineError } from '../../errors.ts'
import { type Dim, showShape } from '../tensor.ts'
import {
  axisOf,
  constantNumbers,
  inputAt,
  intAttribute,
  mismatch,
  requiredNumbers,
  type ShapeContext,
  type ShapeRule,
} from './context.ts'
import { shapeContent } from './layout.ts'
import { isSub } from './subgraph.ts'

function indices(c: ShapeContext, i: number): readonly Dim[] {
  const value = inputAt(c, i)
  if (value.dtype !== 'int64' && value.dtype !== 'int32') {
    throw new EngineError(
      'engine/type-mismatch',
      `${c.where}: indices must be int32 or int64, got ${value.dtype}`,
      'Cast them to int64.',
    )
  }
  return value.shape
}

const gather: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const axis = axisOf(c, intAttribute(c, 'axis', 0), x.shape.length)
  return [
    { dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...indices(c, 1), ...x.shape.slice(axis + 1)] },
  ]
}

const gatherElements: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const shape = indices(c, 1)
  axisOf(c, intAttribute(c, 'axis', 0), x.shape.length)
  if (shape.length !== x.shape.length) {
    throw mismatch(
      c.where,
      `the indices ${showShape(shape)} need as many axes as ${showShape(x.shape)}`,
      'Unsqueeze the indices.',
    )
  }
  return [{ dtype: x.dtype, shape }]
}

/** The last axis of the indices names positions in the axes of x behind the batch axes. */
const gatherND: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const at = indices(c, 1)
  const batch = intAttribute(c, 'batch_dims', 0)
  const named = at.at(-1)
  if (typeof named !== 'number' || named < 1 || named + batch > x.shape.length || batch >= at.length)
    throw mismatch(
      c.where,
      `the indices ${showShape(at)} do not fit ${showShape(x.shape)} with ${batch} batch axes`,
      'Their last axis holds one index per axis of the data.',
    )
  return [{ dtype: x.dtype, shape: [...at.slice(0, -1), ...x.shape.slice(batch + named)] }]
}

const scatter: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  indices(c, 1)
  return [{ dtype: x.dtype, shape: x.shape }]
}

const oneHot: ShapeRule = (c) => {
  const [at, values] = [inputAt(c, 0), inputAt(c, 2)]
  const depth = requiredNumbers(c, 1)[0]!
  const axis = intAttribute(c, 'axis', -1)
  const shape = [...at.shape]
  shape.splice(axis < 0 ? shape.length + 1 + axis : axis, 0, depth)
  return [{ dtype: values.dtype, shape }]
}

const slice: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const [starts, ends] = [requiredNumbers(c, 1), requiredNumbers(c, 2)]
  const axes = constantNumbers(c.inputs[3]) ?? starts.map((_, i) => i)
  const steps = constantNumbers(c.inputs[4]) ?? starts.map(() => 1)
  const shape: Dim[] = [...x.shape]
  axes.forEach((given, i) => {
    const axis = axisOf(c, given, x.shape.length)
    const size = x.shape[axis]!
    if (typeof size === 'string') {
      if (isWhole(starts[i]!, ends[i]!, steps[i]!)) return
      throw mismatch(c.where, `cannot slice the axis ${size}, whose size is not known`, 'Slice known sizes.')
    }
    shape[axis] = sliceLength(size, starts[i]!, ends[i]!, steps[i]!)
  })
  return [{ dtype: x.dtype, shape }]
}

/** Whether a slice keeps every axis as it is, however long. */
export const isWhole = (start: number, end: number, step: number): boolean =>
  start === 0 && step === 1 && end >= 2 ** 31 - 1

/** Elements that a slice keeps (ONNX operator Slice: negatives count from the end, then clamp). */
export function sliceLength(size: number, start: number, end: number, step: number): number {
  const clamp = (v: number, low: number, high: number): number =>
    Math.min(Math.max(v < 0 ? v + size : v, low), high)
  return step > 0
    ? Math.max(0, Math.ceil((clamp(end, 0, size) - clamp(start, 0, size)) / step))
    : Math.max(0, Math.ceil((clamp(end, -1, size - 1) - clamp(start, 0, size - 1)) / step))
}

const constantOfShape: ShapeRule = (c) => {
  const shape = shapeContent(c.inputs[0])
  if (shape === null)
    throw mismatch(c.where, 'the shape is not known when the graph is built', 'Use a constant shape.')
  const value = c.attributes.value
  const dtype = typeof value === 'object' && 'dtype' in value ? value.dtype : 'float32'
  return [{ dtype, shape }]
}

/** Carried values keep their types; scan outputs gain a leading axis of the trip count. */
const loop: ShapeRule = (c) => {
  const body = c.attributes.body
  if (!isSub(body))
    throw new EngineError(
      'engine/bad-attribute',
      `${c.where}: a Loop needs a body`,
      'Give the attribute body.',
    )
  const carried = c.inputs.length - 2
  const trips = constantNumbers(c.inputs[0])?.[0] ?? 'trips'
  if (body.inputs.length !== carried + 2 || body.outputs.length !== c.outputCount + 1) {
    throw mismatch(
      c.where,
      `the body takes ${body.inputs.length} values and gives ${body.outputs.length}`,
      'It takes iteration, condition and the carried values.',
    )
  }
  return body.outputs
    .slice(1)
    .map((v, i) => ({ dtype: v.dtype, shape: i < carried ? v.shape : [trips, ...v.shape] }))
}

export const indexing = {
  ConstantOfShape: constantOfShape,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  Loop: loop,
  OneHot: oneHot,
  ScatterElements: scatter,
  ScatterND: scatter,
  Slice: slice,
} satisfies Record<string, ShapeRule>
