/** @file The language model of the GPT benchmarks: pre-norm blocks, learned positions, GELU, as GPT-2 has them. */
import { nn, ops } from '@capstan/engine'

export interface GptSize {
  readonly layers: number
  readonly heads: number
  readonly width: number
  readonly block: number
  readonly batch: number
}

export const vocabulary = 65

export class Gpt extends nn.Module {
  readonly wte: nn.Module
  readonly wpe: nn.Parameter
  readonly h: nn.Module
  readonly ln_f: nn.Module
  readonly head: nn.Module

  constructor({ layers, heads, width, block }: GptSize) {
    super()
    this.wte = nn.embedding(vocabulary, width)
    this.wpe = new nn.Parameter([block, width], (random) => (random() - 0.5) * 0.04)
    const one = (): nn.Module =>
      nn.transformerEncoder(width, heads, { causal: true, normFirst: true, activation: 'gelu' })
    this.h = nn.sequential(...Array.from({ length: layers }, one))
    this.ln_f = nn.layerNorm(width)
    this.head = nn.linear(width, vocabulary, { bias: false })
  }

  override forward(tokens: nn.Value): nn.Value {
    const x = ops(tokens.graph).add(this.wte.call(tokens), nn.parameterValue(tokens.graph, this.wpe))
    return this.head.call(this.ln_f.call(this.h.call(x)))
  }
}

/** Multiplications and additions of a training step by the usual count, 6 N T and attention's 12 L T S width. */
export function flopsOf({ layers, width, block, batch }: GptSize): number {
  const tokens = batch * block
  const linear = layers * 12 * width * width + vocabulary * width
  return 6 * linear * tokens + 12 * layers * tokens * block * width
}
