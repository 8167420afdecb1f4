/** @file Padded sequences: what attention may not see changes nothing, and masks that do not fit are named. */
import { describe, expect, it } from 'vitest'
import { newGraph } from '../graph/graph.ts'
import { type DType, type Shape, tensor } from '../graph/tensor.ts'
import { writeModel } from '../onnx/write.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { trace } from './module.ts'
import * as nn from './nn.ts'

const [length, width] = [4, 8]

/** Attention to what is marked, or to all. */
class Reader extends nn.Module {
  attention = nn.multiHeadAttention(width, 2)

  override forward(x: nn.Value, marks?: nn.Value): nn.Value {
    return this.attention.call(x, undefined, marks && nn.paddingMask(marks, 7))
  }
}

const model = nn.initialise(new Reader(), { seed: 1 })

/** What the first position makes of a sequence whose last position holds `last`. */
async function first(last: number, marks: { dtype: DType; values: readonly number[] } | null) {
  const graph = newGraph()
  const x = graph.input('x', 'float32', ['N', length, width])
  const given = marks && graph.input('marks', marks.dtype, ['N', length])
  const bind = ({ parameter: { shape, data } }: { parameter: nn.Parameter }) =>
    graph.constant({ dtype: 'float32', shape, data: data! })
  const y = trace(model, x, bind, null, given ? [given] : [])
  const inputs = given ? [x, given] : [x]
  const session = await nodeRuntime({ threads: 1 }).createSession(
    writeModel({ graph, inputs, outputs: [y], outputNames: ['y'] }),
  )
  const values = Array.from({ length: length * width }, (_, i) =>
    i < (length - 1) * width ? Math.sin(i) : last,
  )
  const results = await session.run({
    x: tensor('float32', [1, length, width], values),
    ...(marks ? { marks: tensor(marks.dtype, [1, length], marks.values) } : {}),
  })
  await session.release()
  return [...(results.y!.data as Float32Array).subarray(0, width)]
}

describe('a padding mask', () => {
  it.each(['float32', 'int64'] as const)('of %s hides what stands in the padding', async (dtype) => {
    const marks = { dtype, values: [1, 2, 3, 7] }
    expect(await first(5, marks)).toEqual(await first(-5, marks))
    expect(await first(5, marks)).not.toEqual(await first(5, null))
    expect(await first(5, { dtype, values: [1, 2, 3, 4] })).toEqual(await first(5, null))
  })

  it('needs one mark a position', () => {
    const marks = newGraph().input('marks', 'float32', [2, 1, length])
    expect(() => nn.paddingMask(marks)).toThrow(/needs \[N, S\], gets \[2, 1, 4\]/)
  })
})

it.each<[DType, Shape, string]>([
  ['float32', [2, length], 'engine/shape-mismatch'],
  ['bool', [3, 1, 1, length], 'engine/shape-mismatch'],
  ['int64', [1, 1, 1, length], 'engine/type-mismatch'],
])('a mask of %s %j is refused by name, with what to do', (dtype, shape, code) => {
  const graph = newGraph()
  const x = graph.input('x', 'float32', [2, length, width])
  const mask = graph.input('mask', dtype, shape)
  class Masked extends nn.Module {
    attention = nn.multiHeadAttention(width, 2)
    override forward(v: nn.Value, m?: nn.Value): nn.Value {
      return this.attention.call(v, undefined, m)
    }
  }
  const bind = ({ parameter }: { parameter: nn.Parameter }) => graph.input('w', 'float32', parameter.shape)
  expect(() => trace(new Masked(), x, bind, null, [mask])).toThrow(
    expect.objectContaining({
      code,
      message: expect.stringContaining('attention: the mask is') as string,
      hint: expect.stringContaining('nn.paddingMask') as string,
    }) as Error,
  )
})
