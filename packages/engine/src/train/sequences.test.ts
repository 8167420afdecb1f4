/** @file Models of sequences learn through the trainer: tokens in, a target for every token. */
import { describe, expect, it } from 'vitest'
import { crossEntropy } from '../loss/cross-entropy.ts'
import * as nn from '../nn/nn.ts'
import { adamW } from '../optim/adam.ts'
import { cosine, warmUp } from '../optim/schedule.ts'
import { seeded } from '../random.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { createTrainer, type Trainer, type TrainerOptions } from './trainer.ts'

const runtime = nodeRuntime({ threads: 1 })
const [vocabulary, length, size] = [8, 10, 32]

/** A causal language model of one block. */
class TinyGpt extends nn.Module {
  tokens = nn.embedding(vocabulary, size)
  block = nn.transformerEncoder(size, 4, {
    causal: true,
    rotary: true,
    normFirst: true,
    activation: 'gelu',
    dropout: 0.05,
    hidden: 64,
  })
  norm = nn.rmsNorm(size)
  head = nn.linear(size, vocabulary, { bias: false })

  override forward(x: nn.Value): nn.Value {
    return this.head.call(this.norm.call(this.block.call(this.tokens.call(x))))
  }
}

/** Sequences that repeat four random tokens; what comes before the first repetition cannot be known and is ignored. */
function repeats(count: number, seed: number) {
  const random = seeded(seed)
  const samples = new Int32Array(count * length)
  const labels = new Int32Array(count * length)
  for (let i = 0; i < count; i++) {
    const period = Array.from({ length: 4 }, () => Math.floor(random() * vocabulary))
    for (let t = 0; t < length; t++) {
      samples[i * length + t] = period[t % 4]!
      labels[i * length + t] = t < 3 ? -1 : period[(t + 1) % 4]!
    }
  }
  return { samples, labels, sampleShape: [length] }
}

const options = (more: Partial<TrainerOptions> = {}): TrainerOptions => ({
  model: new TinyGpt(),
  runtime,
  data: repeats(512, 1),
  validation: repeats(64, 2),
  loss: crossEntropy({ ignoreIndex: -1 }),
  optimiser: adamW({ learningRate: 1e-2, noDecay: ['*bias', '*norm*', 'tokens.*'] }),
  schedule: warmUp(10, cosine({ rate: 1e-2, final: 1e-3 })),
  clip: { norm: 1 },
  epochs: 12,
  batchSize: 32,
  seed: 4,
  ...more,
})

const lossesOf = async (trainer: Trainer, stopAfter = Number.POSITIVE_INFINITY): Promise<number[]> => {
  const losses: number[] = []
  for await (const event of trainer.run()) {
    if (event.kind === 'progress') losses.push(...event.losses)
    if (losses.length >= stopAfter) break
  }
  return losses
}

describe('a tiny causal transformer', () => {
  it('learns to repeat, and its export gives the next tokens', async () => {
    const trainer = await createTrainer(options())
    let accuracy = 0
    for await (const event of trainer.run())
      if (event.kind === 'epoch') accuracy = event.validation!.accuracy!
    expect(accuracy).toBeGreaterThan(0.95)
    const session = await runtime.createSession(trainer.exportInference())
    const period = [3, 1, 6, 2]
    const tokens = BigInt64Array.from({ length }, (_, t) => BigInt(period[t % 4]!))
    const { logits } = await session.run({ input: { dtype: 'int64', shape: [1, length], data: tokens } })
    expect(logits!.shape).toEqual([1, length, vocabulary])
    const next = (logits!.data as Float32Array).slice(-vocabulary)
    expect(next.indexOf(Math.max(...next))).toBe(period[length % 4])
    await Promise.all([trainer.release(), session.release()])
  })

  it('goes on bit for bit, dropout and all', async () => {
    const short = () => options({ data: repeats(70, 1), epochs: 2, stepsPerCall: 1, accumulate: 2 })
    const whole = await lossesOf(await createTrainer(short()))
    const first = await createTrainer(short())
    const before = await lossesOf(first, 4)
    const second = await createTrainer(short())
    second.resume(first.checkpoint())
    expect([...before, ...(await lossesOf(second))]).toEqual(whole)
  })

  it('refuses tokens that its embedding does not have', async () => {
    const data = repeats(64, 1)
    data.samples[25] = vocabulary
    await expect(createTrainer(options({ data }))).rejects.toThrow(
      expect.objectContaining({
        code: 'engine/bad-data',
        message: expect.stringMatching(/sample 2 .* token 8/),
      }),
    )
    await expect(createTrainer(options({ scale: 0.5 }))).rejects.toThrow(/scale/)
  })
})

it('adapters train while the rest stays', async () => {
  const model = nn.initialise(new TinyGpt(), { seed: 1 })
  const start = nn.stateDict(model)
  nn.addLora(model, { rank: 4, match: 'block.*' })
  const losses = await lossesOf(await createTrainer(options({ model, epochs: 2 })))
  expect(losses.at(-1)).toBeLessThan(losses[0]!)
  const end = nn.stateDict(model)
  for (const [name, { data }] of start) expect(end.get(name)!.data, name).toEqual(data)
  expect(end.get('block.linear1.lora_B')!.data.some((v) => v !== 0)).toBe(true)
})

class Tagger extends nn.Module {
  tokens = nn.embedding(vocabulary, 8)
  memory = nn.gru(8, 16)
  norm = nn.batchNorm(length)
  head = nn.linear(16, vocabulary)

  override forward(x: nn.Value): nn.Value {
    return this.head.call(this.norm.call(this.memory.call(this.tokens.call(x))))
  }
}

it('a recurrent model with a norm of batches learns, keeps running values and goes on bit for bit', async () => {
  const tagging = (): TrainerOptions => {
    const data = repeats(64, 3)
    const samples = data.samples
    const labels = samples.map((_, i) => (i % length === 0 ? -1 : samples[i - 1]!))
    return options({
      model: new Tagger(),
      data: { ...data, labels },
      epochs: 30,
      batchSize: 16,
      stepsPerCall: 3,
    })
  }
  const { validation: _, ...rest } = tagging()
  const trainer = await createTrainer(rest)
  const whole = await lossesOf(trainer)
  expect(whole.at(-1)!).toBeLessThan(0.5 * whole[0]!)
  expect(
    trainer
      .state()
      .get('norm.running_var')!
      .data.every((v) => v > 0 && v !== 1),
  ).toBe(true)
  const first = await createTrainer({ ...tagging(), validation: rest.data })
  const before = await lossesOf(first, 21)
  const second = await createTrainer(tagging())
  second.resume(first.checkpoint())
  expect([...before, ...(await lossesOf(second))]).toEqual(whole)
})
