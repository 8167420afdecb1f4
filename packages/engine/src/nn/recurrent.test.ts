/** @file Recurrent layers: directions and lengths. */
import { describe, expect, it } from 'vitest'
import { newGraph } from '../graph/graph.ts'
import { tensor } from '../graph/tensor.ts'
import { writeModel } from '../onnx/write.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { type Module, namedParameters, trace } from './module.ts'
import * as nn from './nn.ts'
import { gru, lstm, type RecurrentOptions, rnn } from './recurrent.ts'
import { initialise, stateDict } from './state.ts'

const runtime = nodeRuntime({ threads: 1 })
const kinds = { rnn, lstm, gru }

class WithLengths extends nn.Module {
  readonly inner: Module
  readonly lengths: nn.Value | undefined

  constructor(inner: Module, lengths: nn.Value | undefined) {
    super()
    this.inner = inner
    this.lengths = lengths
  }

  override forward(x: nn.Value): nn.Value {
    return this.inner.call(x, this.lengths)
  }
}

/** What the layer gives for x [N, T, 2]. */
async function outputOf(inner: Module, x: readonly number[][][], lengths?: readonly number[]) {
  const graph = newGraph()
  const shape = [x.length, x[0]!.length, 2]
  const input = graph.input('x', 'float32', shape)
  const ends = lengths && graph.constant(tensor('int32', [lengths.length], lengths))
  const model = new WithLengths(inner, ends)
  namedParameters(model)
  const state = stateDict(model)
  const y = trace(model, input, ({ name }) => {
    const { shape, data } = state.get(name)!
    return graph.constant({ dtype: 'float32', shape, data }, name)
  })
  const session = await runtime.createSession(
    writeModel({ graph, inputs: [input], outputs: [y], outputNames: ['y'] }),
  )
  const result = await session.run({ x: tensor('float32', shape, x.flat(2)) })
  await session.release()
  return result.y!
}

const sample = (length: number, k: number): number[][] =>
  Array.from({ length }, (_, t) => [Math.sin(k + t), Math.cos(k * t)])
const padded = (steps: number[][], to: number): number[][] => [
  ...steps,
  ...Array.from({ length: to - steps.length }, () => [9, -9]),
]

describe.each(['rnn', 'lstm', 'gru'] as const)('%s', (kind) => {
  it.each<[string, RecurrentOptions]>([
    ['one way', {}],
    ['both ways, two layers', { bidirectional: true, layers: 2 }],
    ['both ways, the last state', { bidirectional: true, last: true }],
    ['without biases', { bias: false, layers: 2 }],
  ])('padding changes nothing where lengths are given: %s', async (_, options) => {
    const layer = initialise(kinds[kind](2, 3, options), { seed: 3 })
    const samples = [sample(4, 1), sample(2, 2), sample(1, 3)]
    const batch = await outputOf(
      layer,
      samples.map((s) => padded(s, 5)),
      [4, 2, 1],
    )
    const width = batch.shape.at(-1)!
    for (const [i, steps] of samples.entries()) {
      const alone = await outputOf(layer, [steps])
      const expected = options.last
        ? [...alone.data]
        : [...alone.data, ...Array((5 - steps.length) * width).fill(0)]
      const each = batch.data.length / samples.length
      const got = [...batch.data.slice(i * each, (i + 1) * each)]
      expect(got.map(Number)).toHaveLength(expected.length)
      for (const [j, v] of got.entries()) expect(Number(v)).toBeCloseTo(Number(expected[j]), 6)
    }
  })
})

describe('lengths', () => {
  it('must be one whole number a sample', () => {
    const graph = newGraph()
    const x = graph.input('x', 'float32', [2, 3, 2])
    const call = (lengths: nn.Value) => () =>
      trace(new WithLengths(rnn(2, 3), lengths), x, ({ name, parameter }) =>
        graph.input(name, 'float32', parameter.shape),
      )
    expect(call(graph.input('l', 'int32', [3]))).toThrow(
      expect.objectContaining({ code: 'engine/shape-mismatch' }),
    )
    expect(call(graph.input('l', 'float32', [2]))).toThrow(
      expect.objectContaining({ code: 'engine/type-mismatch' }),
    )
  })
})
