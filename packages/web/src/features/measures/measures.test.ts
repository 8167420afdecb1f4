/** @file Tests of how measures are worded and drawn. */
import type { Point } from '@capstan/api'
import { expect, test } from 'vitest'
import { askedOf, DOTS, drawn, filterText } from './measures.view.ts'

test('a preset is shown as the query it stands for', () => {
  const asked = askedOf({ source: 'evaluation', statistic: 'accuracy', datasetId: 'd1' })!
  expect(asked).toMatchObject({ of: 'evaluation', statistic: 'latest', value: 'accuracy' })
  expect(asked.where.map((one) => filterText(one, (id) => id.toUpperCase()))).toEqual(['dataset = D1'])
  expect(askedOf({ source: 'typed' })).toBeNull()
})

test('filters read as they are meant', () => {
  const text = (condition: Parameters<typeof filterText>[0]) => filterText(condition, (id) => id)
  expect(text({ field: 'tag.team', isNot: ['a', 'b'] })).toBe('tag.team ≠ a | b')
  expect(text({ field: 'cost', atLeast: 1 })).toBe('cost ≥ 1')
  expect(text({ field: 'cost', atMost: 3 })).toBe('cost ≤ 3')
  expect(text({ field: 'cost', atLeast: 1, atMost: 3 })).toBe('1 ≤ cost ≤ 3')
})

test('a long history is a line, a short one has dots', () => {
  const point = (i: number): Point => ({
    at: new Date(i * 1000).toISOString(),
    value: i % 7,
    origin: 'measured',
    evidence: { noun: 'run', id: 'r' },
  })
  const of = (count: number) => drawn(Array.from({ length: count }, (_, i) => point(i)))
  expect(of(0)).toBeNull()
  expect(of(DOTS)).toMatchObject({ dots: true, domain: [0, (DOTS - 1) * 1000], range: [0, 6] })
  expect(of(DOTS + 1)!.dots).toBe(false)
  const typed = { ...point(3), origin: 'typed' as const }
  expect(drawn([point(1), point(2), typed])!.line).toHaveLength(2)
  expect(drawn([typed])!.line).toHaveLength(1)
})
