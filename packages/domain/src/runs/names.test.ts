/** @file Tests of names: hostile paths in every writing are refused, ordinary ones are kept. */
import { describe, expect, it } from 'vitest'
import { artifactPathRefusal, keyCharactersAllowed, keyPathIsOwn, normalPath } from './names.ts'

describe('artifactPathRefusal', () => {
  it.each([
    'model.pkl',
    'model/MLmodel',
    'a/b/c/d.txt',
    '100%.txt',
    '50% off/x%zz',
    'résumé 学习.md',
    '..hidden',
    'a..b/c...d',
    'with space/and+plus',
    'ab:c',
    'images/im%step%12%timestamp%1795477403262%xf5c4f74.png',
  ])('keeps %s', (path) => expect(artifactPathRefusal(path)).toBeNull())

  it.each([
    '',
    '.',
    '..',
    '../x',
    'a/../../x',
    'a/..',
    './a',
    'a//b',
    'a/',
    '/etc/passwd',
    '//host/x',
    'C:/x',
    'c:\\x',
    '..\\x',
    'a\\b',
    '%2e%2e/x',
    '%2E%2E%2Fx',
    '%252e%252e%252fx',
    '%25252e%25252e/x',
    'a/%2e%2e%5cx',
    '%c0%ae%c0%ae/x\u0000',
    'x\u0000.txt',
    'x%00.txt',
    'a\nb',
    '\uff0e\uff0e/x',
    'a\uff0f..\uff0fx',
    '\u2025/x',
    'x'.repeat(1001),
  ])('refuses %j', (path) => expect(artifactPathRefusal(path)?.code).toBe('artifact.path'))
})

it('a path reads as POSIX reads it', () => {
  const pairs = [
    ['a//b/./c/../d', 'a/b/d'],
    ['../a/..', '..'],
    ['/../a', '/a'],
    ['', '.'],
    ['a/..', '.'],
    ['/', '/'],
  ] as const
  for (const [path, normal] of pairs) expect(normalPath(path)).toBe(normal)
})

it('keys take letters of any script, and mean themselves as paths', () => {
  expect(['loss', 'a/b c-d.e_f:g', '损失'].map(keyCharactersAllowed)).toEqual([true, true, true])
  expect(['a(b)', 'a\n', '<x>', 'a\u0000'].map(keyCharactersAllowed)).toEqual([false, false, false, false])
  expect(['a/b', '..', 'a/../b', './a', '/a', 'a/', ''].map(keyPathIsOwn)).toEqual([
    true,
    ...Array.from({ length: 6 }, () => false),
  ])
})
