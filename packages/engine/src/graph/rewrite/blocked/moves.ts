/** @file Sums over pictures in blocks, and what moves their places: whole blocks are moved. */
import { numbersOf } from '../../tensor.ts'
import type { Value } from '../../types.ts'
import type { RewriteContext, RewriteRule } from '../rewrite.ts'
import { blockedOf, type Layout, native } from './layout.ts'

type BlockedRule = (layout: Layout, context: RewriteContext, x: Value) => Value | null

const constantsOf = (v: Value | null | undefined): number[] | null =>
  v?.constant ? numbersOf(v.constant) : null

/** The mean of each channel of each picture, [N, C, 1, 1], which is the same in blocks. */
const pooled = ({ g }: RewriteContext, x: Value): Value =>
  native(g, 'GlobalAveragePool', [x], {}, [Number(x.shape[0]), Number(x.shape[1]), 1, 1])

const reduce: BlockedRule = (_, c, x) => {
  const { g, node, inputs } = c
  const axes = constantsOf(inputs[1])
    ?.map((axis) => (axis < 0 ? axis + 4 : axis))
    .toSorted()
  if (axes === undefined || (String(axes) !== '0,2,3' && String(axes) !== '2,3')) return null
  const mean = pooled(c, x)
  const whole = axes[0] === 0 ? g.op(node.op, [mean, g.ints([0])], { keepdims: 1 }) : mean
  const count = Number(x.shape[2]) * Number(x.shape[3])
  return g.reshapeLike(node.op === 'ReduceSum' ? g.mul(whole, count) : whole, node.outputs[0]!)
}

/** Channels last: the blocks of a place lie one after the other. */
const transpose: BlockedRule = (layout, { g, node }, x) =>
  String(node.attributes.perm) === '0,2,3,1'
    ? g.reshapeLike(g.transpose(layout.view(g, x), [0, 2, 3, 1, 4]), node.outputs[0]!)
    : null

const slice: BlockedRule = (layout, { g, node, inputs: [, ...range] }, x) => {
  const axes = constantsOf(range[2])
  if (!layout.fits(node.outputs[0]) || !axes?.every((axis) => axis === 2 || axis === 3)) return null
  return layout.leave(g, g.reshapeLike(g.op('Slice', [layout.view(g, x), ...range]), node.outputs[0]!))
}

const concat: BlockedRule = (layout, { g, node, inputs }) =>
  node.attributes.axis === 1 && inputs.every((v) => layout.fits(v))
    ? layout.leave(
        g,
        g.concat(
          inputs.map((v) => layout.enter(g, v!)),
          1,
        ),
      )
    : null

const depthToSpace: BlockedRule = (layout, { g, node }, x) => {
  const y = node.outputs[0]!
  const s = Number(node.attributes.blocksize)
  if ((node.attributes.mode ?? 'DCR') !== 'DCR' || !layout.fits(y)) return null
  const [n, channels, height, width] = x.shape as [number, number, number, number]
  const split = g.reshape(x, [n, s, s, channels / (s * s * layout.block), height, width, layout.block])
  return layout.leave(g, g.reshapeLike(g.transpose(split, [0, 3, 4, 1, 5, 2, 6]), y))
}

const rules: Readonly<Record<string, BlockedRule>> = {
  Concat: concat,
  DepthToSpace: depthToSpace,
  GlobalAveragePool: (_, c, x) => pooled(c, x),
  ReduceMean: reduce,
  ReduceSum: reduce,
  Slice: slice,
  Transpose: transpose,
}

export const moves =
  (layout: Layout): RewriteRule =>
  (context) => {
    const rule = Object.hasOwn(rules, context.node.op) ? rules[context.node.op] : undefined
    const x = blockedOf(context.inputs.find(blockedOf))
    const made = rule && x && rule(layout, context, x)
    return made ? [made] : null
  }
