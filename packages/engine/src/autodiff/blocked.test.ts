/** @file Steps on channels in blocks give the values and the gradients of the steps they replace. */
import { describe, expect, it } from 'vitest'
import { newGraph, topological } from '../graph/graph.ts'
import { type Ops, ops } from '../graph/ops.ts'
import { rewriteForTraining, rewriteGradients } from '../graph/rewrite/sets.ts'
import { sizeOf, type Tensor } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'
import { writeModel } from '../onnx/write.ts'
import { seeded } from '../random.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { channelBlockOf } from '../train/channel-block.ts'
import { gradients } from './gradients.ts'

const runtime = nodeRuntime({ threads: 1 })
const block = await channelBlockOf(runtime)

interface Net {
  /** All of them are trained. */
  readonly shapes: Readonly<Record<string, readonly number[]>>
  readonly build: (g: Ops, v: Readonly<Record<string, Value>>) => Value
}

async function run({ shapes, build }: Net, width: number, feeds: Record<string, Tensor>) {
  const graph = newGraph()
  const g = ops(graph)
  const values = Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [name, graph.input(name, 'float32', shape)]),
  )
  const xs = Object.values(values)
  const y = build(g, values)
  const loss = g.reduceMean(
    g.mul(y, g.tanh(y)),
    y.shape.map((_, i) => i),
    false,
  )
  const [value] = rewriteForTraining([loss], xs)
  const outputs = rewriteGradients([value!, ...gradients(value!, xs)], width)
  const names = ['loss', ...Object.keys(shapes)].map((n) => `${n}_out`)
  const session = await runtime.createSession(writeModel({ graph, inputs: xs, outputs, outputNames: names }))
  const results = await session.run(feeds)
  await session.release()
  return {
    values: names.map((n) => results[n]!.data as Float32Array),
    ops: topological(outputs).map((n) => n.opaque?.op ?? n.op),
  }
}

/** @returns the ops on blocks */
async function expectSame(net: Net) {
  const random = seeded(5)
  const feeds = Object.fromEntries(
    Object.entries(net.shapes).map(([name, shape]) => {
      const data = Float32Array.from({ length: sizeOf(shape) }, () => 2 * random() - 1)
      return [name, { dtype: 'float32' as const, shape, data }]
    }),
  )
  const [plain, blocked] = [await run(net, 1, feeds), await run(net, block, feeds)]
  for (const [i, values] of plain.values.entries()) {
    const size = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0)
    const error = values.reduce((most, v, j) => Math.max(most, Math.abs(v - blocked.values[i]![j]!)), 0)
    expect(error / size, `output ${i}`).toBeLessThan(2e-5)
  }
  return blocked.ops
}

const same = { pads: [1, 1, 1, 1] }
const half = { pads: [1, 1, 1, 1], strides: [2, 2] }
const axes = [0, 2, 3]

function batchNorm(g: Ops, x: Value, weight: Value, bias: Value): Value {
  const centred = g.sub(x, g.reduceMean(x, axes))
  const variance = g.reduceMean(g.mul(centred, centred), axes)
  return g.add(g.mul(centred, g.div(weight, g.sqrt(g.add(variance, 1e-5)))), bias)
}

const channel = (c: number): number[] => [c, 1, 1]

