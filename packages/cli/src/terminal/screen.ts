/** @file Writes to the terminal: lines, headings, rows of label and value, one transient line of progress. */
import { padEnd, truncate, widthOf, wrap } from './width.ts'

type Style = 'bold' | 'dim' | 'brass' | 'sea' | 'good' | 'warn' | 'bad'

const codes = {
  bold: ['1', '22'],
  dim: ['2', '22'],
  brass: ['33', '39'],
  sea: ['36', '39'],
  good: ['32', '39'],
  warn: ['33', '39'],
  bad: ['31', '39'],
} satisfies Record<Style, [string, string]>

export interface Output {
  write(text: string): unknown
  isTTY?: boolean
  columns?: number
}

export interface Screen {
  /** A person is looking: one line may be rewritten in place. */
  readonly interactive: boolean
  paint(style: Style, text: string): string
  line(text?: string): void
  heading(text: string): void
  /** Labels in one column, values wrapped in the next. */
  rows(rows: readonly (readonly [label: string, value: string])[]): void
  /** Columns aligned by their widest cell. */
  table(rows: readonly (readonly string[])[]): void
  paragraph(text: string): void
  /** Replaces the transient line; nothing where output is not a terminal. */
  status(text: string): void
}

const widest = 96
/** The same in every section, so that values stand in one column down the page. */
const labelWidth = 17

export function createScreen(output: Output, env: Record<string, string | undefined>): Screen {
  const interactive = output.isTTY === true && env.TERM !== 'dumb'
  const coloured = (interactive && !env.NO_COLOR) || (env.FORCE_COLOR ?? '0') !== '0'
  const width = () => Math.max(40, Math.min(widest, (output.columns || widest + 1) - 1))
  let transient = ''

  const paint: Screen['paint'] = (style, text) =>
    coloured && text !== '' ? `\u001b[${codes[style][0]}m${text}\u001b[${codes[style][1]}m` : text
  const clear = () => {
    if (transient !== '') output.write('\r\u001b[2K')
  }
  const line: Screen['line'] = (text = '') => {
    clear()
    output.write(`${text}\n${transient}`)
  }

  return {
    interactive,
    paint,
    line,
    heading(text) {
      const rule = '─'.repeat(Math.max(4, width() - widthOf(text) - 1))
      line()
      line(`${paint('bold', text)} ${paint('dim', rule)}`)
    },
    rows(rows) {
      const label = Math.max(labelWidth, ...rows.map(([text]) => widthOf(text))) + 2
      for (const [name, value] of rows)
        wrap(value, width() - label).forEach((part, i) => {
          line(`${paint('dim', padEnd(i === 0 ? name : '', label))}${part}`)
        })
    },
    table(rows) {
      const widths = (rows[0] ?? []).map((_, column) =>
        Math.max(...rows.map((r) => widthOf(r[column] ?? ''))),
      )
      for (const row of rows)
        line(
          row
            .map((cell, i) => (i === row.length - 1 ? cell : padEnd(cell, widths[i]! + 2)))
            .join('')
            .trimEnd(),
        )
    },
    paragraph(text) {
      for (const part of wrap(text, width())) line(part)
    },
    status(text) {
      const next = truncate(text, (output.columns || 80) - 1)
      if (!interactive || next === transient) return
      clear()
      transient = next
      output.write(transient)
    },
  }
}
