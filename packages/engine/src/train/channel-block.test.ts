/** @file A runtime's blocks of channels are found by trying, and not used where they compute otherwise. */
import { describe, expect, it } from 'vitest'
import * as nn from '../nn/nn.ts'
import { sgd } from '../optim/sgd.ts'
import { seeded } from '../random.ts'
import { nodeRuntime } from '../runtime/node.ts'
import type { Runtime } from '../runtime/session.ts'
import { channelBlockOf, triedBlock } from './channel-block.ts'
import { createTrainer } from './trainer.ts'

const runtime = nodeRuntime({ threads: 1 })

/** Answers as `runtime` does, with every number after the first graph a little off. */
function wrong(): Runtime {
  let sessions = 0
  return {
    async createSession(model) {
      const session = await runtime.createSession(model)
      const off = sessions++ < 2 ? 0 : 0.01
      return {
        ...session,
        async run(feeds) {
          const results = await session.run(feeds)
          return Object.fromEntries(
            Object.entries(results).map(([name, t]) => [
              name,
              { ...t, data: (t.data as Float32Array).map((v) => v + off) },
            ]),
          )
        },
      }
    },
  }
}

/** The losses of some steps of a residual network, in two parts a step. */
async function losses(channelBlocks: boolean): Promise<number[]> {
  const random = seeded(2)
  const conv = (inputs: number, outputs: number, stride = 1): nn.Module[] => [
    nn.conv2d(inputs, outputs, 3, { stride, padding: 1, bias: false }),
    nn.batchNorm(outputs),
  ]
  const model = nn.sequential(
    ...conv(3, 16),
    nn.relu(),
    nn.residual(nn.sequential(...conv(16, 16), nn.relu(), ...conv(16, 16))),
    nn.relu(),
    ...conv(16, 32, 2),
    nn.globalAvgPool2d(),
    nn.flatten(),
    nn.linear(32, 3),
  )
  const trainer = await createTrainer({
    model: nn.initialise(model, { seed: 1 }),
    runtime: nodeRuntime({ threads: 1, channelBlocks }),
    data: {
      samples: Float32Array.from({ length: 48 * 192 }, () => random() - 0.5),
      labels: Uint8Array.from({ length: 48 }, (_, i) => i % 3),
      sampleShape: [3, 8, 8],
    },
    optimiser: sgd({ learningRate: 0.05, momentum: 0.9 }),
    epochs: 1,
    batchSize: 16,
    accumulate: 2,
  })
  const found: number[] = []
  for await (const event of trainer.run()) if (event.kind === 'progress') found.push(...event.losses)
  await trainer.release()
  return found
}

describe('the channels that convolutions take side by side', () => {
  it('are as many on the CPU as its vectors hold, or 1', async () => {
    expect([1, 4, 8, 16, 32]).toContain(await channelBlockOf(runtime))
  })

  it('are not asked of devices, nor where they are not wanted', async () => {
    expect(await channelBlockOf(nodeRuntime({ provider: 'auto' }))).toBe(1)
    expect(await channelBlockOf(nodeRuntime({ channelBlocks: false }))).toBe(1)
  })

  it('train as ordinary convolutions do', async () => {
    const [blocks, plain] = [await losses(true), await losses(false)]
    expect(blocks).toHaveLength(3)
    blocks.forEach((loss, i) => {
      expect(loss).toBeCloseTo(plain[i]!, 4)
    })
  })

  it('are 1 where the runtime does not know the ops', async () => {
    expect(await triedBlock({ createSession: () => Promise.reject(new Error('no such op')) })).toBe(1)
  })

  it('are 1 where the results differ from those of ordinary convolutions', async () => {
    expect(await triedBlock(wrong())).toBe(1)
  })
})
