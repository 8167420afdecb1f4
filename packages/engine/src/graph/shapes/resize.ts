/** @file Shape rules: ops that change the size of pictures. */
import { EngineError } from '../../errors.ts'
import { type Dim, showShape } from '../tensor.ts'
import type { Value } from '../types.ts'
import {
  axisOf,
  constantNumbers,
  inputAt,
  intAttribute,
  intsAttribute,
  mismatch,
  type ShapeContext,
  type ShapeRule,
} from './context.ts'

export interface ResizeAxis {
  readonly axis: number
  readonly from: number
  readonly to: number
  readonly scale: number
}

const given = (v: Value | null | undefined): readonly number[] | null => {
  const numbers = constantNumbers(v)
  return numbers === null || numbers.length === 0 ? null : numbers
}

/**
 * Which axes change, from what size to what size, by what scale (ONNX operator Resize).
 * @throws EngineError engine/bad-attribute, engine/shape-mismatch
 */
export function resizedAxes(c: ShapeContext): ResizeAxis[] {
  const shape = inputAt(c, 0).shape
  const axes = intsAttribute(
    c,
    'axes',
    shape.map((_, i) => i),
  ).map((a) => axisOf(c, a, shape.length))
  const [scales, sizes] = [given(c.inputs[2]), given(c.inputs[3])]
  const numbers = scales ?? sizes
  if (numbers === null || numbers.length !== axes.length || numbers.some((n) => !(n > 0))) {
    throw new EngineError(
      'engine/bad-attribute',
      `${c.where}: needs constant scales or sizes, one positive number for each of ${axes.length} axes`,
      'Give constant scales or sizes.',
    )
  }
  const policy = c.attributes.keep_aspect_ratio_policy ?? 'stretch'
  const ratios = numbers.map((n, i) => (scales ? n : n / Number(shape[axes[i]!])))
  const kept = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios)
  return axes.flatMap((axis, i) => {
    const from = shape[axis]!
    const scale = sizes && policy !== 'stretch' ? kept : ratios[i]!
    if (typeof from === 'string') {
      if (scales && scale === 1) return []
      throw mismatch(
        c.where,
        `cannot resize the axis ${from}, whose size is not known`,
        'Resize known sizes.',
      )
    }
    const to = scales
      ? Math.floor(from * scale)
      : policy === 'stretch'
        ? numbers[i]!
        : Math.round(kept * from)
    return to === from && scale === 1 ? [] : [{ axis, from, to, scale }]
  })
}

const resize: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const shape: Dim[] = [...x.shape]
  for (const { axis, to } of resizedAxes(c)) shape[axis] = to
  return [{ dtype: x.dtype, shape }]
}

/** [N, C, H, W] to [N, C / b^2, H b, W b], or back. */
const blocks =
  (toSpace: boolean): ShapeRule =>
  (c) => {
    const x = inputAt(c, 0)
    const b = intAttribute(c, 'blocksize')
    const [n, channels, ...spatial] = x.shape
    const divided = toSpace ? [channels] : spatial
    const divisor = toSpace ? b * b : b
    if (x.shape.length !== 4 || b < 1 || divided.some((d) => typeof d !== 'number' || d % divisor !== 0))
      throw mismatch(c.where, `blocks of ${b} do not fit ${showShape(x.shape)}`, 'Sizes must divide evenly.')
    const grown = spatial.map((d) =>
      toSpace ? (typeof d === 'number' ? d * b : `${d}*${b}`) : Number(d) / b,
    )
    return [
      {
        dtype: x.dtype,
        shape: [n!, toSpace ? Number(channels) / divisor : timesOf(channels!, b * b), ...grown],
      },
    ]
  }

const timesOf = (d: Dim, by: number): Dim => (typeof d === 'number' ? d * by : `${d}*${by}`)

export const resizes = {
  DepthToSpace: blocks(true),
  Resize: resize,
  SpaceToDepth: blocks(false),
} satisfies Record<string, ShapeRule>
