/** @file Convolutions in one, two and three dimensions, and transposed ones. */
import { EngineError } from '../errors.ts'
import { ops } from '../graph/ops.ts'
import type { Value } from '../graph/types.ts'
import { allow, expectRank, nameOf, positive } from './expect.ts'
import { uniform } from './initial.ts'
import { Module, Parameter, parameterValue } from './module.ts'

export interface ConvOptions {
  readonly stride?: number
  readonly padding?: number
  readonly dilation?: number
  readonly groups?: number
  readonly bias?: boolean
}

export type Conv2dOptions = ConvOptions

const letters = ['D', 'H', 'W']

class Conv extends Module {
  readonly weight: Parameter
  readonly bias: Parameter | null
  readonly #o: Required<ConvOptions>
  readonly #dims: number

  constructor(dims: number, inChannels: number, outChannels: number, kernel: number, options: ConvOptions) {
    super()
    const o = { stride: 1, padding: 0, dilation: 1, groups: 1, bias: true, ...options }
    checkSizes(`conv${dims}d`, inChannels, outChannels, kernel, o)
    const fanIn = (inChannels / o.groups) * kernel ** dims
    const window = Array<number>(dims).fill(kernel)
    this.weight = new Parameter([outChannels, inChannels / o.groups, ...window], uniform(fanIn))
    this.bias = o.bias ? new Parameter([outChannels], uniform(fanIn)) : null
    this.#o = o
    this.#dims = dims
  }

  override get kind(): string {
    return `conv${this.#dims}d`
  }

  forward(x: Value): Value {
    const { stride, padding, dilation, groups } = this.#o
    const dims = this.#dims
    expectPicture(this, x, dims)
    expectChannels(this, 'Conv', x, this.weight.shape[1]! * groups)
    const parameters = [this.weight, ...(this.bias ? [this.bias] : [])].map((p) => parameterValue(x.graph, p))
    return ops(x.graph).op('Conv', [x, ...parameters], {
      kernel_shape: this.weight.shape.slice(2),
      strides: Array(dims).fill(stride),
      pads: Array(2 * dims).fill(padding),
      dilations: Array(dims).fill(dilation),
      group: groups,
    })
  }
}

export interface ConvTransposedOptions extends ConvOptions {
  /** Rows that are added at one side of the result; below the stride. */
  readonly outputPadding?: number
}

class ConvTransposed extends Module {
  readonly weight: Parameter
  readonly bias: Parameter | null
  readonly #o: Required<ConvTransposedOptions>
  readonly #dims: number

  constructor(
    dims: number,
    inChannels: number,
    outChannels: number,
    kernel: number,
    options: ConvTransposedOptions,
  ) {
    super()
    const o = { stride: 1, padding: 0, dilation: 1, groups: 1, bias: true, outputPadding: 0, ...options }
    const name = `convTransposed${dims}d`
    checkSizes(name, inChannels, outChannels, kernel, o)
    allow(
      name,
      o.outputPadding >= 0 &&
        o.outputPadding < Math.max(o.stride, o.dilation) &&
        o.outputPadding - o.padding < o.stride,
      `outputPadding ${o.outputPadding} is not below the stride`,
      'Use a smaller outputPadding.',
    )
    // PyTorch counts the fan-in on the second axis of the weight: the outputs of a group.
    const fanIn = (outChannels / o.groups) * kernel ** dims
    const window = Array<number>(dims).fill(kernel)
    this.weight = new Parameter([inChannels, outChannels / o.groups, ...window], uniform(fanIn))
    this.bias = o.bias ? new Parameter([outChannels], uniform(fanIn)) : null
    this.#o = o
    this.#dims = dims
  }

  override get kind(): string {
    return `convTransposed${this.#dims}d`
  }

  forward(x: Value): Value {
    const { stride, padding, dilation, groups, outputPadding } = this.#o
    const dims = this.#dims
    expectPicture(this, x, dims)
    expectChannels(this, 'ConvTranspose', x, this.weight.shape[0]!)
    const parameters = [this.weight, ...(this.bias ? [this.bias] : [])].map((p) => parameterValue(x.graph, p))
    return ops(x.graph).op('ConvTranspose', [x, ...parameters], {
      kernel_shape: this.weight.shape.slice(2),
      strides: Array(dims).fill(stride),
      // Rows added at the end are first those that the padding would cut there; ONNX Runtime adds fewer than a stride.
      pads: [...Array(dims).fill(padding), ...Array(dims).fill(Math.max(0, padding - outputPadding))],
      dilations: Array(dims).fill(dilation),
      ...(outputPadding <= padding ? {} : { output_padding: Array(dims).fill(outputPadding - padding) }),
      group: groups,
    })
  }
}

