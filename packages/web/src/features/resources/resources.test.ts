/** @file The allocation's bars and how full a pool is. */
import type { Initiative } from '@capstan/api'
import { describe, expect, it } from 'vitest'
import { barsOf, fill } from './resources.view.ts'

describe('allocation', () => {
  it('draws a bar over the periods that an initiative needs', () => {
    const initiatives = [{ id: 'a', name: 'A', needs: { p: [1, 1, 1], q: [2] } }] as unknown as Initiative[]
    const result = { chosen: [{ initiativeId: 'a', start: 1 }] } as Parameters<typeof barsOf>[0]['result']
    expect(barsOf({ result }, initiatives)).toEqual([{ id: 'a', name: 'A', start: 1, length: 3 }])
    expect(barsOf({ result }, [])).toEqual([{ id: 'a', name: 'a', start: 1, length: 1 }])
  })
  it('says how full a pool is', () => {
    expect(fill({ used: 3, capacity: 4 })).toBe(0.75)
    expect(fill({ used: 0, capacity: 0 })).toBe(0)
    expect(fill({ used: 9, capacity: 4 })).toBe(1)
  })
})
