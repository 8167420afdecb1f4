/** @file The training loop: epochs, shuffling, progress, stopping. */
import { EngineError } from '../errors.ts'
import type { Optimiser } from '../optim/optimiser.ts'
import { type EpochRecord, monitored, type Schedule } from '../optim/schedule.ts'
import type { Batches, BatchSource } from './batches.ts'
import type { Compiled, StepsInput } from './compiled.ts'
import type { Vectors } from './layout.ts'
import type { Validated } from './validation.ts'

export type { Schedule } from '../optim/schedule.ts'

export interface ProgressEvent {
  readonly kind: 'progress'
  /** The running epoch, from 1. */
  readonly epoch: number
  readonly epochs: number
  /** Steps done in this epoch, and steps it has; NaN where a stream's length is not known. */
  readonly step: number
  readonly steps: number
  /** Of the steps since the last event, each before its update. */
  readonly losses: Float32Array
  readonly samplesPerSecond: number
  /** Estimate for all remaining epochs, validation left out; NaN where a stream's length is not known. */
  readonly secondsLeft: number
}

export interface EpochEvent {
  readonly kind: 'epoch'
  readonly epoch: number
  readonly epochs: number
  /** Mean over the epoch's samples of the loss before each update. */
  readonly loss: number
  /** Of training since `run` or the epoch began, validation left out. */
  readonly seconds: number
  readonly validation?: Validated
}

export type TrainEvent = ProgressEvent | EpochEvent

/** What is told while training runs; training waits for a promise. An answer of 'stop' ends it as a signal does. */
export interface Callbacks {
  /** After each call into the runtime, which is of one step or several. */
  onStep?(event: ProgressEvent): Answer
  onEpoch?(event: EpochEvent): Answer
  /** With each checkpoint that `checkpointEvery` asks for. */
  onCheckpoint?(checkpoint: Uint8Array, position: { epoch: number; step: number }): Answer
}

/** 'stop', or a promise of it; anything else goes on. */
type Answer = unknown

/** After so many steps (at the end of the call that reaches them) or epochs. */
export type CheckpointEvery = { readonly steps: number } | { readonly epochs: number }

export interface TrainResult {
  /** Epochs finished. */
  readonly epochs: number
  /** Mean training loss of the last finished epoch; NaN where none was finished in this run. */
  readonly loss: number
  /** Whether the signal or a callback ended it early. */
  readonly stopped: boolean
  /** Whether it ended before the last epoch because the loss no longer fell; the model then has its best epoch's weights. */
  readonly stoppedEarly: boolean
}

export interface EarlyStopping {
  /** Epochs without a better value that are waited for. */
  readonly patience: number
  /** How much better a value must be to count. */
  readonly minDelta?: number
  /** A metric of validation, by name; without it the loss, of validation where there is one. */
  readonly monitor?: string
  /** Whether a higher value is better; by the metric itself without it. */
  readonly better?: 'higher' | 'lower'
}

export interface TrainState {
  vectors: Vectors
  epoch: number
  step: number
  /** Samples trained on in the current epoch. */
  seen: number
  /** Steps done in all epochs. */
  done: number
  lossSum: number
  history: readonly EpochRecord[]
}

