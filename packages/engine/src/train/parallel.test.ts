/** @file Data-parallel training equals training in one process; a lost worker is told and can be recovered from. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { crossEntropy } from '../loss/cross-entropy.ts'
import { adam } from '../optim/adam.ts'
import { sgd } from '../optim/sgd.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { startWorkers, type Workers } from '../runtime/workers.ts'
import { mnist, SimpleCNN } from './mnist.fixture.ts'
import { cut } from './parallel.ts'
import { createTrainer, type Trainer, type TrainerOptions } from './trainer.ts'

const runtime = nodeRuntime({ threads: 1 })

const trainerOf = (more: Partial<TrainerOptions> = {}): Promise<Trainer> =>
  createTrainer({
    model: new SimpleCNN(),
    runtime,
    data: mnist('train', 64 * 20),
    scale: 1 / 255,
    optimiser: sgd({ learningRate: 0.05, momentum: 0.9 }),
    epochs: 1,
    batchSize: 64,
    seed: 3,
    stepsPerCall: 5,
    ...more,
  })

async function lossesOf(trainer: Trainer): Promise<number[]> {
  const losses: number[] = []
  for await (const event of trainer.run()) if (event.kind === 'progress') losses.push(...event.losses)
  return losses
}

const expectClose = (actual: readonly number[], expected: readonly number[]): void => {
  expect(actual).toHaveLength(expected.length)
  actual.forEach((v, i) => {
    expect(Math.abs(v - expected[i]!) / expected[i]!, `step ${i}`).toBeLessThan(1e-5)
  })
}

describe.each(['process', 'thread'] as const)('two workers, each a %s', (kind) => {
  let workers: Workers
  beforeAll(async () => {
    workers = await startWorkers({ count: 2, threads: 1, kind })
  })
  afterAll(() => workers.close())

  it('with 32 samples each give the losses and weights of one with 64, and the same ones twice', async () => {
    const [alone, together, again] = [
      await trainerOf(),
      await trainerOf({ workers: workers.runtimes }),
      await trainerOf({ workers: workers.runtimes }),
    ]
    const expected = await lossesOf(alone)
    const losses = await lossesOf(together)
    expect(losses).toHaveLength(20)
    expectClose(losses, expected)
    const [one, two] = [alone, together].map((t) => [...t.state().values()].flatMap(({ data }) => [...data]))
    const largest = Math.max(...one!.map(Math.abs))
    expect(Math.max(...one!.map((v, i) => Math.abs(v - two![i]!))) / largest).toBeLessThan(1e-5)
    expect(await lossesOf(again)).toEqual(losses)
    expect(again.checkpoint()).toEqual(together.checkpoint())
    await Promise.all([alone, together, again].map((t) => t.release()))
  })
})

describe('processes', () => {
  it('weigh parts with ignored labels, in rounds, clipped and averaged, last batch and all', async () => {
    const workers = await startWorkers({ count: 3 })
    const data = mnist('train', 100)
    const labels = Int32Array.from(data.labels, (label, i) => (i % 7 < 3 ? -1 : label))
    const options = {
      data: { ...data, labels },
      loss: crossEntropy({ ignoreIndex: -1 }),
      optimiser: adam({ learningRate: 1e-3 }),
      clip: { norm: 1 },
      ema: { decay: 0.9 },
      batchSize: 32,
      accumulate: 2,
      epochs: 2,
    }
    const expected = await lossesOf(await trainerOf(options))
    expectClose(await lossesOf(await trainerOf({ ...options, workers: workers.runtimes })), expected)
    await workers.close()
  })

  it('that are killed are told, and training goes on bit for bit with new ones', async () => {
    const undisturbed = await startWorkers({ count: 2 })
    const expected = await lossesOf(await trainerOf({ workers: undisturbed.runtimes, stepsPerCall: 1 }))
    const first = await startWorkers({ count: 2 })
    const trainer = await trainerOf({ workers: first.runtimes, stepsPerCall: 1 })
    const losses: number[] = []
    const run = async (): Promise<void> => {
      for await (const event of trainer.run()) {
        if (event.kind === 'progress') losses.push(...event.losses)
        if (losses.length === 7) process.kill(first.pids[1]!, 'SIGKILL')
      }
    }
    await expect(run()).rejects.toMatchObject({
      code: 'engine/worker-lost',
      message: 'worker 1 was ended by SIGKILL',
    })
    expect(losses.length).toBeLessThan(20)
    const saved = trainer.checkpoint()
    const second = await trainerOf({ workers: undisturbed.runtimes, stepsPerCall: 1 })
    second.resume(saved)
    expect([...losses, ...(await lossesOf(second))]).toEqual(expected)
    await Promise.all([first.close(), undisturbed.close()])
  })

  it('say what ONNX Runtime refuses', async () => {
    const workers = await startWorkers({ count: 1 })
    await expect(workers.runtimes[0]!.createSession(new Uint8Array(9))).rejects.toMatchObject({
      code: 'engine/runtime',
    })
    await workers.close()
    await expect(workers.runtimes[0]!.createSession(new Uint8Array(9))).rejects.toMatchObject({
      code: 'engine/worker-lost',
    })
    await expect(startWorkers({ count: 0 })).rejects.toMatchObject({ code: 'engine/bad-options' })
  })
})

it('a batch is refused that gives a worker nothing', async () => {
  await expect(trainerOf({ batchSize: 2, workers: [runtime, runtime, runtime] })).rejects.toThrow(
    /less than one sample/,
  )
})

it('parts of a batch are as equal as they can be', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 40 }), (rows, parts) => {
      const sizes = cut(rows, parts)
      expect(sizes.reduce((a, b) => a + b, 0)).toBe(rows)
      expect(sizes.length).toBe(Math.min(rows, parts))
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }),
  )
})
