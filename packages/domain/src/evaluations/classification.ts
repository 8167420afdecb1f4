/** @file Evaluates a classifier: confusion matrix, accuracy with its interval, per-class scores. */
import { normalQuantile } from '../chance/normal.ts'

export type ConfusionMatrix = {
  classes: number
  total: number
  /** counts[truth][predicted] */
  counts: number[][]
}

/** Class indices 0 <= k < classes; throws a RangeError for others or for lengths that differ. */
export const confusionMatrix = (
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): ConfusionMatrix => {
  if (truth.length !== predicted.length)
    throw new RangeError(`internal: ${truth.length} labels but ${predicted.length} predictions`)
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  for (let i = 0; i < truth.length; i++) {
    const row = counts[truth[i]!]
    const column = predicted[i]!
    if (row === undefined || row[column] === undefined)
      throw new RangeError(`internal: class ${truth[i]} or ${column} is not below ${classes}`)
    row[column] += 1
  }
  return { classes, total: truth.length, counts }
}

export type Interval = [low: number, high: number]

export type Proportion = { value: number; standardError: number; interval: Interval; level: number }

/**
 * A proportion of `total` trials with its Wilson score interval (Wilson 1927) and the binomial standard
 * error; at 0 or all of `total` the error is taken at half a success from the edge, never as zero.
 */
export const proportion = (successes: number, total: number, level = 0.95): Proportion => {
  if (total === 0) return { value: 0, standardError: 0.5, interval: [0, 1], level }
  const value = successes / total
  const z = normalQuantile(0.5 + level / 2)
  const spread = 1 + (z * z) / total
  const centre = (value + (z * z) / (2 * total)) / spread
  const half = (z / spread) * Math.sqrt((value * (1 - value)) / total + (z * z) / (4 * total * total))
  const p = Math.min(1 - 0.5 / total, Math.max(0.5 / total, value))
  return {
    value,
    standardError: Math.sqrt((p * (1 - p)) / total),
    interval: [Math.max(0, centre - half), Math.min(1, centre + half)],
    level,
  }
}

export const accuracy = (matrix: ConfusionMatrix, level = 0.95): Proportion =>
  proportion(
    matrix.counts.reduce((sum, row, k) => sum + row[k]!, 0),
    matrix.total,
    level,
  )

/** A score is null where it is undefined: precision of a class never predicted, recall of one absent. */
export type ClassScore = {
  class: number
  support: number
  precision: number | null
  recall: number | null
  f1: number | null
}

export const perClass = ({ counts }: ConfusionMatrix): ClassScore[] =>
  counts.map((row, k) => {
    const hits = row[k]!
    const support = row.reduce((sum, count) => sum + count, 0)
    const predicted = counts.reduce((sum, other) => sum + other[k]!, 0)
    return {
      class: k,
      support,
      precision: predicted > 0 ? hits / predicted : null,
      recall: support > 0 ? hits / support : null,
      // harmonic mean of the two, written so that it needs neither
      f1: support + predicted > 0 ? (2 * hits) / (support + predicted) : null,
    }
  })

export type ConfusedPair = { truth: number; predicted: number; count: number; shareOfTruth: number }

export const mostConfused = ({ counts }: ConfusionMatrix, top = 5): ConfusedPair[] =>
  counts
    .flatMap((row, truth) => {
      const support = row.reduce((sum, count) => sum + count, 0)
      return row.map((count, predicted) => ({
        truth,
        predicted,
        count,
        shareOfTruth: count / (support || 1),
      }))
    })
    .filter((pair) => pair.truth !== pair.predicted && pair.count > 0)
    .sort((a, b) => b.count - a.count || a.truth - b.truth || a.predicted - b.predicted)
    .slice(0, top)
