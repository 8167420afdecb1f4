/** @file Optimisers against their formulas, step by step. */
import { describe, expect, it } from 'vitest'
import { newGraph } from '../graph/graph.ts'
import { tensor } from '../graph/tensor.ts'
import { writeModel } from '../onnx/write.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { adam } from './adam.ts'
import type { Optimiser } from './optimiser.ts'
import { sgd } from './sgd.ts'

const start = [0.5, -1, 2]
const gradientAt = (step: number): number[] => start.map((p, i) => Math.sin(step + i) * (p + 1) + 0.1)

async function run(optimiser: Optimiser, steps: number): Promise<number[]> {
  const graph = newGraph()
  const [parameters, gradient, step, rate] = [
    graph.input('p', 'float32', [3]),
    graph.input('g', 'float32', [3]),
    graph.input('t', 'int64', []),
    graph.input('rate', 'float32', []),
  ]
  const slots = Array.from({ length: optimiser.slots }, (_, i) => graph.input(`s${i}`, 'float32', [3]))
  const next = optimiser.update({ parameters, gradient, slots, step, learningRate: rate })
  const outputs = [next.parameters, ...next.slots]
  const session = await nodeRuntime({ threads: 1 }).createSession(
    writeModel({
      graph,
      inputs: [parameters, gradient, step, rate, ...slots],
      outputs,
      outputNames: outputs.map((_, i) => `o${i}`),
    }),
  )
  let state = [start, ...slots.map(() => [0, 0, 0])]
  for (let t = 1; t <= steps; t++) {
    const feeds = {
      p: state[0]!,
      g: gradientAt(t),
      ...Object.fromEntries(slots.map((_, i) => [`s${i}`, state[i + 1]!])),
    }
    const used = new Set(session.inputNames)
    const all = {
      ...Object.fromEntries(Object.entries(feeds).map(([name, v]) => [name, tensor('float32', [3], v)])),
      t: tensor('int64', [], [t]),
      rate: tensor('float32', [], [optimiser.learningRate]),
    }
    const results = await session.run(
      Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name))),
    )
    state = outputs.map((_, i) => Array.from(results[`o${i}`]!.data as Float32Array))
  }
  return state[0]!
}

const close = (actual: number[], expected: number[]): void => {
  actual.forEach((v, i) => {
    expect(v).toBeCloseTo(expected[i]!, 5)
  })
}

describe('adam', () => {
  it.each([0, 0.05])('follows algorithm 1, with decoupled decay %f', async (weightDecay) => {
    let [p, m, v] = [start, [0, 0, 0], [0, 0, 0]]
    for (let t = 1; t <= 5; t++) {
      const g = gradientAt(t)
      m = m.map((x, i) => 0.9 * x + 0.1 * g[i]!)
      v = v.map((x, i) => 0.999 * x + 0.001 * g[i]! ** 2)
      p = p.map(
        (x, i) =>
          x * (1 - 0.01 * weightDecay) -
          (0.01 * (m[i]! / (1 - 0.9 ** t))) / (Math.sqrt(v[i]! / (1 - 0.999 ** t)) + 1e-8),
      )
    }
    close(await run(adam({ learningRate: 0.01, weightDecay }), 5), p)
  })
})

describe('sgd', () => {
  it.each([
    { momentum: 0, nesterov: false, weightDecay: 0 },
    { momentum: 0, nesterov: false, weightDecay: 0.1 },
    { momentum: 0.9, nesterov: false, weightDecay: 0 },
    { momentum: 0.9, nesterov: true, weightDecay: 0.1 },
  ])('%o', async ({ momentum, nesterov, weightDecay }) => {
    let [p, b] = [start, [0, 0, 0]]
    for (let t = 1; t <= 4; t++) {
      const g = gradientAt(t).map((x, i) => x + weightDecay * p[i]!)
      b = b.map((x, i) => momentum * x + g[i]!)
      p = p.map((x, i) => x - 0.1 * (nesterov ? g[i]! + momentum * b[i]! : b[i]!))
    }
    close(await run(sgd({ learningRate: 0.1, momentum, nesterov, weightDecay }), 4), p)
  })

  it('needs a momentum for nesterov', () => {
    expect(() => sgd({ learningRate: 0.1, nesterov: true })).toThrow(
      expect.objectContaining({ code: 'engine/bad-options' }),
    )
  })
})
