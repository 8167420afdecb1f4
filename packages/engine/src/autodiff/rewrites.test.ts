/** @file Rewritten graphs give the values and the gradients of the graphs they replace. */
import { describe, expect, it } from 'vitest'
import { newGraph, topological } from '../graph/graph.ts'
import { type Ops, ops } from '../graph/ops.ts'
import { poolWithIndices } from '../graph/rewrite/pools.ts'
import { rewrite } from '../graph/rewrite/rewrite.ts'
import { rewriteForTraining } from '../graph/rewrite/sets.ts'
import { sizeOf, type Tensor, tensor } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'
import { writeModel } from '../onnx/write.ts'
import { seeded } from '../random.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { gradients } from './gradients.ts'

const runtime = nodeRuntime({ threads: 1 })

interface Net {
  readonly shapes: Readonly<Record<string, readonly number[]>>
  /** Inputs that are trained; the others are data. */
  readonly trained: readonly string[]
  readonly build: (g: Ops, v: Readonly<Record<string, Value>>) => Value
}

/** Only what differentiating needs, nothing for speed. */
const plainly: typeof rewriteForTraining = (outputs, trained) => rewrite(outputs, [poolWithIndices], trained)

async function run(
  { shapes, trained, build }: Net,
  rewriting: typeof rewriteForTraining,
  feeds: Record<string, Tensor>,
) {
  const graph = newGraph()
  const g = ops(graph)
  const values = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, graph.input(name, 'float32', shape)]),
  )
  const y = build(g, values)
  const loss = g.reduceMean(
    g.mul(y, g.tanh(y)),
    y.shape.map((_, i) => i),
    false,
  )
  const xs = trained.map((name) => values[name]!)
  const rewritten = rewriting([loss], xs)[0]!
  const outputs = [rewritten, ...gradients(rewritten, xs)]
  const names = ['loss', ...trained]
  const session = await runtime.createSession(
    writeModel({ graph, inputs: Object.values(values), outputs, outputNames: names.map((n) => `${n}_out`) }),
  )
  const used = new Set(topological(outputs).map((n) => n.op))
  const results = await session.run(feeds)
  await session.release()
  return { values: names.map((n) => [...(results[`${n}_out`]!.data as Float32Array)]), ops: used }
}

async function expectSame(net: Net, blank = false) {
  const random = seeded(11)
  const feeds = Object.fromEntries(
    Object.entries(net.shapes).map(([name, shape]) => {
      const data = Float32Array.from({ length: sizeOf(shape) }, () =>
        blank && name === 'x' && random() < 0.7 ? 0 : 2 * random() - 1,
      )
      return [name, { dtype: 'float32' as const, shape, data }]
    }),
  )
  const plain = await run(net, plainly, feeds)
  const better = await run(net, rewriteForTraining, feeds)
  for (const [i, values] of plain.values.entries()) {
    const size = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
    const error = values.reduce((most, v, j) => Math.max(most, Math.abs(v - better.values[i]![j]!)), 0)
    expect(error / size, `output ${i}`).toBeLessThan(1e-5)
  }
  return better.ops
}

const cnn = (pool: number[], act: string | null, x = [4, 2, 9, 8], bias = true): Net => {
  const pooled = [Math.floor((x[2]! - 2) / pool[0]!), Math.floor((x[3]! - 2) / pool[1]!)]
  return {
    shapes: { x, w: [3, x[1]!, 3, 3], b: [3], fc: [5, 3 * sizeOf(pooled)], fcb: [5] },
    trained: bias ? ['w', 'b', 'fc', 'fcb'] : ['w', 'fc', 'fcb'],
    build: (g, { x, w, b, fc, fcb }) => {
      const conv = g.op('Conv', bias ? [x!, w!, b!] : [x!, w!])
      const maps = g.op('MaxPool', [act === null ? conv : g.op(act, [conv])], {
        kernel_shape: pool,
        strides: pool,
      })
      return g.gemm(g.flatten(maps), fc!, { transB: true, bias: fcb! })
    },
  }
}

describe('a first convolution with its pool', () => {
  it.each([
    ['2x2, relu', cnn([2, 2], 'Relu')],
    ['2x2, no activation', cnn([2, 2], null)],
    ['3x1, tanh', cnn([3, 1], 'Tanh')],
    ['3x3, relu, one channel', cnn([3, 3], 'Relu', [2, 1, 11, 12])],
    ['1x2, no bias', cnn([1, 2], 'Relu', [3, 2, 6, 6], false)],
    ['batch of one', cnn([2, 2], 'Relu', [1, 1, 6, 6])],
  ] as const)('%s', async (_, net) => {
    const used = await expectSame(net)
    expect(used.has('MaxPool')).toBe(false)
    expect(used.has('Conv')).toBe(false)
  })

  it('with blank areas, where all values of a window are equal', async () => {
    await expectSame(cnn([2, 2], 'Relu', [4, 1, 12, 12]), true)
  })
})

