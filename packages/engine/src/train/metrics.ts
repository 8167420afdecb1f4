/** @file What class scores and labels say about a classifier. */

export interface Evaluation {
  /** Correct over all, 0 to 1. */
  readonly accuracy: number
  /** Mean cross-entropy, in nats. */
  readonly loss: number
  readonly correct: number
  readonly count: number
  readonly classes: number
  /** Row-major [true class, predicted class]. */
  readonly confusion: Int32Array
  readonly predicted: Int32Array
}

export function evaluateLogits(logits: Float32Array, labels: ArrayLike<number>, classes: number): Evaluation {
  const count = labels.length
  const confusion = new Int32Array(classes * classes)
  const predicted = new Int32Array(count)
  let [loss, correct] = [0, 0]
  for (let i = 0; i < count; i++) {
    const row = logits.subarray(i * classes, (i + 1) * classes)
    const label = labels[i]!
    const best = indexOfLargest(row)
    predicted[i] = best
    confusion[label * classes + best]!++
    if (best === label) correct++
    loss += logSumExp(row) - row[label]!
  }
  return { accuracy: correct / count, loss: loss / count, correct, count, classes, confusion, predicted }
}

function indexOfLargest(row: Float32Array): number {
  let best = 0
  for (let j = 1; j < row.length; j++) if (row[j]! > row[best]!) best = j
  return best
}

function logSumExp(row: Float32Array): number {
  const top = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  return top + Math.log(row.reduce((sum, v) => sum + Math.exp(v - top), 0))
}
