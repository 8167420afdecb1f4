/** @file What an augmentation is: a change of samples that the seed, the epoch and the sample's number decide. */
import { EngineError } from '../../errors.ts'
import type { Random } from '../../random.ts'
import type { Column } from '../dataset.ts'

/** One sample, changed in place. */
export interface Sample {
  readonly values: Column
  readonly shape: readonly number[]
  /** Its labels, changed in place too where the augmentation decides what is to be told (masked tokens). */
  readonly labels: Column
  readonly random: Random
  /** Room for one sample, with no content to rely on. */
  readonly scratch: Column
}

/** The samples of one batch, one after the other, with soft labels: probabilities, one per class. */
export interface MixedBatch {
  readonly values: Column
  readonly labels: Float32Array
  readonly shape: readonly number[]
  readonly classes: number
  readonly rows: number
  readonly random: Random
}

export interface Augmentation {
  readonly name: string
  /** Settings that a checkpoint must agree on. */
  readonly settings: Readonly<Record<string, unknown>>
  /** It needs floats: samples in bytes are multiplied by the trainer's `scale` first. */
  readonly floats: boolean
  /** It belongs to the data, not to chance: validation samples get it too. */
  readonly always?: boolean
  /** @throws EngineError engine/bad-options where it does not fit samples of this shape */
  check(shape: readonly number[]): void
  apply?(sample: Sample): void
  /** Mixes the samples of a batch and their labels; comes after all that are applied to single samples. */
  mix?(batch: MixedBatch): void
}

export function refuse(name: string, ok: boolean, says: string, hint: string): void {
  if (!ok) throw new EngineError('engine/bad-options', `${name}: ${says}`, hint)
}

export interface Picture {
  readonly channels: number
  readonly height: number
  readonly width: number
}

export const pictureOf = (shape: readonly number[]): Picture => ({
  channels: shape[0]!,
  height: shape[1]!,
  width: shape[2]!,
})

/** @throws EngineError engine/bad-options */
export const expectPicture = (name: string, shape: readonly number[]): void =>
  refuse(
    name,
    shape.length === 3,
    `samples of shape [${shape.join(', ')}] are no pictures`,
    'Give pictures as [channels, height, width].',
  )

/** A number from a normal distribution (Box and Muller, 1958). */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
