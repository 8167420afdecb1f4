/** @file Tests that no text becomes HTML that can run, load or restyle anything. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { htmlOf } from './markdown.ts'

// whatever begins with `<` is one of these, to the letter
const tag = new RegExp(
  [
    `<\\/?(?:p|em|strong|s|code|pre|ul|ol|li|blockquote|h[1-6]|hr|br|table|thead|tbody|tr|th|td|a)>`,
    String.raw`<ol start="\d+">`,
    `<t[hd] style="text-align:(?:left|right|center)">`,
    String.raw`<a href="(?:https?:|mailto:|#|\/)[^"<>]*" rel="noopener noreferrer nofollow">`,
  ].join('|'),
  'g',
)
const harmless = (text: string) => {
  const left = htmlOf(text).replace(tag, '')
  expect([text, left.match(/[<>]/)]).toEqual([text, null])
}

const attacks = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](\u0001javascript:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](javascript&colon;alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](vbscript:msgbox(1))',
  '[x](//evil.example/a)',
  '[x](/\\evil.example/a)',
  '[x](https://ok.example/"onmouseover="alert(1))',
  '[x](https://ok.example "title\\" onclick=alert(1)")',
  '![x](https://evil.example/pixel.png)',
  '![x](javascript:alert(1))',
  '<https://ok.example/?q="><script>>',
  '<javascript:alert(1)>',
  '```"><script>alert(1)</script>\ncode\n```',
  '```js" onload="alert(1)\n</code><script>\n```',
  '`<script>`',
  '| a |\n| :-: |\n| <b onclick=x>y</b> |',
  '<!-- --><style>*{display:none}</style><iframe src=//x>',
  '[ref]: javascript:alert(1)\n[ref]',
  'https://ok.example/"><script>alert(1)</script>',
]

describe('markdown', () => {
  it.each(attacks)('%s', (text) => harmless(text))

  it('shows what was written as text', () => {
    expect(htmlOf('<script>alert(1)</script>')).toBe('<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n')
    expect(htmlOf('[x](javascript:alert(1))')).toContain('[x](javascript:alert(1))')
    expect(htmlOf('**done** https://ok.example/a')).toContain(
      '<strong>done</strong> <a href="https://ok.example/a"',
    )
    expect(htmlOf('![alt](https://x.org/a.png)')).not.toContain('<img')
  })

  it('of any pieces put together', () => {
    const piece = fc.constantFrom(
      ...attacks,
      '<',
      '>',
      '"',
      "'",
      '`',
      '[',
      '](',
      ')',
      '\n',
      '&lt;',
      '\\',
      '|',
      'a',
      '~~~',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (parts) => harmless(parts.join(''))),
      { numRuns: 500 },
    )
  })
})
