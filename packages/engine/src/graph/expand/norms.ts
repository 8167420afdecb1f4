/** @file Expansions: normalisations. */
import type { Ops } from '../ops.ts'
import { isStatic, sizeOf } from '../tensor.ts'
import type { Value } from '../types.ts'
import {
  axesFrom,
  type ExpandContext,
  type Expansion,
  fromEnd,
  input,
  needsSize,
  number,
} from './expansion.ts'

interface Standardised {
  readonly y: Value
  readonly centred: Value
  readonly mean: Value
  readonly variance: Value
  /** 1 / sqrt(variance + epsilon) */
  readonly scale: Value
}

/** (x - mean) / sqrt(variance + epsilon) over `axes`. */
function standardise(g: Ops, x: Value, axes: readonly number[], epsilon: number): Standardised {
  const mean = g.reduceMean(x, axes)
  const centred = g.sub(x, mean)
  const variance = g.reduceMean(g.mul(centred, centred), axes)
  const scale = g.op('Reciprocal', [g.sqrt(g.add(variance, epsilon))])
  return { y: g.mul(centred, scale), centred, mean, variance, scale }
}

/** One number per channel, shaped to broadcast over [batch, channels, ...]. */
const overChannels = (g: Ops, v: Value, rank: number): Value => g.unsqueeze(v, axesFrom(1, rank - 1))

const batchNormalization: Expansion = (c) => {
  const { g } = c
  const x = input(c, 0)
  const rank = x.shape.length
  const epsilon = number(c, 'epsilon', 1e-5)
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => input(c, i)) as [Value, Value, Value, Value]
  if (number(c, 'training_mode', 0) === 0) {
    const factor = g.div(scale, g.sqrt(g.add(variance, epsilon)))
    const offset = g.sub(bias, g.mul(mean, factor))
    return [g.add(g.mul(x, overChannels(g, factor, rank)), overChannels(g, offset, rank))]
  }
  const axes = [0, ...axesFrom(2, rank)]
  const own = standardise(g, x, axes, epsilon)
  const factor = g.mul(own.scale, overChannels(g, scale, rank))
  const y = g.add(g.mul(own.centred, factor), overChannels(g, bias, rank))
  const momentum = number(c, 'momentum', 0.9)
  const running = (before: Value, now: Value): Value =>
    g.add(g.mul(before, momentum), g.mul(g.squeeze(now, axes), 1 - momentum))
  return [y, running(mean, own.mean), running(variance, own.variance)]
}

const instanceNormalization: Expansion = (c) => {
  const { g } = c
  const x = input(c, 0)
  const { y } = standardise(g, x, axesFrom(2, x.shape.length), number(c, 'epsilon', 1e-5))
  return [affine(c, y)]
}

/** y scale + bias with one number per channel. */
function affine(c: ExpandContext, y: Value): Value {
  const over = (i: number): Value => overChannels(c.g, input(c, i), y.shape.length)
  return c.g.add(c.g.mul(y, over(1)), over(2))
}

const groupNormalization: Expansion = (c) => {
  const { g } = c
  const [x, scale] = [input(c, 0), input(c, 1)]
  const [batch, channels, ...spatial] = x.shape
  const groups = number(c, 'num_groups', 1)
  if (typeof channels !== 'number' || !isStatic(spatial))
    throw needsSize(c, 'on pictures of unknown size', 'Give the channels and the picture size.')
  const each = channels / groups
  const grouped = g.reshape(x, [batch!, groups, each * sizeOf(spatial)])
  const own = standardise(g, grouped, [2], number(c, 'epsilon', 1e-5)).y
  if (scale.shape[0] === channels) return [affine(c, g.reshapeLike(own, x))]
  return [g.reshapeLike(affine(c, own), x)]
}

/** As many outputs as the node has, in their types: statistics may be kept in another one. */
const asTyped = ({ g, node }: ExpandContext, values: readonly Value[]): Value[] =>
  node.outputs.map((y, i) => g.cast(values[i]!, y.dtype))

const layerNormalization: Expansion = (c) => {
  const { g } = c
  const x = input(c, 0)
  const axes = axesFrom(fromEnd(number(c, 'axis', -1), x.shape.length), x.shape.length)
  const own = standardise(g, x, axes, number(c, 'epsilon', 1e-5))
  const scaled = g.mul(own.y, input(c, 1))
  const bias = c.inputs[2]
  return asTyped(c, [bias ? g.add(scaled, bias) : scaled, own.mean, own.scale])
}

// x / sqrt(mean(x^2) + epsilon): Zhang and Sennrich, Root Mean Square Layer Normalization (2019)
const rmsNormalization: Expansion = (c) => {
  const { g } = c
  const x = input(c, 0)
  const axes = axesFrom(fromEnd(number(c, 'axis', -1), x.shape.length), x.shape.length)
  const power = g.reduceMean(g.mul(x, x), axes)
  const scale = g.op('Reciprocal', [g.sqrt(g.add(power, number(c, 'epsilon', 1e-5)))])
  return asTyped(c, [g.mul(g.mul(x, scale), input(c, 1)), scale])
}

/** Keeps a division by a norm of zero from being one by zero; the smallest normal float. */
const tiny = 1.1754943508222875e-38

const lpNormalization: Expansion = (c) => {
  const { g } = c
  const x = input(c, 0)
  const axis = fromEnd(number(c, 'axis', -1), x.shape.length)
  const norm = g.op(number(c, 'p', 2) === 1 ? 'ReduceL1' : 'ReduceL2', [x, g.ints([axis])], { keepdims: 1 })
  return [g.div(x, g.max(norm, tiny))]
}

const meanVarianceNormalization: Expansion = (c) => {
  const { g, node } = c
  const x = input(c, 0)
  const given = node.attributes.axes
  const axes = Array.isArray(given) ? given.map((a) => fromEnd(a, x.shape.length)) : [0, 2, 3]
  const mean = g.reduceMean(x, axes)
  const centred = g.sub(x, mean)
  const deviation = g.sqrt(g.reduceMean(g.mul(centred, centred), axes))
  return [g.div(centred, g.add(deviation, 1e-9))]
}

// x / (bias + alpha / size * sum of squares over neighbouring channels)^beta
const localResponse: Expansion = (c) => {
  const { g } = c
  const x = input(c, 0)
  const channels = x.shape[1]
  if (typeof channels !== 'number')
    throw needsSize(c, 'over unknown channels', 'Give the number of channels.')
  const size = number(c, 'size', 1)
  const before = Math.floor((size - 1) / 2)
  const none = x.shape.map(() => 0)
  const pads = [...none.with(1, before), ...none.with(1, size - 1 - before)]
  const padded = g.pad(g.mul(x, x), pads)
  const sums = Array.from({ length: size }, (_, i) => g.slice(padded, 1, i, i + channels)).reduce((a, b) =>
    g.add(a, b),
  )
  const base = g.add(g.mul(sums, number(c, 'alpha', 1e-4) / size), number(c, 'bias', 1))
  return [g.div(x, g.pow(base, number(c, 'beta', 0.75)))]
}

export const norms = {
  BatchNormalization: batchNormalization,
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  LpNormalization: lpNormalization,
  LRN: localResponse,
  MeanVarianceNormalization: meanVarianceNormalization,
  RMSNormalization: rmsNormalization,
  SimplifiedLayerNormalization: rmsNormalization,
} satisfies Record<string, Expansion>
