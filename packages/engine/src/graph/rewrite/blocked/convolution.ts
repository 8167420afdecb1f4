/** @file Convolutions on channels in blocks. */
import type { Ops } from '../../ops.ts'
import { isStatic, numbersOf, sizeOf } from '../../tensor.ts'
import type { Node, Value } from '../../types.ts'
import type { RewriteRule } from '../rewrite.ts'
import { blockedOf, type Layout, native } from './layout.ts'

/** Larger kernels are those of weight gradients: as wide as a picture, they leave the caches in this form. */
const mostPlaces = 49

/** A convolution runs on blocks where its kernel is worth reordering for, or its pictures lie in blocks already. */
export const convolution =
  (layout: Layout): RewriteRule =>
  ({ g, node, inputs }) => {
    if (node.op !== 'Conv' || (node.attributes.auto_pad ?? 'NOTSET') !== 'NOTSET') return null
    const [x, weight, bias = null] = inputs as [Value, Value, Value | null]
    const y = node.outputs[0]!
    const places = isStatic(weight.shape) ? sizeOf(weight.shape.slice(2)) : 0
    const few = Number(x.shape[1]) < layout.block
    if (!layout.fits(y) || !(layout.fits(x) || (few && isStatic(x.shape))) || places > mostPlaces) return null
    if ((node.attributes.group ?? 1) !== 1 || (places === 1 && blockedOf(x) === null)) return null
    const attributes = { ...node.attributes, kernel_shape: weight.shape.slice(2) as number[] }
    // Fewer channels than a block are read as they are.
    const pictures = few ? x : layout.enter(g, x)
    const kernel = few ? thinKernel(g, weight, layout.block) : kernelInBlocks(g, weight, layout.block)
    const inBlocks = native(
      g,
      'Conv',
      bias ? [pictures, kernel, bias] : [pictures, kernel],
      attributes,
      y.shape,
    )
    return [layout.leave(g, inBlocks)]
  }

/**
 * [O, I, h, w] as [O / block, I / block, h, w, I block, O block]. Slices of a kernel whose first axes were swapped, which
 * input gradients make, are taken afterwards, where rows are longest; and the output channels come last first, because
 * that is a plain matrix transpose and leaves whole blocks to be moved.
 */
function kernelInBlocks(g: Ops, weight: Value, block: number): Value {
  const cuts: Node[] = []
  let base = weight
  while (base.node?.op === 'Slice' && isSpatial(base.node)) {
    cuts.unshift(base.node)
    base = base.node.inputs[0]!
  }
  const swapped = base.node?.op === 'Transpose' && String(base.node.attributes.perm) === '1,0,2,3'
  const [outputs, inputs, ...kernel] = base.shape as [number, number, number, number]
  const places = sizeOf(kernel)
  const last = swapped
    ? g.transpose(g.reshape(base.node!.inputs[0]!, [inputs, outputs, places]), [0, 2, 1])
    : g.transpose(g.reshape(base, [outputs, inputs * places]), [1, 0])
  const split = g.reshape(last, [inputs / block, block, ...kernel, outputs / block, block])
  const cut = cuts.reduce(
    (v, { inputs: [, ...range] }) => g.op('Slice', [v, ...range]),
    g.transpose(split, [4, 0, 2, 3, 1, 5]),
  )
  return g.reshape(cut, weight.shape)
}

/** Whether a slice is of the kernel's places alone, by constants. */
function isSpatial({ inputs }: Node): boolean {
  const axes = inputs[3]?.constant
  return axes != null && numbersOf(axes).every((axis) => axis >= 2)
}

/** [O, I, h, w] as [O / block, I, h, w, O block]. */
function thinKernel(g: Ops, weight: Value, block: number): Value {
  const [outputs, inputs, ...kernel] = weight.shape as [number, number, number, number]
  const last = g.transpose(g.reshape(weight, [outputs, inputs * sizeOf(kernel)]), [1, 0])
  const split = g.reshape(last, [inputs, ...kernel, outputs / block, block])
  return g.reshape(g.transpose(split, [3, 0, 1, 2, 4]), weight.shape)
}
