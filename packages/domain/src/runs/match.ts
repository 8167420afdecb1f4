/** @file Search expressions over what is in memory: the same meaning as the SQL that stores make of them. */
import type { Comparison, Expression, Field, OrderBy } from './expression.ts'

export type Values = (field: Field) => string | number | null

/** Whether something with these values is what the expression looks for; nothing looks for everything. */
export function matches(where: Expression | null, values: Values): boolean {
  if (where === null) return true
  if ('all' in where) return where.all.every((part) => matches(part, values))
  if ('any' in where) return where.any.some((part) => matches(part, values))
  if ('not' in where) return !matches(where.not, values)
  return compared(where, values(where.field))
}

function compared({ comparator, value }: Comparison, found: string | number | null): boolean {
  if (comparator === 'IS NULL') return found === null
  if (found === null) return false
  switch (comparator) {
    case 'IS NOT NULL':
      return true
    case 'IN':
      return (value as readonly string[]).includes(String(found))
    case 'NOT IN':
      return !(value as readonly string[]).includes(String(found))
    case 'LIKE':
      return like(String(value), '').test(String(found))
    case 'ILIKE':
      return like(String(value), 'i').test(String(found))
    case '=':
      return found === value
    case '!=':
      return found !== value
    case '<':
      return Number(found) < Number(value)
    case '<=':
      return Number(found) <= Number(value)
    case '>':
      return Number(found) > Number(value)
    case '>=':
      return Number(found) >= Number(value)
  }
}

/** A LIKE pattern: `%` is any text, `_` any one character. */
function like(pattern: string, flags: string): RegExp {
  const escaped = pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  // several % in a row would make the match slow
  return new RegExp(`^${escaped.replace(/%+/g, '.*').replaceAll('_', '.')}$`, `su${flags}`)
}

/** Sorted by several fields; what has no value comes last in either direction. */
export function sortBy<T>(
  items: readonly T[],
  orders: readonly OrderBy[],
  valuesOf: (item: T) => Values,
): T[] {
  const keyed = items.map((item) => {
    const values = valuesOf(item)
    return { item, keys: orders.map(({ field }) => values(field)) }
  })
  keyed.sort((a, b) => {
    for (let i = 0; i < orders.length; i++) {
      const [x, y] = [a.keys[i]!, b.keys[i]!]
      if (x === y) continue
      if (x === null) return 1
      if (y === null) return -1
      return (x < y ? -1 : 1) * (orders[i]!.descending ? -1 : 1)
    }
    return 0
  })
  return keyed.map(({ item }) => item)
}
