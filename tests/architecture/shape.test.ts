/** @file The habits that STYLE asks of every file. */
import { expect, test } from 'vitest'
import { sources } from './source.ts'

const all = sources()
const written = all.filter(({ path }) => !path.includes('.generated.'))

test('every file opens with one sentence that says what it is for', () => {
  expect(written.filter(({ text }) => !/^\/\*\* @file [^\n]/.test(text)).map(({ path }) => path)).toEqual([])
})

test('no file is longer than 600 lines', () => {
  expect(written.filter(({ text }) => text.split('\n').length > 600).map(({ path }) => path)).toEqual([])
})

test('there is no room for things without a place', () => {
  expect(
    all
      .filter(({ path }) => /\/(shared|common|utils?|core|helpers?|misc)(\/|\.tsx?$)/.test(path))
      .map(({ path }) => path),
  ).toEqual([])
})

test('no enum, no any, no default export outside config files', () => {
  const forbidden =
    /^\s*(export )?(const )?enum \w|:\s*any\s*[;,)=\]|>{]|\bas any\b|@ts-ignore|^export default/m
  expect(
    written
      .filter(({ path, text }) => !path.endsWith('.config.ts') && forbidden.test(text))
      .map(({ path }) => path),
  ).toEqual([])
})
