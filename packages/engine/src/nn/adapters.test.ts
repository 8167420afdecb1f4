/** @file Adapters, dropout and sizes that do not fit. */
import { describe, expect, it } from 'vitest'
import { newGraph } from '../graph/graph.ts'
import { ops } from '../graph/ops.ts'
import { sizeOf, tensor } from '../graph/tensor.ts'
import { writeModel } from '../onnx/write.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { type Module, namedParameters, trace } from './module.ts'
import * as nn from './nn.ts'
import { summarise } from './summary.ts'

const runtime = nodeRuntime({ threads: 1 })

/** Attends from a sequence to twice that sequence. */
class Reader extends nn.Module {
  attention = nn.multiHeadAttention(8, 2)

  override forward(x: nn.Value): nn.Value {
    return this.attention.call(x, ops(x.graph).mul(x, 2))
  }
}

async function outputOf(
  model: Module,
  shape: number[],
  step?: { step: number; seed: number },
): Promise<number[]> {
  const graph = newGraph()
  const x = graph.input('x', 'float32', shape)
  const g = ops(graph)
  const training = step && {
    step: g.scalar(step.step, 'int64'),
    seed: step.seed,
    updates: new Map(),
    streams: 0,
  }
  const y = trace(
    model,
    x,
    ({ parameter }) => graph.constant({ dtype: 'float32', shape: parameter.shape, data: parameter.data! }),
    training ?? null,
  )
  const session = await runtime.createSession(
    writeModel({ graph, inputs: [x], outputs: [g.add(y, 0)], outputNames: ['y'] }),
  )
  const data = Array.from({ length: sizeOf(shape) }, (_, i) => 1 + (i % 7) / 7)
  const { y: result } = await session.run({ x: tensor('float32', shape, data) })
  await session.release()
  return Array.from(result!.data as Float32Array, (v, i) => (training ? v / data[i]! : v))
}

describe('adapters', () => {
  it('change nothing at first, train alone, and merge into the weights', async () => {
    const model = nn.initialise(nn.sequential(nn.linear(6, 5), nn.tanh(), nn.linear(5, 2)), { seed: 1 })
    const before = await outputOf(model, [3, 6])
    expect(nn.addLora(model, { rank: 2, match: 'layers.0' })).toEqual(['layers.0'])
    nn.initialise(model, { seed: 2 })
    expect(await outputOf(model, [3, 6])).toEqual(before)
    const trained = namedParameters(model).filter(({ parameter }) => parameter.trainable)
    expect(trained.map(({ name }) => name)).toEqual(['layers.0.lora_A', 'layers.0.lora_B'])
    expect(summarise(model, [6]).optimiserBytes).toBe(8 * (12 + 10))

    trained[1]!.parameter.data!.forEach((_, i, data) => {
      data[i] = Math.sin(i + 1)
    })
    const adapted = await outputOf(model, [3, 6])
    expect(adapted).not.toEqual(before)
    nn.mergeLora(model)
    expect([...nn.stateDict(model).keys()].some((name) => name.includes('lora'))).toBe(false)
    const merged = await outputOf(model, [3, 6])
    merged.forEach((v, i) => {
      expect(v).toBeCloseTo(adapted[i]!, 5)
    })
  })

  it.each([
    ['itself', () => nn.multiHeadAttention(8, 2, { causal: true })],
    ['another sequence', () => new Reader()],
  ])("fit attention's projections, to %s", async (_, make) => {
    const model = nn.initialise(make(), { seed: 1 })
    const before = await outputOf(model, [2, 5, 8])
    expect(nn.addLora(model, { rank: 3 }).filter((name) => !name.includes('out_proj')).length).toBe(1)
    nn.initialise(model, { seed: 2 })
    expect(await outputOf(model, [2, 5, 8])).toEqual(before)
    for (const { name, parameter } of namedParameters(model)) {
      if (!name.endsWith('lora_B')) continue
      parameter.data = parameter.data!.map((_, i) => Math.sin(i + 1))
    }
    const adapted = await outputOf(model, [2, 5, 8])
    expect(Math.max(...adapted.map((v, i) => Math.abs(v - before[i]!)))).toBeGreaterThan(0.1)
    nn.mergeLora(model)
    const merged = await outputOf(model, [2, 5, 8])
    merged.forEach((v, i) => {
      expect(v).toBeCloseTo(adapted[i]!, 4)
    })
  })

  it('need a linear layer of that name', () => {
    expect(() => nn.addLora(nn.linear(2, 2), { match: 'head*' })).toThrow(
      expect.objectContaining({ code: 'engine/bad-options' }),
    )
  })
})

