/** @file Maps values to the scale on which their changes are alike, and back. */
import type { Scale } from './measure.ts'

type Mapping = {
  to: (value: number) => number
  from: (place: number) => number
  /** d to / d value, which carries a standard error over (delta method). */
  slope: (value: number) => number
}

// the logarithms are infinite at the edges; a proportion of 1 is read as "all but one in ten million"
const edge = 1e-7
const inside = (value: number) => Math.min(1 - edge, Math.max(edge, value))
const positive = (value: number) => Math.max(Number.MIN_VALUE * 1e16, value)

export const scales = {
  linear: { to: (v) => v, from: (x) => x, slope: () => 1 },
  log: { to: (v) => Math.log(positive(v)), from: (x) => Math.exp(x), slope: (v) => 1 / positive(v) },
  proportion: {
    to: (v) => Math.log(inside(v) / (1 - inside(v))),
    from: (x) => 1 / (1 + Math.exp(-x)),
    slope: (v) => 1 / (inside(v) * (1 - inside(v))),
  },
} satisfies Record<Scale, Mapping>
