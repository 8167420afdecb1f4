/** @file Ops as graphs of simpler ops: the table, and the rewrite that puts them in before training. */

import { captures } from '../graph.ts'
import type { RewriteRule } from '../rewrite/rewrite.ts'
import { isSub } from '../shapes/subgraph.ts'
import { activations } from './activations.ts'
import { attentions } from './attention.ts'
import { control, knownBranch } from './control.ts'
import type { Expansion } from './expansion.ts'
import { layout } from './layout.ts'
import { norms } from './norms.ts'
import { pools } from './pools.ts'
import { recurrentLayers } from './recurrent.ts'

export const expansions: Readonly<Record<string, Expansion>> = {
  ...activations,
  ...attentions,
  ...control,
  ...layout,
  ...norms,
  ...pools,
  ...recurrentLayers,
}

/** Ops whose gradient needs what the forward pass computed inside: expanded once, not once for each direction. */
const shared = new Set([
  'Attention',
  'Gelu',
  'GroupNormalization',
  'GRU',
  'InstanceNormalization',
  'Loop',
  'LRN',
  'LSTM',
  'Mish',
  'RMSNormalization',
  'RNN',
  'RotaryEmbedding',
  'Scan',
  'SimplifiedLayerNormalization',
  'Swish',
])

/** Puts simpler ops in the place of those above that are trained through. */
export const expandForTraining: RewriteRule = ({ g, node, inputs, trained }) => {
  const needed =
    shared.has(node.op) ||
    (node.op === 'BatchNormalization' && node.attributes.training_mode === 1) ||
    (node.op === 'If' && knownBranch(inputs[0]) !== null)
  // A body may use trained values without their being inputs.
  const used = [...inputs, ...Object.values(node.attributes).filter(isSub).flatMap(captures)]
  if (!needed || !used.some((v) => v !== null && trained(v))) return null
  return expansions[node.op]!({ g, node, inputs })
}
