/** @file Every optimiser, with its options, takes PyTorch's steps; so do groups, clipping, averages and schedules. */
import { afterAll, describe, expect, it } from 'vitest'
import * as engine from '../../../packages/engine/src/index.ts'
import { nodeRuntime } from '../../../packages/engine/src/runtime/node.ts'
import { type Answer, asked, chance, expectNear, oracle } from './oracle.ts'

const { nn } = engine
const torch = oracle()
afterAll(() => torch.close())
const runtime = nodeRuntime({ threads: 1 })

interface Case {
  readonly ours: engine.Optimiser
  /** The class in torch.optim, or one of the oracle's own. */
  readonly kind: string
  readonly options: Readonly<Record<string, unknown>>
  readonly groups?: readonly { names: readonly string[]; options: Readonly<Record<string, number>> }[]
  readonly more?: Pick<engine.TrainerOptions, 'clip' | 'ema' | 'accumulate' | 'schedule'>
}

const lr = 0.02
const biases = ['layers.0.bias', 'layers.2.bias']

const cases: Record<string, Case> = {
  sgd: { ours: engine.sgd({ learningRate: lr }), kind: 'SGD', options: { lr } },
  'sgd, decay': {
    ours: engine.sgd({ learningRate: lr, weightDecay: 0.1 }),
    kind: 'SGD',
    options: { lr, weight_decay: 0.1 },
  },
  'sgd, momentum, decay': {
    ours: engine.sgd({ learningRate: lr, momentum: 0.9, weightDecay: 0.1 }),
    kind: 'SGD',
    options: { lr, momentum: 0.9, weight_decay: 0.1 },
  },
  'sgd, Nesterov': {
    ours: engine.sgd({ learningRate: lr, momentum: 0.8, nesterov: true, weightDecay: 0.01 }),
    kind: 'SGD',
    options: { lr, momentum: 0.8, nesterov: true, weight_decay: 0.01 },
  },
  adam: { ours: engine.adam({ learningRate: lr }), kind: 'Adam', options: { lr } },
  'adam, betas and epsilon': {
    ours: engine.adam({ learningRate: lr, betas: [0.7, 0.95], epsilon: 1e-3 }),
    kind: 'Adam',
    options: { lr, betas: [0.7, 0.95], eps: 1e-3 },
  },
  'adam, decoupled decay': {
    ours: engine.adam({ learningRate: lr, weightDecay: 0.2 }),
    kind: 'AdamW',
    options: { lr, weight_decay: 0.2 },
  },
  adamW: { ours: engine.adamW({ learningRate: lr }), kind: 'AdamW', options: { lr, weight_decay: 0.01 } },
  'adamW, biases without decay': {
    ours: engine.adamW({ learningRate: lr, weightDecay: 0.3, noDecay: '*.bias' }),
    kind: 'AdamW',
    options: { lr, weight_decay: 0.3 },
    groups: [{ names: biases, options: { weight_decay: 0 } }],
  },
  lion: { ours: engine.lion({ learningRate: 0.003 }), kind: 'Lion', options: { lr: 0.003 } },
  'lion, betas and decay': {
    ours: engine.lion({ learningRate: 0.003, betas: [0.8, 0.95], weightDecay: 0.2 }),
    kind: 'Lion',
    options: { lr: 0.003, betas: [0.8, 0.95], weight_decay: 0.2 },
  },
  rmsprop: { ours: engine.rmsprop({ learningRate: lr }), kind: 'RMSprop', options: { lr } },
  'rmsprop, centred, momentum, decay': {
    ours: engine.rmsprop({
      learningRate: lr,
      smoothing: 0.9,
      centred: true,
      momentum: 0.5,
      weightDecay: 0.1,
      epsilon: 1e-4,
    }),
    kind: 'RMSprop',
    options: { lr, alpha: 0.9, centered: true, momentum: 0.5, weight_decay: 0.1, eps: 1e-4 },
  },
  'rmsprop, momentum': {
    ours: engine.rmsprop({ learningRate: lr, momentum: 0.5 }),
    kind: 'RMSprop',
    options: { lr, momentum: 0.5 },
  },
  adagrad: { ours: engine.adagrad({ learningRate: lr }), kind: 'Adagrad', options: { lr } },
  'adagrad, rate decay, decay': {
    ours: engine.adagrad({ learningRate: lr, rateDecay: 0.1, weightDecay: 0.05, epsilon: 1e-4 }),
    kind: 'Adagrad',
    options: { lr, lr_decay: 0.1, weight_decay: 0.05, eps: 1e-4 },
  },
  'groups with rates and decays of their own': {
    ours: engine.withGroups(engine.sgd({ learningRate: lr, momentum: 0.9, weightDecay: 0.1 }), [
      { match: '*.bias', weightDecay: 0 },
      { match: 'layers.2.*', learningRate: 0.1, weightDecay: 0.5 },
    ]),
    kind: 'SGD',
    options: { lr, momentum: 0.9, weight_decay: 0.1 },
    groups: [
      { names: biases, options: { weight_decay: 0 } },
      { names: ['layers.2.weight'], options: { lr: 0.1, weight_decay: 0.5 } },
    ],
  },
  'clipped by norm': {
    ours: engine.sgd({ learningRate: 0.5 }),
    kind: 'SGD',
    options: { lr: 0.5 },
    more: { clip: { norm: 0.1 } },
  },
  'clipped by value': {
    ours: engine.sgd({ learningRate: 0.5 }),
    kind: 'SGD',
    options: { lr: 0.5 },
    more: { clip: { value: 0.02 } },
  },
  'clipped by value and norm': {
    ours: engine.adam({ learningRate: lr, epsilon: 1e-2 }),
    kind: 'Adam',
    options: { lr, eps: 1e-2 },
    more: { clip: { value: 0.02, norm: 0.03 } },
  },
  'in parts of a batch': {
    ours: engine.adam({ learningRate: lr }),
    kind: 'Adam',
    options: { lr },
    more: { accumulate: 2 },
  },
  'with an average': {
    ours: engine.adam({ learningRate: lr }),
    kind: 'Adam',
    options: { lr },
    more: { ema: { decay: 0.8 } },
  },
  'with a schedule': {
    ours: engine.adamW({ learningRate: lr }),
    kind: 'AdamW',
    options: { lr, weight_decay: 0.01 },
    more: { schedule: engine.schedules.warmUp(3, engine.schedules.cosine({ rate: 0.05 })) },
  },
}

