/** @file Tests of a log as the page shows it. */
import { describe, expect, it } from 'vitest'
import { addPage, emptyLog, linesOf } from './log.view.ts'

const piece = (offset: number, text: string) => ({
  offset,
  bytes: text.length,
  stream: 'stdout' as const,
  at: 0,
  text,
})
const page = (pieces: ReturnType<typeof piece>[], leftOut: { from: number; to: number }[] = []) => ({
  pieces,
  leftOut,
  next: 0,
  end: 9,
  complete: false,
})

describe('a log', () => {
  it('is in order, each piece once, with its gaps', () => {
    const first = addPage(emptyLog, page([piece(0, 'ab')]))
    const log = addPage(first, page([piece(0, 'ab'), piece(7, 'cd')], [{ from: 2, to: 7 }]))
    expect(log.spans.map(({ offset, kind, bytes }) => [offset, kind, bytes])).toEqual([
      [0, 'stdout', 2],
      [2, 'gap', 5],
      [7, 'stdout', 2],
    ])
  })

  it('shows a progress bar at its last state, without colours', () => {
    const text = '\u001b[31m10%\r50%\r100%\u001b[0m\r\ndone\n'
    expect(linesOf(addPage(emptyLog, page([piece(0, text)])))[0]!.text).toBe('100%\ndone\n')
  })

  it('of any length stays small on the page', () => {
    const many = Array.from({ length: 9000 }, (_, i) => piece(i * 2, 'x\n'))
    const { spans } = addPage(emptyLog, page(many))
    expect(spans.length).toBeLessThan(2000)
    expect(spans.at(-1)!.offset).toBe(17998)
    expect(spans.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(18000)
  })
})
