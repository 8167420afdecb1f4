/** @file Both catalogues are complete, use the same slots, and are the only place where words stand. */
import { parseAst } from 'vite'
import { describe, expect, it } from 'vitest'
import { sentences } from '../features/loop/activity.view.ts'
import { en } from './en.ts'
import { initialLanguage, languageOf } from './language.ts'
import { zhCN } from './zh-CN.ts'

const flat = (tree: object, prefix = ''): Record<string, string> =>
  Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
      typeof value === 'string'
        ? [[`${prefix}${key}`, value]]
        : Object.entries(flat(value as object, `${prefix}${key}.`)),
    ),
  )
const slots = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort()

describe('catalogues', () => {
  const english = flat(en)
  const chinese = flat(zhCN)

  it('hold the same entries', () => {
    expect(Object.keys(chinese).sort()).toEqual(Object.keys(english).sort())
  })
  it('use the same slots in each entry', () => {
    for (const [key, text] of Object.entries(english)) expect(slots(chinese[key]!), key).toEqual(slots(text))
  })
  it('leave nothing empty', () => {
    for (const [key, text] of [...Object.entries(english), ...Object.entries(chinese)])
      expect(text.trim(), key).not.toBe('')
  })
  it('speak Chinese where they should', () => {
    const same = Object.keys(english).filter(
      (key) => english[key] === chinese[key] && /[a-z]{3}/.test(english[key]!.replace(/\{\{.*?\}\}/g, '')),
    )
    // names of methods that are written the same in both languages
    expect(same.filter((key) => !/scoreRule/.test(key))).toEqual([])
  })
  it('have a sentence for every kind of entry that the page tells', () => {
    for (const key of Object.keys(sentences)) expect(english[`activity.${key}`], key).toBeDefined()
  })
})

interface Node {
  type: string
  [key: string]: unknown
}

/** Every node of a syntax tree. */
function* nodes(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* nodes(item)
  else if (typeof value === 'object' && value !== null) {
    if (typeof (value as Node).type === 'string') yield value as Node
    for (const child of Object.values(value)) yield* nodes(child)
  }
}

const spoken = new Set([
  'title',
  'label',
  'placeholder',
  'aria-label',
  'alt',
  'description',
  'caption',
  'head',
  'lead',
])
const words = /\p{L}{2}/u

/** Words that stand in a component instead of a catalogue. */
function literalWords(source: string): string[] {
  const found: string[] = []
  for (const node of nodes(parseAst(source, { lang: 'tsx' }))) {
    const value = node.value as { type?: string; value?: unknown } | string | null
    if (node.type === 'JSXText' && words.test(String(value))) found.push(String(value).trim())
    if (node.type === 'JSXAttribute' && spoken.has((node.name as { name: string }).name)) {
      const text = typeof value === 'object' && value?.type === 'Literal' ? String(value.value) : ''
      if (words.test(text)) found.push(text)
    }
  }
  return found
}

describe('components', () => {
  const files = import.meta.glob<string>('../**/*.tsx', { query: '?raw', import: 'default', eager: true })

  it('are seen by this test', () => {
    expect(Object.keys(files).length).toBeGreaterThan(40)
    expect(literalWords('const a = <p title="Hello">World {x}</p>')).toEqual(['Hello', 'World'])
  })
  it('hold no words of their own', () => {
    const found = Object.entries(files).flatMap(([path, source]) =>
      literalWords(source).map((text) => `${path}: ${text}`),
    )
    expect(found).toEqual([])
  })
})

describe('language', () => {
  it('follows the address, then the choice made before, then the browser', () => {
    expect(initialLanguage('?lang=zh', 'en', ['en'])).toBe('zh-CN')
    expect(initialLanguage('', 'zh-CN', ['en'])).toBe('zh-CN')
    expect(initialLanguage('', null, ['fr-FR', 'zh-TW'])).toBe('zh-CN')
    expect(initialLanguage('', null, ['fr'])).toBe('en')
    expect(languageOf('zh_CN.UTF-8')).toBe('zh-CN')
  })
})
