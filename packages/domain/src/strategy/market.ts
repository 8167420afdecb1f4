/** @file The market: sizes of segments as ranges, and what they come to together. */
import { betaMean } from '../chance/gamma.ts'
import { drawPert, pertMean } from '../chance/pert.ts'
import { quantile } from '../chance/quantiles.ts'
import { hashText, seeded } from '../chance/random.ts'
import type { ValueRange } from '../resources/portfolio.ts'

export type SizedSegment = {
  id: string
  /** Yearly spending in it, in the workspace's currency: least, most likely, greatest. */
  size: ValueRange
  /** Growth a year as a ratio: 0.2 is 20 %. */
  growth: ValueRange
  /** The share of it that the team may win: least, most likely, greatest, 0 to 1. */
  share: ValueRange
  /** Of the size. */
  year: number
}

export type SizeRange = { mean: number; p10: number; p50: number; p90: number }

export type MarketOutlook = {
  year: number
  segments: { id: string; size: SizeRange; winnable: SizeRange }[]
  total: { size: SizeRange; winnable: SizeRange }
}

const draws = 4000
const pert = ({ low, mode, high }: ValueRange) => ({ min: low, mode, max: high })

/**
 * What the segments come to in `year`: PERT draws of size, growth and share, compounded yearly. Each segment has its
 * own stream, so that adding one leaves the others as they were; segments are taken as independent.
 */
export const marketOutlook = (
  segments: readonly SizedSegment[],
  year: number,
  seed: number,
): MarketOutlook => {
  const drawn = segments.map(({ id, size, growth, share, year: from }) => {
    const random = seeded(hashText(`${id} ${seed}`))
    const sizes = new Float64Array(draws)
    const winnable = new Float64Array(draws)
    for (let i = 0; i < draws; i++) {
      sizes[i] = drawPert(random, pert(size)) * (1 + drawPert(random, pert(growth))) ** (year - from)
      winnable[i] = sizes[i]! * drawPert(random, pert(share))
    }
    return { id, sizes, winnable }
  })
  const sum = (of: 'sizes' | 'winnable') =>
    Float64Array.from({ length: draws }, (_, i) => drawn.reduce((total, one) => total + one[of][i]!, 0))
  return {
    year,
    segments: drawn.map(({ id, sizes, winnable }) => ({
      id,
      size: rangeOf(sizes),
      winnable: rangeOf(winnable),
    })),
    total: { size: rangeOf(sum('sizes')), winnable: rangeOf(sum('winnable')) },
  }
}

const rangeOf = (values: Float64Array): SizeRange => {
  const sorted = Float64Array.from(values).sort()
  return {
    mean: sorted.reduce((total, value) => total + value, 0) / sorted.length,
    p10: quantile(sorted, 0.1),
    p50: quantile(sorted, 0.5),
    p90: quantile(sorted, 0.9),
  }
}

/** What an initiative may bring against what its segment may bring: value if it works, over the winnable mean. */
export const shareOfSegment = (
  initiative: { value: ValueRange; chance: { alpha: number; beta: number } },
  winnable: SizeRange,
): { ifItWorks: number; expected: number } | null => {
  if (!(winnable.mean > 0)) return null
  const ifItWorks = pertMean(pert(initiative.value)) / winnable.mean
  return { ifItWorks, expected: ifItWorks * betaMean(initiative.chance) }
}
