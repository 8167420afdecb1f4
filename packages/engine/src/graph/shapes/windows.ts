/** @file Shape rules: convolutions and pools. */

import { EngineError } from '../../errors.ts'
import type { Dim } from '../tensor.ts'
import { showShape } from '../tensor.ts'
import {
  expectFloat,
  expectSame,
  inputAt,
  intAttribute,
  intsAttribute,
  mismatch,
  ranked,
  requiredNumbers,
  type ShapeContext,
  type ShapeRule,
} from './context.ts'

export interface Window {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  /** All begins, then all ends. */
  readonly pads: readonly number[]
  readonly ceil: boolean
}

/** The window of a convolution or pool with every default filled in; `auto_pad` becomes pads. */
export function windowOf(c: ShapeContext, kernel: readonly number[]): Window {
  const n = kernel.length
  const window = {
    kernel,
    strides: intsAttribute(c, 'strides', Array(n).fill(1)),
    dilations: intsAttribute(c, 'dilations', Array(n).fill(1)),
    pads:
      autoPads(c) === null ? intsAttribute(c, 'pads', Array(2 * n).fill(0)) : Array<number>(2 * n).fill(0),
    ceil: intAttribute(c, 'ceil_mode', 0) === 1,
  }
  const positive = [...kernel, ...window.strides, ...window.dilations].every((v) => v > 0)
  if (
    !positive ||
    window.strides.length !== n ||
    window.dilations.length !== n ||
    window.pads.length !== 2 * n ||
    window.pads.some((p) => p < 0)
  ) {
    throw new EngineError(
      'engine/bad-attribute',
      `${c.where}: kernel ${showShape(kernel)}, strides ${showShape(window.strides)}, dilations ${showShape(window.dilations)} or pads ${showShape(window.pads)} do not fit together`,
      'Kernel, strides and dilations need one positive number per spatial axis, pads two numbers from 0.',
    )
  }
  return { ...window, pads: samePads(c, window) ?? window.pads }
}

/** The `auto_pad` of a node; null where its pads count. */
function autoPads(c: ShapeContext): 'VALID' | 'SAME_UPPER' | 'SAME_LOWER' | null {
  const auto = c.attributes.auto_pad ?? 'NOTSET'
  if (auto === 'NOTSET') return null
  if (auto === 'VALID' || auto === 'SAME_UPPER' || auto === 'SAME_LOWER') return auto
  throw new EngineError(
    'engine/bad-attribute',
    `${c.where}: auto_pad ${String(auto)} does not exist`,
    'Use NOTSET, VALID, SAME_UPPER or SAME_LOWER.',
  )
}

/** Pads that make the output ceil(size / stride) long; an odd one goes to the end (UPPER) or the begin (LOWER). */
function samePads(c: ShapeContext, w: Omit<Window, 'ceil'>): number[] | null {
  const auto = autoPads(c)
  if (auto !== 'SAME_UPPER' && auto !== 'SAME_LOWER') return null
  const total = w.kernel.map((k, i) => {
    const size = inputAt(c, 0).shape[i + 2]
    if (typeof size !== 'number')
      throw mismatch(c.where, `auto_pad ${auto} needs known sizes, got ${size}`, 'Give explicit pads.')
    const reach = w.dilations[i]! * (k - 1) + 1
    return Math.max(0, (Math.ceil(size / w.strides[i]!) - 1) * w.strides[i]! + reach - size)
  })
  return splitPads(total, auto === 'SAME_UPPER')
}

const splitPads = (total: readonly number[], upper: boolean): number[] => {
  const begin = total.map((t) => (upper ? Math.floor(t / 2) : Math.ceil(t / 2)))
  return [...begin, ...total.map((t, i) => t - begin[i]!)]
}

/** Output sizes of a window that slides over `spatial` (ONNX operator Conv). */
export function slide(c: ShapeContext, spatial: readonly Dim[], w: Window): Dim[] {
  return spatial.map((size, i) => {
    const reach = w.dilations[i]! * (w.kernel[i]! - 1) + 1
    const pad = w.pads[i]! + w.pads[i + spatial.length]!
    if (typeof size === 'string') return `(${size}+${pad - reach})/${w.strides[i]}+1`
    const room = size + pad - reach
    if (room < 0) {
      throw mismatch(
        c.where,
        `a window of ${reach} does not fit into ${size} (padding ${pad})`,
        'Use a smaller kernel, more padding, or fewer pools before it.',
      )
    }
    const count = (w.ceil ? Math.ceil : Math.floor)(room / w.strides[i]!) + 1
    // A window that would start in the padding behind the data does not count.
    return w.ceil && (count - 1) * w.strides[i]! >= size + w.pads[i]! ? count - 1 : count
  })
}

