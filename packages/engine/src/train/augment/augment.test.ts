/** @file Augmentations do what they say, follow from seed, epoch and sample alone, and go on bit for bit. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crossEntropy } from '../../loss/cross-entropy.ts'
import * as nn from '../../nn/nn.ts'
import { sgd } from '../../optim/sgd.ts'
import { seeded } from '../../random.ts'
import { nodeRuntime } from '../../runtime/node.ts'
import type { Column, StreamedData } from '../dataset.ts'
import { createTrainer, type Trainer, type TrainerOptions } from '../trainer.ts'
import type { Augmentation } from './augment.ts'
import {
  colourJitter,
  cutmix,
  cutout,
  gaussianNoise,
  horizontalFlip,
  mixup,
  normalise,
  randomAffine,
  randomCrop,
  randomRotation,
  tokenMasking,
} from './index.ts'

const applied = <T extends Column>(
  a: Augmentation,
  values: T,
  shape: readonly number[],
  seed = 1,
  labels: Column = new Int32Array(1),
): T => {
  const copy = values.slice() as T
  a.check(shape)
  a.apply!({ values: copy, shape, labels, random: seeded(seed), scratch: values.slice() })
  return copy
}

const picture = (channels: number, height: number, width: number, from = 1): Uint8Array =>
  Uint8Array.from({ length: channels * height * width }, (_, i) => from + i)

describe('pictures', () => {
  it('are cut out of their padded surroundings, every shift alike', () => {
    const [height, width, padding] = [4, 5, 2]
    const seen = new Set<string>()
    for (let seed = 0; seed < 300; seed++) {
      const out = applied(
        randomCrop({ padding, fill: 99 }),
        picture(2, height, width),
        [2, height, width],
        seed,
      )
      const shifts = []
      for (let dy = -padding; dy <= padding; dy++)
        for (let dx = -padding; dx <= padding; dx++) {
          const expected = picture(2, height, width).map((_, i) => {
            const [c, y, x] = [Math.floor(i / 20), (Math.floor(i / width) % height) + dy, (i % width) + dx]
            return y < 0 || y >= height || x < 0 || x >= width ? 99 : 1 + c * 20 + y * width + x
          })
          if (expected.every((v, i) => v === out[i])) shifts.push(`${dy} ${dx}`)
        }
      expect(shifts).toHaveLength(1)
      seen.add(shifts[0]!)
    }
    expect(seen.size).toBe(25)
  })

  it('are mirrored row by row, twice is nothing', () => {
    const always = horizontalFlip({ chance: 1 })
    expect([...applied(always, picture(1, 2, 3), [1, 2, 3])]).toEqual([3, 2, 1, 6, 5, 4])
    const once = applied(always, picture(3, 4, 5), [3, 4, 5])
    expect(applied(always, once, [3, 4, 5])).toEqual(picture(3, 4, 5))
    expect(applied(horizontalFlip({ chance: 0 }), picture(3, 4, 5), [3, 4, 5])).toEqual(picture(3, 4, 5))
  })

  it('lose a square of at most the size, the same in every channel', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 9 }), (seed, size) => {
        const out = applied(cutout({ size }), picture(2, 6, 7), [2, 6, 7], seed)
        const gone = (c: number) =>
          [...out.subarray(c * 42, c * 42 + 42).entries()].flatMap(([i, v]) => (v === 0 ? [i] : []))
        expect(gone(0)).toEqual(gone(1))
        const rows = new Set(gone(0).map((i) => Math.floor(i / 7)))
        const columns = new Set(gone(0).map((i) => i % 7))
        expect(gone(0).length).toBe(rows.size * columns.size)
        expect(Math.max(rows.size, columns.size)).toBeLessThanOrEqual(size)
        expect(gone(0).length).toBeGreaterThan(0)
      }),
    )
  })

  it('turn about their centre: by 90 degrees exactly, by nothing not at all', () => {
    const shape = [1, 3, 3]
    const fixed = (degrees: number): Augmentation => {
      const a = randomRotation(180)
      // The first random number decides the angle.
      return { ...a, apply: (s) => a.apply!({ ...s, random: () => (degrees + 180) / 360 }) }
    }
    const turned = [...applied(fixed(90), picture(1, 3, 3), shape)]
    expect([
      [7, 4, 1, 8, 5, 2, 9, 6, 3],
      [3, 6, 9, 2, 5, 8, 1, 4, 7],
    ]).toContainEqual(turned)
    expect([...applied(fixed(180), picture(1, 3, 3), shape)]).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1])
    expect(applied(randomAffine({}), picture(3, 5, 4), [3, 5, 4])).toEqual(picture(3, 5, 4))
    const shifted = applied(randomAffine({ translate: 0.5 }), new Float32Array(9).fill(1), shape, 3)
    expect(Math.max(...shifted)).toBeLessThanOrEqual(1)
    expect(shifted.some((v) => v < 1)).toBe(true)
  })

  it('are normalised, jittered and made noisy as numbers', () => {
    const values = Float32Array.of(0, 1, 2, 10, 11, 12)
    const out = applied(normalise({ mean: [1, 11], deviation: [1, 2] }), values, [2, 3])
    expect([...out]).toEqual([-1, 0, 1, -0.5, 0, 0.5])
    const many = new Float32Array(20_000)
    const noisy = applied(gaussianNoise({ deviation: 0.5 }), many, [20_000])
    const mean = noisy.reduce((a, b) => a + b, 0) / many.length
    const deviation = Math.sqrt(noisy.reduce((a, b) => a + (b - mean) ** 2, 0) / many.length)
    expect(Math.abs(mean)).toBeLessThan(0.02)
    expect(Math.abs(deviation - 0.5)).toBeLessThan(0.02)
    const flat = applied(colourJitter({ contrast: 0.9 }), new Float32Array(12).fill(3), [3, 2, 2])
    flat.forEach((v) => {
      expect(v).toBeCloseTo(3, 5)
    })
    const bright = applied(colourJitter({ brightness: 0.5 }), Float32Array.of(1, 2, 3, 4), [1, 2, 2])
    expect(bright[3]! / bright[0]!).toBeCloseTo(4, 5)
  })
})

describe('mixed batches', () => {
  const batch = (rows: number) => ({
    values: Float32Array.from({ length: rows * 16 }, (_, i) => Math.floor(i / 16)),
    labels: Float32Array.from({ length: rows * rows }, (_, i) => (i % (rows + 1) === 0 ? 1 : 0)),
    shape: [1, 4, 4],
    classes: rows,
    rows,
  })
  it.each([
    ['mixup', mixup({ alpha: 1 })],
    ['cutmix', cutmix()],
  ])('of %s: the labels say what is in the picture', (_, a) => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 6 }), (seed, rows) => {
        const b = batch(rows)
        a.mix!({ ...b, random: seeded(seed) })
        for (let row = 0; row < rows; row++) {
          const mean = b.values.subarray(row * 16, row * 16 + 16).reduce((s, v) => s + v, 0) / 16
          const told = b.labels.subarray(row * rows, (row + 1) * rows)
          expect(told.reduce((s, v) => s + v, 0)).toBeCloseTo(1, 5)
          expect(told.reduce((s, v, c) => s + v * c, 0)).toBeCloseTo(mean, 4)
        }
      }),
    )
  })
})

describe('tokens', () => {
  it('are masked at the chance, and only the chosen are asked for', () => {
    const tokens = Int32Array.from({ length: 20_000 }, (_, i) => i % 50)
    const labels = new Int32Array(20_000)
    const a = tokenMasking({ mask: 63, vocabulary: 64, ignore: -1, chance: 0.15, keep: [0] })
    const out = applied(a, tokens, [20_000], 3, labels)
    let [asked, masked] = [0, 0]
    tokens.forEach((token, i) => {
      if (labels[i] === -1) expect(out[i]).toBe(token)
      else {
        expect(labels[i]).toBe(token)
        expect(token).not.toBe(0)
        asked++
        if (out[i] === 63) masked++
      }
    })
    expect(Math.abs(asked / 19_600 - 0.15)).toBeLessThan(0.015)
    expect(Math.abs(masked / asked - 0.8)).toBeLessThan(0.04)
  })
})

class Conv extends nn.Module {
  conv = nn.conv2d(1, 4, 3)
  flatten = nn.flatten()
  out = nn.linear(4 * 6 * 6, 3)
  override forward(x: nn.Value): nn.Value {
    return this.out.call(this.flatten.call(nn.relu().call(this.conv.call(x))))
  }
}

const random = seeded(4)
const samples = Uint8Array.from({ length: 40 * 64 }, () => Math.floor(256 * random()))
const labels = Uint8Array.from({ length: 40 }, (_, i) => i % 3)
const data = { samples, labels, sampleShape: [1, 8, 8] }
const stream: StreamedData = {
  sampleShape: [1, 8, 8],
  sampleType: 'uint8',
  *open() {
    for (let i = 0; i < 40; i += 3)
      yield { samples: samples.subarray(i * 64, (i + 3) * 64), labels: labels.subarray(i, i + 3) }
  },
}
const everything = [
  randomCrop({ padding: 2 }),
  horizontalFlip(),
  randomAffine({ degrees: 10, translate: 0.1, scale: [0.9, 1.1], shear: 5 }),
  cutout({ size: 3 }),
  colourJitter({ brightness: 0.2, contrast: 0.2 }),
  gaussianNoise({ deviation: 0.01 }),
  normalise({ mean: [0.5], deviation: [0.25] }),
  mixup(),
  cutmix(),
]

const trainerOf = (more: Partial<TrainerOptions> = {}): Promise<Trainer> =>
  createTrainer({
    model: new Conv(),
    runtime: nodeRuntime({ threads: 1 }),
    data,
    validation: data,
    scale: 1 / 255,
    augment: everything,
    loss: crossEntropy({ softLabels: true }),
    optimiser: sgd({ learningRate: 0.1 }),
    epochs: 2,
    batchSize: 8,
    seed: 3,
    stepsPerCall: 2,
    ...more,
  })

async function lossesOf(trainer: Trainer, stopAfter = Number.POSITIVE_INFINITY): Promise<number[]> {
  const losses: number[] = []
  for await (const event of trainer.run()) {
    if (event.kind === 'progress') losses.push(...event.losses)
    else {
      expect(event.validation!.accuracy).toBeGreaterThanOrEqual(0)
      losses.push(event.validation!.loss)
    }
    if (losses.length >= stopAfter) break
  }
  return losses
}

describe('training with all of them', () => {
  it('gives the same losses whatever the number of steps a call, from memory and from a stream in its order', async () => {
    const expected = await lossesOf(await trainerOf({ shuffle: false }))
    expect(await lossesOf(await trainerOf({ shuffle: false, stepsPerCall: 5 }))).toEqual(expected)
    expect(await lossesOf(await trainerOf({ shuffle: false, data: stream, validation: stream }))).toEqual(
      expected,
    )
    expect(await lossesOf(await trainerOf({ shuffle: false, seed: 4 }))).not.toEqual(expected)
    expect(await lossesOf(await trainerOf({ shuffle: false, augment: everything.slice(1) }))).not.toEqual(
      expected,
    )
  })

  it.each([2, 4, 7])('goes on bit for bit after %i losses', async (stop) => {
    for (const source of [data, stream]) {
      const whole = await lossesOf(await trainerOf({ data: source }))
      const first = await trainerOf({ data: source })
      const before = await lossesOf(first, stop)
      const second = await trainerOf({ data: source })
      second.resume(first.checkpoint())
      expect([...before, ...(await lossesOf(second))]).toEqual(whole)
    }
  })

  it('refuses a checkpoint of other ones', async () => {
    const checkpoint = (await trainerOf()).checkpoint()
    const other = await trainerOf({ augment: [randomCrop({ padding: 1 }), ...everything.slice(1)] })
    expect(() => other.resume(checkpoint)).toThrow(
      expect.objectContaining({ code: 'engine/checkpoint-mismatch' }),
    )
  })

  it.each([
    ['labels that cannot be mixed', { loss: crossEntropy() }, /mixed labels/],
    ['another number of channels', { augment: [normalise({ mean: [0, 0], deviation: [1, 1] })] }, /2 means/],
  ] satisfies [string, Partial<TrainerOptions>, RegExp][])('refuses %s', async (_, more, message) => {
    await expect(trainerOf(more)).rejects.toThrow(message)
  })

  it('refuses settings that mean nothing', () => {
    for (const make of [
      () => randomCrop({ padding: 0 }),
      () => horizontalFlip({ chance: 2 }),
      () => cutout({ size: -1 }),
      () => randomAffine({ scale: [0, 1] }),
      () => normalise({ mean: [0], deviation: [0] }),
      () => gaussianNoise({ deviation: Number.NaN }),
      () => mixup({ alpha: 0 }),
      () => tokenMasking({ mask: 5, vocabulary: 5, ignore: -1 }),
    ])
      expect(make).toThrow(expect.objectContaining({ code: 'engine/bad-options' }))
    expect(() => randomCrop({ padding: 1 }).check([4])).toThrow(/no pictures/)
  })
})
