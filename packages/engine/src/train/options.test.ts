/** @file What the trainer's options do: frozen parameters, groups, clipping, accumulation, averages, early stopping. */
import { describe, expect, it } from 'vitest'
import { crossEntropy } from '../loss/cross-entropy.ts'
import { meanSquaredError } from '../loss/regression.ts'
import * as nn from '../nn/nn.ts'
import { adam } from '../optim/adam.ts'
import { withGroups } from '../optim/optimiser.ts'
import { plateau } from '../optim/schedule.ts'
import { sgd } from '../optim/sgd.ts'
import { seeded } from '../random.ts'
import { nodeRuntime } from '../runtime/node.ts'
import type { Dataset } from './dataset.ts'
import type { TrainEvent, TrainResult } from './loop.ts'
import { createTrainer, type Trainer, type TrainerOptions } from './trainer.ts'

const runtime = nodeRuntime({ threads: 1 })

class Small extends nn.Module {
  hidden = nn.linear(4, 8)
  out = nn.linear(8, 3)

  override forward(x: nn.Value): nn.Value {
    return this.out.call(nn.tanh().call(this.hidden.call(x)))
  }
}

/** Points around three centres. */
function clusters(count: number): Dataset {
  const random = seeded(5)
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3)
  const samples = Float32Array.from(
    { length: count * 4 },
    (_, i) => (labels[i >> 2]! === i % 4 ? 2 : 0) + random(),
  )
  return { samples, labels, sampleShape: [4] }
}

const trainerOf = (more: Partial<TrainerOptions> = {}): Promise<Trainer> =>
  createTrainer({
    model: new Small(),
    runtime,
    data: clusters(48),
    epochs: 2,
    batchSize: 12,
    seed: 3,
    optimiser: sgd({ learningRate: 0.1, momentum: 0.9 }),
    ...more,
  })

async function finish(
  trainer: Trainer,
): Promise<{ losses: number[]; events: TrainEvent[]; result: TrainResult }> {
  const [losses, events]: [number[], TrainEvent[]] = [[], []]
  const run = trainer.run()
  for (;;) {
    const { value, done } = await run.next()
    if (done) return { losses, events, result: value }
    events.push(value)
    if (value.kind === 'progress') losses.push(...value.losses)
  }
}

const weightsOf = (trainer: Trainer, name: string): number[] => [...trainer.state().get(name)!.data]
const change = async (options: Partial<TrainerOptions>, name: string): Promise<number[]> => {
  const trainer = await trainerOf({ ...options, epochs: 1, batchSize: 48 })
  const before = weightsOf(trainer, name)
  await finish(trainer)
  return weightsOf(trainer, name).map((v, i) => v - before[i]!)
}
const expectClose = (actual: readonly number[], expected: readonly number[], digits = 5): void => {
  expect(actual).toHaveLength(expected.length)
  actual.forEach((v, i) => {
    expect(v).toBeCloseTo(expected[i]!, digits)
  })
}

