/** @file Tests of searches over what is in memory. */
import { expect, it } from 'vitest'
import { parseExpression, parseOrderBy } from './expression.ts'
import { matches, sortBy } from './match.ts'

const item = { name: 'Adam (1)', tag: 'x', number: 3 as number | null }
const values =
  (of: typeof item) =>
  ({ kind, key }: { kind: string; key: string }) =>
    kind === 'tag' ? (key === 't' ? of.tag : null) : key === 'run_name' ? of.name : of.number

const found = (text: string) => {
  const parsed = parseExpression(text)
  if (!parsed.ok) throw new Error(text)
  return matches(parsed.value, values(item))
}

it.each([
  ['', true],
  ["name = 'Adam (1)'", true],
  ["name LIKE 'adam%'", false],
  ["name ILIKE 'adam%'", true],
  ["name LIKE 'Adam _1_'", true],
  ["name LIKE 'Adam'", false],
  ["tags.t IN ('x', 'y')", true],
  ["tags.t NOT IN ('x')", false],
  ["tags.none != 'x'", false],
  ['tags.none IS NULL', true],
  ['tags.t IS NOT NULL', true],
  ['number >= 3 AND number < 4', true],
  ['number > 3 OR NOT number != 3', true],
])('%s: %s', (text, expected) => expect(found(text)).toBe(expected))

it('sorts by several fields, and what has no value last both ways', () => {
  const items = [
    { ...item, name: 'a', number: null },
    { ...item, name: 'b', number: 1 },
    { ...item, name: 'c', number: 2 },
    { ...item, name: 'd', number: 1 },
  ]
  const order = (...texts: string[]) => {
    const orders = texts.map((text) => {
      const parsed = parseOrderBy(text)
      if (!parsed.ok) throw new Error(text)
      return parsed.value
    })
    return sortBy(items, orders, values)
      .map(({ name }) => name)
      .join('')
  }
  expect(order('number')).toBe('bdca')
  expect(order('number desc', 'name desc')).toBe('cdba')
})
