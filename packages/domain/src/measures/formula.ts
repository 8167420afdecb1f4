/** @file Measures made of other measures: margins to a limit, ratios, differences, sums. */
import { type Message, message } from '../messages/message.ts'
import { weaker } from './fold.ts'
import type { Direction, Point } from './measure.ts'
import { margin } from './state.ts'

export type Operation = 'ratio' | 'difference' | 'sum' | 'product'

/** How many measures each takes. */
const takes = {
  ratio: [2, 2],
  difference: [2, 2],
  sum: [2, 20],
  product: [2, 20],
} as const satisfies Record<Operation, readonly [least: number, most: number]>

/** @param units of the measures it is made of, in order */
export function formulaRefusal(operation: Operation, units: readonly string[], unit: string): Message | null {
  const [least, most] = takes[operation]
  if (units.length < least || units.length > most)
    return message('measure.operands', { operation, least, most, found: units.length })
  if (operation === 'product') return null
  const different = units.find((other) => other !== units[0])
  if (operation === 'ratio') {
    if (different === undefined && unit !== '1') return message('measure.unit', { unit, expected: '1' })
    return null
  }
  if (different !== undefined)
    return message('measure.mixed', { operation, one: units[0]!, other: different })
  return unit === units[0] ? null : message('measure.unit', { unit, expected: units[0]! })
}

/** How far each point is on the good side of a limit; the limit has no error of its own. */
export const marginsOf = (points: readonly Point[], limit: number, direction: Direction): Point[] =>
  points.map((point) => ({ ...point, value: margin(point.value, limit, direction) }))

/** Null where there is no such number, as at a division by zero. */
export function combine(
  operation: Operation,
  operands: readonly Point[],
): Omit<Point, 'at' | 'evidence'> | null {
  const values = operands.map(({ value }) => value)
  const [first, second] = values as [number, number]
  const value = {
    ratio: () => first / second,
    difference: () => first - second,
    sum: () => values.reduce((sum, v) => sum + v, 0),
    product: () => values.reduce((product, v) => product * v, 1),
  }[operation]()
  if (!Number.isFinite(value)) return null
  const error = errorOf(operation, operands, value)
  return {
    value,
    ...(error === null ? {} : { standardError: error }),
    origin: operands.map(({ origin }) => origin).reduce(weaker),
  }
}

/**
 * First order, for independent errors: absolute ones of sums, relative ones of products; null when none is known.
 * @see JCGM 100:2008 (GUM), 5.1.2
 */
function errorOf(operation: Operation, operands: readonly Point[], value: number): number | null {
  if (operands.every(({ standardError }) => standardError === undefined)) return null
  const additive = operation === 'sum' || operation === 'difference'
  if (!additive && operands.some((point) => point.value === 0)) return null
  const size = Math.hypot(
    ...operands.map(({ standardError = 0, value: v }) => (additive ? standardError : standardError / v)),
  )
  return additive ? size : Math.abs(value) * size
}

/** A history with a point wherever one of the histories has one, once all have begun. */
export function combineHistories(operation: Operation, histories: readonly (readonly Point[])[]): Point[] {
  const events = histories
    .flatMap((points, which) => points.map((point) => ({ which, point })))
    .sort((a, b) => (a.point.at < b.point.at ? -1 : a.point.at > b.point.at ? 1 : a.which - b.which))
  const known: (Point | undefined)[] = histories.map(() => undefined)
  const made: Point[] = []
  for (const { which, point } of events) {
    known[which] = point
    if (known.some((operand) => operand === undefined)) continue
    const combined = combine(operation, known as Point[])
    if (combined) made.push({ ...combined, at: point.at, evidence: point.evidence })
  }
  return made
}

/** Measures by what they are made of: whether one would stand on itself. */
export function standsOnItself(id: string, madeOf: (id: string) => readonly string[]): boolean {
  const seen = new Set<string>()
  const open = [...madeOf(id)]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === id) return true
    if (seen.has(next)) continue
    seen.add(next)
    open.push(...madeOf(next))
  }
  return false
}
