/** @file How a key result stands before and after its time. */
import { expect, test } from 'vitest'
import { keyResultState } from './keyResult.ts'

const now = Date.parse('2026-03-01T00:00:00Z')
const [later, before] = ['2026-03-02T00:00:00.000Z', '2026-02-01T00:00:00.000Z']

test('what is not met is not met yet until its time is up, then it is not met', () => {
  expect(keyResultState({ met: false, due: later }, now)).toBe('missed')
  expect(keyResultState({ met: false, due: before }, now)).toBe('failed')
  expect(keyResultState({ met: false, due: later }, now, true)).toBe('failed')
})
test('what is met, or unknown, stays so', () => {
  expect(keyResultState({ met: true, due: before }, now)).toBe('met')
  expect(keyResultState({ met: null, due: before }, now)).toBe('unknown')
})
