/** @file The one error type of the engine, with its catalogue of codes. */

/** What each code means, in a sentence. */
export const engineErrors = {
  'engine/shape-mismatch': 'The shapes of two values that an op or a layer combines do not fit.',
  'engine/type-mismatch': 'The data types of two values that an op combines do not fit.',
  'engine/bad-attribute': 'An attribute of an op is missing or outside what the op allows.',
  'engine/unsupported-op': 'An op has no shape rule in this engine.',
  'engine/unknown-shape':
    'The type or shape of a value is known only when the graph runs, where it must be known before.',
  'engine/gradient-not-supported':
    'An op on the way from a trained value to the loss has no gradient rule yet.',
  'engine/not-differentiable': 'No gradient reaches a trained value: every way to it passes a step function.',
  'engine/bad-model': 'A file is not a well-formed ONNX model.',
  'engine/unsupported-model': 'A file is an ONNX model with parts that this engine does not read.',
  'engine/bad-state': 'A state dict does not fit the model: names or sizes differ.',
  'engine/bad-options': 'An option is outside what it allows.',
  'engine/bad-data': 'A data set is empty, has the wrong size or a label out of range.',
  'engine/loss-not-finite': 'The training loss became infinite or not a number.',
  'engine/checkpoint-damaged': 'A checkpoint is truncated, altered or not a checkpoint at all.',
  'engine/checkpoint-mismatch': 'A checkpoint was written by another model, optimiser or data set.',
  'engine/checkpoint-newer': 'A checkpoint was written by a newer version of the engine.',
  'engine/file': 'A file cannot be read or written.',
  'engine/runtime': 'ONNX Runtime refused to load or to run a graph.',
  'engine/data-source': 'A streamed data set failed, or gave other data than it declared.',
  'engine/worker-lost': 'A worker process of data-parallel training ended before its work was done.',
  'engine/busy': 'The trainer is already running.',
} satisfies Record<string, string>

export type EngineErrorCode = keyof typeof engineErrors

/** A failure that a caller can meet: `message` says what is wrong, `hint` the next step. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: EngineErrorCode
  readonly hint: string
  /** What the sentence speaks of, for callers that say it in their own words. */
  readonly details: Readonly<Record<string, string | number>>

  constructor(
    code: EngineErrorCode,
    message: string,
    hint: string,
    options: { cause?: unknown; details?: Readonly<Record<string, string | number>> } = {},
  ) {
    super(message, { cause: options.cause })
    this.code = code
    this.hint = hint
    this.details = options.details ?? {}
  }
}
