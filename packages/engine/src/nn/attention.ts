/** @file Multi-head attention: causal, masked, rotary; of a sequence to itself or to another. */

import { EngineError } from '../errors.ts'
import { type Ops, ops } from '../graph/ops.ts'
import { type Dim, showShape, tensor } from '../graph/tensor.ts'
import type { Graph, Value } from '../graph/types.ts'
import { type Adaptable, type Adapted, giveAdapter, mergeAdapter } from './adapter.ts'
import { dropout } from './dropout.ts'
import { allow, expectRank, expectSize, nameOf, positive } from './expect.ts'
import { xavier, zeros } from './initial.ts'
import { Linear } from './layers.ts'
import { Module, Parameter, parameterValue } from './module.ts'

export interface AttentionOptions {
  /** Each position sees itself and those before it. */
  readonly causal?: boolean
  /** Of the attention weights, while training. */
  readonly dropout?: number
  /** Positions turn queries and keys (Su et al., 2021), halves of a head paired, base 10,000 unless given. */
  readonly rotary?: boolean | { readonly base: number }
  readonly bias?: boolean
}

/** Names as in PyTorch's MultiheadAttention, so that its state loads. */
class MultiHeadAttention extends Module implements Adaptable, Adapted {
  readonly in_proj_weight: Parameter
  readonly in_proj_bias: Parameter | null
  readonly out_proj: Module
  readonly dropout: Module
  /** Of `in_proj_weight`. */
  lora_A: Parameter | null = null
  lora_B: Parameter | null = null
  loraScale = 1
  readonly #size: number
  readonly #heads: number
  readonly #causal: boolean
  readonly #rotary: number | null

  constructor(size: number, heads: number, options: AttentionOptions) {
    super()
    positive('attention', { size, heads })
    allow('attention', size % heads === 0, `${size} does not divide into ${heads} heads`, 'Use a divisor.')
    const { causal = false, rotary = false, bias = true } = options
    allow(
      'attention',
      rotary === false || (size / heads) % 2 === 0,
      `rotary needs heads of even size, got ${size / heads}`,
      'Use fewer or more heads.',
    )
    this.in_proj_weight = new Parameter([3 * size, size], xavier(size, 3 * size))
    this.in_proj_bias = bias ? new Parameter([3 * size], zeros) : null
    this.out_proj = new Linear(size, size, bias, zeros)
    this.dropout = dropout(options.dropout ?? 0)
    this.#size = size
    this.#heads = heads
    this.#causal = causal
    this.#rotary = rotary === false ? null : rotary === true ? 10_000 : rotary.base
  }

  override get kind(): string {
    return 'attention'
  }

