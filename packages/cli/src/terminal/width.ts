/** @file Display width of text in terminal cells: Chinese characters and full-width punctuation take two. */

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character starts a colour code
const colour = /\u001b\[[0-9;]*m/g

export const widthOf = (text: string): number => {
  let width = 0
  for (const character of text.replace(colour, '')) width += wide.test(character) ? 2 : 1
  return width
}

export const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - widthOf(text)))

export const padStart = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - widthOf(text))) + text

/** Cuts at a width; a cut text ends in an ellipsis. */
export const truncate = (text: string, width: number): string => {
  if (widthOf(text) <= width) return text
  let cut = ''
  for (const character of text.replace(colour, '')) {
    if (widthOf(cut + character) > width - 1) break
    cut += character
  }
  return `${cut}…`
}

// no line starts with these in Chinese typesetting
const closing = /^[，。；：、？！）》」』”’%]/u

/** Breaks at spaces and between Chinese characters so that no line is wider; a longer word stays whole. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = []
  for (const piece of text.split('\n')) {
    let line = ''
    for (const part of partsOf(piece)) {
      if (line !== '' && widthOf(line + part.trimEnd()) > width) {
        lines.push(line.trimEnd())
        line = ''
      }
      line += line === '' ? part.trimStart() : part
    }
    lines.push(line.trimEnd())
  }
  return lines
}

function partsOf(text: string): string[] {
  const parts: string[] = []
  let part = ''
  for (const character of text) {
    const last = part.at(-1)
    const breaks =
      (last === ' ' && character !== ' ') ||
      (last !== undefined && (wide.test(last) || wide.test(character)) && !closing.test(character))
    if (breaks) {
      parts.push(part)
      part = ''
    }
    part += character
  }
  return part === '' ? parts : [...parts, part]
}
