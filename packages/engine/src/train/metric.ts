/** @file Metrics computed in the graph: sums of each batch, joined outside. */
import { EngineError } from '../errors.ts'
import { ops } from '../graph/ops.ts'
import { showShape, tensor } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'
import { crossEntropy } from '../loss/cross-entropy.ts'
import { allAxes, type Targets } from '../loss/loss.ts'

export interface Metric {
  /** Names the numbers that it gives; one metric of several gives several. */
  readonly names: readonly string[]
  readonly better: 'higher' | 'lower'
  /** The further targets (and the head of the model of the same name) that it judges; without it the labels. */
  readonly target?: string
  /**
   * What a batch adds: float32 [k].
   * @throws EngineError engine/bad-options where it does not fit these targets
   */
  build(output: Value, labels: Value, targets: Targets): Value
  /** Adds a batch to what came before (null at first); element-wise sums without it. */
  join?(before: Float64Array, batch: Float64Array): Float64Array
  /** The numbers, in the order of the names. NaN where nothing was counted. */
  finish(joined: Float64Array): readonly number[]
}

/** The metric of further targets and the head of that name; its numbers are called `name/metric`. */
export const metricOf = (target: string, metric: Metric): Metric => ({
  ...metric,
  target,
  names: metric.names.map((name) => `${target}/${name}`),
})

const unfit = (name: string, needs: string): EngineError =>
  new EngineError('engine/bad-options', `the metric ${name} needs ${needs}`, 'Choose other metrics.')

/** Whether targets are one class number for each row of class scores. */
export const scored = (output: Value, targets: Targets): boolean =>
  targets.kind === 'classes' &&
  targets.aligned !== false &&
  showShape(output.shape.slice(1)) === showShape([...targets.shape, targets.classes])

interface Rows {
  readonly scores: Value
  readonly labels: Value
  /** 1 where a label counts, else 0: float32 [M]. */
  readonly counts: Value
  readonly classes: number
}

/** Scores [M, C] and labels [M] of all rows. */
function rowsOf(name: string, output: Value, labels: Value, targets: Targets): Rows {
  const g = ops(output.graph)
  const soft =
    targets.kind === 'values' &&
    targets.range !== undefined &&
    targets.shape.length === 1 &&
    targets.shape[0]! > 1
  if (!scored(output, targets) && !soft) throw unfit(name, 'class scores and class numbers')
  const classes = Number(output.shape.at(-1))
  const scores = g.reshape(output, [-1, classes])
  const own = soft
    ? g.cast(g.op('ArgMax', [labels], { axis: 1, keepdims: 0 }), 'int32')
    : g.reshape(labels, [-1])
  const ignore = targets.kind === 'classes' ? targets.ignore : undefined
  const counts =
    ignore === undefined
      ? g.full({ ...own, dtype: 'float32' }, 1)
      : g.cast(g.op('Not', [g.equal(own, g.scalar(ignore, own.dtype))]), 'float32')
  return { scores, labels: own, counts, classes }
}

const vector = (values: readonly Value[]): Value => {
  const g = ops(values[0]!.graph)
  return g.concat(
    values.map((v) => g.reshape(v, [-1])),
    0,
  )
}

const total = (v: Value): Value => ops(v.graph).reduceSum(v, allAxes(v), false)

const ratio = (a: number, b: number): number => (b === 0 ? Number.NaN : a / b)

/** Correct over all that count, 0 to 1; of soft labels the likeliest class. */
export const accuracy = (): Metric => ({
  names: ['accuracy'],
  better: 'higher',
  build(output, labels, targets) {
    const { scores, labels: own, counts } = rowsOf('accuracy', output, labels, targets)
    const g = ops(output.graph)
    const predicted = g.cast(g.op('ArgMax', [scores], { axis: 1, keepdims: 0 }), own.dtype)
    return vector([total(g.mul(g.cast(g.equal(predicted, own), 'float32'), counts)), total(counts)])
  },
  finish: ([correct, all]) => [ratio(correct!, all!)],
})

/** The part of samples whose class is among the `k` of the highest scores. */
export const topK = (k: number): Metric => ({
  names: [`top${k}`],
  better: 'higher',
  build(output, labels, targets) {
    const { scores, labels: own, counts, classes } = rowsOf(`top${k}`, output, labels, targets)
    if (!(Number.isSafeInteger(k) && k >= 1 && k <= classes))
      throw unfit(`top${k}`, `1 to ${classes} classes`)
    const g = ops(output.graph)
    const best = output.graph.add('TopK', [scores, g.ints([k])], { axis: 1 }, 2)[1]!
    const hit = g.cast(g.equal(best, g.unsqueeze(g.cast(own, 'int64'), [1])), 'float32')
    return vector([total(g.mul(g.reduceSum(hit, [1], false), counts)), total(counts)])
  },
  finish: ([correct, all]) => [ratio(correct!, all!)],
})

