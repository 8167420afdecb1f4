/** @file The estimate counts the operations and the memory of a step, and times what the graph holds. */
import { describe, expect, it } from 'vitest'
import * as nn from '../../nn/nn.ts'
import { sgd } from '../../optim/sgd.ts'
import { nodeRuntime } from '../../runtime/node.ts'
import { mnist, SimpleCNN } from '../mnist.fixture.ts'
import type { TrainerOptions } from '../trainer.ts'
import { estimateTraining } from './estimate.ts'

const runtime = nodeRuntime({ threads: 1 })

class Mlp extends nn.Module {
  first = nn.linear(20, 30)
  out = nn.linear(30, 5)
  override forward(x: nn.Value): nn.Value {
    return this.out.call(nn.relu().call(this.first.call(x)))
  }
}

class Small extends nn.Module {
  tokens = nn.embedding(9, 16)
  block = nn.transformerEncoder(16, 2, { causal: true })
  out = nn.linear(16, 9)
  override forward(x: nn.Value): nn.Value {
    return this.out.call(this.block.call(this.tokens.call(x)))
  }
}

const mlp = (more: Partial<TrainerOptions> = {}): TrainerOptions => ({
  model: new Mlp(),
  runtime,
  data: { samples: new Float32Array(64 * 20), labels: new Uint8Array(64), sampleShape: [20] },
  optimiser: sgd({ learningRate: 0.1 }),
  epochs: 3,
  batchSize: 16,
  ...more,
})
const estimate = (options: TrainerOptions) => estimateTraining(options, { budget: 200 })

describe('the estimate', () => {
  it('counts the products of an MLP: forward, by the weights, and by the hidden layer', async () => {
    const { ops, flopsPerStep, parameters, secondsPerStep, secondsPerEpoch, seconds } = await estimate(mlp())
    const products = ops.filter((op) => op.class === 'gemm').reduce((n, { flops }) => n + flops, 0)
    // The first layer needs no gradient by its input; the sums for the biases are products with a row of ones.
    expect(products).toBe(2 * 16 * (2 * 20 * 30 + 3 * 30 * 5 + 30 + 5))
    expect(flopsPerStep).toBeGreaterThan(products)
    expect(parameters).toBe(20 * 30 + 30 + 30 * 5 + 5)
    expect(secondsPerStep).toBeGreaterThan(0)
    expect(secondsPerEpoch).toBeCloseTo(4 * secondsPerStep, 10)
    expect(seconds).toBeCloseTo(12 * secondsPerStep, 10)
    expect(ops.reduce((sum, op) => sum + op.seconds, 0)).toBeCloseTo(secondsPerStep, 10)
  })

  it('counts as much work in parts as at once, in less memory', async () => {
    const options = { ...mlp(), batchSize: 64 }
    const [whole, parts] = [await estimate(options), await estimate({ ...options, accumulate: 8 })]
    const products = (e: typeof whole) =>
      e.ops.filter((op) => op.class === 'gemm').reduce((n, { flops }) => n + flops, 0)
    expect(products(parts)).toBe(products(whole))
    expect(parts.memory.activations).toBeLessThan(whole.memory.activations)
  })

  it('holds a few batches and the buffer of a stream, and knows no epoch without its length', async () => {
    const stream = { sampleShape: [20], sampleType: 'float32' as const, *open() {} }
    const { memory, secondsPerEpoch, secondsPerStep } = await estimate(
      mlp({ data: stream, shuffleBuffer: 100 }),
    )
    expect(secondsPerEpoch).toBeNull()
    expect(secondsPerStep).toBeGreaterThan(0)
    expect(memory.data).toBe(2 * 50 * 16 * 84 + 100 * 84)
    expect(memory.peak).toBe(memory.session + memory.state + memory.activations + memory.data)
  })

  it('times every op of a convolution and of a transformer', async () => {
    const designs: TrainerOptions[] = [
      { ...mlp(), model: new SimpleCNN(), data: mnist('train', 64), scale: 1 / 255, batchSize: 8 },
      {
        ...mlp(),
        model: new Small(),
        data: { samples: new Int32Array(64), labels: new Int32Array(64), sampleShape: [8] },
        batchSize: 4,
      },
    ]
    for (const design of designs) {
      const { ops } = await estimate(design)
      for (const op of ops) {
        expect(Number.isFinite(op.seconds), op.op).toBe(true)
        if (op.class === 'gemm') expect(op.seconds, op.op).toBeGreaterThan(0)
      }
    }
  })

  it('refuses what a trainer refuses, before it measures', async () => {
    await expect(estimate(mlp({ batchSize: 65 }))).rejects.toMatchObject({ code: 'engine/bad-data' })
    await expect(estimate(mlp({ epochs: 0 }))).rejects.toMatchObject({ code: 'engine/bad-options' })
    await expect(estimate(mlp({ workers: [runtime] }))).rejects.toMatchObject({ code: 'engine/bad-options' })
  })
})
