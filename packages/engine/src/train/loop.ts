/** @file The training loop: epochs, shuffling, progress, stopping. */
import { EngineError } from '../errors.ts'
import type { Optimiser } from '../optim/optimiser.ts'
import type { EpochRecord, Schedule } from '../optim/schedule.ts'
import { permutation, seeded } from '../random.ts'
import type { Compiled, StepsInput } from './compiled.ts'
import type { Vectors } from './layout.ts'

export type { Schedule } from '../optim/schedule.ts'

export type TrainEvent =
  | {
      readonly kind: 'progress'
      /** The running epoch, from 1. */
      readonly epoch: number
      readonly epochs: number
      /** Steps done in this epoch, and steps it has. */
      readonly step: number
      readonly steps: number
      /** Of the steps since the last event, each before its update. */
      readonly losses: Float32Array
      readonly samplesPerSecond: number
      /** Estimate for all remaining epochs, validation left out. */
      readonly secondsLeft: number
    }
  | {
      readonly kind: 'epoch'
      readonly epoch: number
      readonly epochs: number
      /** Mean over the epoch's samples of the loss before each update. */
      readonly loss: number
      /** Of training since `run` or the epoch began, validation left out. */
      readonly seconds: number
      readonly validation?: { readonly loss: number; readonly accuracy: number }
    }

export interface TrainResult {
  /** Epochs finished. */
  readonly epochs: number
  /** Mean training loss of the last finished epoch; NaN where none was finished in this run. */
  readonly loss: number
  /** Whether the signal ended it early. */
  readonly stopped: boolean
  /** Whether it ended before the last epoch because the loss no longer fell; the model then has its best epoch's weights. */
  readonly stoppedEarly: boolean
}

export interface EarlyStopping {
  /** Epochs without a better loss (of validation where there is one) that are waited for. */
  readonly patience: number
  /** How much lower a loss must be to count as better. */
  readonly minDelta?: number
}

export interface TrainState {
  vectors: Vectors
  epoch: number
  step: number
  lossSum: number
  history: readonly EpochRecord[]
}

export interface LoopOptions {
  readonly compiled: Compiled
  /** Moves on as training does. */
  readonly state: TrainState
  readonly optimiser: Optimiser
  readonly schedule?: Schedule
  readonly earlyStopping?: EarlyStopping
  readonly epochs: number
  readonly batchSize: number
  readonly count: number
  readonly seed: number
  readonly shuffle: boolean
  readonly stepsPerCall: number
  readonly clock: () => number
  readonly signal?: AbortSignal
}

export async function* trainLoop(o: LoopOptions): AsyncGenerator<TrainEvent, TrainResult> {
  const { state, epochs } = o
  let last = Number.NaN
  while (state.epoch < epochs && !enough(o)) {
    const finished = yield* trainEpoch(o)
    if (finished === null) return { epochs: state.epoch, loss: last, stopped: true, stoppedEarly: false }
    last = finished
  }
  const { best, bestBuffers: buffers } = state.vectors
  if (best) {
    const { ema } = state.vectors
    state.vectors = {
      ...state.vectors,
      parameters: best,
      ...(ema ? { ema: best } : {}),
      ...(buffers ? { buffers } : {}),
    }
  }
  return { epochs: state.epoch, loss: last, stopped: false, stoppedEarly: state.epoch < epochs }
}

/** How many of the last epochs brought nothing better; 0 where the last one is the best. */
function epochsSinceBest(history: readonly EpochRecord[], minDelta: number): number {
  let [best, at] = [Number.POSITIVE_INFINITY, 0]
  history.forEach(({ loss, validationLoss = loss }, i) => {
    if (validationLoss < best - minDelta) [best, at] = [validationLoss, i]
  })
  return history.length === 0 ? 0 : history.length - 1 - at
}

// Read from the history alone, so that a resumed run stops at the same epoch.
const enough = ({ earlyStopping: e, state }: LoopOptions): boolean =>
  e !== undefined && epochsSinceBest(state.history, e.minDelta ?? 0) >= e.patience

