/** @file Several inputs and targets per sample, metrics by name, callbacks, and what is refused about them. */
import { describe, expect, it } from 'vitest'
import { ops } from '../graph/ops.ts'
import { crossEntropy } from '../loss/cross-entropy.ts'
import { joint } from '../loss/joint.ts'
import { meanSquaredError } from '../loss/regression.ts'
import * as nn from '../nn/nn.ts'
import { adam } from '../optim/adam.ts'
import { plateau } from '../optim/schedule.ts'
import { sgd } from '../optim/sgd.ts'
import { seeded } from '../random.ts'
import { nodeRuntime } from '../runtime/node.ts'
import type { Dataset, StreamedData } from './dataset.ts'
import type { EpochEvent, ProgressEvent } from './loop.ts'
import { accuracy, mae, metricOf, precisionRecallF1, r2 } from './metric.ts'
import { createTrainer, type Trainer, type TrainerOptions } from './trainer.ts'

const runtime = nodeRuntime({ threads: 1 })
const [length, vocabulary] = [5, 7]

/** Tokens, a mask of those that count, and one number more; tells a class and a value. */
class TwoHeads extends nn.Module {
  tokens = nn.embedding(vocabulary, 8)
  hidden = nn.linear(8 + 1, 16)
  class = nn.linear(16, 2)
  size = nn.linear(16, 1)

  override forward(x: nn.Value, mask?: nn.Value, extra?: nn.Value): nn.Value {
    const g = ops(x.graph)
    const kept = g.mul(this.tokens.call(x), g.unsqueeze(mask!, [2]))
    const mean = g.div(g.reduceSum(kept, [1], false), g.max(g.reduceSum(mask!, [1], true), 1))
    const both = nn.tanh().call(this.hidden.call(g.concat([mean, extra!], 1)))
    nn.head('size', this.size.call(both))
    return this.class.call(both)
  }
}

function made(count: number, seed = 1) {
  const random = seeded(seed)
  const samples = Int32Array.from({ length: count * length }, () => Math.floor(random() * vocabulary))
  const mask = Uint8Array.from({ length: count * length }, (_, i) =>
    i % length === 0 || random() < 0.6 ? 1 : 0,
  )
  const extra = Float32Array.from({ length: count }, () => random() * 2 - 1)
  const labels = new Uint8Array(count)
  const size = new Float32Array(count)
  for (let i = 0; i < count; i++) {
    let [sum, n] = [0, 0]
    for (let t = i * length; t < (i + 1) * length; t++)
      if (mask[t]) {
        sum += samples[t]!
        n++
      }
    labels[i] = sum / n > 3 ? 1 : 0
    size[i] = extra[i]! + sum / n / 6
  }
  return { samples, mask, extra, labels, size }
}

const dataOf = ({ samples, mask, extra, labels, size }: ReturnType<typeof made>): Dataset => ({
  samples,
  labels,
  sampleShape: [length],
  inputs: { mask: { data: mask, shape: [length] }, extra: { data: extra, shape: [1] } },
  targets: { size },
})

function streamOf(count: number, seed = 1): StreamedData {
  const all = made(count, seed)
  return {
    sampleShape: [length],
    sampleType: 'int32',
    count,
    inputs: { mask: { type: 'uint8', shape: [length] }, extra: { type: 'float32', shape: [1] } },
    *open() {
      for (let i = 0; i < count; i++)
        yield {
          samples: all.samples.subarray(i * length, (i + 1) * length),
          labels: all.labels.subarray(i, i + 1),
          inputs: {
            mask: all.mask.subarray(i * length, (i + 1) * length),
            extra: all.extra.subarray(i, i + 1),
          },
          targets: { size: all.size.subarray(i, i + 1) },
        }
    },
  }
}

