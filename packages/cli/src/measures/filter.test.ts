/** @file Tests of typed filters. */
import { expect, test } from 'vitest'
import { parseFilter } from './filter.ts'

test.each([
  ['state=finished', { field: 'state', is: ['finished'] }],
  ['initiative = A|B c', { field: 'initiative', is: ['A', 'B c'] }],
  ['tag.team!=a', { field: 'tag.team', isNot: ['a'] }],
  ['cost>=2.5', { field: 'cost', atLeast: 2.5 }],
  ['metric.loss <= -1e3', { field: 'metric.loss', atMost: -1000 }],
  ['param.formula=a=b', { field: 'param.formula', is: ['a=b'] }],
])('%s', (text, condition) => {
  expect(parseFilter(text)).toEqual(condition)
})

test.each(['state', '=x', 'state=', 'cost>=much', 'cost>3', ''])('"%s" is no filter', (text) => {
  expect(parseFilter(text)).toBeNull()
})
