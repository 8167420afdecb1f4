/** @file The examples with larger data (npm) or Debian's train, shortened, and do what no guess does. */
import { expect, it } from 'vitest'
import { succeeds } from '../../e2e/examples/engine.ts'

it('simplecnn-fashion', async () => {
  const { accuracy } = await succeeds('simplecnn-fashion')
  expect(accuracy).toBeGreaterThan(0.8)
})

it('resnet-cifar10', async () => {
  const { accuracy } = await succeeds('resnet-cifar10')
  expect(accuracy).toBeGreaterThan(0.2)
})

it('imdb-attention', async () => {
  const { accuracy } = await succeeds('imdb-attention')
  expect(accuracy).toBeGreaterThan(0.57)
})

it('imdb-gru', async () => {
  const { accuracy } = await succeeds('imdb-gru')
  expect(accuracy).toBeGreaterThan(0.54)
})

it('char-gpt-songci', async () => {
  const { bitsPerCharacter } = await succeeds('char-gpt-songci')
  // the frequencies of single characters leave 9.3
  expect(bitsPerCharacter).toBeLessThan(8.6)
})
