/** @file The trainer: learning, stopping, resuming bit for bit, refusing what cannot work. */
import { describe, expect, it } from 'vitest'
import { EngineError } from '../errors.ts'
import * as nn from '../nn/nn.ts'
import { readModel } from '../onnx/read.ts'
import { sgd } from '../optim/sgd.ts'
import { seeded } from '../random.ts'
import { nodeRuntime } from '../runtime/node.ts'
import type { TrainEvent } from './loop.ts'
import { mnist, SimpleCNN } from './mnist.fixture.ts'
import { loadPredictor } from './predictor.ts'
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

/** Points around three centres. */
function clusters(count: number) {
  const random = seeded(5)
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3)
  const samples = Float32Array.from(
    { length: count * 4 },
    (_, i) => (labels[i >> 2]! === i % 4 ? 2 : 0) + random(),
  )
  return { samples, labels, sampleShape: [4] }
}

const options = (more: Partial<TrainerOptions> = {}): TrainerOptions => ({
  model: new Small(),
  runtime,
  data: clusters(50),
  epochs: 3,
  batchSize: 8,
  seed: 3,
  stepsPerCall: 2,
  ...more,
})

async function lossesOf(trainer: Trainer, stopAfter = Number.POSITIVE_INFINITY): Promise<number[]> {
  const losses: number[] = []
  const stop = new AbortController()
  for await (const event of trainer.run({ signal: stop.signal })) {
    if (event.kind === 'progress') losses.push(...event.losses)
    if (losses.length >= stopAfter) stop.abort()
  }
  return losses
}

const failure = async (work: Promise<unknown>): Promise<EngineError> => {
  const error = await work.then(
    () => null,
    (e: unknown) => e,
  )
  expect(error).toBeInstanceOf(EngineError)
  return error as EngineError
}

