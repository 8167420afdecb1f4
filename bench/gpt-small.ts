/** @file A GPT of 4 layers of width 128, block 64, batch 12: tokens a second on 2 threads, against PyTorch and JAX (CPU). */
import type { Figure } from './figure.ts'
import { measure } from './gpt/measure.ts'

export const run = (): Promise<Figure[]> =>
  measure({
    bench: 'gpt-small',
    size: { layers: 4, heads: 4, width: 128, block: 64, batch: 12 },
    steps: 60,
  })
