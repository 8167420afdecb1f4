/** @file Long curves thinned to buckets that keep every extreme, and their smoothing. */

export interface Buckets {
  /** Middle of each bucket on the axis. */
  x: number[]
  first: number[]
  last: number[]
  /** Of the finite values; NaN where there is none. */
  min: number[]
  max: number[]
  mean: number[]
  count: number[]
  /** Values that are not finite. */
  odd: number[]
  /** The smoothed curve at the last point of each bucket. */
  smoothed?: number[]
}

/**
 * Cuts a curve into at most `most` buckets of as many points each; a curve that is short enough keeps every point.
 * @param x ascending
 * @param smoothing weight of the past, 0 up to 1, of the exponential moving average over all points
 */
export function bucketsOf(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  most: number,
  smoothing?: number,
): Buckets {
  const n = x.length
  const buckets = Math.min(n, most)
  const made: Buckets = { x: [], first: [], last: [], min: [], max: [], mean: [], count: [], odd: [] }
  const smooth = smoothing === undefined ? null : emaOf(smoothing)
  if (smooth) made.smoothed = []
  for (let b = 0; b < buckets; b++) {
    const from = Math.floor((b * n) / buckets)
    const to = Math.floor(((b + 1) * n) / buckets)
    let [min, max, sum, odd, smoothed] = [Infinity, -Infinity, 0, 0, Number.NaN]
    for (let i = from; i < to; i++) {
      const value = y[i]!
      if (smooth) smoothed = smooth(value)
      if (!Number.isFinite(value)) {
        odd++
        continue
      }
      if (value < min) min = value
      if (value > max) max = value
      sum += value
    }
    const finite = to - from - odd
    made.x.push((x[from]! + x[to - 1]!) / 2)
    made.first.push(y[from]!)
    made.last.push(y[to - 1]!)
    made.min.push(finite ? min : Number.NaN)
    made.max.push(finite ? max : Number.NaN)
    // a sum may overflow where the mean does not
    made.mean.push(finite ? (Number.isFinite(sum) ? sum / finite : min / 2 + max / 2) : Number.NaN)
    made.count.push(to - from)
    made.odd.push(odd)
    made.smoothed?.push(smoothed)
  }
  return made
}

/**
 * The exponential moving average of TensorBoard, with the bias of its start removed:
 * s_t = w s_(t-1) + (1 - w) y_t, shown as s_t / (1 - w^t); values that are not finite pass by and change nothing.
 */
export function emaOf(weight: number): (value: number) => number {
  let average = 0
  let decay = 1
  return (value) => {
    if (!Number.isFinite(value)) return value
    average = weight * average + (1 - weight) * value
    decay *= weight
    return average / (1 - decay)
  }
}