describe('parameters', () => {
  it('that are frozen stay, and need no gradient and no state', async () => {
    const model = new Small()
    expect(nn.freeze(model, 'hidden.*')).toEqual(['hidden.weight', 'hidden.bias'])
    const trainer = await trainerOf({ model })
    expect(trainer.summary.optimiserBytes).toBe(4 * 27)
    const [still, moved] = [weightsOf(trainer, 'hidden.weight'), weightsOf(trainer, 'out.weight')]
    await finish(trainer)
    expect(weightsOf(trainer, 'hidden.weight')).toEqual(still)
    expect(weightsOf(trainer, 'out.weight')).not.toEqual(moved)
    expect([...nn.stateDict(model).keys()]).toEqual([
      'hidden.weight',
      'hidden.bias',
      'out.weight',
      'out.bias',
    ])
  })

  it('that the loss does not depend on are named', async () => {
    class Spare extends Small {
      spare = nn.linear(4, 2)
    }
    await expect(trainerOf({ model: new Spare() })).rejects.toMatchObject({
      code: 'engine/not-differentiable',
      message: 'no gradient reaches spare.weight: the loss does not depend on it',
      hint: expect.stringContaining('nn.freeze'),
    })
    const model = new Spare()
    nn.freeze(model, 'spare.*')
    await (await trainerOf({ model })).release()
  })

  it('must be called so, and some must be left', async () => {
    const model = new Small()
    expect(() => nn.freeze(model, 'head.*')).toThrow(expect.objectContaining({ code: 'engine/bad-options' }))
    nn.freeze(model, '*')
    await expect(trainerOf({ model })).rejects.toThrow(/no parameters to train/)
    nn.unfreeze(model, /weight/)
    await trainerOf({ model })
  })

  it('have the rate and the decay of their group', async () => {
    const plain = sgd({ learningRate: 0.1 })
    const [whole, tenth] = await Promise.all([
      change({ optimiser: plain }, 'hidden.weight'),
      change({ optimiser: withGroups(plain, [{ match: 'hidden.*', learningRate: 0.01 }]) }, 'hidden.weight'),
    ])
    expectClose(
      tenth,
      whole.map((v) => v / 10),
    )
    const decaying = sgd({ learningRate: 0.1, weightDecay: 0.5 })
    const bare = withGroups(decaying, [{ match: '*.weight', weightDecay: 0 }])
    expectClose(
      await change({ optimiser: bare }, 'out.weight'),
      await change({ optimiser: plain }, 'out.weight'),
    )
    expectClose(
      await change({ optimiser: bare }, 'out.bias'),
      await change({ optimiser: decaying }, 'out.bias'),
    )
  })
})

describe('a step', () => {
  it('keeps the gradient to its norm', async () => {
    const model = () => nn.linear(4, 3)
    const optimiser = sgd({ learningRate: 1 })
    const options = { model: model(), optimiser, clip: { norm: 0.01 } }
    const trainer = await trainerOf({ ...options, epochs: 1, batchSize: 48 })
    const before = [...weightsOf(trainer, 'weight'), ...weightsOf(trainer, 'bias')]
    await finish(trainer)
    const after = [...weightsOf(trainer, 'weight'), ...weightsOf(trainer, 'bias')]
    expect(Math.hypot(...after.map((v, i) => v - before[i]!))).toBeCloseTo(0.01, 5)
  })

  it.each([
    ['of all labels', crossEntropy()],
    ['of labels that count unequally', crossEntropy({ ignoreIndex: 1, classWeights: [1, 1, 5] })],
  ])('in parts is the whole step: the mean %s', async (_, loss) => {
    const data = clusters(50)
    const [whole, parts] = await Promise.all(
      [1, 4].map(async (accumulate) => finish(await trainerOf({ accumulate, loss, data }))),
    )
    expectClose(parts!.losses, whole!.losses, 4)
  })

  it('averages the weights', async () => {
    const one = { epochs: 1, shuffle: false, stepsPerCall: 1, ema: { decay: 0.7 } }
    const trainer = await trainerOf(one)
    let average = weightsOf(trainer, 'out.bias')
    for await (const event of trainer.run()) {
      if (event.kind === 'progress')
        average = average.map((v, i) => 0.7 * v + 0.3 * weightsOf(trainer, 'out.bias')[i]!)
    }
    expectClose([...trainer.state({ averaged: true }).get('out.bias')!.data], average)
    expect(weightsOf(trainer, 'out.bias')).not.toEqual([
      ...trainer.state({ averaged: true }).get('out.bias')!.data,
    ])
  })
})

