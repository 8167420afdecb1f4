/** @file Rewrites that put what stands around a linear layer into one Gemm: its bias and constant factors. */
import type { Ops } from '../ops.ts'
import { isStatic, numbersOf, sizeOf } from '../tensor.ts'
import type { Attribute, Node, Value } from '../types.ts'
import type { RewriteContext, RewriteRule } from './rewrite.ts'

/** x W + b of rows in more than two axes: one Gemm of all rows, W's transpose as its flag. */
export const linearAsGemm: RewriteRule = ({ g, node, inputs, uses }) => {
  if (node.op !== 'Add') return null
  const [product, bias] = inputs as [Value, Value]
  const source = product.node
  if (source?.op !== 'MatMul' || uses(product) !== 1 || bias.shape.length !== 1) return null
  const [x, w] = source.inputs as [Value, Value]
  if (x.shape.length < 3 || w.shape.length !== 2 || !isStatic(product.shape) || x.dtype !== 'float32')
    return null
  if (bias.shape[0] !== product.shape.at(-1)) return null
  const turned = w.node?.op === 'Transpose'
  const rows = g.reshape(x, [sizeOf(product.shape.slice(0, -1)), x.shape.at(-1)!])
  const of = (b: Value | null): Value =>
    g.gemm(rows, turned ? w.node!.inputs[0]! : w, { transB: turned, bias: b })
  // A Gemm writes its addend out for every row before it adds the product; where that leaves the cache, adding is less.
  const y = sizeOf(product.shape) >= cached ? g.add(of(null), bias) : of(bias)
  return [g.reshape(y, product.shape)]
}

/** Numbers that the cores' own caches hold. */
const cached = 2 ** 19

/** The number that `node` multiplies a value by, with that value. */
export function scaling(node: Node | null | undefined): { x: Value; factor: number } | null {
  if (node?.op !== 'Mul') return null
  const at = node.inputs.findIndex((v) => v?.constant != null && v.constant.data.length === 1)
  if (at < 0) return null
  const [x, factor] = [node.inputs[1 - at]!, node.inputs[at]!]
  if (factor.shape.length > x.shape.length || x.dtype !== 'float32') return null
  return { x, factor: numbersOf(factor.constant!)[0]! }
}

/** The value before reshapes that nothing else reads. */
function unshaped(v: Value, uses: RewriteContext['uses']): Value {
  let source = v
  while (source.node?.op === 'Reshape' && uses(source) === 1) source = source.node.inputs[0]!
  return source
}

const attribute = (node: Node, name: string): number => {
  const a: Attribute | undefined = node.attributes[name]
  return typeof a === 'number' ? a : typeof a === 'object' && 'float' in a ? a.float : 1
}

/** `node` with its product scaled by `alpha` and its addend by `beta`. */
function gemm(g: Ops, node: Node, inputs: readonly (Value | null)[], alpha: number, beta: number): Value {
  return g.op('Gemm', inputs, {
    ...node.attributes,
    alpha: { float: attribute(node, 'alpha') * alpha },
    ...(inputs[2] ? { beta: { float: attribute(node, 'beta') * beta } } : {}),
  })
}

/** c (x W + b) = (c x) W + c b: the factor behind a Gemm is the Gemm's own. */
export const scaleIntoGemm: RewriteRule = ({ g, node, inputs, uses }) => {
  const scaled = scaling({ ...node, inputs })
  if (scaled === null || uses(scaled.x) !== 1) return null
  const sum = unshaped(scaled.x, uses)
  if (uses(sum) !== 1) return null
  const [product, bias] = sum.node?.op === 'Add' ? (sum.node.inputs as [Value, Value]) : [sum, null]
  if (product.node?.op !== 'Gemm' || uses(product) !== 1 || (bias && bias.shape.length !== 1)) return null
  const made = gemm(g, product.node, product.node.inputs, scaled.factor, scaled.factor)
  return [g.reshapeLike(bias ? g.add(made, g.mul(bias, scaled.factor)) : made, node.outputs[0]!)]
}

/** (c x) W + b: the factor before a Gemm is the Gemm's own. */
export const scaledIntoGemm: RewriteRule = ({ g, node, inputs, uses }) => {
  if (node.op !== 'Gemm') return null
  const source = unshaped(inputs[0]!, uses)
  const scaled = scaling(source.node)
  if (scaled === null || uses(source) !== 1) return null
  const x = g.reshapeLike(scaled.x, inputs[0]!)
  return [gemm(g, node, [x, ...inputs.slice(1)], scaled.factor, 1)]
}
