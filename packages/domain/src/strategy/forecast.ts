/** @file Forecasts a key result: the chance that its measure meets the target on its due date. */
import type { Direction, Point, Scale } from '../measures/measure.ts'
import { type Message, message } from '../messages/message.ts'

export type ForecastInput = {
  points: readonly Point[]
  baseline: number
  target: number
  direction: Direction
  scale: Scale
  /** ISO-8601 UTC instants. */
  due: string
  now: string
}

export type FanPoint = { at: string; p05: number; p25: number; p50: number; p75: number; p95: number }

export type Forecast = {
  /** none: no points; single: too few to know how it moves; history: drift and noise are estimated. */
  basis: 'none' | 'single' | 'history'
  /** Chance that the value measured at the due date meets the target; null when it cannot be known. */
  chance: number | null
  /** 80 % interval of the value at the due date, in the measure's unit. */
  interval: [low: number, high: number] | null
  fan: FanPoint[]
  message: Message
}

export const forecastKeyResult = (_input: ForecastInput): Forecast => ({
  basis: 'none',
  chance: null,
  interval: null,
  fan: [],
  message: message('forecast.none', {}),
})
