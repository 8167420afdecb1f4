/** @file Tests of curves as one line of text. */
import { expect, test } from 'vitest'
import { digits, spark } from './spark.ts'

test('a curve has its lowest and highest blocks, and a dot where it is no number', () => {
  expect(spark([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█')
  expect(spark([3, Number.NaN, -1])).toBe('█·▁')
  expect(spark([2, 2])).toBe('▅▅')
  expect(spark([Number.POSITIVE_INFINITY])).toBe('·')
})

test('numbers have six digits, words stay', () => {
  expect([digits(1 / 3), digits(1e-9), digits('NaN')]).toEqual(['0.333333', '1e-9', 'NaN'])
})
