/** @file Tests of messages from the server as sentences. */
import { expect, test } from 'vitest'
import { sentence } from './context.ts'

test('a message of the catalogue is rendered in the reader’s language', () => {
  const message = { code: 'run.restart', values: { epochs: 2 } }
  expect(sentence(message, 'en')).not.toBe(sentence(message, 'zh-CN'))
})

test('what is not in the catalogue says its own words, else its code', () => {
  const values = { message: 'conv1: the loss is not finite' }
  expect(sentence({ code: 'engine/loss-not-finite', values }, 'en')).toBe('conv1: the loss is not finite')
  expect(sentence({ code: 'engine/unheard-of', values: {} }, 'en')).toBe('engine/unheard-of')
})
