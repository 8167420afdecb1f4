/** @file Where a learning curve will end: an extrapolation with its interval, from the points so far. */
import { betaCdf, logGamma } from '../../chance/special.ts'
import type { CurvePoint } from '../curve.ts'

/** What a metric will be at the end of training. */
export interface CurveForecast {
  /** The median of the forecast. */
  estimate: number
  interval: [low: number, high: number]
  /** Probability that the value lies inside the interval. */
  level: number
  /** The probability that the value at the end is at most x. */
  atMost(x: number): number
}

/** Fewer points than these say nothing about the shape. */
export const LEAST_CURVE_POINTS = 4

/** Points beyond these are averaged in their order. */
const MOST_POINTS = 120

/** How much the forecast's spread grows with the distance it reaches over, against shapes outside the family. */
const REACH = 0.45

/** The evidence of so many points is believed in full. */
const TEMPER = 6

/**
 * Bayesian model average of the shapes of learning curves that Domhan et al. 2015 list: y = c + a f(t), with f a
 * power t^-b or an exponential exp(-k t/T) over a grid of b and k. For each shape (c, a, variance) has the
 * conjugate normal-inverse-gamma posterior, so that evidence and forecast are closed forms; the forecast is the
 * mixture of their Student t distributions, noise of the last point included.
 * @param points by step, from 0 or 1 on; not-a-number and infinite ones are left out
 * @param horizon the step at which training ends
 * @returns null with fewer than four finite points at different steps
 */
export const forecastCurve = (
  points: readonly CurvePoint[],
  horizon: number,
  level = 0.9,
): CurveForecast | null => {
  const usable = thin(points.filter(({ step, value }) => Number.isFinite(value) && step >= 0))
  if (new Set(usable.map(({ step }) => step)).size < LEAST_CURVE_POINTS) return null
  const mean = usable.reduce((sum, p) => sum + p.value, 0) / usable.length
  const spread = Math.sqrt(usable.reduce((sum, p) => sum + (p.value - mean) ** 2, 0) / usable.length)
  // a flat curve stays where it is
  const scale = spread > 0 ? spread : Math.max(Math.abs(mean), 1) * 1e-9
  const y = usable.map((p) => (p.value - mean) / scale)
  const end = Math.max(horizon, usable.at(-1)!.step)
  const reach = Math.log((end + 1) / (usable.at(-1)!.step + 1))

  const fits = shapes(end).map((f) => {
    const basis = usable.map((p) => f(p.step))
    return fit(basis, y, f(end), reach)
  })
  const top = Math.max(...fits.map(({ logEvidence }) => logEvidence))
  // what a curve does beside its shape it does for many points on end: n of them tell less than n times as much
  const temper = Math.min(1, TEMPER / usable.length)
  const weights = fits.map(({ logEvidence }) => Math.exp(temper * (logEvidence - top)))
  const total = weights.reduce((sum, w) => sum + w, 0)
  const cdf = (z: number) =>
    fits.reduce(
      (sum, t, i) => sum + (weights[i]! / total) * studentCdf((z - t.location) / t.scale, t.degrees),
      0,
    )
  const quantile = (p: number) => mean + scale * bisect(cdf, p, fits)
  const tail = (1 - level) / 2
  return {
    estimate: quantile(0.5),
    interval: [quantile(tail), quantile(1 - tail)],
    level,
    atMost: (x) => cdf((x - mean) / scale),
  }
}

/** Averages neighbours so that noise counts as noise and long curves cost no more than short ones. */
const thin = (points: CurvePoint[]): CurvePoint[] => {
  const sorted = points.sort((a, b) => a.step - b.step)
  if (sorted.length <= MOST_POINTS) return sorted
  return Array.from({ length: MOST_POINTS }, (_, i) => {
    const group = sorted.slice(
      Math.floor((i * sorted.length) / MOST_POINTS),
      Math.floor(((i + 1) * sorted.length) / MOST_POINTS),
    )
    return {
      step: group.reduce((sum, p) => sum + p.step, 0) / group.length,
      value: group.reduce((sum, p) => sum + p.value, 0) / group.length,
    }
  })
}

const shapes = (end: number): ((step: number) => number)[] => [
  ...[0.1, 0.25, 0.5, 0.75, 1, 1.5, 2].map((b) => (step: number) => (step + 1) ** -b),
  ...[1, 2, 4, 8, 16].map((k) => (step: number) => Math.exp((-k * step) / Math.max(end, 1))),
]

interface Fit {
  logEvidence: number
  location: number
  scale: number
  degrees: number
}

// prior: c ~ N(0, 4 v), a in units of the basis' range ~ N(0, 16 v / 1), v ~ inverse gamma(1, 0.02)
const PRIOR_C = 1 / 25
const PRIOR_A = 1 / 100
const PRIOR_SHAPE = 1
const PRIOR_RATE = 0.005

const fit = (basis: readonly number[], y: readonly number[], atEnd: number, reach: number): Fit => {
  const range = Math.max(...basis) - Math.min(...basis, atEnd) || 1
  const floor = atEnd
  const x = basis.map((value) => (value - floor) / range)
  const n = y.length
  // posterior precision matrix of (c, a), with the basis 0 at the end: c is the value there
  const p = n + PRIOR_C
  const q = x.reduce((sum, v) => sum + v, 0)
  const r = x.reduce((sum, v) => sum + v * v, 0) + PRIOR_A
  const s = y.reduce((sum, v) => sum + v, 0)
  const t = x.reduce((sum, v, i) => sum + v * y[i]!, 0)
  const determinant = p * r - q * q
  const c = (r * s - q * t) / determinant
  const a = (p * t - q * s) / determinant
  const squares = y.reduce((sum, v) => sum + v * v, 0)
  const shape = PRIOR_SHAPE + n / 2
  const rate = PRIOR_RATE + Math.max(0, (squares - c * s - a * t) / 2)
  const variance = rate / shape
  const varianceOfC = r / determinant
  // neighbours on a curve err together: what the reach adds does not shrink with their number
  const drift = (REACH * reach * Math.abs(a) * Math.min(1, Math.min(...x) + 0.02)) ** 2
  return {
    logEvidence:
      0.5 * Math.log((PRIOR_C * PRIOR_A) / determinant) +
      PRIOR_SHAPE * Math.log(PRIOR_RATE) -
      shape * Math.log(rate) +
      logGamma(shape) -
      logGamma(PRIOR_SHAPE),
    location: c,
    scale: Math.sqrt(variance * (1 + varianceOfC) + drift),
    degrees: 2 * shape,
  }
}

/** P(T <= x) of Student's t, by the incomplete beta function. */
const studentCdf = (x: number, degrees: number): number => {
  const tail = 0.5 * betaCdf(degrees / (degrees + x * x), degrees / 2, 0.5)
  return x > 0 ? 1 - tail : tail
}

const bisect = (cdf: (z: number) => number, p: number, fits: readonly Fit[]): number => {
  let low = Math.min(...fits.map((t) => t.location - 60 * t.scale))
  let high = Math.max(...fits.map((t) => t.location + 60 * t.scale))
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2
    if (cdf(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}
