/** @file The error catalogue: both languages, the same slots, and docs that agree with it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCatalogue } from '@capstan/api'
import { describe, expect, test } from 'vitest'
import { errorsPage } from '../../scripts/errors-page.mjs'
import { root, sources } from './source.ts'

const slots = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()

describe.each(Object.entries(errorCatalogue))('%s', (code, entry) => {
  test('says the same in both languages', () => {
    expect(slots(entry['zh-CN'].message)).toEqual(slots(entry.en.message))
    expect(slots(entry['zh-CN'].hint)).toEqual(slots(entry.en.hint))
    expect(entry['zh-CN'].message).toMatch(/[\u4e00-\u9fff{]/)
  })

  test('is thrown somewhere', () => {
    const used = sources().some(
      ({ path, text }) => !path.endsWith('errors/catalogue.ts') && text.includes(`'${code}'`),
    )
    expect(used).toBe(true)
  })
})

test('docs/errors.md is what the catalogue says (npm run docs writes it)', () => {
  expect(readFileSync(join(root, 'docs/errors.md'), 'utf8')).toBe(errorsPage(errorCatalogue))
})
