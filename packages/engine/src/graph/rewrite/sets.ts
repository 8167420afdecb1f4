/** @file Which rewrites a forward graph gets for training and for use. */
import { expandForTraining } from '../expand/table.ts'
import { convPoolAsProducts } from './conv-pool.ts'
import { layerNormWithStatistics } from './norms.ts'
import { activationAfterPool, poolWithIndices } from './pools.ts'
import type { RewriteRule } from './rewrite.ts'
import { flattenBeforeTranspose, transposeIntoGemm } from './transposes.ts'

export const trainingRewrites: readonly RewriteRule[] = [
  convPoolAsProducts,
  activationAfterPool,
  poolWithIndices,
  flattenBeforeTranspose,
  transposeIntoGemm,
  expandForTraining,
  layerNormWithStatistics,
]

export const inferenceRewrites: readonly RewriteRule[] = [activationAfterPool]
