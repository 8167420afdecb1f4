/** @file Draws from the gamma and the beta distribution. */
import { drawNormal } from './normal.ts'
import type { Random } from './random.ts'

/** A Gamma(shape, rate) draw, both positive (Marsaglia and Tsang 2000). Mean shape/rate. */
export const drawGamma = (random: Random, shape: number, rate: number): number => {
  if (shape < 1) return drawGamma(random, shape + 1, rate) * random() ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = drawNormal(random)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return (d * v) / rate
  }
}

export type Beta = { alpha: number; beta: number }

/** A Beta(alpha, beta) draw, both positive. */
export const drawBeta = (random: Random, { alpha, beta }: Beta): number => {
  const x = drawGamma(random, alpha, 1)
  const y = drawGamma(random, beta, 1)
  return x / (x + y)
}

export const betaMean = ({ alpha, beta }: Beta): number => alpha / (alpha + beta)
