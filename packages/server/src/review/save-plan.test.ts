/** @file Tests of what accepting a proposal does to a title. */
import { expect, test } from 'vitest'
import { retitled } from './save-plan.ts'

test.each([
  ['Test accuracy at least 97%', 0.97, 0.985, 'Test accuracy at least 98.5%'],
  ['单次预测不超过 10 毫秒（95 分位）', 10, 2.8, '单次预测不超过 2.8 毫秒（95 分位）'],
  ['p95 latency ≤ 2.5 ms', 2.5, 1.4, 'p95 latency ≤ 1.4 ms'],
  ['No number here', 5, 4, 'No number here'],
  ['Version 110 within 10 ms', 10, 4, 'Version 110 within 4 ms'],
])('%s: %d becomes %d', (title, from, to, expected) => {
  expect(retitled(title, from, to)).toBe(expected)
})
