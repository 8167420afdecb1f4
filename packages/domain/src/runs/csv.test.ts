/** @file Tables: what is written is read. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { csvLine, tableHead } from './csv.ts'

const all = { separator: ',', rows: 1000, columns: 1000 }

describe('tables', () => {
  test('what is written is read, whatever the cells are', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\r', '\n', '中', ' ', '\uFEFF', ';') })
    const table = fc
      .integer({ min: 1, max: 5 })
      .chain((n) => fc.array(fc.array(cell, { minLength: n, maxLength: n }), { minLength: 1, maxLength: 6 }))
    fc.assert(
      fc.property(table, (lines) => {
        const { columns, rows, cut } = tableHead(lines.map(csvLine).join(''), all)
        expect([columns, ...rows]).toEqual(lines)
        expect(cut).toBe(false)
      }),
    )
  })

  test('only the head is taken, and it is said', () => {
    const text = 'a\tb\tc\n1\t2\t3\n4\t5\t6\n'
    expect(tableHead(text, { separator: '\t', rows: 1, columns: 2 })).toEqual({
      columns: ['a', 'b'],
      rows: [['1', '2']],
      cut: true,
    })
    expect(tableHead('', all)).toEqual({ columns: [], rows: [], cut: false })
    expect(tableHead('a,"b\nc', all).columns).toEqual(['a', 'b\nc'])
  })

  test('an absent cell is not an empty one', () => {
    expect(csvLine([null, '', 1.5, 'x,y'])).toBe(',"",1.5,"x,y"\r\n')
  })
})
