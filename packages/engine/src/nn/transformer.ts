/** @file Transformer blocks: encoder (or decoder-only, when causal) and decoder with a memory. */
import { ops } from '../graph/ops.ts'
import type { Value } from '../graph/types.ts'
import { type AttentionOptions, multiHeadAttention } from './attention.ts'
import { dropout } from './dropout.ts'
import { gelu, linear, relu } from './layers.ts'
import { Module } from './module.ts'
import { layerNorm } from './norms.ts'

export interface TransformerOptions extends AttentionOptions {
  /** Width of the layer between; four times the size unless given. */
  readonly hidden?: number
  readonly activation?: 'relu' | 'gelu'
  /** Normalises before each part instead of after it. */
  readonly normFirst?: boolean
}

/** Names as in PyTorch's layers of the same kind, so that their state loads. */
abstract class Block extends Module {
  readonly self_attn: Module
  readonly linear1: Module
  readonly linear2: Module
  readonly norm1: Module
  readonly norm2: Module
  readonly dropout: Module
  readonly activation: Module
  readonly #first: boolean

  constructor(size: number, heads: number, options: TransformerOptions) {
    super()
    const { hidden = 4 * size, activation = 'relu', normFirst = false, bias = true } = options
    this.self_attn = multiHeadAttention(size, heads, options)
    this.linear1 = linear(size, hidden, { bias })
    this.linear2 = linear(hidden, size, { bias })
    this.norm1 = layerNorm(size)
    this.norm2 = layerNorm(size)
    this.dropout = dropout(options.dropout ?? 0)
    this.activation = activation === 'gelu' ? gelu() : relu()
    this.#first = normFirst
  }

  protected feed(x: Value): Value {
    return this.linear2.call(this.dropout.call(this.activation.call(this.linear1.call(x))))
  }

  /** x + part(x), normalised before or after. */
  protected add(x: Value, norm: Module, part: (x: Value) => Value): Value {
    const g = ops(x.graph)
    const sum = (y: Value): Value => g.add(x, this.dropout.call(y))
    return this.#first ? sum(part(norm.call(x))) : norm.call(sum(part(x)))
  }
}

class EncoderBlock extends Block {
  override get kind(): string {
    return 'transformerEncoder'
  }

  forward(x: Value, mask?: Value): Value {
    const attended = this.add(x, this.norm1, (v) => this.self_attn.call(v, undefined, mask))
    return this.add(attended, this.norm2, (v) => this.feed(v))
  }
}

class DecoderBlock extends Block {
  readonly multihead_attn: Module
  readonly norm3: Module

  constructor(size: number, heads: number, options: TransformerOptions) {
    super(size, heads, { causal: true, ...options })
    this.multihead_attn = multiHeadAttention(size, heads, { ...options, causal: false, rotary: false })
    this.norm3 = layerNorm(size)
  }

  override get kind(): string {
    return 'transformerDecoder'
  }

  forward(x: Value, memory?: Value, mask?: Value, memoryMask?: Value): Value {
    const own = this.add(x, this.norm1, (v) => this.self_attn.call(v, undefined, mask))
    const seen = this.add(own, this.norm2, (v) => this.multihead_attn.call(v, memory ?? v, memoryMask))
    return this.add(seen, this.norm3, (v) => this.feed(v))
  }
}

/**
 * Attention and two linear layers, each with a residual and a norm: [N, T, size] -> the same. With `causal` it is the
 * block of a GPT. `call(x, mask)` takes a mask as `multiHeadAttention` does.
 */
export const transformerEncoder = (size: number, heads: number, options: TransformerOptions = {}): Module =>
  new EncoderBlock(size, heads, options)

/** Causal attention, attention to a memory, two linear layers: `call(x, memory, mask, memoryMask)`. */
export const transformerDecoder = (size: number, heads: number, options: TransformerOptions = {}): Module =>
  new DecoderBlock(size, heads, options)