describe('over epochs', () => {
  it('stops early, with the weights of the best epoch', async () => {
    const data = clusters(48)
    const validation = { ...data, labels: (data.labels as Int32Array).map((l) => (l + 1) % 3) }
    const trainer = await trainerOf({ data, validation, epochs: 30, earlyStopping: { patience: 2 } })
    const { events, result } = await finish(trainer)
    const seen = events.flatMap((e) => (e.kind === 'epoch' ? [e.validation!.loss] : []))
    const best = seen.indexOf(Math.min(...seen))
    expect(result).toMatchObject({ stoppedEarly: true, stopped: false, epochs: best + 3 })
  })

  it('goes on bit for bit with everything on', async () => {
    const options = (): Partial<TrainerOptions> => {
      const model = new Small()
      nn.freeze(model, 'hidden.bias')
      return {
        model,
        data: clusters(50),
        validation: clusters(9),
        epochs: 6,
        stepsPerCall: 2,
        accumulate: 3,
        clip: { norm: 1, value: 0.5 },
        ema: { decay: 0.9 },
        earlyStopping: { patience: 5 },
        schedule: plateau({ rate: 0.1, patience: 0, threshold: 0.5 }),
        optimiser: withGroups(adam(), [{ match: 'out.*', learningRate: 1e-2 }]),
      }
    }
    const whole = await finish(await trainerOf(options()))
    const first = await trainerOf(options())
    const before: number[] = []
    for await (const event of first.run()) {
      if (event.kind === 'progress') before.push(...event.losses)
      if (before.length > 12) break
    }
    const second = await trainerOf(options())
    second.resume(first.checkpoint())
    expect([...before, ...(await finish(second)).losses]).toEqual(whole.losses)
  })
})

describe('targets', () => {
  it('may be values: a line is found', async () => {
    const random = seeded(1)
    const samples = Float32Array.from({ length: 64 * 2 }, () => random() * 2 - 1)
    const labels = Float32Array.from(
      { length: 64 },
      (_, i) => 3 * samples[2 * i]! - samples[2 * i + 1]! + 0.5,
    )
    const data = { samples, labels, sampleShape: [2] }
    const options = { model: nn.linear(2, 1), data, validation: data, loss: meanSquaredError(), epochs: 40 }
    const trainer = await trainerOf({ ...options, batchSize: 16 })
    const { events } = await finish(trainer)
    expectClose(weightsOf(trainer, 'weight'), [3, -1], 2)
    expectClose(weightsOf(trainer, 'bias'), [0.5], 2)
    const last = events.at(-1)!
    expect(last.kind === 'epoch' && last.validation!.loss).toBeLessThan(1e-4)
    expect(last.kind === 'epoch' && last.validation).not.toHaveProperty('accuracy')
  })

  it('that do not fit the loss are refused', async () => {
    const data = clusters(6)
    const values = { ...data, labels: new Float32Array(18).fill(Number.NaN) }
    const loss = meanSquaredError()
    await expect(trainerOf({ data, loss, batchSize: 6 })).rejects.toThrow(/6 samples but 6 labels/)
    await expect(trainerOf({ data: values, loss, batchSize: 6 })).rejects.toThrow(/the target NaN/)
    const half = { ...data, labels: Float32Array.of(0, 1, 2, 0.5, 1, 2) }
    await expect(trainerOf({ data: half, batchSize: 6 })).rejects.toThrow(/sample 3 .* label 0.5/)
  })

  it.each([
    [{ accumulate: 5 }, /12 does not divide into 5/],
    [{ ema: { decay: 1 } }, /ema/],
    [{ clip: { norm: -1 } }, /clip/],
    [{ earlyStopping: { patience: 0 } }, /patience/],
  ] satisfies [Partial<TrainerOptions>, RegExp][])('options %o are refused', async (more, message) => {
    await expect(trainerOf(more)).rejects.toThrow(
      expect.objectContaining({ code: 'engine/bad-options', message: expect.stringMatching(message) }),
    )
  })
})

describe('validate', () => {
  it('measures the weights before training, and after it what the last epoch said', async () => {
    const trainer = await trainerOf({ validation: clusters(30), ema: { decay: 0.5 } })
    const before = await trainer.validate()
    const { events } = await finish(trainer)
    const last = events.findLast((event) => event.kind === 'epoch')!.validation!
    expect(await trainer.validate()).toEqual(last)
    expect(before.loss).toBeGreaterThan(last.loss)
  })

  it('needs validation data, and a trainer that rests', async () => {
    await expect((await trainerOf()).validate()).rejects.toMatchObject({ code: 'engine/bad-options' })
    const trainer = await trainerOf({ validation: clusters(30) })
    const run = trainer.run()
    await run.next()
    await expect(trainer.validate()).rejects.toMatchObject({ code: 'engine/busy' })
    await run.return({ epochs: 0, loss: 0, stopped: true, stoppedEarly: false })
  })
})
