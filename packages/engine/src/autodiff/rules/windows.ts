/** @file Gradient rules: convolutions and pools. */
import type { Ops } from '../../graph/ops.ts'
import { transposedWindow, type Window, windowOf } from '../../graph/shapes/windows.ts'
import { isStatic, sizeOf, tensor } from '../../graph/tensor.ts'
import type { Node, Value } from '../../graph/types.ts'
import { type GradRule, lastAxes, listAttribute, notSupported, numberAttribute } from '../rule.ts'
import { convWeight, cutTo } from './conv-weight.ts'

const windowFor = (node: Node, kernel: readonly number[]): Window =>
  windowOf({ where: node.name, inputs: node.inputs, attributes: node.attributes, outputCount: 1 }, kernel)

const spatialOf = (node: Node, v: Value): readonly number[] => {
  const spatial = v.shape.slice(2)
  if (!isStatic(spatial)) throw notSupported(node, 'on pictures of unknown size', 'Give the picture size.')
  return spatial
}

const conv: GradRule = (c, x, weight) => {
  const { g, node, dy, needs } = c
  const w = windowFor(node, weight.shape.slice(2) as number[])
  const group = numberAttribute(node, 'group', 1)
  return [
    needs[0] ? convInput(g, dy, weight, w, group, spatialOf(node, x)) : null,
    needs[1] ? convWeight(g, x, dy, w, group) : null,
    needs[2] ? g.reduceSum(dy, [0, ...lastAxes(2, x.shape.length)], false) : null,
  ]
}

// The transposed convolution is the gradient of the convolution by its input: input and dy swap roles.
const convTranspose: GradRule = ({ g, node, dy, needs }, x, weight) => {
  const inputs = node.inputs
  const w = transposedWindow({ where: node.name, inputs, attributes: node.attributes, outputCount: 1 })
  const group = numberAttribute(node, 'group', 1)
  const { strides, dilations, pads } = w
  const axes = lastAxes(2, x.shape.length)
  const raw = (): Value => g.op('Conv', [dy, weight], { strides, dilations, pads, group })
  return [
    needs[0] ? cutTo(g, raw(), spatialOf(node, x)) : null,
    needs[1] ? convWeight(g, dy, x, w, group) : null,
    needs[2] ? g.reduceSum(dy, [0, ...axes], false) : null,
  ]
}

/** By the input: a transposed convolution; where stride and groups are 1, the faster convolution with flipped kernels. */
function convInput(
  g: Ops,
  dy: Value,
  weight: Value,
  w: Window,
  group: number,
  size: readonly number[],
): Value {
  const n = w.kernel.length
  const back = w.pads.map((p, i) => w.dilations[i % n]! * (w.kernel[i % n]! - 1) - p)
  if (group === 1 && w.strides.every((s) => s === 1) && back.every((p) => p >= 0)) {
    let flipped = g.transpose(weight, [1, 0, ...lastAxes(2, n + 2)])
    for (const axis of lastAxes(2, n + 2))
      if (w.kernel[axis - 2]! > 1) flipped = g.slice(flipped, axis, -1, -(2 ** 31), -1)
    return g.op('Conv', [dy, flipped], { pads: back, dilations: w.dilations })
  }
  return (
    (group === 1 ? convInterleaved(g, dy, weight, w, size) : null) ??
    convTransposed(g, dy, weight, w, group, size)
  )
}

/**
 * By the input of a strided convolution, in sub-pixel form (Shi et al., 2016): places that are a stride apart see the
 * same part of the kernel, so that each of the s^2 interleaved pictures is an ordinary convolution with that part. Null
 * where the strides differ or do not tile the picture.
 */
function convInterleaved(g: Ops, dy: Value, weight: Value, w: Window, size: readonly number[]): Value | null {
  const [s] = w.strides as [number]
  const tiles =
    size.length === 2 &&
    isStatic(dy.shape) &&
    w.strides[1] === s &&
    w.dilations.every((d) => d === 1) &&
    size.every((n) => n % s === 0)
  if (!tiles) return null
  // dx[s q + r] = sum over t of dy[q + e - t] w[k + s t], where k = (r + pad) mod s and e = (r + pad - k) / s
  const axes = size.map((n, i) =>
    Array.from({ length: s }, (_, r) => {
      const k = (r + w.pads[i]!) % s
      const e = (r + w.pads[i]! - k) / s
      const taps = Math.ceil((w.kernel[i]! - k) / s)
      return { k, taps, begin: taps - 1 - e, end: n / s + e - Number(dy.shape[i + 2]) }
    }),
  )
  if (axes.flat().some(({ taps, begin, end }) => taps > 0 && (begin < 0 || end < 0))) return null
  const [rows, columns] = axes as [Part[], Part[]]
  const turned = g.transpose(weight, [1, 0, 2, 3])
  const zeros = (): Value =>
    g.full({ ...dy, shape: [dy.shape[0]!, weight.shape[1]!, size[0]! / s, size[1]! / s] }, 0)
  const parts = rows.flatMap((row) =>
    columns.map((column) => {
      if (row.taps <= 0 || column.taps <= 0) return zeros()
      const kernel = partOf(g, partOf(g, turned, 2, row, s), 3, column, s)
      return g.op('Conv', [dy, kernel], { pads: [row.begin, column.begin, row.end, column.end] })
    }),
  )
  return g.op('DepthToSpace', [g.concat(parts, 1)], { blocksize: s })
}

