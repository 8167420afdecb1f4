/** @file Expansions: ops that rearrange or resize, as reshapes, gathers and products with constant matrices. */
import type { Ops } from '../ops.ts'
import { type ResizeAxis, resizedAxes } from '../shapes/resize.ts'
import { isStatic, numbersOf, sizeOf, tensor } from '../tensor.ts'
import type { Value } from '../types.ts'
import { type Expansion, fromEnd, input, needsSize, number, shapeContext } from './expansion.ts'
import { resizeMatrix } from './resize-matrix.ts'

const depthToSpace: Expansion = (c) => {
  const { g, node } = c
  const x = input(c, 0)
  const [n, channels, height, width] = x.shape
  const b = number(c, 'blocksize', 1)
  const left = Number(channels) / (b * b)
  const byColumn = (node.attributes.mode ?? 'DCR') === 'CRD'
  const split = byColumn ? [n!, left, b, b, height!, width!] : [n!, b, b, left, height!, width!]
  const perm = byColumn ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]
  return [g.reshapeLike(g.transpose(g.reshape(x, split), perm), node.outputs[0]!)]
}

const spaceToDepth: Expansion = (c) => {
  const { g, node } = c
  const x = input(c, 0)
  const [n, channels, height, width] = x.shape
  const b = number(c, 'blocksize', 1)
  const split = g.reshape(x, [n!, channels!, Number(height) / b, b, Number(width) / b, b])
  return [g.reshapeLike(g.transpose(split, [0, 3, 5, 1, 2, 4]), node.outputs[0]!)]
}

/** `x` with a matrix [to, from] applied along `axis`. */
function along(g: Ops, x: Value, axis: number, matrix: Value): Value {
  const rank = x.shape.length
  if (axis === rank - 2) return g.matMul(matrix, x)
  const last = axis === rank - 1
  const swap = x.shape.map((_, i) => (i === axis ? rank - 1 : i === rank - 1 ? axis : i))
  const product = g.matMul(last ? x : g.transpose(x, swap), g.transpose(matrix, [1, 0]))
  return last ? product : g.transpose(product, swap)
}

const resize: Expansion = (c) => {
  const { g, node } = c
  const x = input(c, 0)
  const options = {
    mode: String(node.attributes.mode ?? 'nearest'),
    coordinates: String(node.attributes.coordinate_transformation_mode ?? 'half_pixel'),
    nearest: String(node.attributes.nearest_mode ?? 'round_prefer_floor'),
    antialias: number(c, 'antialias', 0) === 1,
    cubic: number(c, 'cubic_coeff_a', -0.75),
    excludeOutside: number(c, 'exclude_outside', 0) === 1,
  }
  const matrixOf = (a: ResizeAxis): Value => {
    const matrix = resizeMatrix(a, options)
    if (matrix === null)
      throw needsSize(
        c,
        `with mode ${options.mode}, ${options.coordinates}${options.antialias ? ', antialias' : ''}`,
        'Use nearest, linear or cubic without antialias and without cropping.',
      )
    return g.graph.constant(tensor(x.dtype, [a.to, a.from], matrix))
  }
  return [resizedAxes(shapeContext(c)).reduce((v, a) => along(g, v, a.axis, matrixOf(a)), x)]
}

/** Reflections, repeated edges and wrapped ends are gathers with constant indices. */
const pad: Expansion = (c) => {
  const { g, node } = c
  const x = input(c, 0)
  const [given, axesGiven] = [c.inputs[1]?.constant, c.inputs[3]?.constant]
  if (!given || (c.inputs[3] && !axesGiven))
    throw needsSize(c, 'by sizes known only at run time', 'Give constant pads and axes.')
  const pads = numbersOf(given)
  const axes = axesGiven
    ? numbersOf(axesGiven).map((a) => fromEnd(a, x.shape.length))
    : x.shape.map((_, i) => i)
  return [
    axes.reduce((v, axis, i) => {
      const [before, after] = [pads[i]!, pads[i + axes.length]!]
      if (before === 0 && after === 0) return v
      const size = x.shape[axis]
      if (typeof size !== 'number')
        throw needsSize(c, 'along an axis of unknown size', 'Pad axes of known size.')
      const indices = Array.from({ length: before + size + after }, (_, j) =>
        source(j - before, size, String(node.attributes.mode)),
      )
      return g.gather(v, g.graph.constant(tensor('int64', [indices.length], indices)), axis)
    }, x),
  ]
}

/** Where the padded place `i` takes its value from. */
function source(i: number, size: number, mode: string): number {
  if (mode === 'edge') return Math.min(Math.max(i, 0), size - 1)
  if (mode === 'wrap') return ((i % size) + size) % size
  if (size === 1) return 0
  const period = 2 * (size - 1)
  const at = ((i % period) + period) % period
  return at < size ? at : period - at
}

/** The product as a tree of pairs: exact where factors are zero, and to any order. */
const reduceProd: Expansion = (c) => {
  const { g, node } = c
  const x = input(c, 0)
  const rank = x.shape.length
  const given = c.inputs[1]?.constant ? numbersOf(c.inputs[1].constant) : []
  const noop = given.length === 0 && number(c, 'noop_with_empty_axes', 0) === 1
  if (noop) return [g.op('Identity', [x])]
  const axes = given.length === 0 ? x.shape.map((_, i) => i) : given.map((a) => fromEnd(a, rank))
  const rest = x.shape.map((_, i) => i).filter((i) => !axes.includes(i))
  const sizes = axes.map((a) => x.shape[a]!)
  if (!isStatic(sizes)) throw needsSize(c, 'over axes of unknown size', 'Give their sizes.')
  let v = g.reshape(g.transpose(x, [...axes, ...rest]), [sizeOf(sizes), ...rest.map((a) => x.shape[a]!)])
  for (let n = sizeOf(sizes); n > 1; n = Math.ceil(n / 2)) {
    const half = Math.floor(n / 2)
    const [a, b, odd] = g.split(v, n % 2 === 1 ? [half, half, 1] : [half, half], 0)
    v = g.concat([g.mul(a!, b!), ...(odd ? [odd] : [])], 0)
  }
  return [g.reshapeLike(sizeOf(sizes) === 0 ? g.full(node.outputs[0]!, 1) : v, node.outputs[0]!)]
}

export const layout = {
  DepthToSpace: depthToSpace,
  Pad: pad,
  ReduceProd: reduceProd,
  Resize: resize,
  SpaceToDepth: spaceToDepth,
} satisfies Record<string, Expansion>
