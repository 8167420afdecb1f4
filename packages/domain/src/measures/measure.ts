/** @file What a measure is: a named number with a direction, a scale and, per point, its evidence. */

/** Which way is better. */
export type Direction = 'up' | 'down'

/** The scale on which changes are alike: accuracies are proportions, latencies and costs logarithmic. */
export type Scale = 'linear' | 'log' | 'proportion'

/** Where a number came from; the three are never mixed silently. */
export type Origin = 'measured' | 'typed' | 'demonstration'

export type EvidenceNoun =
  | 'run'
  | 'evaluation'
  | 'endpoint'
  | 'ledger'
  | 'dataset'
  | 'allocation'
  | 'risk'
  | 'member'
  | 'task'
  | 'incident'
  | 'version'

export type Evidence = { noun: EvidenceNoun; id: string; note?: string }

/** One value of a measure at an instant (ISO-8601 UTC), in the measure's unit. */
export type Point = {
  /** Names the point within its measure. */
  id?: string | undefined
  at: string
  value: number
  standardError?: number | undefined
  origin: Origin
  evidence: Evidence
  /** Of how many facts it was made, where it is not one alone. */
  facts?: number | undefined
  /** A person's value stands in for another. */
  override?:
    | {
        id: string
        at: string
        until: string | null
        replaced: { value: number; origin: Origin; evidence: Evidence } | null
      }
    | undefined
}

export type MeasureDefinition = {
  key: string
  name: string
  unit: string
  direction: Direction
  scale: Scale
}

const millisecondsPerDay = 86_400_000

/** Days from one instant to another, negative when `to` lies before `from`. */
export const daysBetween = (from: string, to: string): number =>
  (Date.parse(to) - Date.parse(from)) / millisecondsPerDay

export const addDays = (at: string, days: number): string =>
  new Date(Date.parse(at) + days * millisecondsPerDay).toISOString()

/** A value with its unit, in four significant digits: `98.1%` for proportions, else `3.2 ms`; the unit `1` is not shown. */
export const quantity = (value: number, { unit = '', scale }: { unit?: string; scale?: Scale }): string =>
  scale === 'proportion' ? `${short(value * 100)}%` : `${short(value)} ${unit === '1' ? '' : unit}`.trim()

const short = (value: number): string =>
  (Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(4))).toLocaleString('en')
