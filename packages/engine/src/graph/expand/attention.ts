/** @file Expansions: attention by its parts, and rotary embedding. */
import type { Ops } from '../ops.ts'
import { type Heads, headsOf } from '../shapes/attention.ts'
import { tensor } from '../tensor.ts'
import type { Value } from '../types.ts'
import { type ExpandContext, type Expansion, input, needsSize, number, shapeContext } from './expansion.ts'

/** [batch, length, heads * size] as [batch, heads, length, size]; four axes as they are. */
function apart(g: Ops, x: Value, { heads, length, size }: Heads): Value {
  if (x.shape.length === 4) return x
  return g.transpose(g.reshape(x, [x.shape[0]!, length, heads, size]), [0, 2, 1, 3])
}

/** And back. */
function together(g: Ops, x: Value, { heads, length }: Heads, size: number): Value {
  return g.reshape(g.transpose(x, [0, 2, 1, 3]), [x.shape[0]!, length, heads * size])
}

/** Each head of `x` for so many heads that share it. */
function repeated(g: Ops, x: Value, times: number): Value {
  if (times === 1) return x
  const [batch, heads, length, size] = x.shape
  const copies = g.concat(Array<Value>(times).fill(g.unsqueeze(x, [2])), 2)
  return g.reshape(copies, [batch!, Number(heads) * times, length!, size!])
}

const fixed = (c: ExpandContext, v: Value, axis: number): number => {
  const size = v.shape[axis]
  if (typeof size === 'number') return size
  throw needsSize(c, 'that is causal, over a sequence of unknown length', 'Give the length.')
}

// softmax(softcap(Q K^T scale) + mask) V (ONNX operator Attention)
const attention: Expansion = (c) => {
  const { g, inputs } = c
  const shapes = shapeContext(c)
  const q = headsOf(shapes, 0, 'q_num_heads')
  const [k, v] = [headsOf(shapes, 1, 'kv_num_heads'), headsOf(shapes, 2, 'kv_num_heads')]
  const [, , , mask, pastKey, pastValue, lengths] = inputs
  const causal = number(c, 'is_causal', 0) === 1
  if (lengths || (causal && pastKey))
    throw needsSize(c, 'with a cache that is partly filled', 'Train without a cache.')
  if (c.node.outputs.length > 3 && ![0, 3].includes(number(c, 'qk_matmul_output_mode', 0)))
    throw needsSize(c, 'whose scores are an output in this mode', 'Use mode 0 or 3.')
  const joined = (past: Value | null | undefined, now: Value): Value =>
    past ? g.concat([past, now], 2) : now
  const query = apart(g, input(c, 0), q)
  const key = joined(pastKey, apart(g, input(c, 1), k))
  const value = joined(pastValue, apart(g, input(c, 2), v))
  const times = q.heads / k.heads
  const scale = number(c, 'scale', 0) || 1 / Math.sqrt(q.size)
  const raw = g.matMul(g.mul(query, scale), g.transpose(repeated(g, key, times), [0, 1, 3, 2]))
  const cap = number(c, 'softcap', 0)
  // ONNX Runtime caps first, so that what a mask hides stays hidden.
  let scores = cap > 0 ? g.mul(g.tanh(g.div(raw, cap)), cap) : raw
  if (mask) scores = mask.dtype === 'bool' ? g.where(mask, scores, -1e9) : g.add(scores, mask)
  if (causal) {
    const [t, s] = [fixed(c, query, 2), fixed(c, key, 2)]
    const hidden = Array.from({ length: t * s }, (_, i) => (i % s > Math.floor(i / s) ? -1e9 : 0))
    scores = g.add(scores, g.graph.constant(tensor(scores.dtype, [t, s], hidden)))
  }
  const weights = g.op('Softmax', [scores], { axis: -1 })
  const attended = g.matMul(weights, repeated(g, value, times))
  const y = input(c, 0).shape.length === 4 ? attended : together(g, attended, q, v.size)
  const shown = number(c, 'qk_matmul_output_mode', 0) === 3 ? weights : raw
  return [y, key, value, shown].slice(0, c.node.outputs.length)
}

// (x1, x2) turned by an angle: (x1 cos - x2 sin, x1 sin + x2 cos), in halves or neighbours (Su et al., 2021)
const rotaryEmbedding: Expansion = (c) => {
  const { g, inputs } = c
  const x = input(c, 0)
  const heads = headsOf(shapeContext(c), 0, 'num_heads')
  const turned = number(c, 'rotary_embedding_dim', 0) || heads.size
  const whole = apart(g, x, heads)
  const [first, rest] =
    turned === heads.size ? [whole, null] : g.split(whole, [turned, heads.size - turned], 3)
  const positions = inputs[3]
  // [batch, 1, length, turned / 2]
  const [cosine, sine] = [1, 2].map((i) => {
    const table = input(c, i)
    return g.unsqueeze(positions ? g.gather(table, positions) : table, [1])
  }) as [Value, Value]
  const neighbours = number(c, 'interleaved', 0) === 1
  const half = turned / 2
  const outer = first!.shape.slice(0, 3)
  const pairs = neighbours ? g.reshape(first!, [...outer, half, 2]) : null
  const [a, b] =
    pairs === null
      ? (g.split(first!, [half, half], 3) as [Value, Value])
      : (g.split(pairs, [1, 1], 4).map((v) => g.squeeze(v, [4])) as [Value, Value])
  const results = [g.sub(g.mul(a, cosine), g.mul(b, sine)), g.add(g.mul(a, sine), g.mul(b, cosine))]
  const done = neighbours
    ? g.reshape(
        g.concat(
          results.map((v) => g.unsqueeze(v, [4])),
          4,
        ),
        [...outer, turned],
      )
    : g.concat(results, 3)
  const y = rest ? g.concat([done, rest], 3) : done
  return [x.shape.length === 4 ? y : together(g, y, heads, heads.size)]
}

export const attentions = {
  Attention: attention,
  RotaryEmbedding: rotaryEmbedding,
} satisfies Record<string, Expansion>
