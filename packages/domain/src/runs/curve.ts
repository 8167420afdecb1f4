/** @file Learning curves: thinned for drawing without losing their extremes. */

export type CurvePoint = { step: number; value: number }

/**
 * At most `max` points (at least 4) that keep the first, the last, and each bucket's least and greatest
 * value in their order, so that a spike is never thinned away. Points are sorted by step.
 */
export const downsample = <P extends CurvePoint>(points: readonly P[], max: number): P[] => {
  if (points.length <= max) return [...points]
  const buckets = Math.max(1, Math.floor((Math.max(4, max) - 2) / 2))
  const inner = points.length - 2
  const kept: P[] = [points[0]!]
  for (let b = 0; b < buckets; b++) {
    const from = 1 + Math.floor((b * inner) / buckets)
    const to = 1 + Math.floor(((b + 1) * inner) / buckets)
    let least = from
    let greatest = from
    for (let i = from; i < to; i++) {
      if (!(points[i]!.value >= points[least]!.value)) least = i
      if (!(points[i]!.value <= points[greatest]!.value)) greatest = i
    }
    const [first, second] = least < greatest ? [least, greatest] : [greatest, least]
    kept.push(points[first]!)
    if (second !== first) kept.push(points[second]!)
  }
  kept.push(points.at(-1)!)
  return kept
}
