/** @file Measures and their points as the terminal shows them. */
import type { Measure, Point } from '@capstan/api'
import { quantity } from '@capstan/domain'
import type { Context } from '../context.ts'

type Shown = Pick<Measure, 'unit' | 'scale'>

export const shownValue = (measure: Shown, value: number | undefined): string =>
  value === undefined ? '-' : quantity(value, measure)

export const instantOf = (at: string): string => at.slice(0, 16).replace('T', ' ')

/** A typed number never looks like a measured one. */
export function pointValue({ say }: Context, measure: Shown, point: Point | null): string {
  if (!point) return '-'
  const mark = point.origin === 'measured' ? '' : ` (${say(`measures.${point.origin}`)})`
  return shownValue(measure, point.value) + mark
}

export function evidenceOf({ say }: Context, measure: Shown, point: Point): string {
  const { evidence, facts, override } = point
  if (override) {
    const signed = { by: evidence.id, note: evidence.note ?? '' }
    return override.replaced
      ? say('measures.overridden', { ...signed, value: shownValue(measure, override.replaced.value) })
      : say('measures.overriddenNothing', signed)
  }
  const name = `${evidence.noun} ${evidence.id}${evidence.note ? `: ${evidence.note}` : ''}`
  return facts === undefined ? name : say('measures.facts', { count: facts, evidence: name })
}
