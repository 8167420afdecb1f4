/** @file Reads filters of measures as they are typed: `state=finished`, `tag.team!=a`, `cost>=2`, `initiative=A|B`. */
import type { MeasureQueryInput } from '@capstan/api'

type Condition = NonNullable<Extract<MeasureQueryInput, { source: 'query' }>['where']>[number]

const form = /^\s*([^\s=!<>]+)\s*(!=|>=|<=|=)\s*(.*?)\s*$/s

/** Null for what is no filter. */
export function parseFilter(text: string): Condition | null {
  const [, field, sign, value = ''] = form.exec(text) ?? []
  if (field === undefined || value === '') return null
  if (sign === '=') return { field, is: value.split('|') }
  if (sign === '!=') return { field, isNot: value.split('|') }
  const number = Number(value)
  if (!Number.isFinite(number)) return null
  return sign === '>=' ? { field, atLeast: number } : { field, atMost: number }
}
