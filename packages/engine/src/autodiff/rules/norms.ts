/** @file Gradient rules: layer normalisation and dropout; other normalisations are differentiated as simpler ops. */
import { numbersOf } from '../../graph/tensor.ts'
import type { Value } from '../../graph/types.ts'
import { byExpansion, type GradRule, lastAxes, numberAttribute } from '../rule.ts'

// With n = (x - mean) r and d = dy scale: dx = r (d - mean(d) - n mean(d n)) (Ba et al., Layer Normalization, 2016)
const layerNormalization: GradRule = (c, x, scale, ...rest) => {
  const { g, node, dy, dys, needs } = c
  // The kernel gives its statistics as float32.
  if (dys.slice(1).some((d) => d !== null) || x.dtype !== 'float32') return byExpansion(c, x, scale, ...rest)
  const full =
    node.outputs.length === 3 ? node.outputs : g.graph.add(node.op, node.inputs, node.attributes, 3)
  const [, mean, r] = full as [Value, Value, Value]
  const axis = numberAttribute(node, 'axis', -1)
  const axes = lastAxes(axis < 0 ? axis + x.shape.length : axis, x.shape.length)
  const n = needs[0] || needs[1] ? g.mul(g.sub(x, mean), r) : x
  const d = needs[0] ? g.mul(dy, scale) : dy
  const dx = needs[0]
    ? g.mul(r, g.sub(g.sub(d, g.reduceMean(d, axes)), g.mul(n, g.reduceMean(g.mul(d, n), axes))))
    : null
  return [dx, needs[1] ? g.mul(dy, n) : null, needs[2] ? dy : null]
}

/** What was kept was divided by 1 - ratio; the same mask and factor apply backwards. */
const dropout: GradRule = ({ g, node, dy }, _x, ratio, training) => {
  const on = training ? (training.constant ? numbersOf(training.constant)[0] === 1 : null) : false
  if (on === false) return [dy]
  const mask = node.outputs[1]!
  const kept = g.div(
    g.mul(dy, g.cast(mask, dy.dtype)),
    g.sub(1, ratio ? g.cast(ratio, dy.dtype) : g.scalar(0.5, dy.dtype)),
  )
  return [on === true ? kept : g.where(training!, kept, dy)]
}

export const norms = { Dropout: dropout, LayerNormalization: layerNormalization } satisfies Record<
  string,
  GradRule
>
