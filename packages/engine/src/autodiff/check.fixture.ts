/** @file The seeded gradient checker: directional derivatives against central differences. */
import { EngineError } from '../errors.ts'
import { newGraph } from '../graph/graph.ts'
import { type Ops, ops } from '../graph/ops.ts'
import { type RewriteRule, rewrite } from '../graph/rewrite/rewrite.ts'
import { type DType, sizeOf, type Tensor, tensor } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'
import { writeModel } from '../onnx/write.ts'
import { type Random, seeded } from '../random.ts'
import type { Runtime } from '../runtime/session.ts'
import { gradients } from './gradients.ts'

export interface GradCase {
  readonly op: string
  readonly name?: string
  readonly shapes: readonly (readonly number[])[]
  readonly build: (g: Ops, ...inputs: Value[]) => Value
  /** Where the inputs lie; -1 to 1 unless given. Keep it where the function is smooth. */
  readonly range?: readonly [number, number]
  /** Distinct values at least this far apart, for ops that compare: the maximum must not change hands. */
  readonly apart?: number
  /** For ops that ONNX Runtime has in float32 only. */
  readonly dtype?: DType
  readonly rewrites?: readonly RewriteRule[]
}

const directions = 3

/**
 * The largest error of the directional derivatives, relative to their size; of order 2 those of a weighted sum of the
 * gradients.
 */
export async function gradientError(runtime: Runtime, c: GradCase, seed = 1, order = 1): Promise<number> {
  const dtype = c.dtype ?? 'float64'
  const random = seeded(seed)
  const graph = newGraph()
  const g = ops(graph)
  const inputs = c.shapes.map((shape, i) => graph.input(`x${i}`, dtype, shape))
  const y = c.build(g, ...inputs)
  const plain = weighted(g, [y], random)
  const first = rewrite([plain], c.rewrites ?? [], inputs)[0]!
  const loss = order === 1 ? first : weighted(g, gradients(first, inputs), random)
  const model = {
    graph,
    inputs,
    outputs: [
      loss,
      ...(order === 1 ? gradients(loss, inputs) : inputs.map((x) => gradientOrZero(g, loss, x))),
    ],
    outputNames: ['loss', ...inputs.map((_, i) => `dx${i}`)],
  }
  const session = await runtime.createSession(writeModel(model))
  const points = c.shapes.map((s, i) =>
    c.apart === undefined
      ? uniform(random, sizeOf(s), ...(c.range ?? [-1, 1]))
      : spread(random, sizeOf(s), c.apart, i),
  )
  const feeds = (at: readonly (readonly number[])[]): Record<string, Tensor> =>
    Object.fromEntries(at.map((values, i) => [`x${i}`, tensor(dtype, c.shapes[i]!, values)]))
  const lossAt = async (at: readonly (readonly number[])[]): Promise<number> =>
    Number((await session.run(feeds(at), ['loss'])).loss!.data[0])
  const exact = await session.run(feeds(points))
  const h = dtype === 'float64' ? 1e-5 : 2e-2
  let worst = 0
  for (let d = 0; d < directions; d++) {
    const way = c.shapes.map((s) => uniform(random, sizeOf(s), -1, 1))
    const moved = (sign: number) =>
      points.map((values, i) => values.map((v, j) => v + sign * h * way[i]![j]!))
    const difference = ((await lossAt(moved(1))) - (await lossAt(moved(-1)))) / (2 * h)
    const terms = way.flatMap((values, i) => values.map((v, j) => v * Number(exact[`dx${i}`]!.data[j])))
    const slope = terms.reduce((a, b) => a + b, 0)
    const size = terms.reduce((a, b) => a + Math.abs(b), 0)
    worst = Math.max(worst, Math.abs(difference - slope) / Math.max(size, order === 1 ? 1e-3 : 0.1))
  }
  await session.release()
  return worst
}

/** A gradient that does not depend on x has no further one: the differences then prove that it is zero. */
function gradientOrZero(g: Ops, loss: Value, x: Value): Value {
  try {
    return gradients(loss, [x])[0]!
  } catch (cause) {
    if (cause instanceof EngineError && cause.code === 'engine/not-differentiable') return g.full(x, 0)
    throw cause
  }
}

/** The sum of all elements, each with a random weight, so that every element of the gradient counts. */
function weighted(g: Ops, values: readonly Value[], random: Random): Value {
  const sums = values.map((v, i) => {
    const shape = v.shape as readonly number[]
    const weights = tensor(v.dtype, shape, uniform(random, sizeOf(shape), 0.5, 1.5))
    const product = g.mul(v, g.graph.constant(weights, `weights${i}`))
    return g.reduceSum(
      product,
      shape.map((_, axis) => axis),
      false,
    )
  })
  return sums.reduce((a, b) => g.add(a, b))
}

/** Errors below this prove a rule: central differences are exact to h^2, rounding adds epsilon / h. */
export const tolerance = (c: GradCase): number => (c.dtype === 'float32' ? 2e-3 : 1e-6)

const uniform = (random: Random, n: number, low: number, high: number): number[] =>
  Array.from({ length: n }, () => low + (high - low) * random())

/** Multiples of `apart` in a random order, around zero but none closer to it than half of `apart`. */
function spread(random: Random, n: number, apart: number, input: number): number[] {
  const values = Array.from({ length: n }, (_, i) => (i - n / 2 + 0.25 + 0.3 * input) * apart)
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[values[i], values[j]] = [values[j]!, values[i]!]
  }
  return values
}
