/** @file The trainer: checks and compiles once, then runs, saves, resumes and exports. */
import { EngineError } from '../errors.ts'
import { showShape, sizeOf } from '../graph/tensor.ts'
import { crossEntropy } from '../loss/cross-entropy.ts'
import type { Loss } from '../loss/loss.ts'
import type { Module } from '../nn/module.ts'
import { initialise, loadStateDict, type StateDict } from '../nn/state.ts'
import { type ModelSummary, summarise, vocabularyOf } from '../nn/summary.ts'
import { writeModel } from '../onnx/write.ts'
import { adam } from '../optim/adam.ts'
import { type ClipOptions, checkClip } from '../optim/clip.ts'
import type { Optimiser } from '../optim/optimiser.ts'
import type { ProviderReport, Runtime } from '../runtime/session.ts'
import { checkpointVersion, readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { compile } from './compiled.ts'
import { checkDataset, checkTokens, classTargets, type Dataset, samplesType } from './data.ts'
import { fingerprintOf } from './fingerprint.ts'
import { classesOf, inferenceGraph } from './graphs.ts'
import { flatten, type Layout, layoutOf, stateOf } from './layout.ts'
import {
  type EarlyStopping,
  type Schedule,
  type TrainEvent,
  type TrainResult,
  type TrainState,
  trainLoop,
} from './loop.ts'

export interface TrainerOptions {
  /** Parameters without values are initialised from `seed`. */
  readonly model: Module
  readonly runtime: Runtime
  readonly data: Dataset
  /** Measured after every epoch where given. */
  readonly validation?: Dataset
  /** Multiplies the samples in the graph: 1/255 for pictures in bytes. */
  readonly scale?: number
  readonly loss?: Loss
  readonly optimiser?: Optimiser
  /** The learning rate of a step; without it the optimiser's own throughout. */
  readonly schedule?: Schedule
  /** Keeps the gradient of a step within limits. */
  readonly clip?: ClipOptions
  /** Computes each batch in so many equal parts, one after the other, with the memory of one; it divides batchSize. */
  readonly accumulate?: number
  /**
   * Keeps an exponential moving average of the weights: after each step decay x average + (1 - decay) x weights.
   * Validation and export then take the average.
   */
  readonly ema?: { readonly decay: number }
  /** Ends training when the loss no longer falls, with the weights of the best epoch. */
  readonly earlyStopping?: EarlyStopping
  readonly epochs: number
  readonly batchSize: number
  /** Decides initialisation and shuffling: the same seed gives the same losses. */
  readonly seed?: number
  /** A new order every epoch (true), or the order of the data. */
  readonly shuffle?: boolean
  /** Steps a call into ONNX Runtime: progress, cancelling and checkpoints happen between calls. */
  readonly stepsPerCall?: number
  /** Milliseconds, for speeds and estimates. */
  readonly clock?: () => number
}

export interface Trainer {
  readonly summary: ModelSummary
  /** Names the design, loss, optimiser and data shape; a checkpoint fits a trainer of the same fingerprint. */
  readonly fingerprint: string
  readonly stepsPerEpoch: number
  readonly provider: ProviderReport
  /** Epochs finished, and steps done in the current one. */
  readonly position: { readonly epoch: number; readonly step: number }
  /**
   * Trains from `position` to the last epoch. Stops after the current call when `signal` is aborted; `run` may then be
   * called again. @throws EngineError engine/loss-not-finite, engine/busy, engine/runtime
   */
  run(options?: { signal?: AbortSignal }): AsyncGenerator<TrainEvent, TrainResult>
  /**
   * Measures the validation data with the weights as they are now (their average where `ema` keeps one): before training,
   * or after `resume`. Accuracy is NaN where the model gives no class scores.
   * @throws EngineError engine/bad-options without validation data, engine/busy, engine/runtime
   */
  validate(): Promise<{ readonly loss: number; readonly accuracy: number }>
  /** All that is needed to go on from here with the same losses. */
  checkpoint(): Uint8Array
  /** @throws EngineError engine/checkpoint-damaged, engine/checkpoint-mismatch, engine/checkpoint-newer */
  resume(checkpoint: Uint8Array): void
  /** The parameters as they are now, or their average where `ema` keeps one; the model itself gets them when `run` ends. */
  state(options?: { averaged?: boolean }): StateDict
  /**
   * ONNX bytes: `input` float32 [N, …sampleShape], scaled already (int64 for tokens), -> `logits` (and `probabilities`).
   */
  exportInference(options?: { probabilities?: boolean }): Uint8Array
  release(): Promise<void>
}

/**
 * Checks the design and the data, builds the training graph and loads it.
 * @throws EngineError engine/shape-mismatch, engine/bad-data, engine/bad-options, engine/gradient-not-supported,
 * engine/not-differentiable, engine/runtime
 */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const o = {
    scale: 1,
    loss: crossEntropy(),
    optimiser: adam(),
    seed: 0,
    shuffle: true,
    stepsPerCall: 50,
    accumulate: 1,
    clock: () => performance.now(),
    ...options,
  }
  const { model, data, validation, batchSize, optimiser } = o
  checkOptions(o)
  const inputType = samplesType(data.samples) === 'int32' ? 'int64' : 'float32'
  const summary = summarise(model, data.sampleShape, { slots: optimiser.slots, inputType })
  const targets = o.loss.targets?.(summary.outputShape) ?? classTargets(classesOf(summary.outputShape))
  // One label a sample asks for one row of scores a sample.
  const perSample = data.labels.length * sizeOf(data.sampleShape) === data.samples.length
  if (targets.kind === 'classes' && perSample && sizeOf(targets.shape) !== 1) classesOf(summary.outputShape)
  const count = checkDataset(data, targets, 'training')
  const vocabulary = inputType === 'int64' ? vocabularyOf(model, data.sampleShape) : null
  if (vocabulary !== null) checkTokens(data, vocabulary, 'training')
  if (validation) {
    checkDataset(validation, targets, 'validation')
    if (vocabulary !== null) checkTokens(validation, vocabulary, 'validation')
    if (showShape(validation.sampleShape) !== showShape(data.sampleShape)) {
      throw new EngineError(
        'engine/bad-data',
        `validation samples are ${showShape(validation.sampleShape)}, training samples ${showShape(data.sampleShape)}`,
        'Give both the same shape.',
      )
    }
  }
  if (batchSize > count) {
    throw new EngineError(
      'engine/bad-data',
      `a batch of ${batchSize} is larger than the data set of ${count} samples`,
      `Use a batch size up to ${count}.`,
    )
  }
  initialise(model, { seed: o.seed })
  const layout = layoutOf(model, optimiser)
  const fingerprint = await fingerprintOf({ ...o, sampleShape: data.sampleShape, inputType })
  const compiled = await compile({ ...o, layout, targets, count })
  const state = startState(layout, optimiser, o.ema !== undefined)
  let running = false

  const stateNow = (averaged = false): StateDict => {
    const { ema } = state.vectors
    return stateOf(model, layout, averaged && ema ? { ...state.vectors, parameters: ema } : state.vectors)
  }

  return {
    summary,
    fingerprint,
    stepsPerEpoch: Math.ceil(count / batchSize),
    provider: compiled.provider,
    get position() {
      return { epoch: state.epoch, step: state.step }
    },
    async *run({ signal } = {}) {
      if (running)
        throw new EngineError(
          'engine/busy',
          'the trainer is already running',
          'Wait for the first run to end, or abort it.',
        )
      running = true
      try {
        return yield* trainLoop({ ...o, count, compiled, state, signal })
      } finally {
        running = false
        loadStateDict(model, stateNow())
      }
    },
    async validate() {
      if (running)
        throw new EngineError('engine/busy', 'the trainer is running', 'Validate before or after run.')
      const { ema } = state.vectors
      const measured = await compiled.validate(ema ? { ...state.vectors, parameters: ema } : state.vectors)
      if (measured !== null) return { loss: measured.loss, accuracy: measured.accuracy }
      throw new EngineError(
        'engine/bad-options',
        'the trainer has no validation data',
        'Give createTrainer a validation data set.',
      )
    },
    checkpoint: () =>
      writeCheckpoint({
        header: {
          version: checkpointVersion,
          fingerprint,
          seed: o.seed,
          batchSize,
          samples: count,
          epoch: state.epoch,
          step: state.step,
          lossSum: state.lossSum,
          tensors: tensorsOf(layout),
          vectors: Object.keys(state.vectors),
          size: state.vectors.parameters!.length,
          sizes: Object.values(state.vectors).map((v) => v.length),
          history: state.history,
        },
        vectors: Object.values(state.vectors),
      }),
    resume(bytes) {
      if (running) throw new EngineError('engine/busy', 'the trainer is running', 'Resume before run.')
      const { header, vectors } = readCheckpoint(bytes)
      const wanted = { fingerprint, seed: o.seed, batchSize, samples: count }
      for (const [name, value] of Object.entries(wanted)) {
        const found = header[name as keyof typeof wanted]
        if (found === value) continue
        const what =
          name === 'fingerprint'
            ? 'of another model, optimiser or data shape'
            : `with ${name} ${found}, this trainer has ${value}`
        throw new EngineError(
          'engine/checkpoint-mismatch',
          `the checkpoint was written ${what}`,
          'Resume with the options that it was written with.',
        )
      }
      const { epoch, step, lossSum, history = [] } = header
      const named = Object.fromEntries(header.vectors.map((name, i) => [name, vectors[i]!]))
      Object.assign(state, { vectors: named, epoch, step, lossSum, history })
      loadStateDict(model, stateNow())
    },
    state: ({ averaged = false } = {}) => stateNow(averaged),
    exportInference: ({ probabilities = false } = {}) =>
      writeModel(inferenceGraph(model, data.sampleShape, stateNow(true), { probabilities, inputType })),
    release: () => compiled.release(),
  }
}

