/** @file Data sets in memory, checked before any time is spent. */
import { EngineError } from '../errors.ts'
import { type DType, sizeOf, type Tensor } from '../graph/tensor.ts'

export interface Dataset {
  /** One sample after the other, row-major; kept as it is, not copied. */
  readonly samples: Uint8Array | Float32Array
  /** Class numbers from 0, one a sample. */
  readonly labels: Uint8Array | Int32Array
  /** The shape of one sample, such as [1, 28, 28]. */
  readonly sampleShape: readonly number[]
}

const bad = (message: string, hint: string): EngineError => new EngineError('engine/bad-data', message, hint)

/**
 * The number of samples.
 * @throws EngineError engine/bad-data: empty, sizes that do not fit, a label out of range, samples that are not finite
 */
export function checkDataset(
  { samples, labels, sampleShape }: Dataset,
  classes: number,
  name: string,
): number {
  const size = sizeOf(sampleShape)
  if (samples.length === 0 || labels.length === 0)
    throw bad(`the ${name} data set is empty`, 'Give at least one sample with its label.')
  if (samples.length % size !== 0) {
    throw bad(
      `the ${name} data set has ${samples.length} values, not a multiple of the ${size} of one sample`,
      'Check that the file is complete and that sampleShape is right.',
    )
  }
  const count = samples.length / size
  if (labels.length !== count)
    throw bad(
      `the ${name} data set has ${count} samples but ${labels.length} labels`,
      'Give one label per sample.',
    )
  const wrong = labels.findIndex((label) => label < 0 || label >= classes)
  if (wrong >= 0) {
    throw bad(
      `sample ${wrong} of the ${name} data set has the label ${labels[wrong]}, outside 0 to ${classes - 1}`,
      `Correct the label, or give the model ${Number(labels[wrong]) + 1} outputs.`,
    )
  }
  if (samples instanceof Float32Array) {
    const at = samples.findIndex((v) => !Number.isFinite(v))
    if (at >= 0)
      throw bad(
        `sample ${Math.floor(at / size)} of the ${name} data set holds ${samples[at]}`,
        'Remove or replace values that are not finite.',
      )
  }
  return count
}

export const samplesType = (samples: Dataset['samples']): DType =>
  samples instanceof Uint8Array ? 'uint8' : 'float32'

/** Samples [count, size] without copying. */
export const samplesTensor = (samples: Dataset['samples'], size: number): Tensor => ({
  dtype: samplesType(samples),
  shape: [samples.length / size, size],
  data: samples,
})

export const labelsTensor = (labels: Dataset['labels']): Tensor => ({
  dtype: 'int32',
  shape: [labels.length],
  data: labels instanceof Int32Array ? labels : Int32Array.from(labels),
})
