/** @file Normalisations: of layers, groups, batches, and by root mean square. */
import { type Ops, ops } from '../graph/ops.ts'
import { isStatic, sizeOf } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'
import { allow, expectSize, positive } from './expect.ts'
import { ones, zeros } from './initial.ts'
import { Module, Parameter, parameterValue, trainingOf } from './module.ts'

/** (x - mean) / sqrt(var + epsilon) over `axes`, with the biased variance. */
function standardised(g: Ops, x: Value, axes: readonly number[], epsilon: number): Value {
  const mean = g.reduceMean(x, axes)
  const centred = g.sub(x, mean)
  const variance = g.reduceMean(g.mul(centred, centred), axes)
  return g.div(centred, g.sqrt(g.add(variance, epsilon)))
}

class LayerNorm extends Module {
  readonly weight: Parameter | null
  readonly bias: Parameter | null
  readonly #shape: readonly number[]
  readonly #epsilon: number

  constructor(shape: readonly number[], epsilon: number, affine: boolean) {
    super()
    positive('layerNorm', Object.fromEntries(shape.map((size, i) => [`size ${i}`, size])))
    this.weight = affine ? new Parameter(shape, ones) : null
    this.bias = affine ? new Parameter(shape, zeros) : null
    this.#shape = shape
    this.#epsilon = epsilon
  }

  override get kind(): string {
    return 'layerNorm'
  }

  forward(x: Value): Value {
    const rank = x.shape.length
    const axes = this.#shape.map((size, i) => {
      expectSize(this, x, i - this.#shape.length, 'features', size)
      return rank - this.#shape.length + i
    })
    const g = ops(x.graph)
    if (this.weight === null || this.bias === null) return standardised(g, x, axes, this.#epsilon)
    const inputs = [x, ...[this.weight, this.bias].map((p) => parameterValue(x.graph, p))]
    // While training the op gives its statistics too, from which its gradient is computed.
    const outputs = trainingOf(x.graph) ? 3 : 1
    const attributes = { axis: -this.#shape.length, epsilon: { float: this.#epsilon } }
    return x.graph.add('LayerNormalization', inputs, attributes, outputs)[0]!
  }
}

class RmsNorm extends Module {
  readonly weight: Parameter
  readonly #epsilon: number

  constructor(size: number, epsilon: number) {
    super()
    positive('rmsNorm', { size })
    this.weight = new Parameter([size], ones)
    this.#epsilon = epsilon
  }

  override get kind(): string {
    return 'rmsNorm'
  }