  forward(x: Value, memory?: Value, mask?: Value): Value {
    const g = ops(x.graph)
    for (const v of [x, memory]) {
      if (v === undefined) continue
      expectRank(this, v, 3, '[N, T, size]')
      expectSize(this, v, -1, 'features', this.#size)
    }
    const [q, k, v] = this.#projected(g, x, memory)
    const [n, t] = x.shape as [Dim, Dim, Dim]
    const s = (memory ?? x).shape[1]!
    const d = this.#size / this.#heads
    // [N, T, size] -> [N, heads, T, d]
    const heads = (value: Value, length: Dim): Value =>
      g.transpose(g.reshape(value, [n, length, this.#heads, d]), [0, 2, 1, 3])
    const turned = (value: Value, length: Dim): Value =>
      this.#rotary === null ? value : rotated(g, value, this.#length(length), d, this.#rotary)
    const query = g.mul(turned(heads(q, t), t), 1 / Math.sqrt(d))
    const key = g.transpose(turned(heads(k, s), s), [0, 1, 3, 2])
    let scores = g.matMul(query, key)
    if (this.#causal) scores = g.add(scores, causalMask(g, this.#length(t), this.#length(s)))
    if (mask) expectMask(this, mask, scores)
    if (mask) scores = mask.dtype === 'bool' ? g.where(mask, scores, -1e9) : g.add(scores, mask)
    const attended = g.matMul(this.dropout.call(g.op('Softmax', [scores], { axis: -1 })), heads(v, s))
    return this.out_proj.call(g.reshape(g.transpose(attended, [0, 2, 1, 3]), [n, t, this.#size]))
  }

  adapt(rank: number, scale: number): void {
    giveAdapter(this, this.in_proj_weight, rank, scale)
  }

  merge(): void {
    mergeAdapter(this, this.in_proj_weight)
  }

  /** Queries of `x`, keys and values of `memory` (or of `x`), by the three parts of one matrix. */
  #projected(g: Ops, x: Value, memory: Value | undefined): [Value, Value, Value] {
    const size = this.#size
    const value = (parameter: Parameter | null): Value | null =>
      parameter && parameterValue(g.graph, parameter)
    const rows = [this.in_proj_weight, this.in_proj_bias, this.lora_B].map(value)
    const down = value(this.lora_A)
    const times = (v: Value, w: Value): Value => g.matMul(v, g.transpose(w, [1, 0]))
    const apply = (v: Value, [w, b, up]: readonly (Value | null)[]): Value => {
      const product = times(v, w!)
      const y = b ? g.add(product, b) : product
      return up && down ? g.add(y, g.mul(times(times(v, down), up), this.loraScale)) : y
    }
    if (memory === undefined) return g.split(apply(x, rows), [size, size, size], 2) as [Value, Value, Value]
    const parts = rows.map((v) => (v ? g.split(v, [size, 2 * size], 0) : [null, null]))
    const own = apply(
      x,
      parts.map(([first]) => first!),
    )
    const both = apply(
      memory,
      parts.map(([, second]) => second!),
    )
    return [own, ...(g.split(both, [size, size], 2) as [Value, Value])]
  }

  #length(dim: Dim): number {
    allow(nameOf(this), typeof dim === 'number', `needs sequences of known length, got ${dim}`, 'Give it.')
    return Number(dim)
  }
}

/** Only what cannot be told apart from a mistake is refused: whole numbers, and axes that do not meet the scores'. */
function expectMask(layer: Module, mask: Value, scores: Value): void {
  const fits = mask.shape.every((size, i) => {
    const met = scores.shape[scores.shape.length - mask.shape.length + i]
    return size === 1 || size === met
  })
  if (fits && (mask.dtype === 'bool' || mask.dtype === 'float32')) return
  throw new EngineError(
    fits ? 'engine/type-mismatch' : 'engine/shape-mismatch',
    `${nameOf(layer)}: the mask is ${mask.dtype} ${showShape(mask.shape)}, the scores are ${showShape(scores.shape)}`,
    'Of marks or tokens [N, S] make a mask with nn.paddingMask; else give bool or float32 that meets [N, heads, T, S].',
    {
      details: {
        layer: nameOf(layer),
        what: 'mask',
        declared: showShape(scores.shape),
        got: showShape(mask.shape),
      },
    },
  )
}

/**
 * The mask of padded sequences: true where `marks` is not `padding`, of any type; [N, S] -> bool [N, 1, 1, S]. `marks`
 * are the tokens themselves, or an input of the data set with 1 for what counts and 0 for the rest.
 * @throws EngineError engine/shape-mismatch
 * @example
 * override forward(tokens: nn.Value): nn.Value {
 *   const mask = nn.paddingMask(tokens)
 *   return this.head.call(this.block.call(this.embedding.call(tokens), mask))
 * }
 */
export function paddingMask(marks: Value, padding = 0): Value {
  const g = ops(marks.graph)
  if (marks.shape.length !== 2)
    throw new EngineError(
      'engine/shape-mismatch',
      `paddingMask: needs [N, S], gets ${showShape(marks.shape)}`,
      'Give one mark or token per position.',
    )
  const padded = g.equal(marks, g.scalar(padding, marks.dtype))
  return g.unsqueeze(g.op('Not', [padded]), [1, 2])
}

const masks = new WeakMap<Graph, Map<string, Value>>()

/** 0 where position i may see position j, -1e9 where it may not: one for all layers of a graph. */
function causalMask(g: Ops, t: number, s: number): Value {
  const made = masks.get(g.graph) ?? new Map<string, Value>()
  masks.set(g.graph, made)
  const known = made.get(`${t} ${s}`)
  if (known) return known
  const data = new Float32Array(t * s)
  for (let i = 0; i < t; i++) data.fill(-1e9, i * s + Math.max(0, i + 1 + s - t), (i + 1) * s)
  const mask = g.graph.constant({ dtype: 'float32', shape: [t, s], data })
  made.set(`${t} ${s}`, mask)
  return mask
}

// x cos + (-x2, x1) sin, with the angle position / base^(2 i / d) for the pair (i, i + d / 2)
function rotated(g: Ops, x: Value, length: number, d: number, base: number): Value {
  const angles = Array.from(
    { length: length * d },
    (_, i) => Math.floor(i / d) / base ** ((2 * (i % (d / 2))) / d),
  )
  const table = (f: (angle: number) => number) =>
    g.graph.constant(tensor('float32', [length, d], angles.map(f)))
  const [first, second] = g.split(x, [d / 2, d / 2], 3) as [Value, Value]
  const swapped = g.concat([g.neg(second), first], 3)
  return g.add(g.mul(x, table(Math.cos)), g.mul(swapped, table(Math.sin)))
}

/**
 * softmax(Q K^T / sqrt(d)) V in `heads` parts (Vaswani et al., 2017): [N, T, size] -> [N, T, size].
 * `call(x)` attends to `x` itself, `call(x, memory)` to another sequence [N, S, size]; a third value is a mask that meets
 * [N, heads, T, S]: bool (true where attention may go; `paddingMask` makes it), or float32 that is added.
 * @throws EngineError engine/bad-options
 */
export const multiHeadAttention = (size: number, heads: number, options: AttentionOptions = {}): Module =>
  new MultiHeadAttention(size, heads, options)
