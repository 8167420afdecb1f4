/** @file Which rewrites a forward graph gets for training and for use. */
import { expandForTraining } from '../expand/table.ts'
import type { Value } from '../types.ts'
import { causalInBlocks } from './attention.ts'
import { elementwise } from './blocked/channels.ts'
import { convolution } from './blocked/convolution.ts'
import { layoutOf } from './blocked/layout.ts'
import { moves } from './blocked/moves.ts'
import { convPoolAsProducts } from './conv-pool.ts'
import { geluWrittenOut } from './gelu.ts'
import { interleavedTogether } from './interleaved.ts'
import { linearAsGemm, scaledIntoGemm, scaleIntoGemm } from './linear.ts'
import { layerNormWithStatistics } from './norms.ts'
import { activationAfterPool, poolWithIndices } from './pools.ts'
import { type RewriteRule, rewrite } from './rewrite.ts'
import { flattenBeforeTranspose, transposeIntoGemm } from './transposes.ts'

export const trainingRewrites: readonly RewriteRule[] = [
  convPoolAsProducts,
  activationAfterPool,
  poolWithIndices,
  flattenBeforeTranspose,
  transposeIntoGemm,
  geluWrittenOut,
  causalInBlocks,
  expandForTraining,
  layerNormWithStatistics,
  linearAsGemm,
]

/** For a graph in which the rules above have run: what they made is joined further. */
const joiningRewrites: readonly RewriteRule[] = [scaleIntoGemm, scaledIntoGemm]

/** The graph of `outputs` in the form that is differentiated and trained. */
export const rewriteForTraining = (outputs: readonly Value[], trained: readonly Value[]): Value[] =>
  rewrite(rewrite(outputs, trainingRewrites, trained), joiningRewrites, trained)

/** A loss with its gradients, for a runtime whose convolutions take `block` channels side by side. */
export function rewriteGradients(outputs: readonly Value[], block: number): Value[] {
  return rewriteForBlocks(rewrite(outputs, [interleavedTogether], []), block)
}

/** Convolutions and what stands between them on channels in blocks; as they are where a block is 1. */
export function rewriteForBlocks(outputs: readonly Value[], block: number): Value[] {
  if (block === 1) return [...outputs]
  const layout = layoutOf(block)
  return rewrite(outputs, [convolution(layout), elementwise(layout), moves(layout)], [])
}

export const inferenceRewrites: readonly RewriteRule[] = [activationAfterPool]