describe.skipIf(block === 1)('channels in blocks', () => {
  it('a residual block that halves the picture, with batch norms', async () => {
    const used = await expectSame({
      shapes: {
        x: [4, 16, 8, 6],
        w1: [32, 16, 3, 3],
        w2: [32, 32, 3, 3],
        w3: [32, 16, 1, 1],
        ...Object.fromEntries([1, 2, 3].flatMap((i) => [`s${i}`, `b${i}`].map((n) => [n, channel(32)]))),
      },
      build: (g, { x, w1, w2, w3, s1, s2, s3, b1, b2, b3 }) => {
        const first = g.relu(batchNorm(g, g.op('Conv', [x!, w1!], half), s1!, b1!))
        const inner = batchNorm(g, g.op('Conv', [first, w2!], same), s2!, b2!)
        const shortcut = batchNorm(g, g.op('Conv', [x!, w3!], { strides: [2, 2] }), s3!, b3!)
        return g.op('GlobalAveragePool', [g.relu(g.add(inner, shortcut))])
      },
    })
    // What the gradients of three weights and of x read.
    expect(used.filter((op) => op === 'ReorderOutput').length).toBeLessThan(6)
    expect(used).not.toContain('Relu')
  })

  it('a residual block whose picture is added as it is, and read again', async () => {
    const used = await expectSame({
      shapes: { x: [2, 16, 5, 7], w: [16, 16, 3, 3], v: [16, 16, 3, 3], s: channel(16), b: channel(16) },
      build: (g, { x, w, v, s, b }) => {
        const first = g.op('Conv', [x!, w!], same)
        const inner = batchNorm(g, g.op('Conv', [g.relu(first), v!], same), s!, b!)
        return g.mul(g.relu(g.add(inner, first)), first)
      },
    })
    expect(used).toContain('GlobalAveragePool')
  })

  it('a first layer with few channels, kernels of all sizes, dilations, biases', async () => {
    const used = await expectSame({
      shapes: {
        x: [2, 3, 9, 9],
        ...{ w1: [16, 3, 5, 5], b1: [16], w2: [32, 16, 3, 3], b2: [32], w3: [16, 32, 1, 3] },
      },
      build: (g, { x, w1, b1, w2, b2, w3 }) => {
        const first = g.op('LeakyRelu', [g.op('Conv', [x!, w1!, b1!], { pads: [2, 1, 2, 0] })])
        const second = g.tanh(g.op('Conv', [first, w2!, b2!], { dilations: [2, 2], pads: [2, 2, 2, 2] }))
        return g.mul(g.op('Conv', [second, w3!], {}), 0.5)
      },
    })
    expect(used).not.toContain('ReorderInput')
  })

  it('pools, slices, concatenations and plain ops between them', async () => {
    await expectSame({
      shapes: { x: [2, 32, 8, 8], w1: [16, 32, 3, 3], w2: [16, 32, 3, 3], w3: [16, 32, 3, 3] },
      build: (g, { x, w1, w2, w3 }) => {
        const a = g.relu(g.op('Conv', [x!, w1!], same))
        const b = g.op('Conv', [x!, w2!], same)
        const both = g.concat([a, b], 1)
        const pooled = g.op('MaxPool', [both], { kernel_shape: [2, 2], strides: [2, 2] })
        const cut = g.slice(g.op('Conv', [pooled, w3!], same), 2, 1, 4, 2)
        return g.add(g.reduceSum(cut, [2, 3]), g.reduceMean(g.mul(a, b), [2, 3]))
      },
    })
  })

  it('operands that are repeated, on either side', async () => {
    await expectSame({
      shapes: { x: [3, 16, 5, 4], w: [16, 16, 3, 3], c: [1, 16, 1, 1], n: [3, 16, 1, 1], p: [3, 16, 5, 4] },
      build: (g, { x, w, c, n, p }) => {
        const y = g.op('Conv', [x!, w!], same)
        const gated = g.mul(y, g.sigmoid(n!))
        const turned = g.sub(c!, g.mul(c!, g.sub(2, gated)))
        const divided = g.div(turned, g.add(g.mul(c!, c!), 1))
        return g.sub(g.add(divided, p!), g.sub(n!, g.add(y, g.sub(y, c!))))
      },
    })
  })

  it('a picture whose stride does not divide it', async () => {
    await expectSame({
      shapes: { x: [2, 16, 7, 9], w: [16, 16, 3, 3], v: [16, 16, 1, 1] },
      build: (g, { x, w, v }) =>
        g.add(g.op('Conv', [x!, w!], half), g.op('Conv', [x!, v!], { strides: [2, 2] })),
    })
  })

  it('leaves other convolutions as they are', async () => {
    const groups: Net = {
      shapes: { x: [2, 32, 4, 4], w: [32, 16, 3, 3] },
      build: (g, { x, w }) => g.op('Conv', [x!, w!], { group: 2, ...same }),
    }
    const narrow: Net = {
      shapes: { x: [2, 20, 4, 4], w: [12, 20, 3, 3] },
      build: (g, { x, w }) => g.op('Conv', [x!, w!], same),
    }
    for (const net of [groups, narrow]) expect(await expectSame(net)).not.toContain('ReorderInput')
  })
})
