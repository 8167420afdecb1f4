/** @file Indicators: measures with limits, which raise and lower the frequency of a risk by themselves. */
import type { Direction } from '../measures/measure.ts'
import { margin } from '../measures/state.ts'
import { type Message, message } from '../messages/message.ts'
import { scaleFrequency } from './frequency.ts'
import type { Frequency } from './risk.ts'

/** `stale`: its measure fell silent; `unknown`: there never was a value. Neither is green. */
export type IndicatorState = 'green' | 'amber' | 'red' | 'stale' | 'unknown'

/** What a value can say. */
export type IndicatorColour = 'green' | 'amber' | 'red'

/**
 * Limits of an indicator in its measure's unit; `direction` is the way that is better. `hysteresis`: how far
 * beyond a limit, in the measure's unit, the value must recover before the better state is believed.
 */
export type IndicatorLimits = { amber: number; red: number; direction: Direction; hysteresis?: number }

/**
 * A value at a limit is already beyond it; no value is `unknown`, never green.
 * @param before the state until now: leaving it for a better one takes the hysteresis
 */
export const indicatorState = (
  value: number | null,
  { amber, red, direction, hysteresis = 0 }: IndicatorLimits,
  before: IndicatorState = 'unknown',
): IndicatorColour | 'unknown' => {
  if (value === null || !Number.isFinite(value)) return 'unknown'
  const beyond = (limit: number, slack: number) => margin(value, limit, direction) <= slack
  if (beyond(red, before === 'red' ? hysteresis : 0)) return 'red'
  const held = before === 'red' || before === 'amber'
  return beyond(amber, held ? hysteresis : 0) ? 'amber' : 'green'
}

/** What an indicator says now: what its last value said, unless its measure has fallen silent since. */
export const shownState = (
  said: IndicatorState,
  measure: { state: 'live' | 'stale' | 'missing' } | null,
): IndicatorState => (said !== 'unknown' && measure?.state === 'stale' ? 'stale' : said)

/** Factors on the frequency that is estimated without the indicator. */
export type IndicatorFactors = Record<IndicatorColour, number>

/**
 * What an indicator does, at once and by itself, to the frequency estimated without it, where nobody chose other
 * factors. A judgement, not a measurement: amber raises by half, red trebles, and back in the green the estimate
 * stands again. Lowering the estimate itself is a decision: the review proposes it (`calmFactor`).
 */
export const indicatorFactors: IndicatorFactors = { green: 1, amber: 1.5, red: 3 }

/** Without a value an indicator leaves the estimate alone. */
export const factorOf = (state: IndicatorState, factors: IndicatorFactors = indicatorFactors): number =>
  state === 'unknown' || state === 'stale' ? 1 : factors[state]

/** What the review proposes for the estimate of a risk whose indicator has turned green by measurement. */
export const calmFactor = 0.75

/** What the review proposes for the estimate of a risk whose indicator stayed red for a whole turn. */
export const alarmFactor = 1.5

/** The frequency with its indicator taken into account; the belief keeps its relative width. */
export const withIndicator = (frequency: Frequency, state: IndicatorState): Frequency =>
  scaleFrequency(frequency, factorOf(state))

/** Why limits make no sense; null when they do. */
export const indicatorRefusal = (
  measure: string,
  { amber, red, direction }: IndicatorLimits,
  { green, amber: warned, red: alarmed }: IndicatorFactors = indicatorFactors,
): Message | null => {
  if (direction === 'up' ? amber < red : amber > red)
    return direction === 'up'
      ? message('indicator.amberBelow', { measure, amber, red })
      : message('indicator.amberAbove', { measure, amber, red })
  return green <= warned && warned <= alarmed
    ? null
    : message('indicator.factors', { green, amber: warned, red: alarmed })
}