/** e to the mean cross-entropy, whatever the loss trained with adds to it (smoothing, weights). */
export const perplexity = (): Metric => ({
  names: ['perplexity'],
  better: 'lower',
  build(output, labels, targets) {
    if (!scored(output, targets)) throw unfit('perplexity', 'class scores and class numbers')
    const ignore = targets.kind === 'classes' ? targets.ignore : undefined
    const { counts } = rowsOf('perplexity', output, labels, targets)
    const plain = crossEntropy(ignore === undefined ? {} : { ignoreIndex: ignore })
    return vector([ops(output.graph).mul(plain.build(output, labels), total(counts)), total(counts)])
  },
  finish: ([sum, all]) => [Math.exp(ratio(sum!, all!))],
})

/** Precision, recall and F1, each the mean over the classes that occur among labels or predictions. */
export const precisionRecallF1 = (): Metric => ({
  names: ['precision', 'recall', 'f1'],
  better: 'higher',
  build(output, labels, targets) {
    const { scores, labels: own, counts, classes } = rowsOf('f1', output, labels, targets)
    const g = ops(output.graph)
    const all = g.graph.constant(
      tensor(
        'int64',
        [1, classes],
        Array.from({ length: classes }, (_, i) => i),
      ),
    )
    const oneHot = (v: Value): Value =>
      g.mul(g.cast(g.equal(g.unsqueeze(g.cast(v, 'int64'), [1]), all), 'float32'), g.unsqueeze(counts, [1]))
    const [told, is] = [oneHot(g.op('ArgMax', [scores], { axis: 1, keepdims: 0 })), oneHot(own)]
    return vector([g.mul(told, is), told, is].map((v) => g.reduceSum(v, [0], false)))
  },
  finish(joined) {
    const classes = joined.length / 3
    const sums = [0, 0, 0]
    let occurring = 0
    for (let c = 0; c < classes; c++) {
      const [hits, told, is] = [joined[c]!, joined[classes + c]!, joined[2 * classes + c]!]
      if (told + is === 0) continue
      occurring++
      sums[0]! += told === 0 ? 0 : hits / told
      sums[1]! += is === 0 ? 0 : hits / is
      sums[2]! += (2 * hits) / (told + is)
    }
    return sums.map((s) => ratio(s, occurring))
  },
})

/** Whether each of several outputs is on the right side of 0 (logits): for binary cross-entropy. */
export const binaryAccuracy = (): Metric => ({
  names: ['accuracy'],
  better: 'higher',
  build(output, labels, targets) {
    if (targets.kind !== 'values') throw unfit('accuracy', 'targets of 0 and 1')
    const g = ops(output.graph)
    const right = g.equal(g.cast(g.greater(output, 0), 'float32'), g.cast(g.greater(labels, 0.5), 'float32'))
    const hits = g.cast(right, 'float32')
    return vector([total(hits), total(g.full(hits, 1))])
  },
  finish: ([correct, all]) => [ratio(correct!, all!)],
})

const ofDifference = (name: string, each: (difference: Value) => Value): Metric => ({
  names: [name],
  better: 'lower',
  build(output, labels, targets) {
    if (targets.kind !== 'values') throw unfit(name, 'values as targets')
    const g = ops(output.graph)
    const d = each(g.sub(output, labels))
    return vector([total(d), total(g.full(d, 1))])
  },
  finish: ([sum, all]) => [ratio(sum!, all!)],
})

/** The mean squared error. */
export const mse = (): Metric => ofDifference('mse', (d) => ops(d.graph).mul(d, d))

/** The mean absolute error. */
export const mae = (): Metric => ofDifference('mae', (d) => ops(d.graph).op('Abs', [d]))

/**
 * The coefficient of determination: 1 - squared errors / squared deviations from the targets' mean. Batches are joined
 * by their means and deviations (Chan et al., 1979), which does not cancel.
 */
export const r2 = (): Metric => ({
  names: ['r2'],
  better: 'higher',
  build(output, labels, targets) {
    if (targets.kind !== 'values') throw unfit('r2', 'values as targets')
    const g = ops(output.graph)
    const d = g.sub(output, labels)
    const mean = g.reduceMean(labels, allAxes(labels), false)
    const off = g.sub(labels, mean)
    return vector([total(g.full(d, 1)), mean, total(g.mul(off, off)), total(g.mul(d, d))])
  },
  join([n, mean, square, error], [m, other, more, moreError]) {
    const apart = other! - mean!
    const all = n! + m!
    return Float64Array.of(
      all,
      mean! + (apart * m!) / all,
      square! + more! + (apart * apart * n! * m!) / all,
      error! + moreError!,
    )
  },
  finish: ([, , square, error]) => [square === 0 ? Number.NaN : 1 - error! / square!],
})