describe('training', () => {
  it('learns, reports and exports a model that gives the same answers', async () => {
    const data = clusters(50)
    const trainer = await createTrainer(
      options({ data, validation: data, epochs: 30, optimiser: sgd({ learningRate: 0.2, momentum: 0.9 }) }),
    )
    const events: TrainEvent[] = []
    for await (const event of trainer.run()) events.push(event)
    const last = events.at(-1)!
    expect(last).toMatchObject({ kind: 'epoch', epoch: 30, epochs: 30, validation: { accuracy: 1 } })
    expect(
      events
        .filter((e) => e.kind === 'progress' && e.epoch === 1)
        .map((e) => e.kind === 'progress' && e.step),
    ).toEqual([2, 4, 6, 7])
    const predictor = await loadPredictor(runtime, trainer.exportInference({ probabilities: true }))
    const { accuracy, loss, confusion } = await predictor.evaluate(data)
    expect(accuracy).toBe(1)
    expect(loss).toBeCloseTo(last.kind === 'epoch' ? last.validation!.loss : Number.NaN, 5)
    expect([...confusion]).toEqual([17, 0, 0, 0, 17, 0, 0, 0, 16])
    await Promise.all([trainer.release(), predictor.release()])
  })

  it('gives the same losses for the same seed and others for another', async () => {
    const [a, b, c] = await Promise.all(
      [options(), options(), options({ seed: 4 })].map(async (o) => lossesOf(await createTrainer(o))),
    )
    expect(a).toEqual(b)
    expect(a).not.toEqual(c)
  })

  it('gives the same losses every time on several threads', async () => {
    const data = mnist('train', 640)
    const train = async () =>
      lossesOf(
        await createTrainer(
          options({
            model: new SimpleCNN(),
            runtime: nodeRuntime({ threads: 2 }),
            data,
            scale: 1 / 255,
            batchSize: 64,
            epochs: 2,
          }),
        ),
      )
    const first = await train()
    expect(await train()).toEqual(first)
  })

  it('gives the same losses whatever the number of steps a call', async () => {
    const [a, b] = await Promise.all(
      [1, 7].map(async (stepsPerCall) => lossesOf(await createTrainer(options({ stepsPerCall })))),
    )
    expect(a).toEqual(b)
  })

  it.each([4, 7, 11])('goes on bit for bit from a checkpoint after %i steps', async (steps) => {
    const undisturbed = await lossesOf(await createTrainer(options()))
    const first = await createTrainer(options())
    const before = await lossesOf(first, steps)
    const second = await createTrainer(options())
    second.resume(first.checkpoint())
    expect(second.position).toEqual(first.position)
    expect([...before, ...(await lossesOf(second))]).toEqual(undisturbed)
  })

  it('asks the schedule for every step', async () => {
    const seen: number[] = []
    const trainer = await createTrainer(
      options({ epochs: 1, schedule: ({ step, steps }) => 0.1 * (1 - (seen.push(step) - 1) / steps) }),
    )
    await lossesOf(trainer)
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  it('exports ONNX with a dynamic batch', async () => {
    const trainer = await createTrainer(
      options({ model: new SimpleCNN(), data: mnist('train', 64), batchSize: 64, scale: 1 / 255 }),
    )
    const model = readModel(trainer.exportInference({ probabilities: true }))
    expect(model.inputs.map(({ name, shape }) => ({ name, shape }))).toEqual([
      { name: 'input', shape: ['N', 1, 28, 28] },
    ])
    expect(model.outputNames).toEqual(['logits', 'probabilities'])
    expect(model.outputs.map((v) => v.shape)).toEqual([
      ['N', 10],
      ['N', 10],
    ])
  })
})

describe('what cannot work is refused before training', () => {
  it("the article's SimpleCNN: the layer, what it declares and what it gets", async () => {
    const error = await failure(
      createTrainer(options({ model: new SimpleCNN(32 * 7 * 7), data: mnist('train', 64) })),
    )
    expect(error.code).toBe('engine/shape-mismatch')
    expect(error.message).toMatch(/^fc1: declares 1,568 inputs but gets 5,408/)
    expect(error.hint).toContain('nn.linear(5408, 10)')
  })

  const small = clusters(9)
  it.each([
    [
      'an empty data set',
      { data: { samples: new Float32Array(), labels: new Int32Array(), sampleShape: [4] } },
      'engine/bad-data',
      /empty/,
    ],
    [
      'half a sample',
      { data: { ...small, samples: small.samples.subarray(1) } },
      'engine/bad-data',
      /35 values, not a multiple of the 4/,
    ],
    [
      'a missing label',
      { data: { ...small, labels: small.labels.subarray(1) } },
      'engine/bad-data',
      /9 samples but 8 labels/,
    ],
    [
      'a label out of range',
      { data: { ...small, labels: small.labels.map((l, i) => (i === 5 ? 3 : l)) } },
      'engine/bad-data',
      /sample 5 .* label 3, outside 0 to 2/,
    ],
    [
      'a sample that is not finite',
      { data: { ...small, samples: small.samples.map((v, i) => (i === 9 ? Number.NaN : v)) } },
      'engine/bad-data',
      /sample 2 .* NaN/,
    ],
    [
      'a batch larger than the data',
      { data: small, batchSize: 10 },
      'engine/bad-data',
      /batch of 10 .* 9 samples/,
    ],
    [
      'samples of another shape',
      { data: { ...clusters(8), sampleShape: [2] } },
      'engine/bad-data',
      /16 samples but 8 labels|declares/,
    ],
    ['no epochs', { epochs: 0 }, 'engine/bad-options', /epochs/],
    [
      'a model whose output is no class scores',
      { model: nn.conv2d(1, 2, 1), data: { ...small, sampleShape: [1, 2, 2] } },
      'engine/shape-mismatch',
      /class scores/,
    ],
  ] satisfies [string, Partial<TrainerOptions>, string, RegExp][])('%s', async (_, more, code, message) => {
    const error = await failure(createTrainer(options(more as Partial<TrainerOptions>)))
    expect([error.code, error.message]).toEqual([
      expect.stringMatching(`${code}|engine/shape-mismatch`),
      expect.stringMatching(message),
    ])
  })

  it('a loss that is not finite stops training and names the step', async () => {
    const data = clusters(16)
    const trainer = await createTrainer(
      options({ data, shuffle: false, optimiser: sgd({ learningRate: 3e38 }) }),
    )
    const error = await failure(lossesOf(trainer))
    expect([error.code, error.message]).toEqual([
      'engine/loss-not-finite',
      expect.stringMatching(/at step \d of epoch \d: (first in \w+|the update before it)/),
    ])
  })
})

describe('a checkpoint that does not fit is refused', () => {
  const checkpoint = async () => (await createTrainer(options())).checkpoint()

  it.each([
    ['another model', { model: new SimpleCNN(), data: mnist('train', 50) }],
    ['another optimiser', { optimiser: sgd({ learningRate: 0.1 }) }],
    ['another seed', { seed: 99 }],
    ['another batch size', { batchSize: 9 }],
    ['other data', { data: clusters(51) }],
  ] satisfies [string, Partial<TrainerOptions>][])('%s', async (_, more) => {
    const bytes = await checkpoint()
    const trainer = await createTrainer(options(more))
    expect(() => trainer.resume(bytes)).toThrow(
      expect.objectContaining({ code: 'engine/checkpoint-mismatch' }),
    )
    expect(trainer.position).toEqual({ epoch: 0, step: 0 })
  })

  it('truncated, altered or foreign bytes', async () => {
    const bytes = await checkpoint()
    const trainer = await createTrainer(options())
    const altered = bytes.slice()
    altered[altered.length - 3]! ^= 1
    for (const wrong of [bytes.subarray(0, 10), bytes.subarray(0, -1), altered, new Uint8Array(100)]) {
      expect(() => trainer.resume(wrong)).toThrow(
        expect.objectContaining({ code: 'engine/checkpoint-damaged' }),
      )
    }
  })

  it('of a newer version', async () => {
    const bytes = await checkpoint()
    bytes[8] = 2
    const trainer = await createTrainer(options())
    expect(() => trainer.resume(bytes)).toThrow(expect.objectContaining({ code: 'engine/checkpoint-newer' }))
  })
})
