/** @file Tests that both catalogues are complete, use the same slots, and render. */
import { describe, expect, it } from 'vitest'
import { en } from './en.ts'
import { type MessageCode, message } from './message.ts'
import { render, slotNames } from './render.ts'
import { zhCN } from './zh-CN.ts'

const codes = Object.keys(en) as MessageCode[]

describe('catalogues', () => {
  it('hold the same codes', () => {
    expect(Object.keys(zhCN)).toEqual(codes)
  })

  it.each(codes)('%s: same slots, and Chinese where Chinese is', (code) => {
    expect(slotNames(zhCN[code])).toEqual(slotNames(en[code]))
    expect(zhCN[code]).toMatch(/[\u4e00-\u9fff]/)
    expect(en[code]).not.toMatch(/[\u4e00-\u9fff]/)
  })
})

describe('render', () => {
  it('fills slots in either language', () => {
    const refusal = message('task.move', { title: 'Train', from: 'done', to: 'todo' })
    expect(render(refusal, 'en')).toBe('“Train” is done and cannot become to do.')
    expect(render(refusal, 'zh-CN')).toBe('“Train”处于“已完成”，不能变为“待办”。')
  })

  it('formats numbers, shares and lists', () => {
    const appetite = (chance: number) => message('risk.appetite', { loss: 1234567, chance, accepted: 0.05 })
    expect(render(appetite(0.0612), 'en')).toBe(
      'The chance to lose more than 1,234,567 in a year is 6.1%; at most 5% is accepted.',
    )
    expect(render(appetite(0.99999), 'en')).toContain('> 99.99%')
    expect(render(message('approval.missing', { roles: 'engineer, reviewer' }), 'zh-CN')).toBe(
      '还需要：工程师、评审人。',
    )
    expect(render(message('task.waits', { title: 'A', others: 'B, C' }), 'zh-CN')).toContain('B、C')
  })

  it('leaves the text of values alone', () => {
    const title = '<b>{from}</b> $& {title}'
    expect(render(message('task.noOwner', { title }), 'en')).toBe(`“${title}” has no owner. Assign it first.`)
  })
})
