/** @file Checks a trainer's options and data, before any time is spent. */
import { EngineError } from '../errors.ts'
import { sizeOf } from '../graph/tensor.ts'
import type { Loss } from '../loss/loss.ts'
import { Module, namedParameters } from '../nn/module.ts'
import { type ModelSummary, vocabularyOf } from '../nn/summary.ts'
import { type ClipOptions, checkClip } from '../optim/clip.ts'
import type { Optimiser } from '../optim/optimiser.ts'
import type { Augmentation } from './augment/augment.ts'
import { checkDataset, checkTokens } from './data.ts'
import { type Dataset, isStream, type StreamedData } from './dataset.ts'
import { bytesOf, expectSameInputs, inputsOf, inputTypeOf, summaryOf, targetsOf } from './fields.ts'
import type { CheckpointEvery, EarlyStopping } from './loop.ts'
import { type Plan, planOf } from './plan.ts'

export interface PreparedData {
  readonly plan: Plan
  readonly summary: ModelSummary
  /** Samples of an epoch; null where that is not known. */
  readonly count: number | null
  /** Rows of the embedding that reads the samples; null where none does. */
  readonly vocabulary: number | null
  /** Of a stream that is shuffled. */
  readonly shuffleBuffer?: number
}

const bufferBytes = 2 ** 27

/**
 * Traces the model on the data's shapes and checks all that is in memory.
 * @throws EngineError engine/shape-mismatch, engine/bad-data, engine/bad-options
 */
export function preparedData(o: {
  readonly model: Module
  readonly data: Dataset | StreamedData
  readonly validation?: Dataset | StreamedData
  readonly loss: Loss
  readonly optimiser: Optimiser
  readonly augment: readonly Augmentation[]
  readonly scale: number
  readonly seed: number
  readonly batchSize: number
  readonly shuffle: boolean
  readonly shuffleBuffer?: number
}): PreparedData {
  const { model, data, validation, batchSize } = o
  const inputs = inputsOf(data)
  const summary = summaryOf(model, inputs, o.optimiser.slots)
  const given = isStream(data)
    ? undefined
    : data.labels.length / (data.samples.length / sizeOf(data.sampleShape))
  const targets = targetsOf(o.loss, summary, given)
  const plan = planOf({ ...o, inputs, targets })
  const more = inputs.slice(1).map((f) => ({ name: f.key, dtype: inputTypeOf(f), shape: f.shape }))
  const tokens = inputTypeOf(inputs[0]!) === 'int64'
  const vocabulary = tokens ? vocabularyOf(model, inputs[0]!.shape, more) : null
  const check = (set: Dataset | StreamedData, name: string): number | null => {
    if (isStream(set)) {
      if (set.count === undefined || (Number.isSafeInteger(set.count) && set.count > 0))
        return set.count ?? null
      throw new EngineError(
        'engine/bad-data',
        `the ${name} stream declares ${set.count} samples`,
        'Declare a whole number from 1, or leave count out.',
      )
    }
    const count = checkDataset(set, plan.source, name)
    if (vocabulary !== null) checkTokens(set, vocabulary, name)
    return count
  }
  const count = check(data, 'training')
  if (validation) {
    expectSameInputs(inputs, inputsOf(validation))
    if (inputsOf(validation).some((f, i) => f.dtype !== inputs[i]!.dtype)) {
      throw new EngineError(
        'engine/bad-data',
        'validation samples are of another type than training samples',
        'Give both as bytes, as floats or as tokens.',
      )
    }
    check(validation, 'validation')
  }
  if (count !== null && batchSize > count) {
    throw new EngineError(
      'engine/bad-data',
      `a batch of ${batchSize} is larger than the data set of ${count} samples`,
      `Use a batch size up to ${count}.`,
    )
  }
  if (!isStream(data) || !o.shuffle) return { plan, summary, count, vocabulary }
  const fits = Math.max(batchSize, Math.floor(bufferBytes / bytesOf(plan.source)))
  return { plan, summary, count, vocabulary, shuffleBuffer: o.shuffleBuffer ?? Math.min(10_000, fits) }
}

/** The most values of one parameter: 4 GiB. */
const mostValues = 2 ** 30

/** What a caller without types may get wrong. @throws EngineError engine/bad-options, engine/bad-data */
function checkKinds(o: {
  readonly model: unknown
  readonly runtime: unknown
  readonly data: unknown
  readonly validation?: unknown
  readonly loss: unknown
  readonly optimiser: unknown
  readonly metrics?: unknown
  readonly augment: unknown
  readonly schedule?: unknown
  readonly callbacks: unknown
  readonly checkpointEvery: unknown
  readonly earlyStopping?: unknown
  readonly seed: number
}): void {
  const refuse = (what: string, hint: string): never => {
    throw new EngineError('engine/bad-options', what, hint)
  }
  if (!(o.model instanceof Module))
    refuse('model is no nn.Module', 'Give an object of a class that extends nn.Module.')
  if (typeof (o.runtime as { createSession?: unknown } | null)?.createSession !== 'function')
    refuse('runtime is none', 'Give nodeRuntime() or webRuntime({ … }).')
  if (!has(o.loss, 'build')) refuse('loss is none', 'Give crossEntropy(), say.')
  if (!has(o.optimiser, 'update')) refuse('optimiser is none', 'Give adam(), say.')
  if (o.schedule !== undefined && typeof o.schedule !== 'function')
    refuse('schedule is no function', 'Give schedules.cosine({ … }), say.')
  if (!areAll(o.augment, 'check')) refuse('augment is no list of augmentations', 'Give [augment.…()].')
  if (o.metrics !== undefined && !areAll(o.metrics, 'build'))
    refuse('metrics is no list of metrics', 'Give [metrics.accuracy()], say.')
  for (const name of ['callbacks', 'checkpointEvery', 'earlyStopping'] as const)
    if (o[name] !== undefined && (typeof o[name] !== 'object' || o[name] === null))
      refuse(`${name} is none`, `Correct ${name}.`)
  if (!Number.isSafeInteger(o.seed)) refuse(`seed must be a whole number, got ${o.seed}`, 'Correct seed.')
  for (const { name, parameter } of namedParameters(o.model as Module))
    if (parameter.size > mostValues)
      refuse(`${name} has ${parameter.size} values, more than ${mostValues}`, 'Make the layer smaller.')
  for (const [name, set] of Object.entries({ training: o.data, validation: o.validation }))
    if (set !== undefined || name === 'training') checkKindOfData(set, name)
}

