/** @file The trainer: checks and compiles once, then runs, saves, resumes and exports. */
import { EngineError } from '../errors.ts'
import type { Loss } from '../loss/loss.ts'
import type { Module } from '../nn/module.ts'
import { initialise, loadStateDict, type StateDict } from '../nn/state.ts'
import type { ModelSummary } from '../nn/summary.ts'
import { writeModel } from '../onnx/write.ts'
import type { ClipOptions } from '../optim/clip.ts'
import type { Optimiser } from '../optim/optimiser.ts'
import type { OpPlacement, ProviderReport, Runtime } from '../runtime/session.ts'
import type { Augmentation } from './augment/augment.ts'
import { batchSource } from './batches.ts'
import { checkpointVersion, readCheckpoint, writeCheckpoint } from './checkpoint.ts'
import { compile } from './compiled.ts'
import type { Dataset, StreamedData } from './dataset.ts'
import { withDefaults } from './defaults.ts'
import { fingerprintOf } from './fingerprint.ts'
import { inferenceGraph } from './graphs.ts'
import { flatten, type Layout, layoutOf, stateOf } from './layout.ts'
import {
  type Callbacks,
  type CheckpointEvery,
  type EarlyStopping,
  type Schedule,
  type TrainEvent,
  type TrainResult,
  type TrainState,
  trainLoop,
} from './loop.ts'
import { accuracy, type Metric } from './metric.ts'
import { compileParallel } from './parallel.ts'
import { checkOptions, preparedData } from './prepared.ts'
import { loadValidation, tellsAccuracy, type Validated } from './validation.ts'

export interface TrainerOptions {
  /** Parameters without values are initialised from `seed`. */
  readonly model: Module
  readonly runtime: Runtime
  readonly data: Dataset | StreamedData
  /** Measured after every epoch where given. */
  readonly validation?: Dataset | StreamedData
  /** Multiplies the samples in the graph: 1/255 for pictures in bytes. */
  readonly scale?: number
  /** Changes of the training samples, one after the other; what each sample gets follows from seed, epoch and its number. */
  readonly augment?: readonly Augmentation[]
  readonly loss?: Loss
  /** What is measured on validation data besides the loss; accuracy, where the labels are classes, without it. */
  readonly metrics?: readonly Metric[]
  readonly optimiser?: Optimiser
  /** The learning rate of a step; without it the optimiser's own throughout. */
  readonly schedule?: Schedule
  /** Keeps the gradient of a step within limits. */
  readonly clip?: ClipOptions
  /** Computes each batch in so many equal parts, one after the other, with the memory of one; it divides batchSize. */
  readonly accumulate?: number
  /**
   * Runtimes that share out each batch, in equal parts, and compute its gradient side by side: the processes that
   * `startWorkers` starts, say. The gradient is that of the whole batch; batch norms
   * take the statistics of their part.
   */
  readonly workers?: readonly Runtime[]
  /**
   * Keeps an exponential moving average of the weights: after each step decay x average + (1 - decay) x weights.
   * Validation and export then take the average.
   */
  readonly ema?: { readonly decay: number }
  /** Ends training when the loss (or a metric) no longer becomes better, with the weights of the best epoch. */
  readonly earlyStopping?: EarlyStopping
  readonly callbacks?: Callbacks
  /** When `onCheckpoint` is called: after every epoch without it. */
  readonly checkpointEvery?: CheckpointEvery
  readonly epochs: number
  readonly batchSize: number
  /** Decides initialisation, shuffling and augmentation: the same seed gives the same losses. */
  readonly seed?: number
  /** A new order every epoch (true), or the order of the data. */
  readonly shuffle?: boolean
  /** Samples of a stream that are held to draw from; up to 10,000 and 128 MiB without it. */
  readonly shuffleBuffer?: number
  /** Steps a call into ONNX Runtime: progress, cancelling and checkpoints happen between calls. */
  readonly stepsPerCall?: number
  /** Milliseconds, for speeds and estimates. */
  readonly clock?: () => number
}

