/** @file The interleaved form of a strided convolution's input gradient is the transposed convolution. */
import { describe, expect, it } from 'vitest'
import { newGraph, topological } from '../graph/graph.ts'
import { ops } from '../graph/ops.ts'
import { rewriteGradients } from '../graph/rewrite/sets.ts'
import { sizeOf, type Tensor } from '../graph/tensor.ts'
import { writeModel } from '../onnx/write.ts'
import { seeded } from '../random.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { gradients } from './gradients.ts'

const runtime = nodeRuntime({ threads: 1 })
const half = { pads: [1, 1, 1, 1], strides: [2, 2] }

describe('input gradients of strided convolutions', () => {
  /** Of the convolution by x: by the interleaved form, and as the transposed convolution that it stands for. */
  it.each([
    ['3x3 by 2', [4, 2, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }],
    ['1x1 by 2', [4, 2, 1, 1], { strides: [2, 2] }],
    ['2x3 by 3', [3, 2, 2, 3], { strides: [3, 3] }],
    ['5x4 by 2', [3, 2, 5, 4], { strides: [2, 2], pads: [2, 1, 2, 1] }],
    ['7x7 by 2, with odd padding', [3, 2, 7, 7], { strides: [2, 2], pads: [3, 2, 3, 3] }],
  ] as const)('%s', async (_, kernel, attributes) => {
    const [size, random] = [[2, 2, 6, 12], seeded(3)]
    const graph = newGraph()
    const g = ops(graph)
    const [x, w] = [graph.input('x', 'float32', size), graph.input('w', 'float32', kernel)]
    const y = g.op('Conv', [x, w], attributes)
    const dy = g.mul(y, 2)
    const [dx] = gradients(g.reduceSum(g.mul(y, y), [0, 1, 2, 3], false), [x])
    const full = g.op('ConvTranspose', [dy, w], { strides: attributes.strides })
    const [top, left] = 'pads' in attributes ? attributes.pads : [0, 0]
    const cut = [top, left].reduce((v, begin, i) => {
      const kept = Math.min(size[i + 2]!, Number(v.shape[i + 2]) - begin)
      const rest = size[i + 2]! - kept
      return g.pad(
        g.slice(v, i + 2, begin, begin + kept),
        Array.from({ length: 8 }, (_z, k) => (k === i + 6 ? rest : 0)),
      )
    }, full)
    const session = await runtime.createSession(
      writeModel({ graph, inputs: [x, w], outputs: [dx!, cut], outputNames: ['dx', 'wanted'] }),
    )
    expect(topological([dx!]).map((n) => n.op)).toContain('DepthToSpace')
    const values = (shape: readonly number[]): Tensor => ({
      dtype: 'float32',
      shape,
      data: Float32Array.from({ length: sizeOf(shape) }, () => 2 * random() - 1),
    })
    const results = await session.run({ x: values(size), w: values(kernel) })
    await session.release()
    const [found, wanted] = ['dx', 'wanted'].map((n) => [...(results[n]!.data as Float32Array)]) as [
      number[],
      number[],
    ]
    expect(Math.max(...found.map((v, i) => Math.abs(v - wanted[i]!)))).toBeLessThan(1e-4)
  })

  it('that read the same picture are interleaved once', async () => {
    const graph = newGraph()
    const g = ops(graph)
    const x = graph.input('x', 'float32', [2, 4, 6, 6])
    const [w, v] = [graph.input('w', 'float32', [4, 4, 3, 3]), graph.input('v', 'float32', [4, 4, 1, 1])]
    const y = g.add(g.op('Conv', [x, w], half), g.op('Conv', [x, v], { strides: [2, 2] }))
    const [dx] = gradients(g.reduceSum(g.mul(y, y), [0, 1, 2, 3], false), [x])
    const used = topological(rewriteGradients([dx!], 1)).map((n) => n.op)
    expect(used.filter((op) => op === 'DepthToSpace')).toHaveLength(1)
    expect(used).not.toContain('ConstantOfShape')
  })
})
