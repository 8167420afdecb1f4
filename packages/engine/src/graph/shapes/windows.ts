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

/** The window of a convolution or pool with every default filled in. */
export function windowOf(c: ShapeContext, kernel: readonly number[]): Window {
  const n = kernel.length
  const auto = c.attributes.auto_pad ?? 'NOTSET'
  if (auto !== 'NOTSET' && auto !== 'VALID') {
    throw new EngineError(
      'engine/bad-attribute',
      `${c.where}: auto_pad ${String(auto)} is not supported`,
      'Give explicit pads.',
    )
  }
  const window = {
    kernel,
    strides: intsAttribute(c, 'strides', Array(n).fill(1)),
    dilations: intsAttribute(c, 'dilations', Array(n).fill(1)),
    pads: intsAttribute(c, 'pads', Array(2 * n).fill(0)),
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
  return window
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
    return (w.ceil ? Math.ceil : Math.floor)(room / w.strides[i]!) + 1
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

/** Output size: stride (size - 1) + output_padding + reach - pads (ONNX operator ConvTranspose). */
const convTranspose: ShapeRule = (c) => {
  const [x, weight] = [inputAt(c, 0), inputAt(c, 1)]
  const groups = intAttribute(c, 'group', 1)
  const w = windowOf(c, weight.shape.slice(2) as number[])
  const extra = intsAttribute(
    c,
    'output_padding',
    w.kernel.map(() => 0),
  )
  if (x.shape[1] !== weight.shape[0]) {
    throw mismatch(
      c.where,
      `expects ${weight.shape[0]} input channels, got ${x.shape[1]}`,
      `Declare ${x.shape[1]} input channels.`,
    )
  }
  const spatial = x.shape.slice(2).map((size, i) => {
    if (typeof size === 'string') return `${size}'`
    return (
      w.strides[i]! * (size - 1) +
      extra[i]! +
      w.dilations[i]! * (w.kernel[i]! - 1) +
      1 -
      w.pads[i]! -
      w.pads[i + w.kernel.length]!
    )
  })
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
  MaxPool: pool,
  MaxUnpool: maxUnpool,
} satisfies Record<string, ShapeRule>