describe.each(Object.entries(cases))('%s', (_, c) => {
  it.each([1, 2])('takes the steps of PyTorch on shapes of seed %i', async (seed) => {
    const d = chance(seed)
    const [a, b, k] = [d.size(2, 5), d.size(3, 6), d.size(1, 4)]
    const [batch, batches, epochs] = [2 * d.size(1, 3), d.size(2, 4), 3]
    const model = nn.initialise(nn.sequential(nn.linear(a, b), nn.tanh(), nn.linear(b, k)), { seed })
    const start = [...nn.stateDict(model)].map(([name, { shape, data }]) => [
      name,
      asked({ dtype: 'float32', shape, data: data.slice() }),
    ])
    const [x, y] = [d.values([batch * batches, a]), d.values([batch * batches, k])]
    const rates: number[] = []
    const { schedule, ...more } = c.more ?? {}
    const trainer = await engine.createTrainer({
      model,
      runtime,
      data: { samples: x.data as Float32Array, labels: y.data as Float32Array, sampleShape: [a] },
      loss: engine.meanSquaredError(),
      optimiser: c.ours,
      epochs,
      batchSize: batch,
      shuffle: false,
      stepsPerCall: 2,
      ...more,
      ...(schedule === undefined
        ? {}
        : {
            schedule: (at) => {
              const rate = schedule(at)
              rates[at.step] = rate
              return rate
            },
          }),
    })
    const losses: number[] = []
    for await (const event of trainer.run()) if (event.kind === 'progress') losses.push(...event.losses)
    const tensors = (averaged: boolean) =>
      [...trainer.state({ averaged })].map(
        ([name, { shape, data }]) => [name, { dtype: 'float32' as const, shape, data }] as const,
      )
    const linear = (args: number[]) => ({ kind: 'Linear', args })
    const expected = await torch.ask<{
      losses: number[]
      state: Record<string, Answer>
      average: Record<string, Answer>
    }>({
      job: 'optimiser',
      kind: c.kind,
      options: c.options,
      groups: c.groups ?? [],
      clip: more.clip ?? {},
      ...(more.ema ? { ema: more.ema.decay } : {}),
      ...(schedule ? { rates } : {}),
      module: { kind: 'Sequential', args: [linear([a, b]), { kind: 'Tanh' }, linear([b, k])] },
      state: Object.fromEntries(start),
      x: asked(x),
      y: asked(y),
      batches: Array.from({ length: epochs * batches }, (_, i) =>
        Array.from({ length: batch }, (_row, j) => (i % batches) * batch + j),
      ),
    })
    expectNear(
      'losses',
      { dtype: 'float32', shape: [losses.length], data: Float32Array.from(losses) },
      {
        shape: [epochs * batches],
        data: expected.losses,
      },
    )
    for (const [name, v] of tensors(false)) expectNear(name, v, expected.state[name]!)
    if (more.ema)
      for (const [name, v] of tensors(true)) expectNear(`average of ${name}`, v, expected.average[name]!)
    await trainer.release()
  })
})

