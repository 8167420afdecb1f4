/** @file Learns a risk's frequency from incidents and from its indicator. */
import type { Direction } from '../measures/measure.ts'
import { margin } from '../measures/state.ts'
import type { Frequency } from './risk.ts'

/**
 * Gamma-Poisson update: `events` seen in `years` turn Gamma(alpha, beta) into Gamma(alpha + events,
 * beta + years). A plain rate is first read as a belief worth `priorYears` of observation.
 */
export const updateFrequency = (
  frequency: Frequency,
  { events, years, priorYears = 1 }: { events: number; years: number; priorYears?: number },
): { alpha: number; beta: number } => {
  const prior =
    'rate' in frequency ? { alpha: Math.max(frequency.rate, 1e-3) * priorYears, beta: priorYears } : frequency
  return { alpha: prior.alpha + events, beta: prior.beta + years }
}

export type IndicatorState = 'green' | 'amber' | 'red' | 'unknown'

/** Limits of an indicator in its measure's unit; `direction` is the way that is better. */
export type IndicatorLimits = { amber: number; red: number; direction: Direction }

/** A value at a limit is already beyond it; no value is `unknown`, never green. */
export const indicatorState = (
  value: number | null,
  { amber, red, direction }: IndicatorLimits,
): IndicatorState => {
  if (value === null || !Number.isFinite(value)) return 'unknown'
  if (margin(value, red, direction) <= 0) return 'red'
  return margin(value, amber, direction) <= 0 ? 'amber' : 'green'
}

/**
 * What an indicator does, at once and by itself, to the frequency estimated without it. A judgement, not a
 * measurement: amber raises by half, red trebles, and back in the green the estimate stands again. Lowering the
 * estimate itself is a decision: the review proposes it (`calmFactor`).
 */
export const indicatorMultiplier = {
  green: 1,
  amber: 1.5,
  red: 3,
  unknown: 1,
} as const satisfies Record<IndicatorState, number>

/** What the review proposes for the estimate of a risk whose indicator has turned green by measurement. */
export const calmFactor = 0.75

/** What the review proposes for the estimate of a risk whose indicator stayed red for a whole turn. */
export const alarmFactor = 1.5

/** The frequency with its indicator taken into account; the belief keeps its relative width. */
export const withIndicator = (frequency: Frequency, state: IndicatorState): Frequency =>
  scaleFrequency(frequency, indicatorMultiplier[state])

/** Multiplies the mean rate; a Gamma keeps its shape and so its relative width. */
export const scaleFrequency = (frequency: Frequency, factor: number): Frequency =>
  'rate' in frequency
    ? { rate: frequency.rate * factor }
    : { alpha: frequency.alpha, beta: frequency.beta / Math.max(factor, 1e-12) }