export interface LoopOptions {
  readonly compiled: Compiled
  readonly batches: BatchSource
  /** Null without validation data. */
  readonly validate: ((vectors: Vectors) => Promise<Validated>) | null
  /** Moves on as training does. */
  readonly state: TrainState
  readonly optimiser: Optimiser
  readonly schedule?: Schedule
  readonly earlyStopping?: EarlyStopping
  readonly epochs: number
  readonly batchSize: number
  readonly callbacks: Callbacks
  readonly checkpointEvery: CheckpointEvery
  readonly checkpoint: () => Uint8Array
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
export function epochsSinceBest(
  history: readonly EpochRecord[],
  { minDelta = 0, monitor, better = 'lower' }: Omit<EarlyStopping, 'patience'>,
): number {
  let [best, at] = [Number.POSITIVE_INFINITY, 0]
  history.forEach((record, i) => {
    const value = monitored(record, monitor) * (better === 'higher' ? -1 : 1)
    if (value < best - minDelta) [best, at] = [value, i]
  })
  return history.length === 0 ? 0 : history.length - 1 - at
}

// Read from the history alone, so that a resumed run stops at the same epoch.
const enough = ({ earlyStopping: e, state }: LoopOptions): boolean =>
  e !== undefined && epochsSinceBest(state.history, e) >= e.patience

/** The epoch's mean loss, or null when it was stopped. */
async function* trainEpoch(o: LoopOptions): AsyncGenerator<TrainEvent, number | null> {
  const { state, epochs, batches } = o
  const steps = batches.count === null ? Number.NaN : Math.ceil(batches.count / o.batchSize)
  let [seconds, trained] = [0, 0]
  if (stopped(o)) return null
  const calls = batches.epoch(state)
  let next = calls.next()
  try {
    for (;;) {
      const began = o.clock()
      const { value, done } = await next
      if (done === true) break
      const running = call(o, value)
      // The next batches are read and prepared while the runtime works.
      next = calls.next()
      next.catch(() => {})
      const losses = await running
      seconds += (o.clock() - began) / 1000
      trained += losses.length * value.batch
      const speed = trained / Math.max(seconds, 1e-9)
      const left = (epochs - state.epoch) * (batches.count ?? Number.NaN) - state.seen
      const event: ProgressEvent = {
        kind: 'progress',
        epoch: state.epoch + 1,
        epochs,
        step: state.step,
        steps,
        losses,
        samplesPerSecond: speed,
        secondsLeft: left / speed,
      }
      yield event
      const wishes = [await o.callbacks.onStep?.(event)]
      if ('steps' in o.checkpointEvery && reached(state.done, losses.length, o.checkpointEvery.steps))
        wishes.push(
          await o.callbacks.onCheckpoint?.(o.checkpoint(), { epoch: state.epoch, step: state.step }),
        )
      if (wishes.includes('stop') || (stopped(o) && state.seen !== batches.count)) return null
    }
  } finally {
    await next.catch(() => {})
    await calls.return()
  }
  return yield* endEpoch(o, seconds)
}

const stopped = ({ signal }: LoopOptions): boolean => signal?.aborted === true

/** Whether a multiple of `every` lies among the last `last` of `done` steps. */
const reached = (done: number, last: number, every: number): boolean =>
  Math.floor(done / every) > Math.floor((done - last) / every)

async function* endEpoch(o: LoopOptions, seconds: number): AsyncGenerator<TrainEvent, number | null> {
  const { state, earlyStopping } = o
  const loss = state.lossSum / state.seen
  const { ema, parameters } = state.vectors
  const measured = ema ? { ...state.vectors, parameters: ema } : state.vectors
  const validation = o.validate === null ? null : await o.validate(measured)
  const record = validation
    ? { loss, validationLoss: validation.loss, metrics: validation.metrics }
    : { loss }
  const history = [...state.history, record]
  Object.assign(state, { epoch: state.epoch + 1, step: 0, seen: 0, lossSum: 0, history })
  if (earlyStopping && epochsSinceBest(history, earlyStopping) === 0) {
    const { buffers } = state.vectors
    state.vectors = {
      ...state.vectors,
      best: ema ?? parameters!,
      ...(buffers ? { bestBuffers: buffers } : {}),
    }
  }
  const event: EpochEvent = {
    kind: 'epoch',
    epoch: state.epoch,
    epochs: o.epochs,
    loss,
    seconds,
    ...(validation ? { validation } : {}),
  }
  yield event
  const wishes = [await o.callbacks.onEpoch?.(event)]
  if ('epochs' in o.checkpointEvery && state.epoch % o.checkpointEvery.epochs === 0)
    wishes.push(await o.callbacks.onCheckpoint?.(o.checkpoint(), { epoch: state.epoch, step: 0 }))
  return wishes.includes('stop') ? null : loss
}

/** Trains on what one call takes; the losses of its steps. */
async function call(o: LoopOptions, batches: Batches): Promise<Float32Array> {
  const { state, batchSize } = o
  const perEpoch = o.batches.count === null ? Number.NaN : Math.ceil(o.batches.count / batchSize)
  const rates = Float32Array.from({ length: batches.steps }, (_, i) => {
    if (!o.schedule) return o.optimiser.learningRate
    const at = {
      step: state.done + i,
      steps: o.epochs * perEpoch,
      epoch: state.epoch,
      history: state.history,
    }
    const rate = o.schedule(at)
    if (Number.isFinite(rate)) return rate
    throw new EngineError(
      'engine/bad-options',
      `the schedule gives ${rate} at step ${at.step} of ${at.steps}`,
      Number.isNaN(at.steps)
        ? 'It depends on the number of steps: declare the count of the stream.'
        : 'Correct the schedule.',
    )
  })
  const input = { ...batches, step: state.done, rates, vectors: state.vectors }
  const result = await o.compiled.steps(input)
  const wrong = result.losses.findIndex((v) => !Number.isFinite(v))
  const broken = wrong < 0 && !result.vectors.parameters!.every((v) => Number.isFinite(v))
  if (wrong >= 0 || broken)
    throw await notFinite(o, input, wrong >= 0 ? result.losses[wrong]! : null, broken ? batches.steps : wrong)
  Object.assign(state, {
    vectors: result.vectors,
    step: state.step + batches.steps,
    seen: state.seen + batches.steps * batches.batch,
    done: state.done + batches.steps,
    lossSum: state.lossSum + result.losses.reduce((sum, v) => sum + v * batches.batch, 0),
  })
  return result.losses
}

/**
 * Goes to the step in question again (the steps before it give the same numbers) and looks where it went wrong. Where
 * the parameters were infinite before it, that is the step that made them so.
 */
async function notFinite(
  o: LoopOptions,
  input: StepsInput,
  loss: number | null,
  wrong: number,
): Promise<EngineError> {
  const { state, compiled } = o
  const { batch } = input
  const before = async (step: number): Promise<StepsInput> => {
    const done = { ...input, order: input.order.slice(0, step * batch), rates: input.rates.slice(0, step) }
    const { vectors } = step === 0 ? input : await compiled.steps({ ...done, steps: step })
    return { ...input, step: input.step + step, order: input.order.slice(step * batch), vectors }
  }
  const at = wrong < input.steps ? await before(wrong) : null
  const made = at === null || !at.vectors.parameters!.every((v) => Number.isFinite(v))
  const where =
    made && wrong > 0
      ? `the update before it made a parameter infinite: ${await compiled.explain(await before(wrong - 1))}`
      : await compiled.explain(at!)
  const step = `step ${state.step + Math.min(wrong, input.steps - 1) + 1} of epoch ${state.epoch + 1}`
  return new EngineError(
    'engine/loss-not-finite',
    loss === null
      ? `a parameter became infinite after ${step}: ${where}`
      : `the loss became ${loss} at ${step}: ${where}`,
    'Lower the learning rate, or look for extreme values in the data.',
  )
}