describe('dropout', () => {
  const shape = [40, 5, 50]
  const masks = (step: number, seed = 1) => outputOf(nn.dropout(0.3), shape, { step, seed })

  it('drops its part, grows the rest, and is nothing in use', async () => {
    const mask = await masks(1)
    const zeros = mask.filter((v) => v === 0).length
    expect(zeros / mask.length).toBeGreaterThan(0.28)
    expect(zeros / mask.length).toBeLessThan(0.32)
    for (const v of mask) if (v !== 0) expect(v).toBeCloseTo(1 / 0.7, 5)
    const data = Array.from({ length: sizeOf(shape) }, (_, i) => Math.fround(1 + (i % 7) / 7))
    expect(await outputOf(nn.dropout(0.3), shape)).toEqual(data)
  })

  it('follows from seed and step, and is even along rows and columns', async () => {
    const first = await masks(1)
    expect(await masks(1)).toEqual(first)
    for (const other of [await masks(2), await masks(1, 2)]) {
      const same = other.filter((v, i) => (v === 0) === (first[i] === 0)).length / first.length
      expect(Math.abs(same - (0.09 + 0.49))).toBeLessThan(0.03)
    }
    for (let column = 0; column < 50; column++) {
      const part = first.filter((_, i) => i % 50 === column).filter((v) => v === 0).length / 200
      expect(Math.abs(part - 0.3)).toBeLessThan(0.17)
    }
    for (let row = 0; row < 200; row++) {
      const part = first.slice(50 * row, 50 * row + 50).filter((v) => v === 0).length / 50
      expect(Math.abs(part - 0.3)).toBeLessThan(0.3)
    }
  })
})

describe('a size that does not fit names the layer, what it declares and what it gets', () => {
  it.each([
    [
      nn.sequential(nn.linear(4, 3), nn.linear(5, 2)),
      [4],
      { layer: 'layers.1', what: 'inputs', declared: 5, got: 3 },
    ],
    [nn.conv2d(3, 4, 3), [1, 8, 8], { layer: 'conv2d', what: 'input channels', declared: 3, got: 1 }],
    [nn.conv1d(3, 4, 3), [3, 8, 8], { layer: 'conv1d', what: 'axes', declared: 3, got: 4 }],
    [nn.sequential(nn.layerNorm(8)), [3, 7], { layer: 'layers.0', what: 'features', declared: 8, got: 7 }],
    [nn.batchNorm(4), [3, 7], { layer: 'batchNorm', what: 'channels', declared: 4, got: 3 }],
    [nn.lstm(4, 2), [3, 7], { layer: 'lstm', what: 'inputs', declared: 4, got: 7 }],
    [nn.multiHeadAttention(8, 2), [3, 6], { layer: 'attention', what: 'features', declared: 8, got: 6 }],
    [nn.transformerEncoder(8, 2), [3], { layer: 'self_attn', what: 'axes', declared: 3, got: 2 }],
  ] satisfies [Module, number[], object][])('%#', (model, shape, details) => {
    expect(() => summarise(model, shape)).toThrow(
      expect.objectContaining({ code: 'engine/shape-mismatch', details }),
    )
  })

  it('an embedding of floats', () => {
    expect(() => summarise(nn.embedding(4, 2), [3])).toThrow(
      expect.objectContaining({ code: 'engine/type-mismatch' }),
    )
  })

  it.each([
    () => nn.multiHeadAttention(8, 3),
    () => nn.multiHeadAttention(6, 2, { rotary: true }),
    () => nn.groupNorm(3, 4),
    () => nn.dropout(1),
    () => nn.convTransposed1d(1, 1, 3, { outputPadding: 1 }),
    () => nn.maxPool2d(2, { padding: 2 }),
    () => nn.gru(3, 0),
  ])('options %#', (make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'engine/bad-options' }))
  })
})
