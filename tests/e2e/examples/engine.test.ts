/** @file The examples whose data is small train, shortened, and are better than a guess. */
import { expect, it } from 'vitest'
import { runExample, succeeds } from './engine.ts'

it('lists the examples, and says which name is none', async () => {
  const { code, out } = await runExample('resnet-imagenet')
  expect(code).toBe(64)
  expect(out).toContain('There is no example called resnet-imagenet.')
  expect(out).toContain('simplecnn-mnist')
})

it('simplecnn-mnist', async () => {
  const { accuracy } = await succeeds('simplecnn-mnist')
  expect(accuracy).toBeGreaterThan(0.95)
})
