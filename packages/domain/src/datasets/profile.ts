/** @file The profile of a set of byte images: classes, splits, pixels, blanks and duplicates. */

export type DatasetProfile = {
  count: number
  sampleShape: number[]
  classes: { label: number; count: number; share: number }[]
  splits: { name: string; count: number; classes: number[] }[]
  pixels: { mean: number; standardDeviation: number; min: number; max: number }
  /** Samples whose pixels are all equal. */
  blank: { count: number; share: number }
  /** Samples that repeat an earlier one byte for byte; null when no hashes were given. */
  duplicates: { count: number; share: number } | null
}

type ProfileInput = {
  images: Uint8Array
  labels: ArrayLike<number>
  sampleShape: readonly number[]
  classes: number
  splits?: Readonly<Record<string, ArrayLike<number>>>
  hashes?: readonly (string | number)[]
}

/** One pass over the pixels; pixel statistics are in the byte's own unit, 0 to 255. */
export const profileImages = (input: ProfileInput): DatasetProfile => {
  const { images, labels, sampleShape, classes, splits = {}, hashes } = input
  const count = labels.length
  const { histogram, blank } = countPixels(
    images,
    count,
    sampleShape.reduce((a, b) => a * b, 1),
  )
  const repeated = hashes ? hashes.length - new Set(hashes).size : null
  return {
    count,
    sampleShape: [...sampleShape],
    classes: countLabels(labels, classes).map((n, label) => ({ label, count: n, share: n / (count || 1) })),
    splits: Object.entries(splits).map(([name, indices]) => ({
      name,
      count: indices.length,
      classes: countLabels(
        Array.from(indices, (index) => labels[index]!),
        classes,
      ),
    })),
    pixels: moments(histogram),
    blank: { count: blank, share: blank / (count || 1) },
    duplicates: repeated === null ? null : { count: repeated, share: repeated / (count || 1) },
  }
}

// 256 counters hold everything that mean, deviation and range need
const countPixels = (images: Uint8Array, count: number, size: number) => {
  const histogram = new Float64Array(256)
  let blank = 0
  for (let sample = 0; sample < count; sample++) {
    const start = sample * size
    const first = images[start]!
    let varies = 0
    for (let i = start; i < start + size; i++) {
      const pixel = images[i]!
      histogram[pixel]! += 1
      varies |= pixel ^ first
    }
    if (varies === 0) blank += 1
  }
  return { histogram, blank }
}

const moments = (histogram: Float64Array) => {
  let total = 0
  let sum = 0
  let squares = 0
  let min = 255
  let max = 0
  histogram.forEach((n, value) => {
    if (n === 0) return
    total += n
    sum += n * value
    squares += n * value * value
    min = Math.min(min, value)
    max = Math.max(max, value)
  })
  if (total === 0) return { mean: 0, standardDeviation: 0, min: 0, max: 0 }
  const mean = sum / total
  return { mean, standardDeviation: Math.sqrt(Math.max(0, squares / total - mean * mean)), min, max }
}

const countLabels = (labels: ArrayLike<number>, classes: number): number[] => {
  const counts = new Array<number>(classes).fill(0)
  for (let i = 0; i < labels.length; i++) counts[labels[i]!] = (counts[labels[i]!] ?? 0) + 1
  return counts
}
