/** @file Data sets in memory, checked before any time is spent. */
import { EngineError } from '../errors.ts'
import { sizeOf } from '../graph/tensor.ts'
import type { Targets } from '../loss/loss.ts'
import type { Column, Dataset } from './dataset.ts'
import { type Columns, type Fields, inputsOf, targetType } from './fields.ts'

const bad = (message: string, hint: string): EngineError => new EngineError('engine/bad-data', message, hint)

/**
 * The number of samples.
 * @param name of the data set, for messages
 * @param from the number of the first sample, for messages
 * @throws EngineError engine/bad-data: empty, sizes that do not fit, a label out of range, samples that are not finite
 */
export function checkDataset(
  data: Dataset,
  wanted: Targets | Pick<Fields, 'targets'>,
  name: string,
  from = 0,
): number {
  const { samples, labels, sampleShape } = data
  const size = sizeOf(sampleShape)
  if (samples.length === 0 || labels.length === 0)
    throw bad(`the ${name} data set is empty`, 'Give at least one sample with its label.')
  if (!(Number.isSafeInteger(size) && size > 0))
    throw bad(`the ${name} data set has the sample shape [${sampleShape.join(', ')}]`, 'Use sizes from 1.')
  if (samples.length % size !== 0) {
    throw bad(
      `the ${name} data set has ${samples.length} values, not a multiple of the ${size} of one sample`,
      'Check that the file is complete and that sampleShape is right.',
    )
  }
  const count = samples.length / size
  checkFinite(samples, size, name, '', from)
  for (const { key, dtype, shape } of inputsOf(data).slice(1)) {
    const column = data.inputs![key]!.data
    if (column.length !== count * sizeOf(shape)) {
      throw bad(
        `the ${name} data set has ${count} samples, but ${column.length} values of the input ${key} instead of ${count * sizeOf(shape)}`,
        `Give ${sizeOf(shape)} ${dtype} values of ${key} per sample.`,
      )
    }
    checkFinite(column, sizeOf(shape), name, ` (input ${key})`, from)
  }
  const targets = 'targets' in wanted ? wanted.targets : [{ key: '', targets: wanted }]
  for (const { key, targets: t } of targets) {
    const column = key === '' ? labels : data.targets?.[key]
    const each = sizeOf(t.shape)
    const what = key === '' ? 'labels' : `targets ${key}`
    if (column?.length !== count * each) {
      throw bad(
        `the ${name} data set has ${count} samples but ${column?.length ?? 'no'} ${what}`,
        each === 1 ? 'Give one label per sample.' : `Give ${each} labels per sample.`,
      )
    }
    checkTargets(column, t, each, name, key === '' ? 'label' : `target ${key}`, from)
  }
  return count
}

function checkFinite(column: Column, size: number, name: string, what: string, from: number): void {
  if (!(column instanceof Float32Array)) return
  const at = column.findIndex((v) => !Number.isFinite(v))
  if (at < 0) return
  throw bad(
    `sample ${from + Math.floor(at / size)} of the ${name} data set${what} holds ${column[at]}`,
    'Remove or replace values that are not finite.',
  )
}

function checkTargets(
  labels: Column,
  targets: Targets,
  each: number,
  name: string,
  what: string,
  from: number,
): void {
  const sample = (at: number): string => `sample ${from + Math.floor(at / each)} of the ${name} data set`
  if (targets.kind === 'classes') {
    const { classes, ignore } = targets
    const wrong = labels.findIndex(
      (label) => label !== ignore && !(label >= 0 && label < classes && Number.isInteger(label)),
    )
    if (wrong < 0) return
    throw bad(
      `${sample(wrong)} has the ${what} ${labels[wrong]}, outside 0 to ${classes - 1}`,
      hintOf(Number(labels[wrong]), classes),
    )
  }
  const [low, high] = targets.range ?? [-3.5e38, 3.5e38]
  const wrong = labels.findIndex((v) => !(v >= low && v <= high))
  if (wrong < 0) return
  throw bad(
    `${sample(wrong)} has the target ${labels[wrong]}${targets.range ? `, outside ${low} to ${high}` : ''}`,
    'Correct or remove it.',
  )
}

function hintOf(label: number, classes: number): string {
  if (!Number.isInteger(label))
    return 'Labels of classes are whole numbers; for values use a loss of values, such as meanSquaredError.'
  return label >= classes
    ? `Correct the label, or give the model ${label + 1} outputs.`
    : 'Correct the label, or name it as ignoreIndex where it stands for none.'
}

/** Tokens must be rows of the embedding. @throws EngineError engine/bad-data */
export function checkTokens(
  { samples, sampleShape }: Pick<Dataset, 'samples' | 'sampleShape'>,
  vocabulary: number,
  name: string,
  from = 0,
): void {
  const wrong = samples.findIndex((token) => token < 0 || token >= vocabulary)
  if (wrong < 0) return
  throw bad(
    `sample ${from + Math.floor(wrong / sizeOf(sampleShape))} of the ${name} data set has the token ${samples[wrong]}, outside 0 to ${vocabulary - 1}`,
    'Correct the token, or give the embedding more rows.',
  )
}

/** The columns of a data set, in the types that the graph takes; samples are not copied. */
export function columnsOf(data: Dataset, { inputs, targets }: Fields): Columns {
  const columns: Record<string, Column> = { samples: data.samples }
  for (const { name, key } of inputs.slice(1)) columns[name] = data.inputs![key]!.data
  for (const { name, key, targets: t } of targets) {
    const given = key === '' ? data.labels : data.targets![key]!
    const Data = targetType(t) === 'int32' ? Int32Array : Float32Array
    columns[name] = given instanceof Data ? given : Data.from(given)
  }
  return columns
}
