/** @file Gradient rules: layer normalisation and dropout; other normalisations are differentiated as simpler ops. */
import { isStatic, numbersOf, sizeOf } from '../../graph/tensor.ts'
import type { Value } from '../../graph/types.ts'
import { byExpansion, type GradContext, type GradRule, lastAxes, numberAttribute } from '../rule.ts'

// With n = (x - mean) r and d = dy scale: dx = r (d - mean(d) - n mean(d n)) (Ba et al., Layer Normalization, 2016).
// The means of d and d n are products of dy and dy (x - mean) with the scale, and what the scale and the bias get are
// products of rows with them, so that few passes over the activations are left.
const layerNormalization: GradRule = (c, x, scale, ...rest) => {
  const { g, node, dy, dys, needs } = c
  // The kernel gives its statistics as float32.
  if (dys.slice(1).some((d) => d !== null) || x.dtype !== 'float32') return byExpansion(c, x, scale, ...rest)
  const full =
    node.outputs.length === 3 ? node.outputs : g.graph.add(node.op, node.inputs, node.attributes, 3)
  const [, mean, r] = full as [Value, Value, Value]
  const given = numberAttribute(node, 'axis', -1)
  const axis = given < 0 ? given + x.shape.length : given
  const [outer, inner] = [x.shape.slice(0, axis), x.shape.slice(axis)]
  const whole = [scale, rest[0] ?? scale].every(
    (v) => isStatic(v.shape) && isStatic(inner) && sizeOf(v.shape) === sizeOf(inner),
  )
  if (!isStatic(outer) || !isStatic(inner) || !whole)
    return byMeans(c, { x, scale, mean, r, axes: lastAxes(axis, x.shape.length) })
  const [count, width] = [sizeOf(outer), sizeOf(inner)]
  const rows = (v: Value, columns = width): Value => g.reshape(v, [count, columns])
  const [dyRows, rRows] = [rows(dy), rows(r, 1)]
  const centred = rows(g.sub(x, mean))
  const product = g.mul(dyRows, centred)
  const column = g.reshape(scale, [width, 1])
  const perScale = (v: Value): Value => g.mul(g.matMul(v, column), 1 / width)
  const dx = (): Value => {
    const weight = g.mul(g.mul(g.mul(rRows, rRows), rRows), perScale(product))
    const own = g.mul(g.mul(dyRows, g.reshape(scale, [1, width])), rRows)
    return g.sub(g.sub(own, g.mul(centred, weight)), g.mul(rRows, perScale(dyRows)))
  }
  return [
    needs[0] ? g.reshapeLike(dx(), x) : null,
    needs[1] ? g.reshapeLike(g.matMul(g.reshape(r, [1, count]), product), scale) : null,
    needs[2] ? g.reshapeLike(g.matMul(g.full({ ...x, shape: [1, count] }, 1), dyRows), rest[0]!) : null,
  ]
}

interface Normalised {
  readonly x: Value
  readonly scale: Value
  readonly mean: Value
  readonly r: Value
  readonly axes: readonly number[]
}

/** The same by means over the axes, for shapes that are not known. */
function byMeans({ g, dy, needs }: GradContext, { x, scale, mean, r, axes }: Normalised): (Value | null)[] {
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
