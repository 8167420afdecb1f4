/** @file A GPT of 6 layers of width 384, block 256, batch 8: tokens a second on 2 threads, against PyTorch and JAX (CPU). */
import type { Figure } from './figure.ts'
import { measure } from './gpt/measure.ts'

export const run = (): Promise<Figure[]> =>
  measure({
    bench: 'gpt-medium',
    size: { layers: 6, heads: 6, width: 384, block: 256, batch: 8 },
    steps: 10,
  })
