/** @file Augmentations that mix the samples of a batch and their labels. */
import { permutation, type Random } from '../../random.ts'
import { type Augmentation, expectPicture, type MixedBatch, normal, pictureOf, refuse } from './augment.ts'

/**
 * Each sample becomes λ of itself and 1 - λ of another one of its batch, and so do their labels; λ ~ Beta(alpha, alpha)
 * for each batch (Zhang et al., 2018). The labels are class numbers; the loss takes soft labels.
 */
export function mixup({ alpha = 0.2 }: { alpha?: number } = {}): Augmentation {
  refuse('mixup', alpha > 0 && Number.isFinite(alpha), `alpha ${alpha}`, 'Use 0.2, say.')
  return {
    name: 'mixup',
    settings: { alpha },
    floats: true,
    check() {},
    mix(batch) {
      const { values, rows, random } = batch
      const share = beta(alpha, random)
      const others = permutation(rows, random)
      const before = values.slice()
      const size = values.length / rows
      for (let row = 0; row < rows; row++) {
        const other = others[row]! * size
        for (let i = 0; i < size; i++)
          values[row * size + i] = share * before[row * size + i]! + (1 - share) * before[other + i]!
      }
      mixLabels(batch, others, share)
    },
  }
}

/**
 * A random rectangle of each picture comes from another one of its batch; the labels are mixed by area. The rectangle
 * has about 1 - λ of the area, λ ~ Beta(alpha, alpha), one for each batch (Yun et al., 2019).
 */
export function cutmix({ alpha = 1 }: { alpha?: number } = {}): Augmentation {
  refuse('cutmix', alpha > 0 && Number.isFinite(alpha), `alpha ${alpha}`, 'Use 1, say.')
  return {
    name: 'cutmix',
    settings: { alpha },
    floats: false,
    check: (shape) => expectPicture('cutmix', shape),
    mix(batch) {
      const { values, rows, random, shape } = batch
      const { channels, height, width } = pictureOf(shape)
      const side = Math.sqrt(1 - beta(alpha, random))
      const others = permutation(rows, random)
      const [high, wide] = [Math.round(height * side), Math.round(width * side)]
      const [middleY, middleX] = [Math.floor(random() * height), Math.floor(random() * width)]
      const [top, left] = [Math.max(0, middleY - (high >> 1)), Math.max(0, middleX - (wide >> 1))]
      const [bottom, right] = [
        Math.min(height, middleY - (high >> 1) + high),
        Math.min(width, middleX - (wide >> 1) + wide),
      ]
      const before = values.slice()
      const plane = height * width
      for (let row = 0; row < rows; row++)
        for (let c = 0; c < channels; c++)
          for (let y = top; y < bottom; y++) {
            const [to, from] = [row, others[row]!].map((r) => (r * channels + c) * plane + y * width)
            values.set(before.subarray(from! + left, from! + right), to! + left)
          }
      mixLabels(batch, others, 1 - ((bottom - top) * (right - left)) / plane)
    },
  }
}

function mixLabels({ labels, classes, rows }: MixedBatch, others: Int32Array, share: number): void {
  const before = labels.slice()
  for (let row = 0; row < rows; row++)
    for (let c = 0; c < classes; c++)
      labels[row * classes + c] =
        share * before[row * classes + c]! + (1 - share) * before[others[row]! * classes + c]!
}

/** Beta(alpha, alpha) from two gamma variates. */
function beta(alpha: number, random: Random): number {
  const [a, b] = [gamma(alpha, random), gamma(alpha, random)]
  return a + b === 0 ? (random() < 0.5 ? 0 : 1) : a / (a + b)
}

/** Gamma(shape, 1) (Marsaglia and Tsang, 2000); below shape 1 by the power of a uniform number. */
function gamma(shape: number, random: Random): number {
  if (shape < 1) return gamma(shape + 1, random) * (1 - random()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = normal(random)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - random()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v
  }
}