describe('schedules', () => {
  const { schedules } = engine
  const count = 24
  const perEpoch = 4
  const losses = [5, 4, 4, 4, 3.9999, 4, 4, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
  it.each<[string, engine.Schedule, number, string, object, boolean]>([
    ['constant', schedules.constant(0.3), 0.3, 'ConstantLR', { factor: 1, total_iters: 1 }, false],
    [
      'stepDecay',
      schedules.stepDecay({ rate: 0.5, every: 2, factor: 0.3 }),
      0.5,
      'StepLR',
      { step_size: 2 * perEpoch, gamma: 0.3 },
      false,
    ],
    [
      'cosine',
      schedules.cosine({ rate: 0.5, final: 0.1 }),
      0.5,
      'CosineAnnealingLR',
      { T_max: count, eta_min: 0.1 },
      false,
    ],
    [
      'oneCycle',
      schedules.oneCycle({ peak: 0.5 }),
      0.02,
      'OneCycleLR',
      { max_lr: 0.5, total_steps: 25 },
      false,
    ],
    ['warmUp', schedules.warmUp(5, schedules.constant(0.4)), 0.4, 'WarmUp', { steps: 5 }, false],
    [
      'plateau',
      schedules.plateau({ rate: 0.5, factor: 0.3, patience: 2, lowest: 0.01 }),
      0.5,
      'ReduceLROnPlateau',
      { factor: 0.3, patience: 2, min_lr: 0.01 },
      true,
    ],
  ])('%s', async (_, schedule, rate, kind, options, byEpoch) => {
    const steps = kind === 'OneCycleLR' ? 25 : count
    const ours = Array.from({ length: count }, (_, i) =>
      schedule({
        step: i,
        steps,
        epoch: byEpoch ? i : Math.floor(i / perEpoch),
        history: byEpoch ? losses.slice(0, i).map((loss) => ({ loss })) : [],
      }),
    )
    const { rates } = await torch.ask<{ rates: number[] }>({
      job: 'schedule',
      kind,
      options,
      rate,
      count,
      ...(byEpoch ? { losses } : {}),
    })
    for (const [i, expected] of rates.entries()) expect(ours[i]! / expected, `step ${i}`).toBeCloseTo(1, 6)
  })
})
