/** @file Forecasts at completion, conversions of money, FOCUS rows. */
import { describe, expect, test } from 'vitest'
import { drawNormal } from '../chance/normal.ts'
import { seeded } from '../chance/random.ts'
import { type CompletionInput, forecastCompletion, plannedByDay } from './completion.ts'
import { convert } from './exchange.ts'
import { focusColumns, focusRow } from './focus.ts'

const steady: CompletionInput = {
  amount: 100,
  used: 40,
  committed: 0,
  days: [10, 10, 10, 10],
  planned: [10, 10, 10, 10],
  plannedLeft: 60,
  daysLeft: 6,
}

describe('forecast at completion', () => {
  test('on plan it takes what was planned', () => {
    const { expected, interval, state, basis } = forecastCompletion(steady)
    expect([basis, expected, interval, state]).toEqual(['pace', 100, [100, 100], 'within'])
  })

  test('twice as fast it takes twice as much, and warns', () => {
    const { expected, chanceOver, state } = forecastCompletion({
      ...steady,
      used: 80,
      days: [20, 20, 20, 20],
    })
    expect([expected, chanceOver, state]).toEqual([200, 1, 'warning'])
  })

  test('without a plan for these days the mean use goes on', () => {
    const { expected } = forecastCompletion({ ...steady, planned: [0, 0, 0, 0], plannedLeft: 0 })
    expect(expected).toBe(100)
  })

  test('work that begins before its plan is a part of it, and no pace', () => {
    const begun = { ...steady, used: 12, days: [3, 3, 3, 3], planned: [0, 0, 0, 1], plannedLeft: 99 }
    expect(forecastCompletion(begun)).toMatchObject({ basis: 'plan', expected: 100, state: 'within' })
    expect(forecastCompletion({ ...begun, planned: [0, 0, 0, 0], plannedLeft: 100 })).toMatchObject({
      basis: 'plan',
      expected: 100,
    })
    expect(forecastCompletion({ ...begun, used: 130 })).toMatchObject({ expected: 130, state: 'over' })
  })

  test('too early it adds the rest of the plan, and never less than what is held', () => {
    const early = { ...steady, used: 5, days: [5], planned: [10], plannedLeft: 90 }
    expect(forecastCompletion(early)).toMatchObject({ basis: 'plan', expected: 95, state: 'within' })
    expect(forecastCompletion({ ...early, committed: 200 })).toMatchObject({
      expected: 205,
      state: 'warning',
    })
  })

  test('what is used up is over; what has ended is certain', () => {
    expect(forecastCompletion({ ...steady, used: 101 }).state).toBe('over')
    expect(forecastCompletion({ ...steady, daysLeft: 0 })).toMatchObject({ basis: 'end', expected: 40 })
  })

  test('its 80 % interval holds 75 to 85 % of simulated budgets', () => {
    const random = seeded(11)
    let inside = 0
    const runs = 2000
    for (let run = 0; run < runs; run++) {
      const draws = Array.from({ length: 30 }, () => 10 + 3 * drawNormal(random))
      const days = draws.slice(0, 15)
      const used = days.reduce((sum, day) => sum + day, 0)
      const total = draws.reduce((sum, day) => sum + day, 0)
      const [low, high] = forecastCompletion({
        amount: 300,
        used,
        committed: 0,
        days,
        planned: days.map(() => 10),
        plannedLeft: 150,
        daysLeft: 15,
      }).interval
      if (total >= low && total <= high) inside++
    }
    expect(inside / runs).toBeGreaterThan(0.75)
    expect(inside / runs).toBeLessThan(0.85)
  })

  test('amounts of periods spread over their days', () => {
    const days = plannedByDay([14, 7], [7, 7])
    expect([days.length, days[0], days[13]]).toEqual([14, 2, 1])
  })
})

describe('currencies', () => {
  const rates = [
    { currency: 'USD', rate: 7, date: '2026-01-01' },
    { currency: 'USD', rate: 7.2, date: '2026-02-01' },
  ]
  test('the newest rate that is not after the date converts', () => {
    expect(convert(10, 'USD', 'CNY', '2026-01-31', rates)).toEqual({
      ok: true,
      value: { amount: 70, rate: 7 },
    })
    expect(convert(10, 'USD', 'CNY', '2026-02-01', rates)).toMatchObject({ ok: true, value: { rate: 7.2 } })
    expect(convert(10, 'CNY', 'CNY', '2026-02-01', [])).toMatchObject({ ok: true, value: { amount: 10 } })
  })
  test('none, and what is no currency, are refused', () => {
    expect(convert(10, 'USD', 'CNY', '2025-12-31', rates)).toMatchObject({
      ok: false,
      refusal: { code: 'currency.noRate' },
    })
    expect(convert(10, 'XQZ', 'CNY', '2026-01-01', rates)).toMatchObject({
      ok: false,
      refusal: { code: 'currency.unknown' },
    })
  })
})

test('a FOCUS row has every column, a period that is not empty, and the month that it is billed in', () => {
  const row = focusRow(
    {
      id: 'e1',
      at: '2026-12-31T23:59:59.400Z',
      initiative: { id: 'i', name: 'Digits' },
      pool: { id: 'p', name: 'GPU', kind: 'compute' },
      quantity: 2,
      unit: 'min',
      rate: 3,
      cost: 6,
      origin: 'measured',
      evidence: { noun: 'run', id: 'run_1' },
      corrects: 'e0',
    },
    { id: 'w', name: 'Team', currency: 'CNY' },
  )
  const of = (column: (typeof focusColumns)[number]) => row[focusColumns.indexOf(column)]
  expect(row).toHaveLength(focusColumns.length)
  expect([of('BillingPeriodStart'), of('BillingPeriodEnd')]).toEqual([
    '2026-12-01T00:00:00.000Z',
    '2027-01-01T00:00:00.000Z',
  ])
  expect([of('ChargePeriodStart'), of('ChargePeriodEnd')]).toEqual([
    '2026-12-31T23:59:59.000Z',
    '2027-01-01T00:00:00.000Z',
  ])
  expect([of('ChargeClass'), of('ChargeCategory'), of('BilledCost')]).toEqual(['Correction', 'Usage', 6])
})
