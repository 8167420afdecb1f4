/** @file Joins the input gradients of strided convolutions that read the same picture before they are interleaved. */
import type { Value } from '../types.ts'
import type { RewriteRule } from './rewrite.ts'

/** The pictures that a DepthToSpace interleaves. */
function partsOf(v: Value | null | undefined): readonly Value[] | null {
  const [joined] = v?.node?.op === 'DepthToSpace' ? v.node.inputs : []
  const { op, attributes, inputs } = joined?.node ?? {}
  return op === 'Concat' && attributes?.axis === 1 ? (inputs as readonly Value[]) : null
}

const isZero = (v: Value): boolean => {
  const value = v.node?.op === 'ConstantOfShape' ? v.node.attributes.value : null
  return value !== null && typeof value === 'object' && 'data' in value && Number(value.data[0]) === 0
}

/** interleave(a) + interleave(b) = interleave(a + b), where a convolution of one place gives one part that is not zero. */
export const interleavedTogether: RewriteRule = ({ g, node, inputs }) => {
  if (node.op !== 'Add') return null
  const [a, b] = [partsOf(inputs[0]), partsOf(inputs[1])]
  const attributes = inputs[0]?.node?.attributes
  if (a === null || b === null || a.length !== b.length) return null
  if (JSON.stringify(attributes) !== JSON.stringify(inputs[1]!.node!.attributes)) return null
  if (!a.every((v, i) => String(v.shape) === String(b[i]!.shape))) return null
  const parts = a.map((v, i) => (isZero(v) ? b[i]! : isZero(b[i]!) ? v : g.add(v, b[i]!)))
  return [g.op('DepthToSpace', [g.concat(parts, 1)], attributes)]
}
