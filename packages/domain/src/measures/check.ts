/** @file Refuses questions that have no answer: unknown fields, numbers of words, units that do not match. */
import { type Message, message } from '../messages/message.ts'
import { fieldNames, isNumber, isWord, unitOfNumber } from './fact.ts'
import type { Scale } from './measure.ts'
import type { Condition, Query, Statistic } from './query.ts'

/** Which statistics fold a number: `yes`, `no`, or as the question likes. */
const takesValue = {
  latest: 'yes',
  best: 'yes',
  min: 'yes',
  max: 'yes',
  sum: 'yes',
  mean: 'yes',
  median: 'yes',
  quantile: 'yes',
  count: 'no',
  share: 'no',
  age: 'no',
  rate: 'maybe',
} as const satisfies Record<Statistic, 'yes' | 'no' | 'maybe'>

/** Units that only the workspace knows. */
export type KnownUnits = { currency: string; pool: string | null }

export type Shown = { unit: string; scale: Scale }

/** @returns why a measure of this unit and scale cannot ask this, or null */
export function queryRefusal(query: Query, shown: Shown, known: KnownUnits): Message | null {
  const { of, statistic, value, window } = query
  for (const condition of [...query.where, ...(query.part ?? [])]) {
    const refusal = conditionRefusal(query, condition)
    if (refusal) return refusal
  }
  if (value === undefined && takesValue[statistic] === 'yes')
    return message('measure.needsValue', { statistic, allowed: fieldNames(of, 'number').join(', ') })
  if (value !== undefined && takesValue[statistic] === 'no')
    return message('measure.noValue', { statistic, value })
  if (value !== undefined && !isNumber(of, value))
    return message('measure.notNumber', {
      field: value,
      source: of,
      allowed: fieldNames(of, 'number').join(', '),
    })
  if ((statistic === 'quantile') !== (query.quantile !== undefined)) return message('measure.quantile', {})
  if ((statistic === 'share') !== (query.part?.length ?? 0) > 0) return message('measure.part', {})
  if (statistic === 'age' && window.kind !== 'all') return message('measure.ageWindow', {})
  return shownRefusal(shown, expectedUnit(query, known))
}

/** Scales and units that contradict each other, or what is measured. */
export function shownRefusal({ unit, scale }: Shown, expected: string | null): Message | null {
  if (scale === 'proportion' && unit !== '1') return message('measure.proportionUnit', { unit })
  if (expected !== null && expected !== unit) return message('measure.unit', { unit, expected })
  return null
}

/** The unit that the answer has; null when the team may name it. */
export function expectedUnit({ of, statistic, value }: Query, { currency, pool }: KnownUnits): string | null {
  if (statistic === 'share') return '1'
  if (statistic === 'age') return 'day'
  if (value === undefined) return null
  const named = unitOfNumber(of, value)
  const unit = named === 'currency' ? currency : named === 'pool' ? pool : named
  return unit === null || statistic !== 'rate' ? unit : `${unit === '1' ? '1' : unit}/day`
}

/** A value typed in, or a target, for a measure of this scale. */
export function valueRefusal(value: number, scale: Scale): Message | null {
  if (scale === 'proportion' && (value < 0 || value > 1)) return message('measure.notShare', { value })
  if (scale === 'log' && value <= 0) return message('measure.notPositive', { value })
  return null
}

/** Whatever is bound to a measure speaks its unit. */
export const unitRefusal = (name: string, measured: string, given: string | undefined): Message | null =>
  given === undefined || given === measured ? null : message('measure.bound', { name, unit: measured, given })

function conditionRefusal({ of }: Query, condition: Condition): Message | null {
  const { field } = condition
  const named = 'is' in condition || 'isNot' in condition
  if (named ? isWord(of, field) : isNumber(of, field)) {
    if (named) return null
    const { atLeast, atMost } = condition
    if (atLeast === undefined && atMost === undefined) return message('measure.noBounds', { field })
    return (atLeast ?? -Infinity) > (atMost ?? Infinity)
      ? message('measure.bounds', { field, low: atLeast!, high: atMost! })
      : null
  }
  if (isWord(of, field) || isNumber(of, field))
    return message(isWord(of, field) ? 'measure.isWord' : 'measure.isNumber', { field })
  return message('measure.field', {
    field,
    source: of,
    allowed: fieldNames(of, named ? 'word' : 'number').join(', '),
  })
}
