/** @file Data sets in memory, checked before any time is spent. */
import { EngineError } from '../errors.ts'
import { type DType, sizeOf, type Tensor } from '../graph/tensor.ts'
import type { Targets } from '../loss/loss.ts'

export interface Dataset {
  /** One sample after the other, row-major; kept as it is, not copied. Int32Array: tokens, which stay whole numbers. */
  readonly samples: Uint8Array | Float32Array | Int32Array
  /** The targets of each sample, one after the other: class numbers from 0 or values, as the loss takes them. */
  readonly labels: Uint8Array | Int32Array | Float32Array
  /** The shape of one sample, such as [1, 28, 28]. */
  readonly sampleShape: readonly number[]
}

const bad = (message: string, hint: string): EngineError => new EngineError('engine/bad-data', message, hint)

/** Targets of a classifier: one class number a sample. */
export const classTargets = (classes: number): Targets => ({ kind: 'classes', shape: [], classes })

/**
 * The number of samples.
 * @throws EngineError engine/bad-data: empty, sizes that do not fit, a label out of range, samples that are not finite
 */
export function checkDataset(
  { samples, labels, sampleShape }: Dataset,
  targets: Targets,
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
  const each = sizeOf(targets.shape)
  if (labels.length !== count * each) {
    throw bad(
      `the ${name} data set has ${count} samples but ${labels.length} labels`,
      each === 1 ? 'Give one label per sample.' : `Give ${each} labels per sample.`,
    )
  }
  checkTargets(labels, targets, each, name)
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

function checkTargets(labels: Dataset['labels'], targets: Targets, each: number, name: string): void {
  if (targets.kind === 'classes') {
    const { classes, ignore } = targets
    const wrong = labels.findIndex(
      (label) => label !== ignore && !(label >= 0 && label < classes && Number.isInteger(label)),
    )
    if (wrong < 0) return
    throw bad(
      `sample ${Math.floor(wrong / each)} of the ${name} data set has the label ${labels[wrong]}, outside 0 to ${classes - 1}`,
      `Correct the label, or give the model ${Math.floor(Number(labels[wrong])) + 1} outputs.`,
    )
  }
  const [low, high] = targets.range ?? [-3.5e38, 3.5e38]
  const wrong = labels.findIndex((v) => !(v >= low && v <= high))
  if (wrong < 0) return
  throw bad(
    `sample ${Math.floor(wrong / each)} of the ${name} data set has the target ${labels[wrong]}${targets.range ? `, outside ${low} to ${high}` : ''}`,
    'Correct or remove it.',
  )
}

/** Tokens must be rows of the embedding. @throws EngineError engine/bad-data */
export function checkTokens({ samples, sampleShape }: Dataset, vocabulary: number, name: string): void {
  const wrong = samples.findIndex((token) => token < 0 || token >= vocabulary)
  if (wrong < 0) return
  throw bad(
    `sample ${Math.floor(wrong / sizeOf(sampleShape))} of the ${name} data set has the token ${samples[wrong]}, outside 0 to ${vocabulary - 1}`,
    'Correct the token, or give the embedding more rows.',
  )
}

export const samplesType = (samples: Dataset['samples']): DType =>
  samples instanceof Uint8Array ? 'uint8' : samples instanceof Int32Array ? 'int32' : 'float32'

export const targetType = ({ kind }: Targets): DType => (kind === 'classes' ? 'int32' : 'float32')

/** Samples [count, size] without copying. */
export const samplesTensor = (samples: Dataset['samples'], size: number): Tensor => ({
  dtype: samplesType(samples),
  shape: [samples.length / size, size],
  data: samples,
})

/** Targets [count, …] in the type that the loss takes. */
export const labelsTensor = (labels: Dataset['labels'], targets: Targets): Tensor => {
  const Data = targets.kind === 'classes' ? Int32Array : Float32Array
  return {
    dtype: targetType(targets),
    shape: [labels.length / sizeOf(targets.shape), ...targets.shape],
    data: labels instanceof Data ? labels : Data.from(labels),
  }
}
