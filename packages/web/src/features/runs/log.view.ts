/** @file A log as the page shows it: pieces and gaps in order, progress bars at their last state. */
import type { LogPage } from '@capstan/api'

export interface ShownLog {
  spans: LogSpan[]
  end: number
  complete: boolean
}

export interface LogSpan {
  offset: number
  kind: 'stdout' | 'stderr' | 'gap'
  text: string
  bytes: number
}

/** The page keeps the beginning and so many of the last spans. */
const MOST_SPANS = 2000

export const emptyLog: ShownLog = { spans: [], end: 0, complete: false }

export function addPage({ spans }: ShownLog, page: LogPage): ShownLog {
  const known = new Set(spans.map(({ offset }) => offset))
  const added: LogSpan[] = [
    ...page.leftOut.map(({ from, to }) => ({
      offset: from,
      kind: 'gap' as const,
      text: '',
      bytes: to - from,
    })),
    ...page.pieces.map(({ offset, stream, text, bytes }) => ({ offset, kind: stream, text, bytes })),
  ].filter(({ offset }) => !known.has(offset))
  const all = [...spans, ...added].sort((a, b) => a.offset - b.offset)
  return { spans: shortened(all), end: page.end, complete: page.complete }
}

function shortened(spans: LogSpan[]): LogSpan[] {
  if (spans.length <= MOST_SPANS) return spans
  const head = spans.slice(0, MOST_SPANS / 4)
  const tail = spans.slice(-MOST_SPANS / 2)
  const [from, to] = [head.at(-1)!, tail[0]!]
  const start = from.offset + from.bytes
  return [...head, { offset: start, kind: 'gap', text: '', bytes: to.offset - start }, ...tail]
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const escapes = /\u001b\[[0-9;?]*[A-Za-z]|\u001b\][^\u0007]*\u0007/g

/** Without colours, and of a line that was written over (`\r`) only what was left of it. */
export const linesOf = ({ spans }: ShownLog): LogSpan[] =>
  spans.map((span) => ({
    ...span,
    text: span.text
      .replace(escapes, '')
      .replaceAll('\r\n', '\n')
      .replace(/[^\n]*\r(?=[^\n])/g, ''),
  }))
