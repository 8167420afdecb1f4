/** @file Judges a model's probabilities on the test split: accuracy with its interval, confusion, calibration. */
import type { DatasetVersion, Evaluation } from '@capstan/api'
import {
  accuracy,
  argmax,
  calibration,
  confusionMatrix,
  decodeIdx,
  mostConfused,
  perClass,
} from '@capstan/domain'

type Judgement = Pick<
  Evaluation,
  | 'samples'
  | 'correct'
  | 'accuracy'
  | 'interval'
  | 'standardError'
  | 'loss'
  | 'confusion'
  | 'perClass'
  | 'mostConfused'
  | 'calibration'
  | 'mistakes'
>
const MISTAKES_SHOWN = 12

/** @param probabilities row-major, one row per test sample in file order */
export function judge(
  probabilities: Float32Array,
  { images, labels }: { images: Uint8Array; labels: Uint8Array },
  { classes }: DatasetVersion,
): Judgement {
  const truth = bytesOf(labels)
  const pixels = bytesOf(images)
  const predicted = argmax(probabilities, classes.length)
  const matrix = confusionMatrix(truth, predicted, classes.length)
  const { value, standardError, interval } = accuracy(matrix)
  const { expectedCalibrationError, bins } = calibration(probabilities, truth, {
    classes: classes.length,
    kind: 'probabilities',
  })
  return {
    samples: truth.length,
    correct: matrix.counts.reduce((sum, row, k) => sum + row[k]!, 0),
    accuracy: value,
    interval,
    standardError,
    loss: crossEntropy(probabilities, truth, classes.length),
    confusion: matrix.counts,
    perClass: perClass(matrix).map(({ precision, recall, f1 }, k) => ({
      precision,
      recall,
      f1,
      samples: matrix.counts[k]!.reduce((sum, n) => sum + n, 0),
    })),
    mostConfused: mostConfused(matrix).map(({ truth: actual, predicted: taken, count }) => ({
      actual,
      predicted: taken,
      count,
    })),
    calibration: {
      error: expectedCalibrationError,
      bins: bins.map(({ from, to, count, confidence, accuracy: share }) => ({
        low: from,
        high: to,
        samples: count,
        confidence,
        accuracy: share,
      })),
    },
    mistakes: mistakesOf(probabilities, truth, predicted, pixels, classes.length),
  }
}

/** Mean negative log-likelihood of the true class; a probability of 0 counts as float32's smallest. */
function crossEntropy(probabilities: Float32Array, truth: Uint8Array, classes: number): number {
  let sum = 0
  for (let row = 0; row < truth.length; row++) {
    sum -= Math.log(Math.max(probabilities[row * classes + truth[row]!]!, 1e-38))
  }
  return sum / truth.length
}

function mistakesOf(
  probabilities: Float32Array,
  truth: Uint8Array,
  predicted: Int32Array,
  pixels: Uint8Array,
  classes: number,
): Judgement['mistakes'] {
  const size = pixels.length / truth.length
  const wrong: Omit<Judgement['mistakes'][number], 'pixels'>[] = []
  for (let index = 0; index < truth.length; index++) {
    const [actual, taken] = [truth[index]!, predicted[index]!]
    if (actual === taken) continue
    wrong.push({
      index,
      actual,
      predicted: taken,
      confidence: Math.min(1, probabilities[index * classes + taken]!),
    })
  }
  wrong.sort((a, b) => b.confidence - a.confidence)
  return wrong.slice(0, MISTAKES_SHOWN).map((mistake) => ({
    ...mistake,
    pixels: Array.from(pixels.subarray(mistake.index * size, (mistake.index + 1) * size)),
  }))
}

/** The body of an IDX file that was checked when its data set was registered. */
function bytesOf(file: Uint8Array): Uint8Array {
  const decoded = decodeIdx(file, 'test')
  if (!decoded.ok || !(decoded.value.data instanceof Uint8Array))
    throw new Error('internal: a stored IDX file is unreadable')
  return decoded.value.data
}
