/** @file What callers without types, and files made to deceive, may get wrong: a typed error before anything runs. */
import { describe, expect, it } from 'vitest'
import * as nn from '../nn/nn.ts'
import { adam } from '../optim/adam.ts'
import { lion } from '../optim/lion.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { createTrainer, type Trainer, type TrainerOptions } from './trainer.ts'

const data = {
  samples: Float32Array.from({ length: 8 * 12 }, (_, i) => Math.sin(i)),
  labels: Uint8Array.from({ length: 12 }, (_, i) => i % 3),
  sampleShape: [8],
}

const trainerOf = (more: Readonly<Record<string, unknown>> = {}): Promise<Trainer> =>
  createTrainer({
    model: nn.sequential(nn.linear(8, 3)),
    runtime: nodeRuntime({ threads: 1 }),
    data,
    epochs: 1,
    batchSize: 4,
    ...more,
  } as TrainerOptions)

const stream = { sampleShape: [8], sampleType: 'float32', open: () => [data] }

it.each<[string, Readonly<Record<string, unknown>>, string]>([
  ['no model', { model: null }, 'model is no nn.Module'],
  ['no runtime', { runtime: {} }, 'runtime is none'],
  ['no data', { data: undefined }, 'the training data is missing'],
  ['a plain array', { data: { ...data, samples: [1, 2] } }, 'samples of another kind'],
  ['labels in an array', { validation: { ...data, labels: [1] } }, 'the validation data has labels'],
  ['no shape', { data: { ...data, sampleShape: 8 } }, 'has no sampleShape'],
  ['a stream of doubles', { data: { ...stream, sampleType: 'float64' } }, 'the sampleType float64'],
  ['a stream that does not open', { data: { ...stream, open: 1 } }, 'open that is no function'],
  ['a seed that is none', { seed: Number.NaN }, 'seed must be a whole number, got NaN'],
  ['a layer of 64 GiB', { model: nn.sequential(nn.linear(8, 2 ** 31)) }, 'layers.0.weight has 17179869184'],
  ['no loss', { loss: null }, 'loss is none'],
  ['a loss by its name', { loss: 'crossEntropy' }, 'loss is none'],
  ['no optimiser', { optimiser: {} }, 'optimiser is none'],
  ['a schedule that is a number', { schedule: 0.1 }, 'schedule is no function'],
  ['an augmentation that is none', { augment: [1] }, 'augment is no list'],
  ['a metric outside a list', { metrics: { build: () => 1 } }, 'metrics is no list'],
  ['callbacks that are none', { callbacks: null }, 'callbacks is none'],
  ['a negative rate', { optimiser: adam({ learningRate: -1 }) }, 'learningRate must be from 0, got -1'],
])('%s', async (_, more, message) => {
  await expect(trainerOf(more)).rejects.toMatchObject({
    name: 'EngineError',
    message: expect.stringContaining(message),
  })
})

it('an option that is undefined is one that is left out', async () => {
  const options = { loss: undefined, optimiser: undefined, augment: undefined, checkpointEvery: undefined }
  const trainer = await trainerOf(options)
  for await (const { kind } of trainer.run()) expect(kind).toMatch(/progress|epoch/)
  await trainer.release()
})

it('betas outside 0 to 1', () => {
  for (const betas of [[2, 2], 0.9, [0.9], [-0.1, 0.5]] as [number, number][]) {
    expect(() => adam({ betas })).toThrow(/betas must be from 0 to below 1/)
    expect(() => lion({ betas })).toThrow(/betas must be from 0 to below 1/)
  }
})

describe('a checkpoint with a right checksum and', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['no vectors', { vectors: undefined }, 'engine/checkpoint-damaged'],
    ['an epoch before the first', { epoch: -1 }, 'engine/checkpoint-damaged'],
    ['a history that is none', { history: 3 }, 'engine/checkpoint-damaged'],
    ['other names', { vectors: ['a', 'b', 'c'] }, 'engine/checkpoint-mismatch'],
  ])('%s changes nothing', async (_, change, code) => {
    const trainer = await trainerOf()
    const before = trainer.checkpoint()
    const { header, vectors } = readCheckpoint(before)
    const other = writeCheckpoint({ header: { ...header, ...change }, vectors })
    expect(() => trainer.resume(other)).toThrow(expect.objectContaining({ code }) as Error)
    expect(trainer.checkpoint()).toEqual(before)
    trainer.resume(before)
    await trainer.release()
  })
})