function checkOptions(o: {
  epochs: number
  batchSize: number
  stepsPerCall: number
  accumulate: number
  clip?: ClipOptions
  ema?: { decay: number }
  earlyStopping?: EarlyStopping
  data: Dataset
  scale: number
}): void {
  const refuse = (what: string, hint: string): never => {
    throw new EngineError('engine/bad-options', what, hint)
  }
  const { epochs, batchSize, stepsPerCall, accumulate } = o
  const whole = { epochs, batchSize, stepsPerCall, accumulate, patience: o.earlyStopping?.patience ?? 1 }
  for (const [name, value] of Object.entries(whole))
    if (!Number.isSafeInteger(value) || value < 1)
      refuse(`${name} must be a whole number from 1, got ${value}`, `Correct ${name}.`)
  if (batchSize % accumulate !== 0)
    refuse(`a batch of ${batchSize} does not divide into ${accumulate} parts`, 'Use a divisor of batchSize.')
  if (o.ema && !(o.ema.decay >= 0 && o.ema.decay < 1))
    refuse(`ema: decay must be from 0 to below 1, got ${o.ema.decay}`, 'Use 0.999, say.')
  if (o.clip) checkClip(o.clip)
  if (o.data.samples instanceof Int32Array && o.scale !== 1)
    refuse('scale has no meaning for tokens', 'Leave scale out, or give the samples as floats.')
}

function startState(layout: Layout, optimiser: Optimiser, ema: boolean): TrainState {
  const parameters = flatten(layout.trained)
  const slots = Array.from({ length: optimiser.slots }, (_, i) => [
    `slot${i}`,
    new Float32Array(parameters.length),
  ])
  const vectors = {
    parameters,
    ...Object.fromEntries(slots),
    ...(ema ? { ema: parameters.slice() } : {}),
    ...(layout.buffers.length > 0 ? { buffers: flatten(layout.buffers) } : {}),
    ...(layout.frozen.length > 0 ? { frozen: flatten(layout.frozen) } : {}),
  }
  return { vectors, epoch: 0, step: 0, lossSum: 0, history: [] }
}

function tensorsOf({ trained }: Layout): { name: string; shape: readonly number[]; offset: number }[] {
  let offset = 0
  return trained.map(({ name, parameter }) => {
    const entry = { name, shape: parameter.shape, offset }
    offset += parameter.size
    return entry
  })
}
