/** @file Layers with PyTorch's meaning and default initialisation. */
import { EngineError } from '../errors.ts'
import { ops } from '../graph/ops.ts'
import { isStatic, showShape } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'
import type { Random } from '../random.ts'
import { Module, Parameter, parameterValue, pathOf } from './module.ts'

/** Uniform in +-1/sqrt(fanIn): what PyTorch's linear and convolution layers start from (kaiming_uniform, a = sqrt 5). */
const uniform = (fanIn: number) => {
  const bound = 1 / Math.sqrt(fanIn)
  return (random: Random): number => (2 * random() - 1) * bound
}

function positive(layer: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new EngineError(
        'engine/bad-options',
        `${layer}: ${name} must be a whole number from 1, got ${value}`,
        `Correct ${name}.`,
      )
    }
  }
}

const count = (n: number | string): string => (typeof n === 'number' ? n.toLocaleString('en-US') : n)

export interface Conv2dOptions {
  readonly stride?: number
  readonly padding?: number
  readonly dilation?: number
  readonly groups?: number
  readonly bias?: boolean
}

class Conv2d extends Module {
  readonly weight: Parameter
  readonly bias: Parameter | null
  readonly #o: Required<Conv2dOptions>

  constructor(inChannels: number, outChannels: number, kernel: number, options: Conv2dOptions) {
    super()
    const o = { stride: 1, padding: 0, dilation: 1, groups: 1, bias: true, ...options }
    positive('conv2d', {
      inChannels,
      outChannels,
      kernel,
      stride: o.stride,
      dilation: o.dilation,
      groups: o.groups,
    })
    if (inChannels % o.groups !== 0 || outChannels % o.groups !== 0) {
      throw new EngineError(
        'engine/bad-options',
        `conv2d: ${inChannels} and ${outChannels} channels do not divide into ${o.groups} groups`,
        'Use a divisor of both.',
      )
    }
    const fanIn = (inChannels / o.groups) * kernel * kernel
    this.weight = new Parameter([outChannels, inChannels / o.groups, kernel, kernel], uniform(fanIn))
    this.bias = o.bias ? new Parameter([outChannels], uniform(fanIn)) : null
    this.#o = o
  }

  override get kind(): string {
    return 'conv2d'
  }

  forward(x: Value): Value {
    const { stride, padding, dilation, groups } = this.#o
    const kernel = this.weight.shape.slice(2)
    const parameters = [this.weight, ...(this.bias ? [this.bias] : [])].map((p) => parameterValue(x.graph, p))
    return ops(x.graph).op('Conv', [x, ...parameters], {
      kernel_shape: kernel,
      strides: [stride, stride],
      pads: Array(4).fill(padding),
      dilations: [dilation, dilation],
      group: groups,
    })
  }
}

class Linear extends Module {
  readonly weight: Parameter
  readonly bias: Parameter | null

  constructor(inFeatures: number, outFeatures: number, bias: boolean) {
    super()
    positive('linear', { inFeatures, outFeatures })
    this.weight = new Parameter([outFeatures, inFeatures], uniform(inFeatures))
    this.bias = bias ? new Parameter([outFeatures], uniform(inFeatures)) : null
  }

  override get kind(): string {
    return 'linear'
  }

  forward(x: Value): Value {
    const declared = this.weight.shape[1]!
    const got = x.shape.at(-1) ?? 0
    if (x.shape.length < 2 || got !== declared) {
      throw new EngineError(
        'engine/shape-mismatch',
        `${pathOf(this) || 'linear'}: declares ${count(declared)} inputs but gets ${count(got)} (its input is ${showShape(x.shape)})`,
        `Declare nn.linear(${got}, ${this.weight.shape[0]}), or change the layers before it.`,
        { details: { layer: pathOf(this) || 'linear', what: 'inputs', declared, got } },
      )
    }
    const g = ops(x.graph)
    const weight = parameterValue(x.graph, this.weight)
    const bias = this.bias && parameterValue(x.graph, this.bias)
    if (x.shape.length === 2) return g.gemm(x, weight, { transB: true, bias })
    const y = g.matMul(x, g.transpose(weight, [1, 0]))
    return bias ? g.add(y, bias) : y
  }
}

