/** @file Ops as graphs of simpler ops: the table, and the rewrite that puts them in before training. */
import type { RewriteRule } from '../rewrite/rewrite.ts'
import { activations } from './activations.ts'
import type { Expansion } from './expansion.ts'
import { layout } from './layout.ts'
import { norms } from './norms.ts'
import { recurrentLayers } from './recurrent.ts'

export const expansions: Readonly<Record<string, Expansion>> = {
  ...activations,
  ...layout,
  ...norms,
  ...recurrentLayers,
}

/** Ops whose gradient needs what the forward pass computed inside: expanded once, not once for each direction. */
const shared = new Set([
  'Gelu',
  'GroupNormalization',
  'GRU',
  'InstanceNormalization',
  'LRN',
  'LSTM',
  'Mish',
  'RMSNormalization',
  'RNN',
  'SimplifiedLayerNormalization',
  'Swish',
])

/** Puts simpler ops in the place of those above that are trained through, and of batch statistics, which ONNX Runtime has not. */
export const expandForTraining: RewriteRule = ({ g, node, inputs, trained }) => {
  const statistics = node.op === 'BatchNormalization' && node.attributes.training_mode === 1
  const through = shared.has(node.op) && node.inputs.some((v) => v !== null && trained(v))
  return statistics || through ? expansions[node.op]!({ g, node, inputs }) : null
}
