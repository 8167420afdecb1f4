/** @file Tests of the terminal: widths, wrapping, alignment, and plain output where nobody looks. */
import { expect, test } from 'vitest'
import { bar } from './bar.ts'
import { formatIn } from './format.ts'
import { pictureLines } from './picture.ts'
import { createScreen, type Output } from './screen.ts'
import { padEnd, truncate, widthOf, wrap } from './width.ts'

const output = (isTTY: boolean, columns = 60): Output & { text: string } => ({
  text: '',
  isTTY,
  columns,
  write(text: string) {
    this.text += text
  },
})

test('Chinese characters take two cells, colours none', () => {
  expect(widthOf('绞盘 abc')).toBe(8)
  expect(widthOf('\u001b[1mabc\u001b[22m')).toBe(3)
  expect(padEnd('风险', 6)).toBe('风险  ')
})

test('long text is cut with an ellipsis', () => {
  expect(truncate('abcdefgh', 5)).toBe('abcd…')
  expect(widthOf(truncate('战略规划资源配置', 7))).toBeLessThanOrEqual(7)
})

test('text wraps at spaces, Chinese anywhere but before closing punctuation', () => {
  expect(wrap('one two three', 8)).toEqual(['one two', 'three'])
  const lines = wrap('循环将转一圈，计划是演示用的。', 12)
  for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(14)
  for (const line of lines) expect(line).not.toMatch(/^[，。]/)
  expect(lines.join('')).toBe('循环将转一圈，计划是演示用的。')
})

test('where nobody looks there are no escapes and no progress', () => {
  const out = output(false)
  const screen = createScreen(out, {})
  screen.status('epoch 1')
  screen.heading('Run')
  screen.rows([['label', screen.paint('good', 'value')]])
  expect(out.text).not.toContain('\u001b')
  expect(out.text).not.toContain('epoch 1')
  expect(out.text).toMatch(/^label +value$/m)
})

test('NO_COLOR leaves a terminal without colours but with its progress', () => {
  const out = output(true)
  const screen = createScreen(out, { NO_COLOR: '1' })
  expect(screen.paint('bad', 'x')).toBe('x')
  screen.status('epoch 1')
  screen.line('Epoch [1/10], Loss: 0.1234')
  expect(out.text).toContain('Epoch [1/10], Loss: 0.1234\nepoch 1')
})

test('a bar shows its share', () => {
  expect(bar(0.5, 4)).toBe('━━──')
  expect(bar(2, 4)).toBe('━━━━')
})

test('a picture is drawn by half blocks', () => {
  expect(pictureLines([255, 0, 255, 255], 2)).toEqual(['█▄'])
})

test('money and shares read as people write them', () => {
  const { money, percent } = formatIn('en', 'CNY')
  expect(money(1234.4)).toBe('¥1,234')
  expect(money(0.064)).toBe('¥0.06')
  expect(percent(0.9812, 2)).toBe('98.12%')
})