class Pool2d extends Module {
  readonly #op: 'MaxPool' | 'AveragePool'
  readonly #kernel: number
  readonly #stride: number

  constructor(op: 'MaxPool' | 'AveragePool', kernel: number, stride: number) {
    super()
    positive('pool2d', { kernel, stride })
    this.#op = op
    this.#kernel = kernel
    this.#stride = stride
  }

  override get kind(): string {
    return this.#op === 'MaxPool' ? 'maxPool2d' : 'avgPool2d'
  }

  forward(x: Value): Value {
    return ops(x.graph).op(this.#op, [x], {
      kernel_shape: [this.#kernel, this.#kernel],
      strides: [this.#stride, this.#stride],
    })
  }
}

/** A layer without parameters. */
class Plain extends Module {
  readonly #kind: string
  readonly #forward: (x: Value) => Value

  constructor(kind: string, forward: (x: Value) => Value) {
    super()
    this.#kind = kind
    this.#forward = forward
  }

  override get kind(): string {
    return this.#kind
  }

  forward(x: Value): Value {
    return this.#forward(x)
  }
}

class Sequential extends Module {
  readonly layers: readonly Module[]

  constructor(layers: readonly Module[]) {
    super()
    this.layers = layers
  }

  override get kind(): string {
    return 'sequential'
  }

  forward(x: Value): Value {
    return this.layers.reduce((v, layer) => layer.call(v), x)
  }
}

/** [N, inChannels, H, W] -> [N, outChannels, (H + 2 padding - dilation (kernel - 1) - 1) / stride + 1, …]. */
export const conv2d = (
  inChannels: number,
  outChannels: number,
  kernel: number,
  options: Conv2dOptions = {},
): Module => new Conv2d(inChannels, outChannels, kernel, options)

/** [N, …, inFeatures] -> [N, …, outFeatures]: x W^T + b. */
export const linear = (
  inFeatures: number,
  outFeatures: number,
  { bias = true }: { bias?: boolean } = {},
): Module => new Linear(inFeatures, outFeatures, bias)

/** The largest of each kernel x kernel window; the stride is the kernel unless given. */
export const maxPool2d = (kernel: number, { stride = kernel }: { stride?: number } = {}): Module =>
  new Pool2d('MaxPool', kernel, stride)

/** The mean of each kernel x kernel window; the stride is the kernel unless given. */
export const avgPool2d = (kernel: number, { stride = kernel }: { stride?: number } = {}): Module =>
  new Pool2d('AveragePool', kernel, stride)

/** [N, C, H, W] -> [N, C, 1, 1]. */
export const globalAvgPool2d = (): Module =>
  new Plain('globalAvgPool2d', (x) => ops(x.graph).op('GlobalAveragePool', [x]))

/** [N, …] -> [N, the product of the rest]. */
export const flatten = (): Module =>
  new Plain('flatten', (x) =>
    x.shape.length === 2 && isStatic(x.shape.slice(1)) ? x : ops(x.graph).flatten(x),
  )

export const relu = (): Module => new Plain('relu', (x) => ops(x.graph).relu(x))
export const sigmoid = (): Module => new Plain('sigmoid', (x) => ops(x.graph).sigmoid(x))
export const tanh = (): Module => new Plain('tanh', (x) => ops(x.graph).tanh(x))
export const softmax = (axis = -1): Module =>
  new Plain('softmax', (x) => ops(x.graph).op('Softmax', [x], { axis }))

/** Layers one after the other; their names are `layers.0`, `layers.1`, … */
export const sequential = (...layers: readonly Module[]): Module => new Sequential(layers)
