/** @file Shape rules: normalisations and dropout. */
import { type Dim, showShape } from '../tensor.ts'
import {
  axisOf,
  expectFloat,
  expectSame,
  inputAt,
  intAttribute,
  mismatch,
  type ShapeContext,
  type ShapeRule,
} from './context.ts'
import { castTarget } from './elementwise.ts'

/** Inputs 1 to `last` hold one number per channel (axis 1); absent ones at the end are left out. */
function perChannel(c: ShapeContext, last: number, sizes?: readonly Dim[]): void {
  const x = inputAt(c, 0)
  expectFloat(c, x)
  if (x.shape.length < 2)
    throw mismatch(c.where, `needs channels, got ${showShape(x.shape)}`, 'Inputs are [batch, channels, ...].')
  const allowed = sizes ?? [x.shape[1]!]
  for (let i = 1; i <= last; i++) {
    const v = inputAt(c, i)
    if (v.shape.length === 1 && allowed.includes(v.shape[0]!)) continue
    throw mismatch(
      c.where,
      `input ${i} has the shape ${showShape(v.shape)}, expected one number for each of ${x.shape[1]} channels`,
      `Declare ${x.shape[1]} channels.`,
    )
  }
}

/** In training mode also the running mean and variance. */
const batchNormalization: ShapeRule = (c) => {
  perChannel(c, 4)
  const x = inputAt(c, 0)
  const statistics = { dtype: inputAt(c, 3).dtype, shape: inputAt(c, 3).shape }
  const training = intAttribute(c, 'training_mode', 0) === 1
  return training ? [x, statistics, statistics] : [x]
}

const instanceNormalization: ShapeRule = (c) => {
  perChannel(c, 2)
  return [inputAt(c, 0)]
}

/** Scale and bias per channel (opset 21) or per group (opset 18). */
const groupNormalization: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  const groups = intAttribute(c, 'num_groups')
  perChannel(c, 2, [x.shape[1]!, groups])
  const channels = x.shape[1]
  if (groups < 1 || (typeof channels === 'number' && channels % groups !== 0))
    throw mismatch(
      c.where,
      `${channels} channels do not divide into ${groups} groups`,
      'Use a divisor of the number of channels.',
    )
  return [x]
}

/** Normalises from `axis` on; the statistics, in the type `stash_type`, keep those axes as size 1. */
const alongLast =
  (biased: boolean, statistics: number): ShapeRule =>
  (c) => {
    const [x, scale] = [inputAt(c, 0), inputAt(c, 1)]
    expectFloat(c, x)
    const axis = axisOf(c, intAttribute(c, 'axis', -1), x.shape.length)
    for (const v of [scale, biased ? c.inputs[2] : null]) {
      if (!v) continue
      expectSame(c, x, v)
      const fits = v.shape.every((d, i) => d === 1 || d === x.shape[i + x.shape.length - v.shape.length])
      if (v.shape.length > x.shape.length || !fits)
        throw mismatch(
          c.where,
          `the scale or bias ${showShape(v.shape)} does not fit ${showShape(x.shape)} from axis ${axis} on`,
          `Give it the shape ${showShape(x.shape.slice(axis))}.`,
        )
    }
    const shape = x.shape.map((d, i) => (i < axis ? d : 1))
    const stash = castTarget({ ...c, attributes: { to: c.attributes.stash_type ?? 1 } })
    const more = Array.from({ length: statistics }, () => ({ dtype: stash, shape }))
    return [{ dtype: x.dtype, shape: x.shape }, ...more].slice(0, c.outputCount)
  }

const same: ShapeRule = (c) => {
  expectFloat(c, inputAt(c, 0))
  return [{ dtype: inputAt(c, 0).dtype, shape: inputAt(c, 0).shape }]
}

/** Its mask is always there for the gradient; a file holds it only where it is read. */
const dropout: ShapeRule = (c) => {
  const x = inputAt(c, 0)
  expectFloat(c, x)
  return [
    { dtype: x.dtype, shape: x.shape },
    { dtype: 'bool', shape: x.shape },
  ]
}

const only =
  (rule: ShapeRule): ShapeRule =>
  (c) =>
    rule(c).map(({ dtype, shape }) => ({ dtype, shape }))

export const norms = {
  BatchNormalization: only(batchNormalization),
  Dropout: dropout,
  GroupNormalization: only(groupNormalization),
  InstanceNormalization: only(instanceNormalization),
  LayerNormalization: alongLast(true, 2),
  LpNormalization: same,
  LRN: same,
  MeanVarianceNormalization: same,
  RMSNormalization: alongLast(false, 0),
  SimplifiedLayerNormalization: alongLast(false, 1),
} satisfies Record<string, ShapeRule>
