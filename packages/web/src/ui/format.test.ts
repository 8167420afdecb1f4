/** @file Formatting: shares never round to certainty, money and durations read well in both languages. */
import { describe, expect, it } from 'vitest'
import { createFormat } from './format.ts'

const en = createFormat('en', 'CNY')
const zh = createFormat('zh-CN', 'CNY')

describe('format', () => {
  it('keeps two digits near the ends of a share', () => {
    expect(en.percent(0.9812)).toBe('98.1 %')
    expect(en.percent(0.9987)).toBe('99.87 %')
    expect(en.percent(0.71)).toBe('71 %')
    expect(en.percent(1)).toBe('100 %')
    expect(en.percent(0.99999)).toBe('> 99.99 %')
    expect(en.percent(0.00001, 0)).toBe('< 1 %')
    expect(en.percentRange([0.7, 0.93])).toBe('70–93')
    expect(en.percentRange([0.9999, 0.99999])).toBe('> 99')
  })
  it('shows money in the currency of the workspace', () => {
    expect(en.money(212_345)).toBe('¥212K')
    expect(zh.money(212_345)).toBe('¥21.2万')
    expect(en.money(0.84)).toBe('¥0.84')
  })
  it('splits a value from its unit', () => {
    expect(en.quantity(0.98123, '1')).toEqual({ text: '98.12', unit: '%' })
    expect(en.quantity(9.137, 'ms')).toEqual({ text: '9.14', unit: 'ms' })
  })
  it('names units of time in the language', () => {
    expect(en.value(1, 'day')).toBe('1 day')
    expect(en.value(12, 'day')).toBe('12 days')
    expect(zh.value(9, 'min')).toBe('9 分钟')
    expect(en.value(3, 'ms')).toBe('3 ms')
  })
  it('says durations and sizes', () => {
    expect(en.seconds(63)).toBe('1 min 3 sec')
    expect(zh.seconds(63)).toBe('1分钟 3秒')
    expect(en.bytes(217_000)).toBe('212 KiB')
  })
})
