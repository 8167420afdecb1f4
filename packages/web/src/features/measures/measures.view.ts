/** @file A measure's question as a sentence, and its history as the page draws it. */
import type { Measure, MeasureQuery, Point } from '@capstan/api'
import { queryOf } from '@capstan/domain'

type Asked = Extract<MeasureQuery, { source: 'query' }>
type Condition = Asked['where'][number]

/** The query that a preset stands for; null of measures that fold no facts. */
export function askedOf(query: MeasureQuery): Omit<Asked, 'source'> | null {
  switch (query.source) {
    case 'query':
      return query
    case 'evaluation':
    case 'endpoint':
    case 'ledger':
      return queryOf(query) as Omit<Asked, 'source'>
    default:
      return null
  }
}

/** `tag.team = a | b`, `cost 1 … 3`: a filter as it would be typed. */
export function filterText(condition: Condition, nameOf: (id: string) => string): string {
  const { field } = condition
  if ('is' in condition) return `${field} = ${condition.is.map(nameOf).join(' | ')}`
  if ('isNot' in condition) return `${field} ≠ ${condition.isNot.map(nameOf).join(' | ')}`
  const { atLeast, atMost } = condition
  if (atMost === undefined) return `${field} ≥ ${atLeast}`
  return atLeast === undefined ? `${field} ≤ ${atMost}` : `${atLeast} ≤ ${field} ≤ ${atMost}`
}

/** So many are drawn one by one; more make a line. */
export const DOTS = 200

export interface Drawn {
  domain: [from: number, to: number]
  range: [low: number, high: number]
  points: { at: number; value: number; point: Point }[]
  /** What the line joins: measured points where there are any, never those that people put among them. */
  line: { at: number; value: number }[]
  dots: boolean
}

/** Null where there is nothing to draw. */
export function drawn(points: readonly Point[]): Drawn | null {
  if (points.length === 0) return null
  const values = points.map(({ value }) => value)
  let [low, high] = [values[0]!, values[0]!]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const instants = points.map(({ at }) => Date.parse(at))
  const placed = points.map((point, i) => ({ at: instants[i]!, value: point.value, point }))
  const measured = placed.filter(({ point }) => point.origin === 'measured')
  return {
    domain: [instants[0]!, instants.at(-1)!],
    range: [low, high],
    points: placed,
    line: measured.length > 0 ? measured : placed,
    dots: points.length <= DOTS,
  }
}

export const tones = {
  live: 'good',
  stale: 'watch',
  missing: 'open',
} as const satisfies Record<Measure['state'], string>
