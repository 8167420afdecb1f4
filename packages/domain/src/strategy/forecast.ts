/** @file Forecasts a key result: the chance that its measure meets the target on its due date. */
import { addDays, type Direction, daysBetween, type Point, type Scale } from '../measures/measure.ts'
import { scales } from '../measures/scale.ts'
import { latest, meets } from '../measures/state.ts'
import { type Message, message } from '../messages/message.ts'
import { fitDrift, type Mixture, mixtureCdf, mixtureQuantile, type Reading } from './drift.ts'

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
  /** From the last point to the due date; its outer edges are the 90 % interval. */
  fan: FanPoint[]
  message: Message
}

/**
 * Where there are measured points, only they count: typed and demonstration points are never mixed in.
 * Deterministic (the distributions are integrated, not sampled).
 */
export const forecastKeyResult = (input: ForecastInput): Forecast => {
  const points = usable(input.points, input.due)
  const last = latest(points)
  if (last === null) return unknown(message('forecast.none', {}))
  if (daysBetween(input.now, input.due) <= 0) return atDueDate(input, last)
  const readings = toReadings(points, input.scale)
  const ahead = daysBetween(last.at, input.due)
  return showsMovement(readings, ahead) ? fromHistory(input, readings, last) : fromFew(input, readings)
}

/** The chance that another target would be met, from the same history; for proposals and what-ifs. */
export const chanceOfTarget = (input: ForecastInput, target: number): number | null =>
  forecastKeyResult({ ...input, target }).chance

const unknown = (text: Message): Forecast => ({
  basis: 'none',
  chance: null,
  interval: null,
  fan: [],
  message: text,
})

const usable = (points: readonly Point[], due: string): Point[] => {
  const inTime = points.filter((point) => Number.isFinite(point.value) && daysBetween(point.at, due) >= 0)
  const measured = inTime.filter((point) => point.origin === 'measured')
  return measured.length > 0 ? measured : inTime
}

const millisecondsPerDay = 86_400_000

/** One reading per instant, sorted by time; of points at one instant the last given counts. */
const toReadings = (points: readonly Point[], scale: Scale): Reading[] => {
  const byInstant = new Map(points.map((point) => [Date.parse(point.at), point]))
  return [...byInstant]
    .sort(([a], [b]) => a - b)
    .map(([instant, point]) => ({ day: instant / millisecondsPerDay, ...onScale(point, scale) }))
}

const onScale = ({ value, standardError = 0 }: Point, scale: Scale): { value: number; error: number } => {
  const { to, slope } = scales[scale]
  // the delta method breaks at 0 % and 100 %, where the slope is infinite: stay one error inside
  const place = scale === 'proportion' ? Math.min(1 - standardError, Math.max(standardError, value)) : value
  return { value: to(place), error: standardError * slope(place) }
}

/** Readings closer together than this share of their history say nothing about its drift. */
const sameTime = 0.02

/** A history shorter than this share of the time ahead says nothing about that time. */
const shortest = 0.05

/** Whether the readings stand at three or more distinct times, over long enough. */
const showsMovement = (readings: readonly Reading[], ahead: number): boolean => {
  const span = readings.at(-1)!.day - readings[0]!.day
  let distinct = 0
  let from = -Infinity
  for (const { day } of readings)
    if (day - from > sameTime * span) {
      distinct += 1
      from = day
    }
  return distinct >= 3 && span >= shortest * ahead
}

const atDueDate = (input: ForecastInput, last: Point): Forecast => {
  const known = fromFew(input, toReadings([last], input.scale))
  return {
    ...known,
    chance: known.chance ?? (meets(last.value, input.target, input.direction) ? 1 : 0),
    interval: known.interval ?? [last.value, last.value],
    message: message('forecast.past', {}),
  }
}

/** The last reading with its error: the stated one, or the scatter of three or more readings if that is more. */
const fromFew = (input: ForecastInput, readings: readonly Reading[]): Forecast => {
  const { day, value, error } = readings.at(-1)!
  const deviation = Math.max(error, readings.length >= 3 ? scatter(readings) : 0)
  if (deviation === 0) return { ...unknown(message('forecast.noError', {})), basis: 'single' }
  const still: Mixture = [{ weight: 1, mean: value, deviation }]
  return {
    ...read(input, new Date(Math.round(day * millisecondsPerDay)).toISOString(), () => still),
    basis: 'single',
    message: message('forecast.single', { count: readings.length }),
  }
}

const scatter = (readings: readonly Reading[]): number => {
  const mean = readings.reduce((sum, { value }) => sum + value, 0) / readings.length
  const squares = readings.reduce((sum, { value }) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / (readings.length - 1))
}

const fromHistory = (input: ForecastInput, readings: readonly Reading[], last: Point): Forecast => {
  const { to } = scales[input.scale]
  const model = fitDrift(readings, Math.abs(to(input.target) - to(input.baseline)))
  const values = {
    count: readings.length,
    days: readings.at(-1)!.day - readings[0]!.day,
    ahead: daysBetween(last.at, input.due),
  }
  return {
    ...read(input, last.at, model.ahead),
    basis: 'history',
    message:
      values.ahead > values.days ? message('forecast.far', values) : message('forecast.history', values),
  }
}

const fanSteps = 12
/** No forecast is certain, whatever the tails of its distribution say. */
const surest = 0.99999

const read = (input: ForecastInput, from: string, ahead: (days: number) => Mixture) => {
  const { target, direction, scale, due } = input
  const { to, from: back } = scales[scale]
  const days = Math.max(0, daysBetween(from, due))
  const final = ahead(days)
  const below = mixtureCdf(final, to(target))
  const at = (mixture: Mixture, p: number) => back(mixtureQuantile(mixture, p))
  return {
    chance: Math.min(surest, Math.max(1 - surest, direction === 'up' ? 1 - below : below)),
    interval: [at(final, 0.1), at(final, 0.9)] as [number, number],
    fan: Array.from({ length: fanSteps + 1 }, (_, i): FanPoint => {
      const mixture = ahead((days * i) / fanSteps)
      return {
        at: addDays(from, (days * i) / fanSteps),
        p05: at(mixture, 0.05),
        p25: at(mixture, 0.25),
        p50: at(mixture, 0.5),
        p75: at(mixture, 0.75),
        p95: at(mixture, 0.95),
      }
    }),
  }
}
