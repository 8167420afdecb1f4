/** @file Passes over channels in blocks: a factor, an addend, another picture and a Relu become one pass. */
import type { Ops } from '../../ops.ts'
import { sizeOf, tensor } from '../../tensor.ts'
import type { Attributes, Value } from '../../types.ts'
import type { RewriteRule } from '../rewrite.ts'
import { blockedOf, isNative, type Layout, native } from './layout.ts'

/** Ops that look at one element of each operand. */
const unary = new Set('Abs Elu Erf Exp HardSigmoid LeakyRelu Neg Relu Sigmoid Softplus Sqrt Tanh'.split(' '))
const binary = new Set(['Add', 'Div', 'Mul', 'Sub'])

/** y = activation(x * kernel + bias + sum), the whole of what the convolution on blocks does. */
interface Convolved {
  readonly x: Value
  readonly kernel: Value
  readonly bias: Value | null
  readonly sum: Value | null
  readonly attributes: Attributes
}

function convolvedOf(v: Value): Convolved | null {
  if (!isNative(v.node, 'Conv')) return null
  const [x, kernel, bias = null, sum = null] = v.node.inputs as [Value, Value, Value | null, Value | null]
  return { x, kernel, bias, sum, attributes: v.node.attributes }
}

const convolve = (g: Ops, { x, kernel, bias, sum, attributes }: Convolved, like: Value): Value =>
  native(
    g,
    'Conv',
    sum ? [x, kernel, bias, sum] : bias ? [x, kernel, bias] : [x, kernel],
    attributes,
    like.shape,
  )

/** x times a factor a channel: a convolution of each channel alone, with a kernel of one place. */
const perChannel = (g: Ops, x: Value, factors: Value): Convolved => {
  const channels = Number(x.shape[1])
  return {
    x,
    kernel: g.reshape(factors, [channels, 1, 1, 1]),
    bias: null,
    sum: null,
    attributes: { group: channels, kernel_shape: [1, 1] },
  }
}

export const elementwise =
  (layout: Layout): RewriteRule =>
  ({ g, node, inputs, uses }) => {
    const y = node.outputs[0]!
    if (!(unary.has(node.op) || binary.has(node.op)) || !inputs.some(blockedOf) || !layout.fits(y))
      return null
    const op = (...values: Value[]): Value => g.op(node.op, values, node.attributes)
    const [a, b] = inputs as [Value, Value]
    const last = (v: Value): Convolved | null => {
      const own = blockedOf(v)
      const found = own !== null && uses(v) === 1 ? convolvedOf(own) : null
      return found?.attributes.activation === undefined ? found : null
    }
    if (unary.has(node.op)) {
      const before = node.op === 'Relu' ? last(a) : null
      const own = before
        ? convolve(g, { ...before, attributes: { ...before.attributes, activation: 'Relu' } }, y)
        : op(blockedOf(a)!)
      return [layout.leave(g, own)]
    }
    if (sameShape(a, y) && sameShape(b, y)) {
      for (const [v, other] of node.op === 'Add' ? [[a, b] as const, [b, a] as const] : []) {
        const before = last(v)
        // Adding to what a large convolution sums up saves no pass where the other picture is read again.
        if (before && before.sum === null && before.attributes.group !== undefined)
          return [layout.leave(g, convolve(g, { ...before, sum: layout.enter(g, other) }, y))]
      }
      return [layout.leave(g, op(layout.enter(g, a), layout.enter(g, b)))]
    }
    const own = smaller(layout, g, { op: node.op, a, b, y, last })
    return own && [layout.leave(g, own)]
  }

interface Pair {
  readonly op: string
  readonly a: Value
  readonly b: Value
  readonly y: Value
  /** The convolution that computes a value, where nothing else reads it. */
  last(v: Value): Convolved | null
}

/** A picture with an operand that is repeated: one number, one for each channel, or one for each channel and picture. */
function smaller(layout: Layout, g: Ops, { op, a, b, y, last }: Pair): Value | null {
  const first = sameShape(a, y)
  const [picture, operand] = first ? [a, b] : [b, a]
  const x = blockedOf(picture)
  if (x === null || !sameShape(picture, y)) return null
  const [n, channels, height, width] = y.shape as [number, number, number, number]
  const shape = operand.shape as readonly number[]
  const size = sizeOf(shape)
  const both = (v: Value, w: Value): Value => g.op(op, first ? [v, w] : [w, v])
  if (size === 1 && shape.length <= 4) return both(x, operand)
  if (size === channels && shape.at(-3) === channels) {
    const values = g.reshape(operand, [channels])
    const constant = (value: number): Value =>
      g.graph.constant(tensor('float32', [channels], Array(channels).fill(value)))
    if (op === 'Mul') return convolve(g, perChannel(g, x, values), y)
    if (op === 'Div') return null
    const before = op === 'Sub' && !first ? null : last(picture)
    const addend = op === 'Sub' && first ? g.neg(values) : values
    if (before && before.bias === null) return convolve(g, { ...before, bias: addend }, y)
    const factor = constant(op === 'Sub' && !first ? -1 : 1)
    return convolve(g, { ...perChannel(g, x, factor), bias: addend }, y)
  }
  if (size !== n * channels || shape.length !== 4 || shape[1] !== channels) return null
  const rows = (n * channels) / layout.block
  const product = both(
    g.reshape(x, [rows, height * width, layout.block]),
    g.reshape(operand, [rows, 1, layout.block]),
  )
  return g.reshape(product, y.shape)
}

const sameShape = (a: Value, b: Value): boolean =>
  a.shape.length === b.shape.length && a.shape.every((d, i) => d === b.shape[i])
