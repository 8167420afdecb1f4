/** @file Optimisers against their formulas, step by step. */
import { describe, expect, it } from 'vitest'
import { newGraph } from '../graph/graph.ts'
import { ops } from '../graph/ops.ts'
import { tensor } from '../graph/tensor.ts'
import { writeModel } from '../onnx/write.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { adagrad } from './adagrad.ts'
import { adam, adamW } from './adam.ts'
import { clipped } from './clip.ts'
import { lion } from './lion.ts'
import { type Optimiser, withGroups } from './optimiser.ts'
import { rmsprop } from './rmsprop.ts'
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

describe('lion', () => {
  it.each([0, 0.3])('follows algorithm 2 with decay %f', async (weightDecay) => {
    let [p, m] = [start, [0, 0, 0]]
    for (let t = 1; t <= 5; t++) {
      const g = gradientAt(t)
      p = p.map((x, i) => x - 0.01 * (Math.sign(0.9 * m[i]! + 0.1 * g[i]!) + weightDecay * x))
      m = m.map((x, i) => 0.99 * x + 0.01 * g[i]!)
    }
    close(await run(lion({ learningRate: 0.01, weightDecay }), 5), p)
  })
})

describe('rmsprop', () => {
  it.each([
    { momentum: 0, centred: false, weightDecay: 0 },
    { momentum: 0.9, centred: false, weightDecay: 0.1 },
    { momentum: 0.9, centred: true, weightDecay: 0 },
    { momentum: 0, centred: true, weightDecay: 0.1 },
  ])('%o', async (o) => {
    let [p, v, mean, b] = [start, [0, 0, 0], [0, 0, 0], [0, 0, 0]]
    for (let t = 1; t <= 5; t++) {
      const g = gradientAt(t).map((x, i) => x + o.weightDecay * p[i]!)
      v = v.map((x, i) => 0.99 * x + 0.01 * g[i]! ** 2)
      mean = mean.map((x, i) => 0.99 * x + 0.01 * g[i]!)
      const spread = v.map((x, i) => (o.centred ? x - mean[i]! ** 2 : x))
      b = b.map((x, i) => o.momentum * x + g[i]! / (Math.sqrt(spread[i]!) + 1e-8))
      p = p.map((x, i) => x - 0.01 * b[i]!)
    }
    const got = await run(rmsprop({ learningRate: 0.01, ...o }), 5)
    got.forEach((x, i) => {
      expect(x).toBeCloseTo(p[i]!, 4)
    })
  })
})

describe('adagrad', () => {
  it.each([
    { rateDecay: 0, weightDecay: 0 },
    { rateDecay: 0.1, weightDecay: 0.2 },
  ])('%o', async (o) => {
    let [p, s] = [start, [0, 0, 0]]
    for (let t = 1; t <= 5; t++) {
      const g = gradientAt(t).map((x, i) => x + o.weightDecay * p[i]!)
      s = s.map((x, i) => x + g[i]! ** 2)
      p = p.map((x, i) => x - ((0.1 / (1 + (t - 1) * o.rateDecay)) * g[i]!) / (Math.sqrt(s[i]!) + 1e-10))
    }
    close(await run(adagrad({ learningRate: 0.1, ...o }), 5), p)
  })
})

describe('adamW', () => {
  it('is adam with a decay, and groups without one', () => {
    const optimiser = adamW({ noDecay: ['*.bias', /norm/] })
    expect(optimiser.settings).toMatchObject({ weightDecay: 0.01 })
    expect(optimiser.groups).toEqual([{ match: ['*.bias', /norm/], weightDecay: 0 }])
    expect(withGroups(optimiser, [{ match: 'head*', learningRate: 1 }]).settings.groups).toEqual([
      { match: ['head*'], learningRate: 1 },
      { match: ['*.bias', '/norm/'], weightDecay: 0 },
    ])
  })
})

describe('clipping', () => {
  const clip = async (options: Parameters<typeof clipped>[1]): Promise<number[]> => {
    const graph = newGraph()
    const x = graph.input('x', 'float32', [3])
    // The norm is that of all pieces together.
    const pieces = ops(graph).split(x, [1, 2], 0)
    const y = ops(graph).concat(clipped(pieces, options), 0)
    const session = await nodeRuntime({ threads: 1 }).createSession(
      writeModel({ graph, inputs: [x], outputs: [y], outputNames: ['y'] }),
    )
    return Array.from(
      (await session.run({ x: tensor('float32', [3], [3, -4, 0.5]) })).y!.data as Float32Array,
    )
  }

  it('by value, by norm, by both', async () => {
    const length = Math.hypot(3, -4, 0.5) + 1e-6
    close(await clip({ value: 1 }), [1, -1, 0.5])
    close(await clip({ norm: 2 }), [(3 * 2) / length, (-4 * 2) / length, (0.5 * 2) / length])
    close(await clip({ norm: 100 }), [3, -4, 0.5])
    close(await clip({ value: 1, norm: 1.5 }), [1, -1, 0.5])
  })

  it('refuses a limit that is not positive', async () => {
    await expect(clip({ norm: 0 })).rejects.toThrow(expect.objectContaining({ code: 'engine/bad-options' }))
  })
})