export interface Trainer {
  readonly summary: ModelSummary
  /** Names the design, loss, optimiser and data shape; a checkpoint fits a trainer of the same fingerprint. */
  readonly fingerprint: string
  /** NaN where the length of a stream is not known. */
  readonly stepsPerEpoch: number
  readonly provider: ProviderReport
  /**
   * Which provider ran which ops of the steps so far, and stops recording; null unless the runtime was made with
   * `placement: true`.
   */
  placement(): Promise<readonly OpPlacement[] | null>
  /** Epochs finished, and steps done in the current one. */
  readonly position: { readonly epoch: number; readonly step: number }
  /**
   * Trains from `position` to the last epoch. Stops after the current call when `signal` is aborted; `run` may then be
   * called again. @throws EngineError engine/loss-not-finite, engine/busy, engine/runtime, engine/data-source,
   * engine/worker-lost
   */
  run(options?: { signal?: AbortSignal }): AsyncGenerator<TrainEvent, TrainResult>
  /**
   * Measures the validation data with the weights as they are now (their average where `ema` keeps one): before training,
   * or after `resume`.
   * @throws EngineError engine/bad-options without validation data, engine/busy, engine/runtime
   */
  validate(): Promise<Validated>
  /** All that is needed to go on from here with the same losses. */
  checkpoint(): Uint8Array
  /** @throws EngineError engine/checkpoint-damaged, engine/checkpoint-mismatch, engine/checkpoint-newer */
  resume(checkpoint: Uint8Array): void
  /** The parameters as they are now, or their average where `ema` keeps one; the model itself gets them when `run` ends. */
  state(options?: { averaged?: boolean }): StateDict
  /**
   * ONNX bytes: `input` float32 [N, …sampleShape], scaled (and normalised) already, int64 for tokens, and further inputs
   * by their names -> `logits` (and `probabilities`) and the model's heads by theirs.
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
  const o = withDefaults(options)
  checkOptions(o)
  const { model, batchSize, optimiser, validation } = o
  const { plan, summary, count, vocabulary, shuffleBuffer } = preparedData(o)
  initialise(model, { seed: o.seed })
  const layout = layoutOf(model, optimiser)
  const { inputs } = plan.source
  const fingerprint = await fingerprintOf({ ...o, inputs, shuffleBuffer, workers: o.workers?.length })
  const batches = batchSource({ ...o, plan, count, vocabulary, shuffleBuffer: shuffleBuffer ?? 1 })
  const build = { ...o, layout, fields: plan.graph, scale: plan.scale, count, resident: batches.resident }
  const compiled = await (o.workers ? compileParallel({ ...build, workers: o.workers }) : compile(build))
  const judge = { model, layout, runtime: o.runtime, plan, loss: o.loss, outputShape: summary.outputShape }
  const metrics = o.metrics ?? (tellsAccuracy(judge) ? [accuracy()] : [])
  const measured = validation ? await loadValidation({ ...judge, validation, metrics, vocabulary }) : null
  const earlyStopping = o.earlyStopping && monitoring(o.earlyStopping, metrics, measured !== null)
  const state = startState(layout, optimiser, o.ema !== undefined)
  const stepsPerEpoch = count === null ? Number.NaN : Math.ceil(count / batchSize)
  let running = false

  const stateNow = (averaged = false): StateDict => {
    const { ema } = state.vectors
    return stateOf(model, layout, averaged && ema ? { ...state.vectors, parameters: ema } : state.vectors)
  }

  const checkpoint = (): Uint8Array =>
    writeCheckpoint({
      header: {
        version: checkpointVersion,
        fingerprint,
        seed: o.seed,
        batchSize,
        samples: count,
        epoch: state.epoch,
        step: state.step,
        seen: state.seen,
        done: state.done,
        lossSum: state.lossSum,
        tensors: tensorsOf(layout),
        vectors: Object.keys(state.vectors),
        size: state.vectors.parameters!.length,
        sizes: Object.values(state.vectors).map((v) => v.length),
        history: state.history,
      },
      vectors: Object.values(state.vectors),
    })

  return {
    summary,
    fingerprint,
    stepsPerEpoch,
    get provider() {
      return compiled.provider
    },
    placement: () => compiled.placement(),
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
        const validate = measured?.measure ?? null
        return yield* trainLoop({
          ...o,
          ...(earlyStopping ? { earlyStopping } : {}),
          batches,
          compiled,
          validate,
          state,
          checkpoint,
          signal,
        })
      } finally {
        running = false
        loadStateDict(model, stateNow())
      }
    },
    async validate() {
      if (running)
        throw new EngineError('engine/busy', 'the trainer is running', 'Validate before or after run.')
      const { ema } = state.vectors
      if (measured) return measured.measure(ema ? { ...state.vectors, parameters: ema } : state.vectors)
      throw new EngineError(
        'engine/bad-options',
        'the trainer has no validation data',
        'Give createTrainer a validation data set.',
      )
    },
    checkpoint,
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
      const fits = Object.entries(state.vectors).every(
        ([name, v]) => name.startsWith('best') || vectors[header.vectors.indexOf(name)]?.length === v.length,
      )
      if (!fits)
        throw new EngineError(
          'engine/checkpoint-mismatch',
          'the checkpoint has other vectors than this trainer',
          'Resume with the options that it was written with.',
        )
      const { epoch, step, lossSum, history = [] } = header
      const {
        seen = Math.min(step * batchSize, count ?? Number.POSITIVE_INFINITY),
        done = epoch * stepsPerEpoch + step,
      } = header
      const named = Object.fromEntries(header.vectors.map((name, i) => [name, vectors[i]!]))
      Object.assign(state, { vectors: named, epoch, step, seen, done, lossSum, history })
      loadStateDict(model, stateNow())
    },
    state: ({ averaged = false } = {}) => stateNow(averaged),
    exportInference: ({ probabilities = false } = {}) =>
      writeModel(inferenceGraph(model, inputs, stateNow(true), { probabilities })),
    async release() {
      await Promise.all([compiled.release(), measured?.release()])
    },
  }
}

/** Early stopping by a metric that is measured, in the metric's own direction. @throws EngineError engine/bad-options */
function monitoring(stop: EarlyStopping, metrics: readonly Metric[], validated: boolean): EarlyStopping {
  if (stop.monitor === undefined || stop.monitor === 'loss') return stop
  const metric = metrics.find(({ names }) => names.includes(stop.monitor!))
  if (metric === undefined || !validated) {
    throw new EngineError(
      'engine/bad-options',
      `earlyStopping: ${stop.monitor} is not measured`,
      validated
        ? `Measured are: ${metrics.flatMap(({ names }) => names).join(', ') || 'the loss alone'}.`
        : 'Give validation data.',
    )
  }
  return { better: metric.better, ...stop }
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
  return { vectors, epoch: 0, step: 0, seen: 0, done: 0, lossSum: 0, history: [] }
}

function tensorsOf({ trained }: Layout): { name: string; shape: readonly number[]; offset: number }[] {
  let offset = 0
  return trained.map(({ name, parameter }) => {
    const entry = { name, shape: parameter.shape, offset }
    offset += parameter.size
    return entry
  })
}