/** What one of the interleaved pictures sees of the kernel along an axis: the places from `k` on, a stride apart. */
interface Part {
  readonly k: number
  readonly taps: number
  readonly begin: number
  readonly end: number
}

/** The places of `part` from the last to the first: the convolution runs backwards. */
const partOf = (g: Ops, v: Value, axis: number, { k, taps }: Part, s: number): Value =>
  v.shape[axis] === 1 ? v : g.slice(v, axis, k + s * (taps - 1), k === 0 ? -(2 ** 31) : k - 1, -s)

/** The transposed convolution whose result has the picture size `size`. */
function convTransposed(
  g: Ops,
  dy: Value,
  weight: Value,
  w: Window,
  group: number,
  size: readonly number[],
): Value {
  const out = dy.shape.slice(2) as number[]
  const n = size.length
  // How far the windows reach beyond the picture: so much is cut. Rows that no window read get zeros.
  const beyond = size.map((s, i) => {
    const reach = w.dilations[i]! * (w.kernel[i]! - 1) + 1
    return (out[i]! - 1) * w.strides[i]! + reach - w.pads[i]! - s
  })
  const pads = [...w.pads.slice(0, n), ...beyond.map((b) => Math.max(0, b))]
  const attributes = { strides: w.strides, dilations: w.dilations, pads, group }
  const dx = g.op('ConvTranspose', [dy, weight], attributes)
  const zeros = Array<number>(n).fill(0)
  return g.pad(dx, [0, 0, ...zeros, 0, 0, ...beyond.map((b) => Math.max(0, -b))])
}

const maxPool: GradRule = ({ g, node, dy }, x) => {
  // Without the rewrite for training the pool runs twice, once for its indices.
  const indices = node.outputs[1] ?? g.graph.add('MaxPool', node.inputs, node.attributes, 2)[1]!
  const kernel = listAttribute(node, 'kernel_shape', [])
  const w = windowFor(node, kernel)
  const apart =
    !w.ceil &&
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

/** Each place of x gets its share of every window that it was in. */
const averagePool: GradRule = ({ g, node, dy }, x) => {
  const w = windowFor(node, listAttribute(node, 'kernel_shape', []))
  const size = spatialOf(node, x)
  const channels = Number(x.shape[1])
  const counted = numberAttribute(node, 'count_include_pad', 0) === 1
  const counts = size.map((s, i) => placesIn(w, i, s, Number(dy.shape[i + 2]), counted))
  const ones = g.graph.constant(
    tensor(x.dtype, [channels, 1, ...w.kernel], Array(channels * sizeOf(w.kernel)).fill(1)),
  )
  const shared = counts.reduce((v, count, i) => {
    const shape = size.map((_, axis) => (axis === i ? count.length : 1))
    const same = count.every((n) => n === count[0])
    return g.div(v, same ? count[0]! : g.graph.constant(tensor(x.dtype, shape, count)))
  }, dy)
  return [convTransposed(g, shared, ones, w, channels, size)]
}

/** How many places of axis `i` each window averages over; never those behind the padding. */
function placesIn(w: Window, i: number, size: number, windows: number, counted: boolean): number[] {
  const [begin, end] = [w.pads[i]!, w.pads[i + w.kernel.length]!]
  return Array.from({ length: windows }, (_, o) => {
    const places = Array.from(
      { length: w.kernel[i]! },
      (_k, k) => o * w.strides[i]! - begin + k * w.dilations[i]!,
    )
    return places.filter((p) => (counted ? p < size + end : p >= 0 && p < size)).length
  })
}

const globalAveragePool: GradRule = ({ g, node, dy }, x) => [
  g.expandLike(g.div(dy, sizeOf(spatialOf(node, x))), x),
]

// Places that share the largest value share the gradient.
const globalMaxPool: GradRule = ({ g, y, dy }, x) => {
  const mask = g.cast(g.equal(x, y), x.dtype)
  return [g.mul(mask, g.div(dy, g.reduceSum(mask, lastAxes(2, x.shape.length))))]
}

// MaxUnpool puts each element of x at its index of the whole result.
const maxUnpool: GradRule = ({ g, dy }, x, indices) => {
  const picked = g.gather(g.reshape(dy, [-1]), g.reshape(indices!, [-1]))
  return [g.reshapeLike(picked, x), null]
}

export const windows = {
  AveragePool: averagePool,
  Conv: conv,
  ConvTranspose: convTranspose,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  MaxPool: maxPool,
  MaxUnpool: maxUnpool,
} satisfies Record<string, GradRule>
