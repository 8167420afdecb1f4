/** @file Cross-entropy between logits and class numbers or class probabilities. */
import { EngineError } from '../errors.ts'
import { ops } from '../graph/ops.ts'
import { isStatic, productOf, type Shape, showShape, tensor } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'
import { allAxes, expectAlike, expectOption, type Loss, type Targets } from './loss.ts'

export type { Loss } from './loss.ts'

export interface CrossEntropyOptions {
  /** The part of the target that is spread evenly over all classes (Szegedy et al., 2016); 0 to 1. */
  readonly labelSmoothing?: number
  /** A class number that counts nothing, such as the padding of a sequence. */
  readonly ignoreIndex?: number
  /** One weight per class; the mean is then by weight, as in PyTorch. */
  readonly classWeights?: readonly number[]
  /** The targets are probabilities, one per class, instead of class numbers. */
  readonly softLabels?: boolean
}

/**
 * The mean of -log softmax(logits)[label]. Logits are [N, C] with labels [N], or [N, …, C] with labels [N, …]: the last
 * axis holds the classes. Computed through LogSoftmax, which does not overflow; its gradient comes out as
 * (softmax - one-hot) / N. A batch in which every label is ignored has the loss 0.
 * @throws EngineError engine/bad-options
 */
export function crossEntropy(options: CrossEntropyOptions = {}): Loss {
  const { labelSmoothing = 0, ignoreIndex, classWeights, softLabels = false } = options
  expectOption(
    'crossEntropy',
    labelSmoothing >= 0 && labelSmoothing < 1,
    `labelSmoothing must be from 0 to below 1, got ${labelSmoothing}`,
    'Use 0.1 say.',
  )
  expectOption(
    'crossEntropy',
    ignoreIndex === undefined || (Number.isSafeInteger(ignoreIndex) && !softLabels),
    softLabels ? 'ignoreIndex has no meaning for soft labels' : `ignoreIndex must be a whole number`,
    'Leave ignoreIndex out.',
  )
  expectOption(
    'crossEntropy',
    classWeights === undefined || classWeights.every((w) => Number.isFinite(w) && w >= 0),
    'classWeights must be finite and not negative',
    'Give one weight per class.',
  )
  const plain = labelSmoothing === 0 && ignoreIndex === undefined && classWeights === undefined && !softLabels
  const o = { labelSmoothing, ignoreIndex, classWeights }
  return {
    name: 'crossEntropy',
    ...(plain ? {} : { settings: { ...options } }),
    targets: (outputShape) => targetsOf(outputShape, options),
    build(logits, labels) {
      expectRows(logits)
      if (softLabels) return soft(logits, labels, o)
      return plain ? mean(logits, labels) : weighted(logits, labels, o)
    },
    ...(ignoreIndex === undefined && classWeights === undefined
      ? {}
      : {
          weight(labels: Value): Value {
            const w = weightsOf(flat(labels), o)
            return ops(labels.graph).reduceSum(w, allAxes(w), false)
          },
        }),
  }
}

type Weighting = Pick<CrossEntropyOptions, 'ignoreIndex' | 'classWeights'> & { labelSmoothing: number }

function targetsOf(
  outputShape: Shape,
  { softLabels, ignoreIndex, classWeights }: CrossEntropyOptions,
): Targets {
  const classes = outputShape.at(-1)
  if (!isStatic(outputShape) || typeof classes !== 'number') throw noRows(['N', ...outputShape])
  expectOption(
    'crossEntropy',
    classWeights === undefined || classWeights.length === classes,
    `${classWeights?.length} class weights, but the model gives ${classes} classes`,
    'Give one weight per class.',
  )
  if (softLabels === true) return { kind: 'values', shape: outputShape, range: [0, 1] }
  return {
    kind: 'classes',
    shape: outputShape.slice(0, -1),
    classes,
    ...(ignoreIndex === undefined ? {} : { ignore: ignoreIndex }),
  }
}

function expectRows(logits: Value): void {
  if (logits.shape.length < 2) throw noRows(logits.shape)
}

const noRows = (shape: Shape): EngineError =>
  new EngineError(
    'engine/shape-mismatch',
    `crossEntropy: needs one row of class scores per sample, the model gives ${showShape(shape)}`,
    'End the model with a linear layer of as many outputs as there are classes.',
  )