const conv: ShapeRule = (c) => {
  const [x, weight] = [inputAt(c, 0), inputAt(c, 1)]
  expectSame(c, x, weight)
  expectFloat(c, x)
  const spatial = weight.shape.length - 2
  if (spatial < 1 || x.shape.length !== spatial + 2) {
    throw mismatch(
      c.where,
      `the input ${showShape(x.shape)} and the kernel ${showShape(weight.shape)} need the same number of axes`,
      'Inputs are [batch, channels, height, width].',
    )
  }
  const groups = intAttribute(c, 'group', 1)
  const [outputs, perGroup] = weight.shape as [number, number]
  if (x.shape[1] !== perGroup * groups || outputs % groups !== 0) {
    throw mismatch(
      c.where,
      `expects ${perGroup * groups} input channels, got ${x.shape[1]} (input ${showShape(x.shape)})`,
      `Declare ${x.shape[1]} input channels.`,
    )
  }
  const bias = c.inputs[2]
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== outputs)) {
    throw mismatch(
      c.where,
      `the bias ${showShape(bias.shape)} does not fit ${outputs} output channels`,
      'Give one bias per output channel.',
    )
  }
  const window = windowOf(c, weight.shape.slice(2) as number[])
  return [{ dtype: x.dtype, shape: [x.shape[0]!, outputs, ...slide(c, x.shape.slice(2), window)] }]
}

/** The window of a ConvTranspose: an `output_shape` or `auto_pad` becomes pads (ONNX operator ConvTranspose). */
export function transposedWindow(c: ShapeContext): Window & { readonly extra: readonly number[] } {
  const kernel = inputAt(c, 1).shape.slice(2) as number[]
  const auto = autoPads(c)
  const w = windowOf(
    { ...c, attributes: { ...c.attributes, auto_pad: auto === null ? 'NOTSET' : 'VALID' } },
    kernel,
  )
  const extra = intsAttribute(c, 'output_padding', Array(kernel.length).fill(0))
  const wanted =
    'output_shape' in c.attributes ? intsAttribute(c, 'output_shape').slice(-kernel.length) : null
  if (wanted === null && (auto === null || auto === 'VALID')) return { ...w, extra }
  const total = kernel.map((k, i) => {
    const size = inputAt(c, 0).shape[i + 2]
    if (typeof size !== 'number')
      throw mismatch(
        c.where,
        `output_shape and auto_pad need known sizes, got ${size}`,
        'Give explicit pads.',
      )
    const full = w.strides[i]! * (size - 1) + extra[i]! + w.dilations[i]! * (k - 1) + 1
    return Math.max(0, full - (wanted?.[i] ?? size * w.strides[i]!))
  })
  return { ...w, extra, pads: splitPads(total, auto === 'SAME_UPPER') }
}

/** Output size: stride (size - 1) + output_padding + reach - pads (ONNX operator ConvTranspose). */
const convTranspose: ShapeRule = (c) => {
  const [x, weight] = [inputAt(c, 0), inputAt(c, 1)]
  expectSame(c, x, weight)
  expectFloat(c, x)
  if (weight.shape.length < 3 || x.shape.length !== weight.shape.length) {
    throw mismatch(
      c.where,
      `the input ${showShape(x.shape)} and the kernel ${showShape(weight.shape)} need the same number of axes`,
      'Inputs are [batch, channels, height, width].',
    )
  }
  const groups = intAttribute(c, 'group', 1)
  if (x.shape[1] !== weight.shape[0] || Number(x.shape[1]) % groups !== 0) {
    throw mismatch(
      c.where,
      `expects ${weight.shape[0]} input channels in ${groups} groups, got ${x.shape[1]}`,
      `Declare ${x.shape[1]} input channels.`,
    )
  }
  const w = transposedWindow(c)
  const spatial = x.shape.slice(2).map((size, i) => {
    const edge = w.pads[i]! + w.pads[i + w.kernel.length]!
    const fixed = w.extra[i]! + w.dilations[i]! * (w.kernel[i]! - 1) + 1 - edge
    return typeof size === 'string'
      ? `${w.strides[i]}*(${size}-1)+${fixed}`
      : w.strides[i]! * (size - 1) + fixed
  })
  if (spatial.some((d) => typeof d === 'number' && d < 1))
    throw mismatch(c.where, `nothing is left of ${showShape(x.shape)}`, 'Use less padding.')
  return [{ dtype: x.dtype, shape: [x.shape[0]!, (weight.shape[1] as number) * groups, ...spatial] }]
}

const pool: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  expectFloat(c, x)
  const kernel = intsAttribute(c, 'kernel_shape')
  const images = ranked(c, 0, kernel.length + 2)
  const shape = [...images.shape.slice(0, 2), ...slide(c, images.shape.slice(2), windowOf(c, kernel))]
  const types = [
    { dtype: x.dtype, shape },
    { dtype: 'int64' as const, shape },
  ]
  return types.slice(0, c.outputCount)
}

const globalPool: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  expectFloat(c, x)
  return [{ dtype: x.dtype, shape: x.shape.map((d, i) => (i < 2 ? d : 1)) }]
}

const maxUnpool: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  return [{ dtype: x.dtype, shape: requiredNumbers(c, 2) }]
}

export const windows = {
  AveragePool: pool,
  Conv: conv,
  ConvTranspose: convTranspose,
  GlobalAveragePool: globalPool,
  GlobalLpPool: globalPool,
  GlobalMaxPool: globalPool,
  LpPool: pool,
  MaxPool: pool,
  MaxUnpool: maxUnpool,
} satisfies Record<string, ShapeRule>
