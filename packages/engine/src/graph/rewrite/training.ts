/** @file The rewrites that a forward graph gets before it is differentiated for training. */
import { activationAfterPool, poolWithIndices } from './pools.ts'
import type { RewriteRule } from './rewrite.ts'

export const trainingRewrites: readonly RewriteRule[] = [activationAfterPool, poolWithIndices]
