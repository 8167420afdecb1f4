/** @file Streamed data: the same as in memory, in constant room, resumed bit for bit; wrong streams are refused. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crossEntropy } from '../loss/cross-entropy.ts'
import * as nn from '../nn/nn.ts'
import { cosine } from '../optim/schedule.ts'
import { sgd } from '../optim/sgd.ts'
import { seeded } from '../random.ts'
import { nodeRuntime } from '../runtime/node.ts'
import type { Dataset, Shard, StreamedData } from './dataset.ts'
import type { EpochEvent } from './loop.ts'
import { accuracy } from './metric.ts'
import { shuffled } from './shuffle.ts'
import { readStream } from './stream.ts'
import { createTrainer, type Trainer, type TrainerOptions } from './trainer.ts'

const runtime = nodeRuntime({ threads: 1 })

class Small extends nn.Module {
  hidden = nn.linear(4, 8)
  act = nn.tanh()
  out = nn.linear(8, 3)

  override forward(x: nn.Value): nn.Value {
    return this.out.call(this.act.call(this.hidden.call(x)))
  }
}

function clusters(count: number, seed = 5): Dataset & { samples: Float32Array; labels: Int32Array } {
  const random = seeded(seed)
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3)
  const samples = Float32Array.from(
    { length: count * 4 },
    (_, i) => (labels[i >> 2]! === i % 4 ? 2 : 0) + random(),
  )
  return { samples, labels, sampleShape: [4] }
}

interface Opened extends StreamedData {
  readonly opened: { epoch: number; skip: number }[]
  closed: number
}

/** The data set as a stream of shards of 1, 2, 3, … samples. */
function streamOf(data: ReturnType<typeof clusters>, more: Partial<StreamedData> = {}): Opened {
  const count = data.labels.length
  const stream: Opened = {
    sampleShape: [4],
    sampleType: 'float32',
    count,
    opened: [],
    closed: 0,
    async *open(at) {
      stream.opened.push(at)
      try {
        for (let from = at.skip, size = 1; from < count; from += size++) {
          const to = Math.min(from + size, count)
          yield { samples: data.samples.subarray(from * 4, to * 4), labels: data.labels.subarray(from, to) }
        }
      } finally {
        stream.closed++
      }
    },
    ...more,
  }
  return stream
}

const trainerOf = (data: Dataset | StreamedData, more: Partial<TrainerOptions> = {}): Promise<Trainer> =>
  createTrainer({
    model: new Small(),
    runtime,
    data,
    epochs: 2,
    batchSize: 8,
    seed: 3,
    stepsPerCall: 3,
    shuffleBuffer: 16,
    optimiser: sgd({ learningRate: 0.1 }),
    ...more,
  })

async function lossesOf(trainer: Trainer, stopAfter = Number.POSITIVE_INFINITY): Promise<number[]> {
  const losses: number[] = []
  for await (const event of trainer.run()) {
    if (event.kind === 'progress') losses.push(...event.losses)
    if (losses.length >= stopAfter) break
  }
  return losses
}

const unknown = (data: ReturnType<typeof clusters>, more: Partial<StreamedData> = {}): Opened =>
  streamOf(data, { count: undefined, ...more })

describe('a stream', () => {
  it.each([
    50, 48, 8,
  ])('of %i samples in order gives the losses and validation of the same data in memory', async (n) => {
    const data = clusters(n)
    const held = clusters(21, 6)
    const seen = async (train: Dataset | StreamedData, validation: Dataset | StreamedData) => {
      const [losses, epochs]: [number[], EpochEvent[]] = [[], []]
      const trainer = await trainerOf(train, { shuffle: false, validation })
      for await (const event of trainer.run())
        if (event.kind === 'progress') losses.push(...event.losses)
        else epochs.push({ ...event, seconds: 0 })
      return { losses, epochs }
    }
    const expected = await seen(data, held)
    expect(await seen(streamOf(data), streamOf(held))).toEqual(expected)
    expect(await seen(unknown(data), unknown(held))).toEqual(expected)
  })

  it('is shuffled by the seed, with every sample once', async () => {
    const orders: number[][] = []
    for (const [seed, epoch] of [
      [1, 0],
      [1, 0],
      [1, 1],
      [2, 0],
    ] as const)
      orders.push(await drawn(50, { seed, epoch, capacity: 16 }))
    expect(orders[1]).toEqual(orders[0])
    expect(orders[2]).not.toEqual(orders[0])
    expect(orders[3]).not.toEqual(orders[0])
    for (const order of orders)
      expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i))
  })

  it('declares its progress, unless its length is not known', async () => {
    const progress = async (data: StreamedData) => {
      for await (const event of (await trainerOf(data)).run())
        if (event.kind === 'progress') return [event.steps, Number.isNaN(event.secondsLeft)]
    }
    expect(await progress(streamOf(clusters(50)))).toEqual([7, false])
    expect(await progress(unknown(clusters(50)))).toEqual([Number.NaN, true])
    const trainer = await trainerOf(unknown(clusters(50)), { schedule: cosine({ rate: 0.1 }) })
    await expect(lossesOf(trainer)).rejects.toMatchObject({
      code: 'engine/bad-options',
      hint: expect.stringContaining('count'),
    })
  })

  it('may be endless: an epoch takes its count, and it is closed then', async () => {
    const data = clusters(30)
    const endless = streamOf(data, {
      *open() {
        try {
          for (;;) yield { samples: data.samples, labels: data.labels }
        } finally {
          endless.closed++
        }
      },
      count: 100,
    })
    expect(await lossesOf(await trainerOf(endless))).toHaveLength(2 * 13)
    expect(endless.closed).toBe(2)
  })

  it('is closed when training stops', async () => {
    const data = streamOf(clusters(500))
    await lossesOf(await trainerOf(data), 3)
    expect([data.opened.length, data.closed]).toEqual([1, 1])
  })
})