describe('what the product form does not fit keeps its pool', () => {
  it('a picture that is trained itself', async () => {
    const net = cnn([2, 2], 'Relu')
    const used = await expectSame({ ...net, trained: ['x', ...net.trained] })
    expect(used.has('MaxPool')).toBe(true)
  })

  it('large patches', async () => {
    expect((await expectSame(cnn([2, 2], 'Relu', [2, 8, 8, 8]))).has('MaxPool')).toBe(true)
  })

  it('maps that something else reads too', async () => {
    const net = cnn([2, 2], 'Relu')
    const build: Net['build'] = (g, v) => {
      const maps = g.relu(g.op('Conv', [v.x!, v.w!, v.b!]))
      const pooled = g.op('MaxPool', [maps], { kernel_shape: [2, 2], strides: [2, 2] })
      const out = g.gemm(g.flatten(pooled), v.fc!, { transB: true, bias: v.fcb! })
      return g.add(out, g.reduceMean(maps, [0, 1, 2, 3], false))
    }
    expect((await expectSame({ ...net, build })).has('MaxPool')).toBe(true)
  })
})

describe('linear layers of sequences', () => {
  const [n, t, size, hidden] = [2, 3, 4, 6]
  const mlp = (build: Net['build']): Net => ({
    shapes: { x: [n, t, size], w1: [hidden, size], b1: [hidden], w2: [hidden, size], b2: [size] },
    trained: ['x', 'w1', 'b1', 'w2', 'b2'],
    build,
  })
  const linear1: Net['build'] = (g, { x, w1, b1 }) => g.add(g.matMul(x!, g.transpose(w1!, [1, 0])), b1!)

  it('become one Gemm each, with the factors of GELU inside', async () => {
    const used = await expectSame(mlp((g, v) => g.add(g.matMul(g.op('Gelu', [linear1(g, v)]), v.w2!), v.b2!)))
    expect(used.has('Gelu')).toBe(false)
    expect(used.has('Erf')).toBe(true)
  })

  it('of a size that leaves the cache add their bias behind the product, and their weights have the same gradient', async () => {
    const large = (factor: number): Net => ({
      shapes: { x: [2, 512, 300], w1: [600, 300], b1: [600], w2: [600, 300], b2: [300] },
      trained: ['x', 'w1', 'b1', 'w2', 'b2'],
      build: (g, v) => {
        const hidden = g.mul(g.tanh(g.mul(linear1(g, v), factor)), 0.1)
        return g.mul(g.add(g.matMul(hidden, v.w2!), v.b2!), 0.1)
      },
    })
    await expectSame(large(0.1))
    await expectSame(large(1))
  }, 30_000)

  it('keep a product that something else reads', async () => {
    await expectSame(
      mlp((g, v) => {
        const product = g.matMul(v.x!, g.transpose(v.w1!, [1, 0]))
        const hidden = g.mul(g.add(product, v.b1!), 0.5)
        return g.add(g.add(g.matMul(g.mul(product, hidden), v.w2!), v.b2!), g.reduceMean(product, [0, 1, 2]))
      }),
    )
  })

  it('keep a factor that something else reads', async () => {
    await expectSame(
      mlp((g, v) => {
        const hidden = g.mul(linear1(g, v), 3)
        const half = g.mul(hidden, 0.5)
        const out = g.add(g.matMul(half, v.w2!), v.b2!)
        return g.add(out, g.reduceMean(g.mul(half, hidden), [0, 1, 2]))
      }),
    )
  })
})

describe('attention', () => {
  const [n, heads, length, d] = [2, 2, 128, 4]
  const shape = [n, heads, length, d]
  /** 0 where `sees(i, j)`, else what hides. */
  const masked = (sees: (i: number, j: number) => boolean, hidden = -1e9): Net => ({
    shapes: { q: shape, k: shape, v: shape },
    trained: ['q', 'k', 'v'],
    build: (g, { q, k, v }) => {
      const values = Array.from({ length: length * length }, (_, at) =>
        sees(Math.floor(at / length), at % length) ? 0 : hidden,
      )
      const mask = g.graph.constant(tensor('float32', [length, length], values))
      const scores = g.add(g.matMul(q!, g.transpose(k!, [0, 1, 3, 2])), mask)
      return g.matMul(g.op('Softmax', [scores], { axis: -1 }), v!)
    },
  })

  it.each([
    ['causal, by blocks of queries', masked((i, j) => j <= i), true],
    ['causal with a window', masked((i, j) => j <= i && j > i - 20), true],
    ['causal, by infinity', masked((i, j) => j <= i, Number.NEGATIVE_INFINITY), true],
    ['causal in groups that end elsewhere', masked((i, j) => j < 50 || i >= 64), true],
    ['that sees everything', masked(() => true), false],
    ['that sees forwards', masked((i, j) => j >= i), false],
    ['with weak masks', masked((i, j) => j <= i, -3), false],
  ] as const)('%s', async (_, net, blocks) => {
    expect((await expectSame(net)).has('Concat')).toBe(blocks)
  })

  it('whose weights something else reads stays whole', async () => {
    const net = masked((i, j) => j <= i)
    const build: Net['build'] = (g, x) => {
      const out = net.build(g, x)
      return g.add(out, g.reduceMean(out.node!.inputs[0]!, [0, 1, 2, 3], false))
    }
    await expectSame({ ...net, build })
  })
})
