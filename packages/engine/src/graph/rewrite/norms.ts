/** @file Rewrites around normalisations. */
import type { RewriteRule } from './rewrite.ts'

/** A LayerNormalization that is trained through must say which mean and deviation it used. */
export const layerNormWithStatistics: RewriteRule = ({ g, node, inputs, trained }) =>
  node.op === 'LayerNormalization' &&
  node.outputs.length < 3 &&
  inputs[0]?.dtype === 'float32' &&
  node.inputs.some((v) => v !== null && trained(v))
    ? g.graph.add(node.op, inputs, node.attributes, 3).slice(0, node.outputs.length)
    : null