const has = (value: unknown, method: string): boolean =>
  typeof (value as Record<string, unknown> | null | undefined)?.[method] === 'function'

const areAll = (value: unknown, method: string): boolean =>
  Array.isArray(value) && value.every((each) => has(each, method))

function checkKindOfData(given: unknown, name: string): void {
  const refuse = (what: string, hint: string): never => {
    throw new EngineError('engine/bad-data', `the ${name} data ${what}`, hint)
  }
  if (typeof given !== 'object' || given === null)
    throw refuse('is missing', 'Give { samples, labels, sampleShape }, or a stream with open().')
  const set = given as Record<string, unknown>
  if (!Array.isArray(set.sampleShape))
    refuse('has no sampleShape', 'Give the sizes of one sample, such as [1, 28, 28].')
  if ('open' in set) {
    if (typeof set.open !== 'function')
      refuse('has an open that is no function', 'Give open({ epoch, skip }).')
    if (!['uint8', 'int32', 'float32'].includes(set.sampleType as string))
      refuse(`has the sampleType ${String(set.sampleType)}`, 'Use uint8, int32 or float32.')
    return
  }
  for (const key of ['samples', 'labels'])
    if (![Uint8Array, Int32Array, Float32Array].some((type) => set[key] instanceof type))
      refuse(
        `has ${key} of another kind`,
        'Give a Uint8Array, an Int32Array or a Float32Array, such as Float32Array.from(values).',
      )
}

/** @throws EngineError engine/bad-options, engine/bad-data */
export function checkOptions(o: {
  readonly model: Module
  readonly runtime: unknown
  readonly optimiser: Optimiser
  readonly validation?: Dataset | StreamedData
  readonly seed: number
  readonly epochs: number
  readonly batchSize: number
  readonly stepsPerCall: number
  readonly accumulate: number
  readonly shuffleBuffer?: number
  readonly workers?: readonly unknown[]
  readonly loss: Loss
  readonly metrics?: unknown
  readonly augment: unknown
  readonly schedule?: unknown
  readonly callbacks: unknown
  readonly clip?: ClipOptions
  readonly ema?: { readonly decay: number }
  readonly earlyStopping?: EarlyStopping
  readonly checkpointEvery: CheckpointEvery
  readonly data: Dataset | StreamedData
  readonly scale: number
}): void {
  const refuse = (what: string, hint: string): never => {
    throw new EngineError('engine/bad-options', what, hint)
  }
  checkKinds(o)
  const { learningRate } = o.optimiser
  if (!(learningRate >= 0 && learningRate <= 3.4e38))
    refuse(`learningRate must be from 0, got ${learningRate}`, 'Use 1e-3, say.')
  const { epochs, batchSize, stepsPerCall, accumulate, shuffleBuffer = 1, workers } = o
  const whole = {
    epochs,
    batchSize,
    stepsPerCall,
    accumulate,
    shuffleBuffer,
    workers: workers?.length ?? 1,
    patience: o.earlyStopping?.patience ?? 1,
    checkpointEvery: Object.values(o.checkpointEvery)[0] ?? 0,
  }
  for (const [name, value] of Object.entries(whole))
    if (!Number.isSafeInteger(value) || value < 1)
      refuse(`${name} must be a whole number from 1, got ${value}`, `Correct ${name}.`)
  if (batchSize % accumulate !== 0)
    refuse(`a batch of ${batchSize} does not divide into ${accumulate} parts`, 'Use a divisor of batchSize.')
  if (workers && batchSize < workers.length * accumulate)
    refuse(
      `a batch of ${batchSize} gives ${workers.length} workers less than one sample each`,
      'Use a larger batch, or fewer workers.',
    )
  if ((accumulate > 1 || workers) && o.loss.parts?.some(({ loss }) => loss.weight))
    refuse(
      'a joint loss with weights or ignored labels is the mean of a whole batch, not of its parts',
      'Leave accumulate and workers out, or ignoreIndex and classWeights.',
    )
  if (o.ema && !(o.ema.decay >= 0 && o.ema.decay < 1))
    refuse(`ema: decay must be from 0 to below 1, got ${o.ema.decay}`, 'Use 0.999, say.')
  if (o.clip) checkClip(o.clip)
  const tokens = isStream(o.data) ? o.data.sampleType === 'int32' : o.data.samples instanceof Int32Array
  if (tokens && o.scale !== 1)
    refuse('scale has no meaning for tokens', 'Leave scale out, or give the samples as floats.')
  if (!Number.isFinite(o.scale)) refuse(`scale must be finite, got ${o.scale}`, 'Use 1/255, say.')
}