/** [N, …] -> [N * …]. */
const flat = (labels: Value): Value =>
  labels.shape.length === 1 ? labels : ops(labels.graph).reshape(labels, [productOf(labels.shape)])

/** log softmax of [N, …, C] as [N * …, C]. */
function logRows(logits: Value): Value {
  const g = ops(logits.graph)
  const rows =
    logits.shape.length === 2
      ? logits
      : g.reshape(logits, [productOf(logits.shape.slice(0, -1)), logits.shape.at(-1)!])
  return g.op('LogSoftmax', [rows], { axis: 1 })
}

function mean(logits: Value, labels: Value): Value {
  const g = ops(logits.graph)
  const picked = g.gatherElements(logRows(logits), g.unsqueeze(flat(labels), [1]), 1)
  return g.neg(g.reduceMean(picked, [0, 1], false))
}

/** The weight of each label [M]: that of its class, 0 where it is ignored. */
function weightsOf(labels: Value, { ignoreIndex, classWeights }: Weighting): Value {
  const g = ops(labels.graph)
  const kept =
    ignoreIndex === undefined
      ? null
      : g.cast(g.op('Not', [g.equal(labels, g.scalar(ignoreIndex, labels.dtype))]), 'float32')
  if (classWeights === undefined) return kept ?? g.full({ ...labels, dtype: 'float32' }, 1)
  const table = g.graph.constant(tensor('float32', [classWeights.length], classWeights))
  const weights = g.gather(table, known(labels, ignoreIndex))
  return kept === null ? weights : g.mul(weights, kept)
}

/** Ignored labels as 0, so that they may be used as indices. */
function known(labels: Value, ignoreIndex: number | undefined): Value {
  const g = ops(labels.graph)
  if (ignoreIndex === undefined) return labels
  return g.where(g.equal(labels, g.scalar(ignoreIndex, labels.dtype)), g.scalar(0, labels.dtype), labels)
}

// ((1 - s) sum w_y (-log p_y) + s / C sum_c w_c (-log p_c)) / sum w_y, with s the smoothing (PyTorch's CrossEntropyLoss)
function weighted(logits: Value, given: Value, o: Weighting): Value {
  const g = ops(logits.graph)
  const labels = flat(given)
  const logs = logRows(logits)
  const weights = weightsOf(labels, o)
  const picked = g.squeeze(g.gatherElements(logs, g.unsqueeze(known(labels, o.ignoreIndex), [1]), 1), [1])
  let total = g.mul(g.reduceSum(g.mul(picked, weights), [0], false), 1 - o.labelSmoothing)
  if (o.labelSmoothing > 0) {
    const rows = g.reduceSum(byClass(logs, o.classWeights), [1], false)
    const kept =
      o.ignoreIndex === undefined ? rows : g.mul(rows, weightsOf(labels, { ...o, classWeights: undefined }))
    total = g.add(total, g.mul(g.reduceSum(kept, [0], false), o.labelSmoothing / Number(logits.shape.at(-1))))
  }
  return g.neg(g.div(total, g.max(g.reduceSum(weights, [0], false), 1e-12)))
}

const byClass = (rows: Value, classWeights: readonly number[] | undefined): Value => {
  if (classWeights === undefined) return rows
  const g = ops(rows.graph)
  return g.mul(rows, g.graph.constant(tensor('float32', [classWeights.length], classWeights)))
}

// the mean of -sum_c w_c q_c log p_c with q = (1 - s) target + s / C
function soft(logits: Value, targets: Value, o: Weighting): Value {
  const g = ops(logits.graph)
  expectAlike('crossEntropy', logits, targets)
  const classes = Number(logits.shape.at(-1))
  const q =
    o.labelSmoothing === 0 ? targets : g.add(g.mul(targets, 1 - o.labelSmoothing), o.labelSmoothing / classes)
  const logs = byClass(g.op('LogSoftmax', [logits], { axis: -1 }), o.classWeights)
  const rows = g.reduceSum(g.mul(q, logs), [logits.shape.length - 1], false)
  return g.neg(g.reduceMean(rows, allAxes(rows), false))
}
