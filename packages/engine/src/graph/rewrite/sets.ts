/** @file Which rewrites a forward graph gets for training and for use. */
import { convPoolAsProducts } from './conv-pool.ts'
import { activationAfterPool, poolWithIndices } from './pools.ts'
import type { RewriteRule } from './rewrite.ts'
import { flattenBeforeTranspose, transposeIntoGemm } from './transposes.ts'

export const trainingRewrites: readonly RewriteRule[] = [
  convPoolAsProducts,
  activationAfterPool,
  poolWithIndices,
  flattenBeforeTranspose,
  transposeIntoGemm,
]

export const inferenceRewrites: readonly RewriteRule[] = [activationAfterPool]