/** The epoch's mean loss, or null when it was stopped. */
async function* trainEpoch(o: LoopOptions): AsyncGenerator<TrainEvent, number | null> {
  const { state, epochs, count, batchSize, compiled } = o
  const steps = Math.ceil(count / batchSize)
  const order = o.shuffle
    ? permutation(count, seeded(o.seed, -1 - state.epoch))
    : Int32Array.from({ length: count }, (_, i) => i)
  let [seconds, trained] = [0, 0]
  while (state.step < steps) {
    if (o.signal?.aborted === true) return null
    const began = o.clock()
    const { losses, samples } = await call(o, order)
    seconds += (o.clock() - began) / 1000
    trained += samples
    const speed = trained / Math.max(seconds, 1e-9)
    const left = (epochs - state.epoch) * count - Math.min(count, state.step * batchSize)
    yield {
      kind: 'progress',
      epoch: state.epoch + 1,
      epochs,
      step: state.step,
      steps,
      losses,
      samplesPerSecond: speed,
      secondsLeft: left / speed,
    }
  }
  const loss = state.lossSum / count
  const { ema, parameters } = state.vectors
  const measured = ema ? { ...state.vectors, parameters: ema } : state.vectors
  const validation = await compiled.validate(measured)
  const history = [...state.history, { loss, ...(validation ? { validationLoss: validation.loss } : {}) }]
  Object.assign(state, { epoch: state.epoch + 1, step: 0, lossSum: 0, history })
  if (o.earlyStopping && epochsSinceBest(history, o.earlyStopping.minDelta ?? 0) === 0) {
    const { buffers } = state.vectors
    state.vectors = {
      ...state.vectors,
      best: ema ?? parameters!,
      ...(buffers ? { bestBuffers: buffers } : {}),
    }
  }
  yield {
    kind: 'epoch',
    epoch: state.epoch,
    epochs,
    loss,
    seconds,
    ...(validation ? { validation: { loss: validation.loss, accuracy: validation.accuracy } } : {}),
  }
  return loss
}

/** Runs the next steps: as many full batches as a call takes, or the one smaller batch at the end. */
async function call(o: LoopOptions, order: Int32Array): Promise<{ losses: Float32Array; samples: number }> {
  const { state, count, batchSize } = o
  const perEpoch = Math.ceil(count / batchSize)
  const full = Math.min(o.stepsPerCall, Math.floor(count / batchSize) - state.step)
  const [steps, batch] = full > 0 ? [full, batchSize] : [1, count % batchSize]
  const before = state.epoch * perEpoch + state.step
  const rates = Float32Array.from({ length: steps }, (_, i) =>
    o.schedule
      ? o.schedule({
          step: before + i,
          steps: o.epochs * perEpoch,
          epoch: state.epoch,
          history: state.history,
        })
      : o.optimiser.learningRate,
  )
  const from = state.step * batchSize
  const input = {
    order: order.slice(from, from + steps * batch),
    batch,
    step: before,
    rates,
    vectors: state.vectors,
  }
  const result = await o.compiled.steps(input)
  const wrong = result.losses.findIndex((v) => !Number.isFinite(v))
  if (wrong >= 0) throw await notFinite(o, input, result.losses[wrong]!, wrong)
  Object.assign(state, {
    vectors: result.vectors,
    step: state.step + steps,
    lossSum: state.lossSum + result.losses.reduce((sum, v) => sum + v * batch, 0),
  })
  return { losses: result.losses, samples: steps * batch }
}

/** Goes to the step in question again (the steps before it give the same numbers) and looks where it went wrong. */
async function notFinite(
  o: LoopOptions,
  input: StepsInput,
  loss: number,
  wrong: number,
): Promise<EngineError> {
  const { state, compiled } = o
  const { batch } = input
  const upTo = { ...input, order: input.order.slice(0, wrong * batch), rates: input.rates.slice(0, wrong) }
  const vectors = wrong === 0 ? input.vectors : (await compiled.steps(upTo)).vectors
  const where = await compiled.explain({
    ...input,
    step: input.step + wrong,
    order: input.order.slice(wrong * batch),
    vectors,
  })
  return new EngineError(
    'engine/loss-not-finite',
    `the loss became ${loss} at step ${state.step + wrong + 1} of epoch ${state.epoch + 1}: ${where}`,
    'Lower the learning rate, or look for extreme values in the data.',
  )
}
