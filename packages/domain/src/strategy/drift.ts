/** @file Bayesian drift with noise: how a measure moves, and where it may be later. */
import { normalCdf, normalDensity } from '../chance/normal.ts'

/** A reading on the working scale: time in days, its known error (0 when unknown). */
export type Reading = { day: number; value: number; error: number }

/** A mixture of normal distributions; weights sum to 1. */
export type Mixture = { weight: number; mean: number; deviation: number }[]

/** What is believed about the level and the drift under one size of noise, in normalised units. */
type Belief = { weight: number; wander: number; scatter: number; state: State }

/** Kalman state: level and drift with their covariance. */
type State = { level: number; drift: number; levelVar: number; cross: number; driftVar: number }

export type DriftModel = {
  /** The distribution of a reading `days` after the last one. */
  ahead: (days: number) => Mixture
}

/**
 * The local model `level' = level + drift dt + wander sqrt(dt)`, `reading = level + scatter + known error`, with
 * flat beliefs on level and drift, and log-flat ones on wander (a random walk) and scatter (noise around it),
 * integrated on a grid: the likelihood of each grid point is the Kalman filter's (Durbin and Koopman 2012,
 * chapters 2 and 4). Drift is carried on for as long as it was observed and fades over as long again, since a
 * short trend says nothing about a far date. Needs readings at three or more distinct times, sorted by time;
 * `typical` is a size of change that matters, and only keeps a constant history from looking certain.
 */
export const fitDrift = (readings: readonly Reading[], typical: number): DriftModel => {
  const first = readings[0]!
  const last = readings.at(-1)!
  const span = last.day - first.day
  const values = readings.map((reading) => reading.value)
  const errors = readings.map((reading) => reading.error)
  const size = Math.max(Math.max(...values) - Math.min(...values), ...errors, 0.01 * typical, 1e-12)
  const normal = readings.map(({ day, value, error }) => ({
    day: (day - first.day) / span,
    value: (value - first.value) / size,
    error: error / size,
  }))
  const beliefs = weigh(normal)
  const lastError = last.error / size
  return {
    ahead: (days) => {
      const h = Math.max(0, days / span)
      const carried = h <= 1 ? h : 2 - Math.exp(1 - h)
      return beliefs.map(({ weight, wander, scatter, state }) => {
        const variance =
          state.levelVar +
          2 * carried * state.cross +
          carried * carried * state.driftVar +
          wander * wander * h +
          scatter * scatter +
          lastError * lastError
        return {
          weight,
          mean: first.value + size * (state.level + state.drift * carried),
          deviation: size * Math.sqrt(variance),
        }
      })
    },
  }
}

const logGrid = (low: number, high: number, steps: number): number[] =>
  Array.from({ length: steps }, (_, i) => low * (high / low) ** (i / (steps - 1)))

const wanders = logGrid(0.02, 20, 28)
const scatters = [0, ...logGrid(0.01, 3, 12)]

/** Prior weight of no scatter at all against each step of the grid; tuned on simulated histories. */
const noScatter = 3

const weigh = (readings: readonly Reading[]): Belief[] => {
  const found = wanders.flatMap((wander) =>
    scatters.map((scatter) => ({ wander, scatter, ...filter(readings, wander, scatter) })),
  )
  const best = found.reduce((top, { logLikelihood }) => Math.max(top, logLikelihood), -Infinity)
  const weights = found.map(
    ({ scatter, logLikelihood }) => (scatter === 0 ? noScatter : 1) * Math.exp(logLikelihood - best),
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return found
    .map(({ wander, scatter, state }, i) => ({ wander, scatter, state, weight: weights[i]! / total }))
    .filter(({ weight }) => weight > 1e-5)
}

/** A hundred times the range of the history: flat where it matters. */
const flat = 1e4

const filter = (readings: readonly Reading[], wander: number, scatter: number) => {
  let { level, drift, levelVar, cross, driftVar }: State = {
    level: 0,
    drift: 0,
    levelVar: flat,
    cross: 0,
    driftVar: flat,
  }
  let logLikelihood = 0
  let day = 0
  for (const reading of readings) {
    const dt = reading.day - day
    day = reading.day
    level += drift * dt
    levelVar += 2 * dt * cross + dt * dt * driftVar + wander * wander * dt
    cross += dt * driftVar
    const noise = Math.max(scatter * scatter + reading.error * reading.error, 1e-9)
    const total = levelVar + noise
    const surprise = reading.value - level
    logLikelihood -= 0.5 * (Math.log(total) + (surprise * surprise) / total)
    const gainLevel = levelVar / total
    const gainDrift = cross / total
    level += gainLevel * surprise
    drift += gainDrift * surprise
    driftVar -= gainDrift * cross
    cross -= gainLevel * cross
    levelVar -= gainLevel * levelVar
  }
  return { logLikelihood, state: { level, drift, levelVar, cross, driftVar } }
}

/** P(X <= x). */
export const mixtureCdf = (mixture: Mixture, x: number): number =>
  mixture.reduce((sum, { weight, mean, deviation }) => sum + weight * normalCdf((x - mean) / deviation), 0)

/** The p-quantile, by Newton steps kept inside a shrinking bracket. */
export const mixtureQuantile = (mixture: Mixture, p: number): number => {
  let low = Infinity
  let high = -Infinity
  let x = 0
  for (const { weight, mean, deviation } of mixture) {
    low = Math.min(low, mean - 10 * deviation)
    high = Math.max(high, mean + 10 * deviation)
    x += weight * mean
  }
  const close = 1e-10 * (high - low)
  for (let i = 0; i < 60 && high - low > close; i++) {
    let error = -p
    let density = 0
    for (const { weight, mean, deviation } of mixture) {
      const z = (x - mean) / deviation
      error += weight * normalCdf(z)
      density += (weight * normalDensity(z)) / deviation
    }
    if (error < 0) low = x
    else high = x
    const next = x - error / density
    if (Math.abs(next - x) < close) return next
    x = next > low && next < high ? next : (low + high) / 2
  }
  return x
}