function checkSizes(
  name: string,
  inChannels: number,
  outChannels: number,
  kernel: number,
  { stride, padding, dilation, groups }: Required<ConvOptions>,
): void {
  positive(name, { inChannels, outChannels, kernel, stride, dilation, groups, 'padding + 1': padding + 1 })
  allow(
    name,
    inChannels % groups === 0 && outChannels % groups === 0,
    `${inChannels} and ${outChannels} channels do not divide into ${groups} groups`,
    'Use a divisor of both.',
  )
}

const expectPicture = (module: Module, x: Value, dims: number): void =>
  expectRank(module, x, dims + 2, `[N, C, ${letters.slice(-dims).join(', ')}]`)

function expectChannels(module: Module, op: string, x: Value, declared: number): void {
  const got = x.shape[1]!
  if (got === declared) return
  const layer = nameOf(module)
  throw new EngineError(
    'engine/shape-mismatch',
    `${layer} (${op}): expects ${declared} input channels, got ${got}`,
    'Change the channels that the layer declares, or the layers before it.',
    { details: { layer, what: 'input channels', declared, got } },
  )
}

class Pool extends Module {
  readonly #op: 'MaxPool' | 'AveragePool'
  readonly #dims: number
  readonly #kernel: number
  readonly #stride: number
  readonly #padding: number

  constructor(op: 'MaxPool' | 'AveragePool', dims: number, kernel: number, options: PoolOptions) {
    super()
    const { stride = kernel, padding = 0 } = options
    const name = `${op === 'MaxPool' ? 'max' : 'avg'}Pool${dims}d`
    positive(name, { kernel, stride })
    allow(
      name,
      Number.isSafeInteger(padding) && padding >= 0 && 2 * padding <= kernel,
      `padding must be from 0 to half of the kernel ${kernel}, got ${padding}`,
      'Use a smaller padding.',
    )
    this.#op = op
    this.#dims = dims
    this.#kernel = kernel
    this.#stride = stride
    this.#padding = padding
  }

  override get kind(): string {
    return `${this.#op === 'MaxPool' ? 'max' : 'avg'}Pool${this.#dims}d`
  }

  forward(x: Value): Value {
    const dims = this.#dims
    return ops(x.graph).op(this.#op, [x], {
      kernel_shape: Array(dims).fill(this.#kernel),
      strides: Array(dims).fill(this.#stride),
      ...(this.#padding === 0 ? {} : { pads: Array(2 * dims).fill(this.#padding) }),
      ...(this.#padding === 0 || this.#op === 'MaxPool' ? {} : { count_include_pad: 1 }),
    })
  }
}

export interface PoolOptions {
  /** The kernel unless given. */
  readonly stride?: number
  /** Counted in averages, as in PyTorch. */
  readonly padding?: number
}

const conv =
  (dims: number) =>
  (inChannels: number, outChannels: number, kernel: number, options: ConvOptions = {}): Module =>
    new Conv(dims, inChannels, outChannels, kernel, options)

const convTransposed =
  (dims: number) =>
  (inChannels: number, outChannels: number, kernel: number, options: ConvTransposedOptions = {}): Module =>
    new ConvTransposed(dims, inChannels, outChannels, kernel, options)

const pool =
  (op: 'MaxPool' | 'AveragePool', dims: number) =>
  (kernel: number, options: PoolOptions = {}): Module =>
    new Pool(op, dims, kernel, options)

/** [N, inChannels, W] -> [N, outChannels, (W + 2 padding - dilation (kernel - 1) - 1) / stride + 1]. */
export const conv1d = conv(1)
/** [N, inChannels, H, W] -> [N, outChannels, (H + 2 padding - dilation (kernel - 1) - 1) / stride + 1, …]. */
export const conv2d = conv(2)
/** [N, inChannels, D, H, W] -> [N, outChannels, …], sizes as in `conv2d`. */
export const conv3d = conv(3)

/** [N, inChannels, W] -> [N, outChannels, (W - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1]. */
export const convTransposed1d = convTransposed(1)
/** [N, inChannels, H, W] -> [N, outChannels, …], sizes as in `convTransposed1d`. */
export const convTransposed2d = convTransposed(2)
/** [N, inChannels, D, H, W] -> [N, outChannels, …], sizes as in `convTransposed1d`. */
export const convTransposed3d = convTransposed(3)

/** The largest of each window. */
export const maxPool1d = pool('MaxPool', 1)
/** The largest of each kernel x kernel window. */
export const maxPool2d = pool('MaxPool', 2)
export const maxPool3d = pool('MaxPool', 3)

/** The mean of each window. */
export const avgPool1d = pool('AveragePool', 1)
/** The mean of each kernel x kernel window. */
export const avgPool2d = pool('AveragePool', 2)
export const avgPool3d = pool('AveragePool', 3)
