/** @file Tests of what a person reads when something goes wrong. */
import { ApiError, CapstanError } from '@capstan/api'
import { CommanderError } from 'commander'
import { expect, test } from 'vitest'
import { failureOf } from './failure.ts'

test('a catalogued error gives its sentence, its next step and its exit status', () => {
  const error = new CapstanError('server/port-taken', { host: '127.0.0.1', port: '4600', next: '4601' })
  expect(failureOf(error, 'en')).toEqual({
    text: 'Port 4600 on 127.0.0.1 is in use by another program.\nStop that program, or start with --port 4601.',
    exit: 69,
  })
  expect(failureOf(error, 'zh-CN').text).toContain('--port 4601')
})

test('an error from the server keeps its sentence and takes the exit status of its code', () => {
  const body = { code: 'dataset/truncated', message: 'The file a is cut off.', hint: 'Copy it again.' }
  expect(failureOf(new ApiError(422, body), 'en')).toEqual({
    text: 'The file a is cut off.\nCopy it again.',
    exit: 65,
  })
})

test('a wrong word is a usage error in the reader’s language', () => {
  const error = new CommanderError(1, 'commander.unknownOption', "error: unknown option '--frob'")
  expect(failureOf(error, 'en')).toEqual({
    text: 'There is no option --frob.\nSee: capstan --help',
    exit: 64,
  })
  expect(failureOf(error, 'zh-CN').text).toContain('没有选项 --frob')
})

test('a full disk is recognised', () => {
  const error = Object.assign(new Error('write'), { code: 'ENOSPC' })
  expect(failureOf(error, 'en').exit).toBe(74)
})

test('the impossible says internal and where the log is', () => {
  const { text, exit } = failureOf(new TypeError('x is not a function'), 'en', '/tmp/w/capstan.log')
  expect(text).toMatch(/^internal: x is not a function\n.*\/tmp\/w\/capstan\.log/)
  expect(exit).toBe(70)
})
