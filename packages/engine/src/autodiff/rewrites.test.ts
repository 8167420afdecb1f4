/** @file Rewritten graphs give the values and the gradients of the graphs they replace. */
import { describe, expect, it } from 'vitest'
import { newGraph, topological } from '../graph/graph.ts'
import { type Ops, ops } from '../graph/ops.ts'
import { poolWithIndices } from '../graph/rewrite/pools.ts'
import { type RewriteRule, rewrite } from '../graph/rewrite/rewrite.ts'
import { trainingRewrites } from '../graph/rewrite/sets.ts'
import { sizeOf, type Tensor } from '../graph/tensor.ts'
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

async function run(
  { shapes, trained, build }: Net,
  rules: readonly RewriteRule[],
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
  const rewritten = rewrite([loss], rules, xs)[0]!
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
  const plain = await run(net, [poolWithIndices], feeds)
  const better = await run(net, trainingRewrites, feeds)
  for (const [i, values] of plain.values.entries()) {
    const size = Math.max(...values.map(Math.abs))
    const error = Math.max(...values.map((v, j) => Math.abs(v - better.values[i]![j]!)))
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