describe.each([
  ['known length', streamOf],
  ['unknown length', unknown],
  ['known length, seekable', (d: ReturnType<typeof clusters>) => streamOf(d, { seekable: true })],
  ['unknown length, seekable', (d: ReturnType<typeof clusters>) => unknown(d, { seekable: true })],
] as const)('a stream of %s', (_, open) => {
  it.each([1, 3, 6, 7, 10, 13])('goes on bit for bit after %i steps', async (steps) => {
    for (const shuffle of [true, false]) {
      const data = clusters(50)
      const options = { shuffle, stepsPerCall: 1 }
      const whole = await lossesOf(await trainerOf(open(data), options))
      const first = await trainerOf(open(data), options)
      const before = await lossesOf(first, steps)
      const second = await trainerOf(open(data), options)
      second.resume(first.checkpoint())
      expect([...before, ...(await lossesOf(second))]).toEqual(whole)
    }
  })
})

describe('the shuffle buffer', () => {
  it('draws the rest in the same order from any place, whether the length is known or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 70 }),
        fc.nat(70),
        fc.boolean(),
        fc.boolean(),
        async (count, capacity, skip, seekable, known) => {
          const whole = await drawn(count, { capacity, seekable, known })
          const rest = await drawn(count, { capacity, seekable, known, skip })
          expect(rest).toEqual(whole.slice(skip))
          whole.forEach((number, at) => {
            expect(number - at).toBeLessThan(capacity)
          })
        },
      ),
      { numRuns: 60 },
    )
  })

  it('asks a seekable stream for no more than it holds', async () => {
    const opened: number[] = []
    await drawn(1000, { capacity: 10, skip: 900, seekable: true, opened })
    expect(opened[0]).toBeGreaterThan(700)
  })
})

/** The numbers of the samples in the order in which they are drawn. */
async function drawn(
  count: number,
  o: {
    capacity: number
    seed?: number
    epoch?: number
    skip?: number
    seekable?: boolean
    known?: boolean
    opened?: number[]
  },
): Promise<number[]> {
  const labels = Int32Array.from({ length: count }, (_, i) => i)
  const data = {
    samples: Float32Array.from({ length: count * 4 }, (_, i) => i >> 2),
    labels,
    sampleShape: [4],
  }
  const { known = true, seekable = false, seed = 1, epoch = 0, skip = 0 } = o
  const stream = streamOf(data, { count: known ? count : undefined, seekable })
  const fields = {
    inputs: [{ name: 'samples', key: '', dtype: 'float32' as const, shape: [4] }],
    targets: [{ name: 'labels', key: '', targets: { kind: 'classes' as const, shape: [], classes: count } }],
  }
  const source = shuffled(
    {
      fields,
      capacity: o.capacity,
      random: () => seeded(seed, -1 - epoch),
      skip,
      count: known ? count : null,
    },
    (from) => {
      o.opened?.push(from)
      return readStream(stream, { fields, name: 'training', epoch, skip: from, vocabulary: null })
    },
  )
  const into = { samples: new Float32Array(count * 4 + 4), labels: new Int32Array(count + 1) }
  const numbers = new Int32Array(count + 1)
  const rows = await source.fill(into, numbers, 0, count + 1)
  await source.close()
  for (let i = 0; i < rows; i++) {
    expect(into.labels[i]).toBe(numbers[i])
    expect(into.samples[4 * i + 3]).toBe(numbers[i])
  }
  return [...numbers.subarray(0, rows)]
}

