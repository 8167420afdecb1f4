/** @file Comma-separated values (RFC 4180): the head of a file as a table, and a row as a line. */

export interface TableHead {
  columns: string[]
  rows: string[][]
  /** There is more than was taken. */
  cut: boolean
}

/**
 * The first rows and columns. Quotes may hold separators, line ends and doubled quotes; a quote that is never closed
 * ends with the text.
 * @param text the beginning of a file, or all of it
 * @param separator `,` or tab
 */
export function tableHead(
  text: string,
  { separator, rows: mostRows, columns: mostColumns }: { separator: string; rows: number; columns: number },
): TableHead {
  const lines: string[][] = []
  let cut = false
  let at = text.startsWith('\uFEFF') ? 1 : 0
  while (at < text.length) {
    if (lines.length > mostRows) {
      cut = true
      break
    }
    const cells: string[] = []
    for (;;) {
      const cell = readCell(text, at, separator)
      if (cells.length < mostColumns) cells.push(cell.text)
      else cut = true
      at = cell.end
      if (text[at] !== separator) break
      at++
    }
    // a line ends with a line feed, a carriage return, or both
    if (text[at] === '\r') at++
    if (text[at] === '\n') at++
    lines.push(cells)
  }
  const [columns = [], ...rows] = lines
  return { columns, rows, cut }
}

function readCell(text: string, from: number, separator: string): { text: string; end: number } {
  let at = from
  if (text[at] !== '"') {
    while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at++
    return { text: text.slice(from, at), end: at }
  }
  let cell = ''
  for (at++; at < text.length; ) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return { text: cell + text.slice(at), end: text.length }
    cell += text.slice(at, quote)
    at = quote + 1
    if (text[at] !== '"') break
    cell += '"'
    at++
  }
  const rest = at
  while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at++
  return { text: cell + text.slice(rest, at), end: at }
}

/** One line with its end; a cell is quoted where it must be, an absent one stays empty. */
export const csvLine = (cells: readonly (string | number | null)[]): string =>
  `${cells.map(csvCell).join(',')}\r\n`

function csvCell(cell: string | number | null): string {
  if (cell === null) return ''
  const text = String(cell)
  // an empty text is told from an absent one by its quotes
  return text === '' || /[",\r\n]|^\uFEFF/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Spreadsheets run a cell that begins with one of these; a quote in front makes it text. */
export const textOfSpreadsheet = (cell: string | number | null): string | number | null =>
  typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
