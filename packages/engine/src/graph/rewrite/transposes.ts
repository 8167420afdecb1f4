/** @file Rewrites that move transposes towards products, which transpose for free. */
import { isStatic, sizeOf } from '../tensor.ts'
import type { RewriteRule } from './rewrite.ts'

/** Flatten (or an equal Reshape) of [N, …] that was [.., N]: flatten first, then one plain matrix transpose. */
export const flattenBeforeTranspose: RewriteRule = ({ g, node, inputs }) => {
  if (node.op !== 'Flatten' && node.op !== 'Reshape') return null
  const source = inputs[0]?.node
  const perm = source?.op === 'Transpose' ? (source.attributes.perm as readonly number[]) : null
  const shape = node.outputs[0]!.shape
  if (!source || perm === null || perm[0] !== perm.length - 1 || !perm.slice(1).every((p, i) => p === i))
    return null
  const x = source.inputs[0]!
  if (!isStatic(x.shape) || shape.length !== 2 || shape[0] !== x.shape.at(-1)) return null
  return [g.transpose(g.reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape.at(-1)!]), [1, 0])]
}

/** Gemm of a transposed matrix is Gemm with the flag turned. */
export const transposeIntoGemm: RewriteRule = ({ g, node, inputs }) => {
  if (node.op !== 'Gemm') return null
  const turned = inputs
    .slice(0, 2)
    .map((v) => (v?.node?.op === 'Transpose' && v.shape.length === 2 ? v.node.inputs[0]! : null))
  if (turned.every((v) => v === null)) return null
  const flag = (name: string, i: number): number =>
    (Number(node.attributes[name] ?? 0) + (turned[i] === null ? 0 : 1)) % 2
  const [a, b, bias] = [turned[0] ?? inputs[0]!, turned[1] ?? inputs[1]!, inputs[2] ?? null]
  // A^T B^T = (B A)^T: the product runs on both matrices as they lie, and the transpose on the smaller result.
  const plain = node.attributes.alpha === undefined && node.attributes.beta === undefined
  if (flag('transA', 0) === 1 && flag('transB', 1) === 1 && plain) {
    // MatMul, because ONNX Runtime would fold the transpose back into a Gemm.
    const product = g.transpose(g.matMul(b, a), [1, 0])
    return [bias === null ? product : g.add(product, bias)]
  }
  const attributes = { ...node.attributes, transA: flag('transA', 0), transB: flag('transB', 1) }
  return g.graph.add('Gemm', bias === null ? [a, b] : [a, b, bias], attributes)
}