describe('is refused: a stream', () => {
  const shard: Shard = { samples: new Float32Array(8), labels: Int32Array.of(0, 1) }
  it.each([
    ['that is empty', { *open() {}, count: undefined }, 'engine/bad-data', /empty/],
    [
      'of empty shards',
      {
        *open() {
          yield { samples: new Float32Array(), labels: new Int32Array() }
        },
        count: undefined,
      },
      'engine/bad-data',
      /empty/,
    ],
    [
      'that ends early',
      { count: 60 },
      'engine/data-source',
      /ended after 50 samples of epoch 1, 60 were declared/,
    ],
    [
      'that fails',
      {
        async *open() {
          yield shard
          throw new Error('disk on fire')
        },
      },
      'engine/data-source',
      /failed at sample 2 of epoch 1: disk on fire/,
    ],
    [
      'that cannot be opened',
      {
        open() {
          throw new Error('no such file')
        },
      },
      'engine/data-source',
      /no such file/,
    ],
    [
      'of another type',
      {
        *open() {
          yield { ...shard, samples: new Uint8Array(8) }
        },
      },
      'engine/data-source',
      /declares float32 samples, but gives uint8/,
    ],
    [
      'of plain arrays',
      {
        *open() {
          yield { ...shard, samples: [1, 2, 3, 4] as unknown as Float32Array }
        },
      },
      'engine/data-source',
      /gives object/,
    ],
    [
      'of nothing',
      {
        *open() {
          yield undefined as unknown as Shard
        },
      },
      'engine/data-source',
      /gives undefined/,
    ],
    [
      'without labels',
      {
        *open() {
          yield { samples: shard.samples } as unknown as Shard
        },
      },
      'engine/data-source',
      /gives no labels/,
    ],
    [
      'of half samples',
      {
        *open() {
          yield { ...shard, samples: new Float32Array(7) }
        },
      },
      'engine/bad-data',
      /7 values, not a multiple of the 4/,
    ],
    [
      'with a label out of range',
      {
        *open() {
          yield shard
          yield { ...shard, labels: Int32Array.of(2, 3) }
        },
      },
      'engine/bad-data',
      /sample 3 .* label 3, outside 0 to 2/,
    ],
    [
      'with a value that is not finite',
      {
        *open() {
          yield shard
          yield { ...shard, samples: new Float32Array(8).fill(Number.NaN) }
        },
      },
      'engine/bad-data',
      /sample 2 .* NaN/,
    ],
    ['whose count is no number', { count: 0.5 }, 'engine/bad-data', /declares 0.5 samples/],
    ['smaller than a batch', { count: 5 }, 'engine/bad-data', /batch of 8 .* 5 samples/],
  ] satisfies [string, Partial<StreamedData>, string, RegExp][])('%s', async (_, more, code, message) => {
    for (const shuffle of [true, false]) {
      const data = streamOf(clusters(50), { ...(more as Partial<StreamedData>) })
      const work = (async () => lossesOf(await trainerOf(data, { shuffle })))()
      await expect(work).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
    }
  })

  it('for validation too, and in another shape than training', async () => {
    const data = streamOf(clusters(50))
    const wrong = streamOf(clusters(50), {
      *open() {
        yield { ...shard, labels: Int32Array.of(2, 3) }
      },
      count: undefined,
    })
    await expect(lossesOf(await trainerOf(data, { validation: wrong }))).rejects.toThrow(
      /sample 1 of the validation/,
    )
    await expect(
      trainerOf(data, { validation: streamOf(clusters(50), { sampleShape: [2, 2] }) }),
    ).rejects.toThrow(/validation samples are \[2, 2\]/)
    const metrics = [accuracy()]
    await expect(
      trainerOf(data, { metrics, earlyStopping: { patience: 1, monitor: 'accuracy' } }),
    ).rejects.toThrow(/not measured/)
  })

  it('a loss that is not finite stops a stream, too, and names the layer', async () => {
    const data = streamOf(clusters(50))
    const trainer = await trainerOf(data, {
      optimiser: sgd({ learningRate: 3e38 }),
      stepsPerCall: 1,
      loss: crossEntropy(),
    })
    await expect(lossesOf(trainer)).rejects.toMatchObject({
      code: 'engine/loss-not-finite',
      message: expect.stringMatching(
        /at step \d of epoch 1: (first in (hidden|out) \(|the update before it)|after step \d/,
      ),
    })
  })
})