const loss = joint(crossEntropy(), { size: { loss: meanSquaredError(), weight: 2 } })
const metrics = [accuracy(), precisionRecallF1(), metricOf('size', mae()), metricOf('size', r2())]
const trainerOf = (more: Partial<TrainerOptions> = {}): Promise<Trainer> =>
  createTrainer({
    model: new TwoHeads(),
    runtime,
    data: dataOf(made(600)),
    validation: dataOf(made(301, 2)),
    loss,
    metrics,
    optimiser: adam({ learningRate: 1e-2 }),
    epochs: 8,
    batchSize: 30,
    seed: 2,
    ...more,
  })

async function epochsOf(trainer: Trainer): Promise<EpochEvent[]> {
  const epochs: EpochEvent[] = []
  for await (const event of trainer.run()) if (event.kind === 'epoch') epochs.push({ ...event, seconds: 0 })
  return epochs
}

describe('tokens, a mask and a number', () => {
  it('are learned from together, and both heads are exported', async () => {
    const trainer = await trainerOf()
    const { validation } = (await epochsOf(trainer)).at(-1)!
    expect(Object.keys(validation!.metrics)).toEqual([
      'accuracy',
      'precision',
      'recall',
      'f1',
      'size/mae',
      'size/r2',
    ])
    expect(validation!.metrics).toMatchObject({ accuracy: validation!.accuracy })
    expect(validation!.accuracy).toBeGreaterThan(0.9)
    expect(validation!.metrics.f1).toBeGreaterThan(0.9)
    expect(validation!.metrics['size/r2']).toBeGreaterThan(0.9)
    const session = await runtime.createSession(trainer.exportInference({ probabilities: true }))
    expect(session.inputNames).toEqual(['input', 'mask', 'extra'])
    expect(session.outputNames).toEqual(['logits', 'probabilities', 'size'])
    const { samples, mask, extra, size } = made(301, 2)
    const results = await session.run({
      input: { dtype: 'int64', shape: [301, length], data: BigInt64Array.from(samples, BigInt) },
      mask: { dtype: 'float32', shape: [301, length], data: Float32Array.from(mask) },
      extra: { dtype: 'float32', shape: [301, 1], data: extra },
    })
    const off = size.reduce((s, v, i) => s + Math.abs(v - Number(results.size!.data[i])), 0) / 301
    expect(off).toBeCloseTo(validation!.metrics['size/mae']!, 4)
  })

  it('give the same from a stream', async () => {
    const expected = await epochsOf(await trainerOf({ shuffle: false, epochs: 2 }))
    const streamed = { data: streamOf(600), validation: streamOf(301, 2), shuffle: false, epochs: 2 }
    expect(await epochsOf(await trainerOf(streamed))).toEqual(expected)
  })

  it('give the same in parts, and shared out', async () => {
    const [whole, ...others] = await Promise.all(
      [{}, { accumulate: 3 }, { workers: [runtime, runtime] }].map(async (more) =>
        epochsOf(await trainerOf({ epochs: 2, ...more })),
      ),
    )
    for (const other of others)
      other.forEach((event, i) => {
        expect(event.loss).toBeCloseTo(whole![i]!.loss, 4)
      })
  })

  const all = dataOf(made(60))
  it.each([
    [
      'a missing target',
      { data: { ...all, targets: {} } },
      'engine/bad-data',
      /60 samples but no targets size/,
    ],
    [
      'a target that is not finite',
      { data: { ...all, targets: { size: new Float32Array(60).fill(Number.NaN) } } },
      'engine/bad-data',
      /target NaN/,
    ],
    [
      'half an input',
      { data: { ...all, inputs: { ...all.inputs, extra: { data: new Float32Array(59), shape: [1] } } } },
      'engine/bad-data',
      /59 values of the input extra/,
    ],
    [
      'an input that is not finite',
      {
        data: {
          ...all,
          inputs: { ...all.inputs, extra: { data: new Float32Array(60).fill(1 / 0), shape: [1] } },
        },
      },
      'engine/bad-data',
      /input extra\) holds Infinity/,
    ],
    [
      'a head that is not there',
      { loss: joint(crossEntropy(), { weight: { loss: meanSquaredError() } }) },
      'engine/bad-options',
      /judges weight, .* size/,
    ],
    ['a metric that does not fit', { metrics: [r2()] }, 'engine/bad-options', /r2 needs values/],
    [
      'ignored labels in parts',
      {
        accumulate: 2,
        loss: joint(crossEntropy({ ignoreIndex: 9 }), { size: { loss: meanSquaredError() } }),
      },
      'engine/bad-options',
      /joint/,
    ],
  ] satisfies [
    string,
    Partial<TrainerOptions>,
    string,
    RegExp,
  ][])('%s is refused', async (_, more, code, message) => {
    await expect(trainerOf({ validation: all, ...more } as Partial<TrainerOptions>)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
  })
})

