/** @file A generator writes what the model learned; draws follow temperature and top-k; wrong prompts are refused. */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import * as nn from '../nn/nn.ts'
import { adam } from '../optim/adam.ts'
import { seeded } from '../random.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { drawToken, loadGenerator, type TokenGenerator } from './generator.ts'
import { createTrainer } from './trainer.ts'

const runtime = nodeRuntime({ threads: 1 })
const [vocabulary, context] = [5, 6]

class Counter extends nn.Module {
  tokens = nn.embedding(vocabulary, 16)
  block = nn.transformerEncoder(16, 2, { causal: true, rotary: true, normFirst: true })
  head = nn.linear(16, vocabulary)

  override forward(x: nn.Value): nn.Value {
    return this.head.call(this.block.call(this.tokens.call(x)))
  }
}

describe('a model that learned to count', () => {
  let generator: TokenGenerator
  let exported: Uint8Array
  beforeAll(async () => {
    const samples = Int32Array.from(
      { length: 200 * context },
      (_, i) => (Math.floor(i / context) + i) % vocabulary,
    )
    const trainer = await createTrainer({
      model: new Counter(),
      runtime,
      data: { samples, labels: samples.map((token) => (token + 1) % vocabulary), sampleShape: [context] },
      optimiser: adam({ learningRate: 1e-2 }),
      epochs: 10,
      batchSize: 20,
    })
    for await (const _ of trainer.run());
    exported = trainer.exportInference()
    generator = await loadGenerator(runtime, exported)
  })

  it('counts on, beyond what it sees at a time', async () => {
    expect(generator).toMatchObject({ context, vocabulary })
    const written: number[] = []
    for await (const token of generator.generate([3], { count: 12, temperature: 0 })) written.push(token)
    expect(written).toEqual([4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0])
  })

  it('sees the last tokens alone, wherever they stand', async () => {
    const short = await generator.next([1, 2, 3, 4, 0, 1])
    expect(await generator.next([4, 4, 1, 2, 3, 4, 0, 1])).toEqual(short)
    // The scores after two tokens are those of the same two tokens at the start of a longer text.
    const session = await runtime.createSession(exported)
    const data = BigInt64Array.from([2n, 3n, 4n, 0n, 1n, 2n])
    const { logits } = await session.run({ input: { dtype: 'int64', shape: [1, context], data } })
    const second = (logits!.data as Float32Array).slice(vocabulary, 2 * vocabulary)
    ;(await generator.next([2, 3])).forEach((score, i) => {
      expect(score).toBeCloseTo(second[i]!, 4)
    })
  })

  it('writes the same for the same random numbers', async () => {
    const write = async (seed: number): Promise<number[]> => {
      const written: number[] = []
      const options = { count: 30, temperature: 3, random: seeded(seed) }
      for await (const token of generator.generate([0], options)) written.push(token)
      return written
    }
    expect(await write(1)).toEqual(await write(1))
    expect(await write(1)).not.toEqual(await write(2))
  })

  it.each([
    [[], 'engine/bad-data'],
    [[1, 5], 'engine/bad-data'],
    [[0.5], 'engine/bad-data'],
  ])('refuses the prompt %j', async (prompt, code) => {
    await expect(generator.generate(prompt, { count: 1 }).next()).rejects.toMatchObject({ code })
  })

  it('refuses options that mean nothing, before anything runs', async () => {
    for (const options of [{ temperature: -1 }, { temperature: Number.NaN }, { topK: 0 }, { topK: 6 }])
      await expect(generator.generate([0], { count: 1, ...options }).next()).rejects.toMatchObject({
        code: 'engine/bad-options',
      })
  })
})

it('a classifier of pictures generates nothing', async () => {
  class Classifier extends nn.Module {
    flatten = nn.flatten()
    head = nn.linear(4, 2)
    override forward(x: nn.Value): nn.Value {
      return this.head.call(this.flatten.call(x))
    }
  }
  const data = { samples: new Uint8Array(16), labels: new Uint8Array(4), sampleShape: [1, 2, 2] }
  const trainer = await createTrainer({ model: new Classifier(), runtime, data, epochs: 1, batchSize: 4 })
  await expect(loadGenerator(runtime, trainer.exportInference())).rejects.toMatchObject({
    code: 'engine/unsupported-model',
  })
})

describe('draws', () => {
  const scores = fc
    .array(fc.float({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 40 })
    .map((values) => Float32Array.from(values))

  it('come from the best tokens alone', () => {
    fc.assert(
      fc.property(
        scores,
        fc.nat(),
        fc.double({ min: 0, max: 5, noNaN: true }),
        fc.nat(),
        (s, k, temperature, seed) => {
          const topK = 1 + (k % s.length)
          const token = drawToken(s, { topK, temperature, random: seeded(seed) })
          expect(s.filter((v) => v > s[token]!).length).toBeLessThan(topK)
        },
      ),
    )
  })

  it('are as frequent as the softmax says', () => {
    const random = seeded(3)
    const s = Float32Array.of(1, 0, 2)
    const counts = [0, 0, 0]
    for (let i = 0; i < 20_000; i++) counts[drawToken(s, { temperature: 2, random })]!++
    const weights = [...s].map((v) => Math.exp(v / 2))
    const sum = weights.reduce((a, b) => a + b, 0)
    // Four standard deviations of a share of 20,000 draws are below 0.015.
    counts.forEach((count, i) => {
      expect(Math.abs(count / 20_000 - weights[i]! / sum)).toBeLessThan(0.015)
    })
  })
})
