/** @file Calibration: whether a classifier is right as often as it says. */

export type Outputs = 'logits' | 'probabilities'

export type ReliabilityBin = {
  from: number
  to: number
  count: number
  /** Mean stated confidence and share right in the bin; null when it is empty. */
  confidence: number | null
  accuracy: number | null
}

export type Calibration = { expectedCalibrationError: number; bins: ReliabilityBin[] }

/** Row-major softmax of `[rows, classes]`, with the maximum taken out first. */
export const softmax = (logits: ArrayLike<number>, classes: number): Float64Array => {
  const result = new Float64Array(logits.length)
  for (let start = 0; start < logits.length; start += classes) {
    let top = -Infinity
    for (let k = 0; k < classes; k++) top = Math.max(top, logits[start + k]!)
    let sum = 0
    for (let k = 0; k < classes; k++) sum += result[start + k] = Math.exp(logits[start + k]! - top)
    for (let k = 0; k < classes; k++) result[start + k]! /= sum
  }
  return result
}

/** The class of greatest output per row of `[rows, classes]`; the first of equals. */
export const argmax = (outputs: ArrayLike<number>, classes: number): Int32Array => {
  const result = new Int32Array(outputs.length / classes)
  for (let row = 0; row < result.length; row++) {
    let best = 0
    for (let k = 1; k < classes; k++)
      if (outputs[row * classes + k]! > outputs[row * classes + best]!) best = k
    result[row] = best
  }
  return result
}

/**
 * Expected calibration error over equal-width confidence bins (Guo et al. 2017): the mean of
 * |accuracy - confidence| weighted by how many samples fall into each bin. Bins are (from, to].
 */
export const calibration = (
  outputs: ArrayLike<number>,
  truth: ArrayLike<number>,
  { classes, kind, bins = 15 }: { classes: number; kind: Outputs; bins?: number },
): Calibration => {
  const probabilities = kind === 'logits' ? softmax(outputs, classes) : outputs
  const predicted = argmax(probabilities, classes)
  const counts = new Float64Array(bins)
  const confidences = new Float64Array(bins)
  const hits = new Float64Array(bins)
  for (let row = 0; row < predicted.length; row++) {
    const confidence = probabilities[row * classes + predicted[row]!]!
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1))
    counts[bin]! += 1
    confidences[bin]! += confidence
    hits[bin]! += predicted[row] === truth[row] ? 1 : 0
  }
  let gap = 0
  for (let bin = 0; bin < bins; bin++) gap += Math.abs(hits[bin]! - confidences[bin]!)
  return {
    expectedCalibrationError: predicted.length > 0 ? gap / predicted.length : 0,
    bins: Array.from(counts, (count, bin) => ({
      from: bin / bins,
      to: (bin + 1) / bins,
      count,
      confidence: count > 0 ? confidences[bin]! / count : null,
      accuracy: count > 0 ? hits[bin]! / count : null,
    })),
  }
}
