/** @file Pools, charges and the plan of cash, as their forms send them. */
import { describe, expect, it } from 'vitest'
import { chargeBody, chargeFields } from './charge.view.ts'
import { newPoolBody, poolFields, spansOf } from './pool.view.ts'
import { runwayBody, runwayFields } from './runway.view.ts'

describe('a pool', () => {
  const fields = { ...poolFields(null), name: 'GPU', rate: 2, capacity: '40，40 20' }
  it('has an amount for each period, also as written in Chinese', () => {
    expect(newPoolBody({ ...fields, kind: 'compute', unit: 'h' })).toEqual({
      ...{ name: 'GPU', kind: 'compute', unit: 'h', rate: 2, capacity: [40, 40, 20] },
      ...{ skill: null, device: null },
    })
  })
  it('of people with a skill has what they can give', () => {
    expect(newPoolBody({ ...fields, skill: 'labelling' })).not.toHaveProperty('capacity')
  })
  it('is told in short where periods are alike', () => {
    expect(spansOf([40, 40, 20, 40])).toEqual([
      [40, 2],
      [20, 1],
      [40, 1],
    ])
  })
})

describe('a plan of cash', () => {
  it('is sent whole, its percents as shares', () => {
    const plan = {
      ...{ id: 'runway', asOf: '2026-03-01', cash: 10, countRuns: false, horizonMonths: 12, growth: 0.07 },
      ...{ burn: { low: 1, high: 2 }, revenue: { low: 0, high: 0 } },
      events: [{ name: 'Grant', date: '2026-05-01', low: 1, mode: 2, high: 3, chance: 0.3 }],
      milestones: [{ name: 'Launch', date: '2026-06-01' }],
    }
    const { id: _, ...body } = plan
    expect(runwayBody(runwayFields('2026-04-01')({ ...plan, origin: 'typed' }))).toEqual(body)
    expect(runwayFields('2026-04-01')(null).asOf).toBe('2026-04-01')
  })
})

describe('what was used', () => {
  const now = new Date('2026-03-02T09:00:00')
  const fields = { ...chargeFields([])(), poolId: 'p', quantity: 2, note: 'x' }
  it('today is used by now, on another day at its noon', () => {
    expect(chargeBody({ ...fields, day: '2026-03-02' }, now)).not.toHaveProperty('at')
    const { at } = chargeBody({ ...fields, day: '2026-03-01' }, now) as { at: string }
    expect(new Date(at).getHours()).toBe(12)
  })
})
