/** @file What a form sends, and what is left of it when somebody else changed the record. */
import { describe, expect, it } from 'vitest'
import { changed, merged, numberOf, percentOf, shareOf } from './fields.ts'

describe('the fields of a form', () => {
  it('send what is not as it was, lists by what they hold', () => {
    expect(changed({ name: 'a', tags: ['x'], days: 2 }, { name: 'a', tags: ['x'], days: 1 })).toEqual({
      days: 2,
    })
    expect(changed({ tags: ['x', 'y'] }, { tags: ['x'] })).toEqual({ tags: ['x', 'y'] })
  })
  it('keep what was typed here and take what was changed there', () => {
    const before = { name: 'a', due: '', owner: 'ann' }
    expect(merged({ ...before, name: 'mine' }, before, { ...before, name: 'theirs', owner: 'bo' })).toEqual({
      name: 'mine',
      due: '',
      owner: 'bo',
    })
  })
  it('tell numbers from what is none yet, and keep percents clean', () => {
    expect([numberOf(0), numberOf(''), numberOf('-')]).toEqual([0, null, null])
    expect([percentOf(0.07), shareOf(7), percentOf(0.123)]).toEqual([7, 0.07, 12.3])
  })
})
