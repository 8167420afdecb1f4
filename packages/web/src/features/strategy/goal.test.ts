/** @file Days of key results, and initiatives as forms hold them. */
import type { Initiative } from '@capstan/api'
import { describe, expect, it } from 'vitest'
import { dayOf } from '../../ui/day.ts'
import { keyResultBody } from './goal.view.ts'
import { initiativeBody, initiativeFields } from './initiative.view.ts'

describe('a key result', () => {
  const fields = { title: 'x', measureId: 'm', baseline: '', target: 3, due: '' }
  it('is due at the end of its day, and with its cycle on the last one', () => {
    const end = new Date('2026-03-31T09:00:00').toISOString()
    expect(keyResultBody(end)({ ...fields, due: dayOf(end) }).due).toBe(end)
    const { due } = keyResultBody(end)({ ...fields, due: '2026-03-30' })
    expect(new Date(due).getHours()).toBe(23)
    expect(dayOf(due)).toBe('2026-03-30')
  })
})

describe('an initiative', () => {
  it('needs what is written for each period, and counts periods from one', () => {
    const fields = {
      ...initiativeFields(null),
      needs: [{ poolId: 'gpu', amounts: '4, 4 2' }],
      ...{ earliest: 2, latest: 3 },
    }
    expect(initiativeBody(fields)).toMatchObject({ needs: { gpu: [4, 4, 2] }, earliest: 1, latest: 2 })
  })
  it('keeps the belief that it had until another is stated', () => {
    const before = { needs: {}, value: { low: 1, mode: 2, high: 3 }, prerequisites: [], exclusions: [] }
    const fields = initiativeFields({ ...before, earliest: 0, latest: 1 } as unknown as Initiative)
    expect(initiativeBody(fields)).not.toHaveProperty('belief')
    expect(initiativeBody({ ...fields, chanceLow: 30, chanceHigh: 60 }).belief).toEqual({
      low: 0.3,
      high: 0.6,
    })
  })
  it('is ranked by RICE or WSJF only where all of it is given', () => {
    const fields = { ...initiativeFields(null), reach: 100, impact: 2 }
    expect(initiativeBody(fields).rice).toBeNull()
    expect(initiativeBody({ ...fields, confidence: 80 }).rice).toEqual({
      reach: 100,
      impact: 2,
      confidence: 0.8,
    })
  })
})
