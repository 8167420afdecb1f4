/** @file Rewrites a first convolution with its max-pool into matrix products on a batch-innermost layout. */
import type { Ops } from '../ops.ts'
import { isStatic, sizeOf, tensor } from '../tensor.ts'
import type { Node, Value } from '../types.ts'
import { increasing } from './pools.ts'
import type { RewriteContext, RewriteRule } from './rewrite.ts'

/** Above this many inputs per output the copied patches cost more than the layout saves. */
const largestPatch = 32

interface Found {
  readonly conv: Node
  readonly activation: Node | null
  readonly x: Value
  readonly batch: number
  /** Sizes of input picture, kernel, pool window and pooled result: [height, width]. */
  readonly channels: number
  readonly picture: readonly [number, number]
  readonly kernel: readonly [number, number]
  readonly pool: readonly [number, number]
  readonly pooled: readonly [number, number]
}

/**
 * MaxPool(f(Conv(x))) for a pool whose windows tile the picture and an x that needs no gradient. The pool picks the
 * largest of one value per place in its window, so one product is made per place (only from the pixels that place
 * sees), and the largest is taken element by element: no indices, no scattering, every pass contiguous. Pixels become
 * rows and the batch the columns, so that gathering patches copies whole rows and the pooled maps come out as the
 * matrix [features, batch] that the next layer multiplies (the layout of cuda-convnet, Krizhevsky 2012).
 */
export const convPoolAsProducts: RewriteRule = (context) => {
  const found = match(context)
  if (found === null) return null
  const { g } = context
  const { conv, activation, batch } = found
  const [weight, bias] = [conv.inputs[1]!, conv.inputs[2] ?? null]
  const outputs = Number(weight.shape[0])
  const patch = sizeOf(weight.shape.slice(1) as number[])
  const rows = g.transpose(g.reshape(found.x, [batch, sizeOf(found.x.shape.slice(1) as number[])]), [1, 0])
  const kernels = g.reshape(weight, [outputs, patch])
  const patches = placesOf(found).map((indices) => {
    const picked = g.gather(rows, g.graph.constant(tensor('int32', [indices.length], indices)))
    return g.reshape(picked, [patch, (indices.length / patch) * batch])
  })
  const largest = tournament(g, pairs(g, kernels, patches))
  const biased = bias === null ? largest : g.add(largest, g.reshape(bias, [outputs, 1]))
  const active = activation === null ? biased : g.op(activation.op, [biased], activation.attributes)
  return [g.transpose(g.reshape(active, [outputs, ...found.pooled, batch]), [3, 0, 1, 2])]
}

/**
 * The larger of each two products K P and K Q, as K Q + relu(K (P - Q)): the difference is made on the small patches,
 * and the gradient needs one mask and no subtraction.
 */
function pairs(g: Ops, kernels: Value, patches: readonly Value[]): Value[] {
  const [p, q, ...rest] = patches
  if (p === undefined) return []
  if (q === undefined) return [g.gemm(kernels, p)]
  const larger = g.add(g.gemm(kernels, q), g.relu(g.gemm(kernels, g.sub(p, q))))
  return [larger, ...pairs(g, kernels, rest)]
}

function tournament(g: Ops, values: readonly Value[]): Value {
  if (values.length === 1) return values[0]!
  const half = Math.ceil(values.length / 2)
  return g.max(tournament(g, values.slice(0, half)), tournament(g, values.slice(half)))
}

function match({ node, inputs, uses, trained }: RewriteContext): Found | null {
  if (node.op !== 'MaxPool' || node.outputs.length !== 1) return null
  const between = inputs[0]?.node ?? null
  const activation = between !== null && increasing.has(between.op) ? between : null
  const before = activation === null ? inputs[0]! : activation.inputs[0]!
  const conv = before.node
  if (
    conv === null ||
    conv.op !== 'Conv' ||
    uses(before) !== 1 ||
    (activation !== null && uses(inputs[0]!) !== 1)
  )
    return null
  const [x, weight] = [conv.inputs[0]!, conv.inputs[1]!]
  if (trained(x) || !isStatic(x.shape) || x.shape.length !== 4 || !isStatic(weight.shape)) return null
  const simple =
    all(conv, 'strides', 1) &&
    all(conv, 'dilations', 1) &&
    all(conv, 'pads', 0) &&
    (conv.attributes.group ?? 1) === 1
  const pool = node.attributes.kernel_shape as readonly [number, number]
  const strides = (node.attributes.strides ?? [1, 1]) as readonly number[]
  const tiles =
    strides.every((s, i) => s === pool[i]) &&
    all(node, 'pads', 0) &&
    all(node, 'dilations', 1) &&
    (node.attributes.ceil_mode ?? 0) === 0
  const patch = sizeOf(weight.shape.slice(1))
  if (!simple || !tiles || patch > largestPatch || sizeOf(pool) > 9) return null
  const [batch, channels, ...picture] = x.shape as [number, number, number, number]
  const kernel = weight.shape.slice(2) as [number, number]
  const pooled = picture.map((size, i) => Math.floor((size - kernel[i]! + 1) / pool[i]!)) as [number, number]
  return { conv, activation, x, batch, channels, picture, kernel, pool, pooled }
}

const all = (node: Node, attribute: string, value: number): boolean =>
  ((node.attributes[attribute] ?? []) as readonly number[]).every((v) => v === value)

/** For each place in the pool window the pixel row of every (channel, kernel row, kernel column, pooled position). */
function placesOf({ channels, picture: [height, width], kernel, pool, pooled }: Found): number[][] {
  const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
  return range(pool[0]).flatMap((a) =>
    range(pool[1]).map((b) =>
      range(channels).flatMap((c) =>
        range(kernel[0]).flatMap((i) =>
          range(kernel[1]).flatMap((j) =>
            range(pooled[0]).flatMap((y) =>
              range(pooled[1]).map((x) => (c * height + y * pool[0] + a + i) * width + x * pool[1] + b + j),
            ),
          ),
        ),
      ),
    ),
  )
}
