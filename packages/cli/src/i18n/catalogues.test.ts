/** @file Tests of the catalogues: both languages are complete, with the same slots. */
import { expect, test } from 'vitest'
import { en } from './en.ts'
import { languageOf, parseLanguage } from './language.ts'
import { catalogues, sayIn, type TextKey } from './say.ts'

const slots = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()

test('both catalogues have the same texts', () => {
  expect(Object.keys(catalogues['zh-CN']).sort()).toEqual(Object.keys(en).sort())
})

test('every text has the same slots in both languages', () => {
  const keys = Object.keys(en) as TextKey[]
  const slotsIn = (language: 'en' | 'zh-CN') => keys.map((key) => [key, slots(catalogues[language][key])])
  expect(slotsIn('zh-CN')).toEqual(slotsIn('en'))
  expect(keys.filter((key) => catalogues['zh-CN'][key].trim() === '')).toEqual([])
})

test('a text is filled', () => {
  expect(sayIn('en')('predict.label', { label: '7' })).toBe('Prediction: 7')
  expect(sayIn('zh-CN')('predict.label', { label: '7' })).toBe('预测：7')
})

test('the option comes before the locale, and the locale in POSIX order', () => {
  expect(languageOf(['start', '--lang', 'en'], { LANG: 'zh_CN.UTF-8' })).toBe('en')
  expect(languageOf(['--lang=zh-CN'], {})).toBe('zh-CN')
  expect(languageOf([], { LC_ALL: 'en_US.UTF-8', LANG: 'zh_CN.UTF-8' })).toBe('en')
  expect(languageOf([], { LC_ALL: '', LC_MESSAGES: 'zh_TW.UTF-8', LANG: 'en_US' })).toBe('zh-CN')
  expect(languageOf([], { LANG: 'C.UTF-8' })).toBe('en')
  expect(languageOf([], {})).toBe('en')
})

test('an unknown language is refused', () => {
  expect(() => parseLanguage('fr')).toThrow('--lang fr')
})
