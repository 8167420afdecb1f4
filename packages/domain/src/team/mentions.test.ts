/** @file Tests of mentions: names in both scripts, strangers, code, e-mail addresses. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mentionsIn } from './mentions.ts'

const members = [
  { id: 'ann', name: 'Ann' },
  { id: 'lee', name: 'Ann Lee' },
  { id: 'fang', name: '王芳' },
  { id: 'wang', name: '王' },
  { id: 'jose', name: 'José' },
]
const found = (text: string) => {
  const { memberIds, strangers } = mentionsIn(text, members)
  return [memberIds.join(' '), strangers.join(' ')]
}

describe('mentions', () => {
  it('mean the longest name that fits, in either script', () => {
    expect(found('@Ann please, and @ann lee; @ANN!')).toEqual(['ann lee', ''])
    expect(found('请@王芳看一下，@王 也看')).toEqual(['fang wang', ''])
    expect(found('@Jose\u0301 (@[ Ann Lee ])')).toEqual(['jose lee', ''])
    expect(found('**@Ann**,\n@王芳')).toEqual(['ann fang', ''])
  })

  it('of strangers are told by name', () => {
    expect(found('@Annabel and @[Bob Stone], @张三')).toEqual(['', 'Annabel Bob Stone 张三'])
  })

  it('are not in code, nor in addresses', () => {
    expect(found('`@types/node` ``@x `y` `` ann@ann.org https://x.org/@ann a/@b')).toEqual(['', ''])
    expect(found('```\n@decorator\n```\n@Ann @ @@ann')).toEqual(['ann', ''])
    expect(found('~~~\n@open to the end')).toEqual(['', ''])
  })

  it('answer any text, each member once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('@', 'Ann', ' Lee', '王', '芳', '`', '[', ']', '\n', 'x')),
        (parts) => {
          const { memberIds, strangers } = mentionsIn(parts.join(''), members)
          expect(new Set(memberIds).size).toBe(memberIds.length)
          for (const name of strangers) expect(name).not.toBe('')
        },
      ),
    )
  })
})
