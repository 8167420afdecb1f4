/** @file Rewrites around max-pools. */
import type { RewriteRule } from './rewrite.ts'

/** Functions that never decrease: the largest of f(x) is f of the largest x. */
export const increasing = new Set(['Relu', 'Tanh', 'Sigmoid', 'LeakyRelu', 'Softplus', 'Exp'])

/** MaxPool(f(x)) = f(MaxPool(x)) for increasing f: f and its gradient then run on the smaller tensor. */
export const activationAfterPool: RewriteRule = ({ g, node, inputs, uses }) => {
  const source = inputs[0]?.node
  if (
    node.op !== 'MaxPool' ||
    node.outputs.length !== 1 ||
    !source ||
    !increasing.has(source.op) ||
    uses(inputs[0]!) !== 1
  )
    return null
  const pooled = g.graph.add('MaxPool', [source.inputs[0]!], node.attributes, 2)[0]!
  return [g.op(source.op, [pooled], source.attributes)]
}

/** A MaxPool that is to be differentiated must say where its maxima were. */
export const poolWithIndices: RewriteRule = ({ g, node, inputs }) =>
  node.op === 'MaxPool' && node.outputs.length === 1
    ? [g.graph.add('MaxPool', inputs, node.attributes, 2)[0]!]
    : null
