/** @file Causal attention without the half that its mask removes. */
import type { Ops } from '../ops.ts'
import { isStatic, numbersOf, type Tensor } from '../tensor.ts'
import type { Value } from '../types.ts'
import { scaling } from './linear.ts'
import type { RewriteContext, RewriteRule } from './rewrite.ts'

/** Rows of queries that are computed together; smaller products run far below the machine's speed. */
const blockRows = 64
const mostBlocks = 8
/** Added to a score it leaves a weight of exactly 0: e^-1e8 is far below the smallest float32. */
const never = -1e8

/**
 * softmax(Q K' + mask) V, where the constant mask hides from each block of queries the keys behind it: one product per
 * block with the keys that it sees. The weights left out are exactly 0.
 */
export const causalInBlocks: RewriteRule = ({ g, inputs, node, uses, trained }) => {
  const found = node.op === 'MatMul' ? attention(inputs as readonly Value[], uses) : null
  if (found === null || !inputs.some((v) => v !== null && trained(v))) return null
  const { q, k, v, mask } = found
  const [rows, keys] = [q.shape.at(-2)!, v.shape.at(-2)!]
  if (!isStatic([...q.shape, ...v.shape]) || typeof rows !== 'number' || typeof keys !== 'number') return null
  const count = Math.min(mostBlocks, Math.floor(rows / blockRows))
  if (count < 2 || rows % count !== 0) return null
  const size = rows / count
  const seen = visible(mask.constant!, rows, keys)
  if (seen === null) return null
  const ends = Array.from({ length: count }, (_, i) => Math.max(...seen.slice(i * size, (i + 1) * size)))
  // Keys must be cut where blocks of queries end, and only the last block may see all of them.
  if (ends.some((end, i) => end < 1 || (i > 0 && end <= ends[i - 1]!)) || ends.at(-1) !== keys) return null
  const rank = q.shape.length
  const cuts = ends.map((end, i) => end - (ends[i - 1] ?? 0))
  const even = Array<number>(count).fill(size)
  // A factor of the queries stays beside each product, which takes it in.
  const scaled = uses(q) === 1 ? scaling(q.node) : null
  const queries = g
    .split(scaled?.x ?? q, even, rank - 2)
    .map((query) => (scaled === null ? query : g.mul(query, scaled.factor)))
  const masks = g.split(g.reshape(mask, [rows, keys]), even, 0)
  const [keysSeen, valuesSeen] = [prefixes(g, k, cuts, rank - 1), prefixes(g, v, cuts, rank - 2)]
  const blocks = queries.map((query, i) => {
    const hidden = g.slice(masks[i]!, 1, 0, ends[i]!)
    const scores = g.add(g.matMul(query, keysSeen[i]!), hidden)
    return g.matMul(g.op('Softmax', [scores], { axis: -1 }), valuesSeen[i]!)
  })
  return [g.concat(blocks, rank - 2)]
}

/** The parts of softmax(Q K' + mask) V with a constant mask of [rows, keys]. */
function attention(inputs: readonly Value[], uses: RewriteContext['uses']) {
  const [weights, v] = inputs as [Value, Value]
  const softmax = weights.node
  if (softmax?.op !== 'Softmax' || uses(weights) !== 1) return null
  const axis = softmax.attributes.axis ?? -1
  if (axis !== -1 && axis !== weights.shape.length - 1) return null
  const masked = softmax.inputs[0]!
  if (masked.node?.op !== 'Add' || uses(masked) !== 1) return null
  const [a, b] = masked.node.inputs as [Value, Value]
  const [scores, mask] = b.constant ? [a, b] : [b, a]
  if (mask.constant === null || scores.node?.op !== 'MatMul' || uses(scores) !== 1) return null
  const [q, k] = scores.node.inputs as [Value, Value]
  if (q.shape.length !== k.shape.length || q.shape.length !== v.shape.length || q.shape.length < 3)
    return null
  const size = Number(q.shape.at(-2)) * Number(v.shape.at(-2))
  return mask.constant.data.length === size ? { q, k, v, mask } : null
}

const visibleIn = new WeakMap<Tensor, number[] | null>()

/** For each row the number of keys up to the last that it sees; null where a row sees none. */
function visible(mask: Tensor, rows: number, keys: number): number[] | null {
  const known = visibleIn.get(mask)
  if (known !== undefined) return known
  const values = mask.data instanceof Float32Array ? mask.data : numbersOf(mask)
  const seen = Array.from({ length: rows }, (_, i) => {
    let end = keys
    while (end > 0 && values[i * keys + end - 1]! <= never) end--
    return end
  })
  const result = seen.includes(0) ? null : seen
  visibleIn.set(mask, result)
  return result
}

/** The first part, the first two, …, all of `x`. */
function prefixes(g: Ops, x: Value, cuts: readonly number[], axis: number): Value[] {
  const parts = g.split(x, cuts, axis)
  return parts.map((_, i) => (i === parts.length - 1 ? x : g.concat(parts.slice(0, i + 1), axis)))
}
