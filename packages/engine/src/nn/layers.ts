/** @file Layers with PyTorch's meaning and default initialisation. */

import { EngineError } from '../errors.ts'
import { ops } from '../graph/ops.ts'
import { isStatic } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'
import { type Adaptable, type Adapted, giveAdapter, mergeAdapter } from './adapter.ts'
import { expectSize, expectWhole, positive } from './expect.ts'
import { normal, uniform } from './initial.ts'
import { Module, Parameter, parameterValue } from './module.ts'

/** x W^T + b, where there is an adapter also x A^T B^T times its scale. */
export class Linear extends Module implements Adaptable, Adapted {
  readonly weight: Parameter
  readonly bias: Parameter | null
  /** The adapter's [rank, inFeatures] and [outFeatures, rank] (LoRA); null without one. */
  lora_A: Parameter | null = null
  lora_B: Parameter | null = null
  loraScale = 1

  constructor(inFeatures: number, outFeatures: number, bias: boolean, biasStart = uniform(inFeatures)) {
    super()
    positive('linear', { inFeatures, outFeatures })
    this.weight = new Parameter([outFeatures, inFeatures], uniform(inFeatures))
    this.bias = bias ? new Parameter([outFeatures], biasStart) : null
  }

  override get kind(): string {
    return 'linear'
  }

  forward(x: Value): Value {
    const [outFeatures, declared] = this.weight.shape as [number, number]
    if (x.shape.length < 2 || x.shape.at(-1) !== declared) {
      const hint = `Declare nn.linear(${x.shape.at(-1) ?? 0}, ${outFeatures}), or change the layers before it.`
      expectSize(this, x, -1, 'inputs', declared, hint)
      throw new EngineError('engine/shape-mismatch', 'linear: needs [N, …, inputs]', 'Give it a batch.')
    }
    const g = ops(x.graph)
    const product = (v: Value, weight: Parameter, bias: Parameter | null): Value => {
      const w = parameterValue(x.graph, weight)
      const b = bias && parameterValue(x.graph, bias)
      if (v.shape.length === 2) return g.gemm(v, w, { transB: true, bias: b })
      const y = g.matMul(v, g.transpose(w, [1, 0]))
      return b ? g.add(y, b) : y
    }
    const y = product(x, this.weight, this.bias)
    if (this.lora_A === null || this.lora_B === null) return y
    return g.add(y, g.mul(product(product(x, this.lora_A, null), this.lora_B, null), this.loraScale))
  }

  adapt(rank: number, scale: number): void {
    giveAdapter(this, this.weight, rank, scale)
  }

  merge(): void {
    mergeAdapter(this, this.weight)
  }
}

class Embedding extends Module {
  readonly weight: Parameter

  constructor(rows: number, size: number) {
    super()
    positive('embedding', { rows, size })
    this.weight = new Parameter([rows, size], normal())
  }

  override get kind(): string {
    return 'embedding'
  }

  /** Tokens are below it. */
  get rows(): number {
    return this.weight.shape[0]!
  }

  forward(x: Value): Value {
    expectWhole(this, x)
    return ops(x.graph).gather(parameterValue(x.graph, this.weight), x)
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

class Residual extends Module {
  readonly inner: Module
  readonly shortcut: Module | null

  constructor(inner: Module, shortcut: Module | null) {
    super()
    this.inner = inner
    this.shortcut = shortcut
  }

  override get kind(): string {
    return 'residual'
  }

  forward(x: Value): Value {
    return ops(x.graph).add(this.shortcut?.call(x) ?? x, this.inner.call(x))
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

/** [N, …, inFeatures] -> [N, …, outFeatures]: x W^T + b. */
export const linear = (
  inFeatures: number,
  outFeatures: number,
  { bias = true }: { bias?: boolean } = {},
): Module => new Linear(inFeatures, outFeatures, bias)

/** Whole numbers [N, …] -> [N, …, size]: a row of the table for each. */
export const embedding = (rows: number, size: number): Module => new Embedding(rows, size)

/** [N, C, H, W] -> [N, C, 1, 1]. */
export const globalAvgPool2d = (): Module =>
  new Plain('globalAvgPool2d', (x) => ops(x.graph).op('GlobalAveragePool', [x]))

/** [N, C, H, W] -> [N, C, 1, 1]. */
export const globalMaxPool2d = (): Module =>
  new Plain('globalMaxPool2d', (x) => ops(x.graph).op('GlobalMaxPool', [x]))

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

/** log softmax(x), without leaving the range of floats. */
export const logSoftmax = (axis = -1): Module =>
  new Plain('logSoftmax', (x) => ops(x.graph).op('LogSoftmax', [x], { axis }))

/** Layers one after the other; their names are `layers.0`, `layers.1`, … */
export const sequential = (...layers: readonly Module[]): Module => new Sequential(layers)

/** x + inner(x), or shortcut(x) + inner(x) where the shapes differ (He et al., 2016). */
export const residual = (inner: Module, { shortcut = null }: { shortcut?: Module | null } = {}): Module =>
  new Residual(inner, shortcut)

/** x Phi(x), with the exact error function (Hendrycks and Gimpel, 2016). */
export const gelu = (): Module => new Plain('gelu', geluOf)

export function geluOf(x: Value): Value {
  const g = ops(x.graph)
  return g.mul(g.mul(x, 0.5), g.add(g.op('Erf', [g.mul(x, Math.SQRT1_2)]), 1))
}

/** x sigmoid(x). */
export const silu = (): Module => new Plain('silu', (x) => ops(x.graph).mul(x, ops(x.graph).sigmoid(x)))
export const leakyRelu = (slope = 0.01): Module =>
  new Plain('leakyRelu', (x) => ops(x.graph).op('LeakyRelu', [x], { alpha: { float: slope } }))
export const elu = (alpha = 1): Module =>
  new Plain('elu', (x) => ops(x.graph).op('Elu', [x], { alpha: { float: alpha } }))
/** x tanh(softplus(x)) (Misra, 2019). */
export const mish = (): Module =>
  new Plain('mish', (x) => ops(x.graph).mul(x, ops(x.graph).tanh(ops(x.graph).op('Softplus', [x]))))
/** x min(1, max(0, x / 6 + 1/2)) (Howard et al., 2019). */
export const hardSwish = (): Module => new Plain('hardSwish', (x) => ops(x.graph).op('HardSwish', [x]))
export const softplus = (): Module => new Plain('softplus', (x) => ops(x.graph).op('Softplus', [x]))
