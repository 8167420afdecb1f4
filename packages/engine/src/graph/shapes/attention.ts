/** @file Shape rules: attention and rotary embedding (opset 23 and later). */
import { type Dim, dtypes, productOf, showShape } from '../tensor.ts'
import type { Value } from '../types.ts'
import {
  expectFloat,
  expectSame,
  inputAt,
  intAttribute,
  mismatch,
  type ShapeContext,
  type ShapeRule,
} from './context.ts'

/** Values of an Attention as heads: [batch, heads, length, size of a head]. */
export interface Heads {
  readonly heads: number
  readonly length: Dim
  readonly size: number
}

/** How input `i` divides into heads; three axes need their number, four have it. */
export function headsOf(c: ShapeContext, i: number, attribute: string): Heads {
  const x = inputAt(c, i)
  expectFloat(c, x)
  if (x.shape.length === 4) {
    const [, heads, length, size] = x.shape as [Dim, Dim, Dim, Dim]
    if (typeof heads === 'number' && typeof size === 'number') return { heads, length, size }
  }
  if (x.shape.length === 3) {
    const heads = intAttribute(c, attribute, 0)
    const size = Number(x.shape[2]) / heads
    if (heads >= 1 && Number.isSafeInteger(size)) return { heads, length: x.shape[1]!, size }
  }
  throw mismatch(
    c.where,
    `input ${i} of the shape ${showShape(x.shape)} does not divide into heads`,
    `Give [batch, heads, length, size], or [batch, length, heads * size] with ${attribute}.`,
  )
}

/** The length with what a cache adds before it. */
const withPast = (length: Dim, past: Value | null | undefined): Dim => {
  const before = past?.shape[2] ?? 0
  if (before === 0) return length
  return typeof length === 'number' && typeof before === 'number' ? length + before : `${before}+${length}`
}

const attention: ShapeRule = (c) => {
  const q = headsOf(c, 0, 'q_num_heads')
  const [k, v] = [headsOf(c, 1, 'kv_num_heads'), headsOf(c, 2, 'kv_num_heads')]
  const [query, key, value] = [inputAt(c, 0), inputAt(c, 1), inputAt(c, 2)]
  expectSame(c, query, key)
  if (q.size !== k.size || k.heads !== v.heads || k.length !== v.length || q.heads % k.heads !== 0)
    throw mismatch(
      c.where,
      `the queries ${showShape(query.shape)}, keys ${showShape(key.shape)} and values ${showShape(value.shape)} do not fit`,
      'Queries and keys share the size of a head, keys and values their length and heads, which divide those of the queries.',
    )
  const batch = query.shape[0]!
  const total = withPast(k.length, c.inputs[4])
  const y =
    query.shape.length === 4 ? [batch, q.heads, q.length, v.size] : [batch, q.length, q.heads * v.size]
  return [
    y,
    [batch, k.heads, total, k.size],
    [batch, v.heads, withPast(v.length, c.inputs[5]), v.size],
    [batch, q.heads, q.length, total],
  ]
    .slice(0, c.outputCount)
    .map((shape, i) => ({ dtype: i === 2 ? value.dtype : query.dtype, shape }))
}

const rotaryEmbedding: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const { size } = headsOf(c, 0, 'num_heads')
  const turned = intAttribute(c, 'rotary_embedding_dim', 0) || size
  const [cosine, positions] = [inputAt(c, 1), c.inputs[3]]
  if (turned % 2 !== 0 || turned > size || cosine.shape.at(-1) !== turned / 2)
    throw mismatch(
      c.where,
      `turns ${turned} of ${size} elements by angles of the shape ${showShape(cosine.shape)}`,
      'Give half as many angles as elements turn.',
    )
  if (positions && dtypes[positions.dtype].float)
    throw mismatch(
      c.where,
      `positions of ${showShape([productOf(positions.shape)])} are not whole`,
      'Cast them.',
    )
  return [{ dtype: x.dtype, shape: x.shape }]
}

export const attentions = {
  Attention: attention,
  RotaryEmbedding: rotaryEmbedding,
} satisfies Record<string, ShapeRule>
