/** @file The trainer: checks and compiles once, then runs, saves, resumes and exports. */
import { EngineError } from '../errors.ts'
import { showShape } from '../graph/tensor.ts'
import { crossEntropy, type Loss } from '../loss/cross-entropy.ts'
import { type Module, namedParameters } from '../nn/module.ts'
import { initialise, loadStateDict, type StateDict, stateDict } from '../nn/state.ts'
import { type ModelSummary, summarise } from '../nn/summary.ts'
import { writeModel } from '../onnx/write.ts'
import { adam } from '../optim/adam.ts'
import type { Optimiser } from '../optim/optimiser.ts'
import type { ProviderReport, Runtime } from '../runtime/session.ts'
import { checkpointVersion, readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { compile } from './compiled.ts'
import { checkDataset, type Dataset } from './data.ts'
import { fingerprintOf } from './fingerprint.ts'
import { classesOf, inferenceGraph } from './graphs.ts'
import { type Schedule, type TrainEvent, type TrainResult, type TrainState, trainLoop } from './loop.ts'

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
  /** All that is needed to go on from here with the same losses. */
  checkpoint(): Uint8Array
  /** @throws EngineError engine/checkpoint-damaged, engine/checkpoint-mismatch, engine/checkpoint-newer */
  resume(checkpoint: Uint8Array): void
  /** The parameters as they are now; the model itself gets them when `run` ends. */
  state(): StateDict
  /** ONNX bytes: `input` float32 [N, …sampleShape], scaled already, -> `logits` (and `probabilities`). */
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
    clock: () => performance.now(),
    ...options,
  }
  const { model, data, validation, batchSize, optimiser } = o
  for (const [name, value] of Object.entries({ epochs: o.epochs, batchSize, stepsPerCall: o.stepsPerCall })) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new EngineError(
        'engine/bad-options',
        `${name} must be a whole number from 1, got ${value}`,
        `Correct ${name}.`,
      )
  }
  const summary = summarise(model, data.sampleShape, { slots: optimiser.slots })
  const classes = classesOf(summary.outputShape)
  const count = checkDataset(data, classes, 'training')
  if (validation) {
    checkDataset(validation, classes, 'validation')
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
  const fingerprint = await fingerprintOf({ ...o, sampleShape: data.sampleShape })
  const compiled = await compile({ ...o, count, classes })
  const state = startState(model, optimiser)
  let running = false

  const stateNow = (): StateDict =>
    new Map(
      [...stateDict(model)].map(([name, { shape }], i) => [name, { shape, data: part(state, model, i) }]),
    )

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
          tensors: tensorsOf(model),
          vectors: state.vectors.map((_, i) => (i === 0 ? 'parameters' : `slot${i - 1}`)),
          size: state.vectors[0]!.length,
        },
        vectors: state.vectors,
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
      Object.assign(state, { vectors, epoch: header.epoch, step: header.step, lossSum: header.lossSum })
      loadStateDict(model, stateNow())
    },
    state: stateNow,
    exportInference: ({ probabilities = false } = {}) =>
      writeModel(inferenceGraph(model, data.sampleShape, stateNow(), probabilities)),
    release: () => compiled.release(),
  }
}

function startState(model: Module, optimiser: Optimiser): TrainState {
  const named = namedParameters(model)
  const flat = new Float32Array(named.reduce((n, { parameter }) => n + parameter.size, 0))
  let at = 0
  for (const { parameter } of named) {
    flat.set(parameter.data!, at)
    at += parameter.size
  }
  const slots = Array.from({ length: optimiser.slots }, () => new Float32Array(flat.length))
  return { vectors: [flat, ...slots], epoch: 0, step: 0, lossSum: 0 }
}

function tensorsOf(model: Module): { name: string; shape: readonly number[]; offset: number }[] {
  let offset = 0
  return namedParameters(model).map(({ name, parameter }) => {
    const entry = { name, shape: parameter.shape, offset }
    offset += parameter.size
    return entry
  })
}

function part(state: TrainState, model: Module, i: number): Float32Array {
  const { offset } = tensorsOf(model)[i]!
  return state.vectors[0]!.slice(offset, offset + namedParameters(model)[i]!.parameter.size)
}
