/** @file A random forest of regression trees whose leaves are boxes of the unit cube. */
import type { Random } from '../../chance/random.ts'

export interface Leaf {
  /** [from, to] in each dimension. */
  box: readonly (readonly [number, number])[]
  value: number
}

/** The leaves of one tree; together they fill the unit cube. */
export type Tree = readonly Leaf[]

const LEAST_SAMPLES = 3
const DEPTH = 12

/**
 * Regression trees on bootstrap samples (Breiman 2001), split by variance reduction over five sixths of the
 * dimensions, as Hutter et al. 2014 use them for functional ANOVA.
 * @param x rows of the unit cube
 */
export const growForest = (
  x: readonly (readonly number[])[],
  y: readonly number[],
  random: Random,
  trees = 32,
): Tree[] => {
  const dimensions = x[0]?.length ?? 0
  return Array.from({ length: trees }, () => {
    const rows = Array.from(x, () => Math.floor(random() * x.length))
    const leaves: Leaf[] = []
    grow(
      rows,
      Array.from({ length: dimensions }, () => [0, 1] as [number, number]),
      0,
    )
    return leaves

    function grow(sample: number[], box: [number, number][], depth: number): void {
      const split = depth < DEPTH && sample.length >= 2 * LEAST_SAMPLES ? bestSplit(sample) : null
      if (split === null) {
        leaves.push({ box, value: sample.reduce((sum, i) => sum + y[i]!, 0) / sample.length })
        return
      }
      const { dimension, at } = split
      const side = (low: boolean) =>
        box.map((edge, d): [number, number] => (d !== dimension ? edge : low ? [edge[0], at] : [at, edge[1]]))
      grow(
        sample.filter((i) => x[i]![dimension]! < at),
        side(true),
        depth + 1,
      )
      grow(
        sample.filter((i) => x[i]![dimension]! >= at),
        side(false),
        depth + 1,
      )
    }

    function bestSplit(sample: number[]): { dimension: number; at: number } | null {
      const total = sample.reduce((sum, i) => sum + y[i]!, 0)
      let best: { dimension: number; at: number; gain: number } | null = null
      for (let d = 0; d < dimensions; d++) {
        if (dimensions > 1 && random() > 5 / 6) continue
        const sorted = sample.toSorted((a, b) => x[a]![d]! - x[b]![d]!)
        let left = 0
        for (let k = 1; k < sorted.length; k++) {
          left += y[sorted[k - 1]!]!
          const [before, after] = [x[sorted[k - 1]!]![d]!, x[sorted[k]!]![d]!]
          if (k < LEAST_SAMPLES || sorted.length - k < LEAST_SAMPLES || after <= before) continue
          const gain = left ** 2 / k + (total - left) ** 2 / (sorted.length - k) - total ** 2 / sorted.length
          if (gain > (best?.gain ?? 1e-12 * Math.abs(total)))
            best = { dimension: d, at: (before + after) / 2, gain }
        }
      }
      return best
    }
  })
}