describe('callbacks', () => {
  it('are told of steps, epochs and checkpoints, from which training goes on bit for bit', async () => {
    const told: (ProgressEvent | EpochEvent | string)[] = []
    const saved: Uint8Array[] = []
    const options: Partial<TrainerOptions> = {
      epochs: 2,
      stepsPerCall: 4,
      checkpointEvery: { steps: 10 },
      callbacks: {
        onStep: async (event) => void told.push(event),
        onEpoch: (event) => void told.push(event),
        onCheckpoint: (bytes, { epoch, step }) => {
          saved.push(bytes)
          told.push(`${epoch} ${step}`)
        },
      },
    }
    const whole = await epochsOf(await trainerOf(options))
    expect(told.filter((t) => typeof t === 'string')).toEqual(['0 12', '0 20', '1 12', '1 20'])
    expect(told.filter((t) => typeof t !== 'string' && t.kind === 'epoch')).toHaveLength(2)
    const second = await trainerOf({ epochs: 2, stepsPerCall: 4 })
    second.resume(saved[0]!)
    expect(await epochsOf(second)).toEqual(whole)
  })

  it('may stop training', async () => {
    for (const callbacks of [
      { onStep: ({ step }: ProgressEvent) => (step >= 8 ? 'stop' : null) },
      { onEpoch: async () => 'stop' },
      { onCheckpoint: () => 'stop' },
    ]) {
      const trainer = await trainerOf({ stepsPerCall: 4, callbacks })
      const run = trainer.run()
      let next = await run.next()
      while (!next.done) next = await run.next()
      expect(next.value).toMatchObject({ stopped: true, stoppedEarly: false })
      expect(trainer.position.epoch).toBeLessThan(2)
    }
  })

  it('whose errors end training', async () => {
    const callbacks = {
      onStep: () => {
        throw new Error('enough')
      },
    }
    await expect(epochsOf(await trainerOf({ callbacks }))).rejects.toThrow('enough')
  })
})

describe('a metric of validation', () => {
  it('lowers the rate when it stands still, and stops training', async () => {
    const rates: number[] = []
    const falling = plateau({ rate: 1e-3, patience: 0, factor: 0.5, monitor: 'accuracy', better: 'higher' })
    const trainer = await trainerOf({
      optimiser: sgd({ learningRate: 1e-3 }),
      schedule: (at) => {
        const rate = falling(at)
        if (at.step % 20 === 0) rates.push(rate)
        return rate
      },
      epochs: 6,
    })
    const seen = (await epochsOf(trainer)).map(({ validation }) => validation!.accuracy!)
    let [rate, best] = [1e-3, -1]
    const expected = [1e-3]
    for (const value of seen.slice(0, -1)) {
      if (value > best * (best < 0 ? 1 : 1 + 1e-4)) best = value
      else rate *= 0.5
      expected.push(rate)
    }
    expect(rates).toEqual(expected)
    const stopping = await trainerOf({
      optimiser: sgd({ learningRate: 1e-9 }),
      earlyStopping: { patience: 2, monitor: 'f1' },
    })
    expect(await epochsOf(stopping)).toHaveLength(3)
  })
})