  forward(x: Value): Value {
    expectSize(this, x, -1, 'features', this.weight.size)
    const g = ops(x.graph)
    const square = g.reduceMean(g.mul(x, x), [x.shape.length - 1])
    return g.mul(g.div(x, g.sqrt(g.add(square, this.#epsilon))), parameterValue(x.graph, this.weight))
  }
}

/** A value per channel [C], shaped to meet [N, C, …]. */
const perChannel = (g: Ops, v: Value, rank: number): Value =>
  g.reshape(v, [v.shape[0]!, ...Array(rank - 2).fill(1)])

class GroupNorm extends Module {
  readonly weight: Parameter | null
  readonly bias: Parameter | null
  readonly #kind: 'groupNorm' | 'instanceNorm'
  readonly #groups: number
  readonly #channels: number
  readonly #epsilon: number

  constructor(
    kind: 'groupNorm' | 'instanceNorm',
    groups: number,
    channels: number,
    epsilon: number,
    affine: boolean,
  ) {
    super()
    positive(kind, { groups, channels })
    allow(
      'groupNorm',
      channels % groups === 0,
      `${channels} channels do not divide into ${groups} groups`,
      'Use a divisor.',
    )
    this.weight = affine ? new Parameter([channels], ones) : null
    this.bias = affine ? new Parameter([channels], zeros) : null
    this.#kind = kind
    this.#groups = groups
    this.#channels = channels
    this.#epsilon = epsilon
  }

  override get kind(): string {
    return this.#kind
  }

  forward(x: Value): Value {
    expectSize(this, x, 1, 'channels', this.#channels)
    const g = ops(x.graph)
    const rank = x.shape.length
    const [n, c, ...rest] = x.shape
    const parts = g.reshape(x, [n!, this.#groups, Number(c) / this.#groups, ...rest])
    const axes = parts.shape.map((_, i) => i).slice(2)
    const y = g.reshapeLike(standardised(g, parts, axes, this.#epsilon), x)
    if (this.weight === null || this.bias === null) return y
    const [weight, bias] = [this.weight, this.bias].map((p) =>
      perChannel(g, parameterValue(x.graph, p), rank),
    )
    return g.add(g.mul(y, weight!), bias!)
  }
}

/** Names as in PyTorch, so that its state loads. */
class BatchNorm extends Module {
  readonly weight: Parameter
  readonly bias: Parameter
  readonly running_mean: Parameter
  readonly running_var: Parameter
  readonly #epsilon: number
  readonly #momentum: number

  constructor(channels: number, epsilon: number, momentum: number) {
    super()
    positive('batchNorm', { channels })
    this.weight = new Parameter([channels], ones)
    this.bias = new Parameter([channels], zeros)
    this.running_mean = new Parameter([channels], zeros, { buffer: true })
    this.running_var = new Parameter([channels], ones, { buffer: true })
    this.#epsilon = epsilon
    this.#momentum = momentum
  }

  override get kind(): string {
    return 'batchNorm'
  }

  forward(x: Value): Value {
    expectSize(this, x, 1, 'channels', this.weight.size)
    const g = ops(x.graph)
    const rank = x.shape.length
    const value = (p: Parameter): Value => perChannel(g, parameterValue(x.graph, p), rank)
    const training = trainingOf(x.graph)
    if (training === null) {
      const scale = g.div(value(this.weight), g.sqrt(g.add(value(this.running_var), this.#epsilon)))
      return g.add(g.mul(g.sub(x, value(this.running_mean)), scale), value(this.bias))
    }
    const axes = x.shape.map((_, i) => i).filter((i) => i !== 1)
    const mean = g.reduceMean(x, axes)
    const centred = g.sub(x, mean)
    const variance = g.reduceMean(g.mul(centred, centred), axes)
    // The weight and the deviation meet while they are one number a channel.
    const scale = g.div(value(this.weight), g.sqrt(g.add(variance, this.#epsilon)))
    // The running variance takes the unbiased estimate.
    const count = isStatic(x.shape) ? sizeOf(x.shape) / this.weight.size : 2
    const next = (p: Parameter, now: Value): void => {
      const old = parameterValue(x.graph, p)
      const mixed = g.add(g.mul(old, 1 - this.#momentum), g.mul(g.reshape(now, old.shape), this.#momentum))
      training.updates.set(p, mixed)
    }
    next(this.running_mean, mean)
    next(this.running_var, g.mul(variance, count / Math.max(1, count - 1)))
    return g.add(g.mul(centred, scale), value(this.bias))
  }
}

/** Normalises over the last axes, which have this size or shape (Ba, Kiros and Hinton, 2016). */
export const layerNorm = (
  shape: number | readonly number[],
  { epsilon = 1e-5, affine = true }: { epsilon?: number; affine?: boolean } = {},
): Module => new LayerNorm([shape].flat() as number[], epsilon, affine)

/** x / sqrt(mean(x^2) + epsilon) times a weight, over the last axis (Zhang and Sennrich, 2019). */
export const rmsNorm = (size: number, { epsilon = 1e-6 }: { epsilon?: number } = {}): Module =>
  new RmsNorm(size, epsilon)

/** Normalises groups of channels of [N, C, …] (Wu and He, 2018). */
export const groupNorm = (
  groups: number,
  channels: number,
  { epsilon = 1e-5 }: { epsilon?: number } = {},
): Module => new GroupNorm('groupNorm', groups, channels, epsilon, true)

/**
 * Normalises each channel of each sample of [N, C, …] by itself (Ulyanov, Vedaldi and Lempitsky, 2016); without weights
 * unless they are asked for, as in PyTorch.
 */
export const instanceNorm = (
  channels: number,
  { epsilon = 1e-5, affine = false }: { epsilon?: number; affine?: boolean } = {},
): Module => new GroupNorm('instanceNorm', channels, channels, epsilon, affine)

/**
 * Normalises each channel of [N, C, …]: while training by the batch, in use by running means that training keeps
 * (Ioffe and Szegedy, 2015).
 */
export const batchNorm = (
  channels: number,
  { epsilon = 1e-5, momentum = 0.1 }: { epsilon?: number; momentum?: number } = {},
): Module => new BatchNorm(channels, epsilon, momentum)
