/** @file Trainings that every runtime must do alike: against PyTorch's losses, a transformer, and from one runtime to another. */
import * as nn from '../nn/nn.ts'
import { adamW } from '../optim/adam.ts'
import { seeded } from '../random.ts'
import type { OpPlacement, ProviderReport, Runtime } from '../runtime/session.ts'
import type { Dataset } from './dataset.ts'
import { startModel } from './simple-cnn.fixture.ts'
import reference from './testdata/simplecnn-torch.json' with { type: 'json' }
import { createTrainer, type Trainer } from './trainer.ts'

export interface Trained {
  readonly losses: number[]
  readonly provider: ProviderReport
  readonly placement: readonly OpPlacement[] | null
}

async function train(trainer: Trainer, steps = Number.POSITIVE_INFINITY): Promise<Trained> {
  const losses: number[] = []
  const stop = new AbortController()
  for await (const event of trainer.run({ signal: stop.signal })) {
    if (event.kind === 'progress') losses.push(...event.losses)
    if (losses.length >= steps) stop.abort()
  }
  return { losses, provider: trainer.provider, placement: await trainer.placement() }
}

/** The first `steps` steps of SimpleCNN on MNIST from PyTorch's start. @param data the first 64 x steps training pictures */
export async function simpleCnnSteps(
  runtime: Runtime,
  data: Dataset,
  stepsPerCall: number,
): Promise<Trained> {
  const trainer = await createTrainer({
    model: startModel(),
    runtime,
    data,
    scale: 1 / 255,
    epochs: 1,
    batchSize: 64,
    shuffle: false,
    stepsPerCall,
  })
  try {
    return await train(trainer)
  } finally {
    await trainer.release()
  }
}

/** The largest relative distance of the losses from PyTorch's. */
export const distanceFromTorch = (losses: readonly number[]): number =>
  Math.max(
    ...losses.map((v, i) => {
      const expected = reference.loss_before_update_at_step[i]!
      return Math.abs(v - expected) / expected
    }),
  )

class Translator extends nn.Module {
  embedding = nn.embedding(17, 16)
  first = nn.transformerEncoder(16, 2, { causal: true })
  second = nn.transformerEncoder(16, 2, { causal: true })
  norm = nn.layerNorm(16)
  head = nn.linear(16, 17)

  override forward(x: nn.Value): nn.Value {
    return this.head.call(this.norm.call(this.second.call(this.first.call(this.embedding.call(x)))))
  }
}

const [block, sequences] = [8, 24]

function transformer(runtime: Runtime): Promise<Trainer> {
  const random = seeded(11)
  const tokens = Int32Array.from({ length: sequences * block }, () => Math.floor(random() * 17))
  return createTrainer({
    model: new Translator(),
    runtime,
    data: { samples: tokens, labels: tokens.map((t) => (3 * t + 1) % 17), sampleShape: [block] },
    optimiser: adamW({ learningRate: 3e-3 }),
    clip: { norm: 1 },
    epochs: 2,
    batchSize: 4,
    seed: 9,
    stepsPerCall: 2,
  })
}

/** Twelve steps of two causal attention blocks. */
export async function transformerSteps(runtime: Runtime): Promise<Trained> {
  const trainer = await transformer(runtime)
  try {
    return await train(trainer)
  } finally {
    await trainer.release()
  }
}

export interface Leg {
  readonly losses: number[]
  readonly checkpoint: Uint8Array
}

/** Goes on with the transformer for some steps, from a checkpoint that any runtime wrote. */
export async function transformerLeg(runtime: Runtime, from: Uint8Array | null, steps: number): Promise<Leg> {
  const trainer = await transformer(runtime)
  try {
    if (from !== null) trainer.resume(from)
    const { losses } = await train(trainer, steps)
    return { losses, checkpoint: trainer.checkpoint() }
  } finally {
    await trainer.release()
  }
}
