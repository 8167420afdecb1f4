/** @file Gradient rules: convolutions and pools. */
import type { Ops } from '../../graph/ops.ts'
import { type Window, windowOf } from '../../graph/shapes/windows.ts'
import { isStatic, sizeOf, tensor } from '../../graph/tensor.ts'
import type { Node, Value } from '../../graph/types.ts'
import {
  type GradContext,
  type GradRule,
  lastAxes,
  listAttribute,
  notSupported,
  numberAttribute,
} from '../rule.ts'

const windowFor = (node: Node, kernel: readonly number[]): Window =>
  windowOf({ where: node.name, inputs: node.inputs, attributes: node.attributes, outputCount: 1 }, kernel)

const spatialOf = (node: Node, v: Value): readonly number[] => {
  const spatial = v.shape.slice(2)
  if (!isStatic(spatial)) throw notSupported(node, 'on pictures of unknown size', 'Give the picture size.')
  return spatial
}

const conv: GradRule = (c, x, weight) => [
  c.needs[0] ? convInput(c, x, weight) : null,
  c.needs[1] ? convWeight(c, x, weight) : null,
  c.needs[2] ? c.g.reduceSum(c.dy, [0, ...lastAxes(2, x.shape.length)], false) : null,
]

/** By the input: a transposed convolution; where stride and groups are 1, the faster convolution with flipped kernels. */
function convInput({ g, node, dy }: GradContext, x: Value, weight: Value): Value {
  const kernel = weight.shape.slice(2) as number[]
  const w = windowFor(node, kernel)
  const group = numberAttribute(node, 'group', 1)
  const n = kernel.length
  const back = w.pads.map((p, i) => kernel[i % n]! - 1 - p)
  if (group === 1 && [...w.strides, ...w.dilations].every((v) => v === 1) && back.every((p) => p >= 0)) {
    let flipped = g.transpose(weight, [1, 0, ...lastAxes(2, n + 2)])
    for (const axis of lastAxes(2, n + 2))
      if (kernel[axis - 2]! > 1) flipped = g.slice(flipped, axis, -1, -(2 ** 31), -1)
    return g.op('Conv', [dy, flipped], { pads: back })
  }
  return convTransposed(g, node, dy, weight, w, group, spatialOf(node, x))
}

function convTransposed(
  g: Ops,
  node: Node,
  dy: Value,
  weight: Value,
  w: Window,
  group: number,
  size: readonly number[],
): Value {
  const out = spatialOf(node, dy)
  const missing = size.map((s, i) => {
    const reach = w.dilations[i]! * (w.kernel[i]! - 1) + 1
    return s - ((out[i]! - 1) * w.strides[i]! + reach - w.pads[i]! - w.pads[i + size.length]!)
  })
  const attributes = { strides: w.strides, dilations: w.dilations, pads: w.pads, group }
  // output_padding must stay below the stride; a window wider than that left rows unread, which get zeros.
  const dx = g.op('ConvTranspose', [dy, weight], attributes)
  return g.pad(dx, [0, 0, ...missing.map(() => 0), 0, 0, ...missing])
}

/**
 * By the weight: the input with its batch as channels, convolved with dy as the kernel; stride and dilation swap
 * roles. Groups one by one.
 */
function convWeight({ g, node, dy }: GradContext, x: Value, weight: Value): Value {
  const kernel = weight.shape.slice(2) as number[]
  const w = windowFor(node, kernel)
  const group = numberAttribute(node, 'group', 1)
  const swap = [1, 0, ...lastAxes(2, kernel.length + 2)]
  const parts = (v: Value): readonly Value[] => g.split(v, Array(group).fill(Number(v.shape[1]) / group), 1)
  const [xs, dys] = [parts(x), parts(dy)]
  const dws = xs.map((part, i) => {
    const raw = g.op('Conv', [g.transpose(part, swap), g.transpose(dys[i]!, swap)], {
      strides: w.dilations,
      dilations: w.strides,
      pads: w.pads,
    })
    // Rows that the window never reached make the result larger than the kernel.
    const cut = kernel.reduce(
      (v, size, axis) => (v.shape[axis + 2] === size ? v : g.slice(v, axis + 2, 0, size)),
      raw,
    )
    return g.transpose(cut, swap)
  })
  return g.concat(dws, 0)
}

const maxPool: GradRule = ({ g, node, dy }, x) => {
  const indices = node.outputs[1]
  if (indices === undefined)
    throw notSupported(node, 'without its indices', 'Run the rewrite for training first.')
  const kernel = listAttribute(node, 'kernel_shape', [])
  const w = windowFor(node, kernel)
  const apart =
    kernel.every((k, i) => w.strides[i]! >= k) &&
    w.pads.every((p) => p === 0) &&
    w.dilations.every((d) => d === 1)
  if (apart && isStatic(x.shape)) {
    return [g.op('MaxUnpool', [dy, indices, g.ints(x.shape)], { kernel_shape: kernel, strides: w.strides })]
  }
  // Windows that overlap may pick one element several times; indices count through the whole tensor.
  const size = isStatic(x.shape) ? [sizeOf(x.shape)] : [-1]
  const flat = (v: Value): Value => g.op('Reshape', [v, g.ints([-1])])
  const zeros = isStatic(x.shape) ? g.full({ ...x, shape: size }, 0) : flat(g.full(x, 0))
  return [
    g.reshapeLike(
      g.op('ScatterElements', [zeros, flat(indices), flat(dy)], { axis: 0, reduction: 'add' }),
      x,
    ),
  ]
}

const averagePool: GradRule = ({ g, node, dy }, x) => {
  const kernel = listAttribute(node, 'kernel_shape', [])
  const w = windowFor(node, kernel)
  const padded = w.pads.some((p) => p > 0)
  if ((padded && numberAttribute(node, 'count_include_pad', 0) === 0) || w.ceil) {
    throw notSupported(
      node,
      'with padding that is not counted, or with ceil_mode',
      'Set count_include_pad, or pad first.',
    )
  }
  const channels = Number(x.shape[1])
  const area = sizeOf(kernel)
  const weight = g.graph.constant(
    tensor(x.dtype, [channels, 1, ...kernel], Array(channels * area).fill(1 / area)),
  )
  return [convTransposed(g, node, dy, weight, w, channels, spatialOf(node, x))]
}

const globalAveragePool: GradRule = ({ g, node, dy }, x) => [
  g.expandLike(g.div(dy, sizeOf(spatialOf(node, x))), x),
]

export const windows = {
  AveragePool: averagePool,
  Conv: conv,
  GlobalAveragePool: globalAveragePool,
  MaxPool: maxPool,
} satisfies Record<string, GradRule>
