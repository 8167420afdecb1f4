/** @file Tests of the forecast: honesty with little data, calibration with much. */
import { describe, expect, it } from 'vitest'
import { drawNormal } from '../chance/normal.ts'
import { seeded } from '../chance/random.ts'
import { addDays, type Point } from '../measures/measure.ts'
import { type ForecastInput, forecastKeyResult } from './forecast.ts'

const start = '2026-01-01T00:00:00.000Z'

const point = (day: number, value: number, more: Partial<Point> = {}): Point => ({
  at: addDays(start, day),
  value,
  origin: 'measured',
  evidence: { noun: 'evaluation', id: `e${day}` },
  ...more,
})

const input = (points: Point[], more: Partial<ForecastInput> = {}): ForecastInput => ({
  points,
  baseline: 0.1,
  target: 0.97,
  direction: 'up',
  scale: 'proportion',
  due: addDays(start, 90),
  now: addDays(start, 10),
  ...more,
})

describe('little data', () => {
  it('says nothing without points', () => {
    expect(forecastKeyResult(input([]))).toEqual({
      basis: 'none',
      chance: null,
      interval: null,
      fan: [],
      message: { code: 'forecast.none', values: {} },
    })
  })

  it('counts only the measurement error of one point', () => {
    const close = forecastKeyResult(input([point(0, 0.97, { standardError: 0.0017 })]))
    expect(close.basis).toBe('single')
    expect(close.chance).toBeCloseTo(0.5, 6)
    const clear = forecastKeyResult(input([point(0, 0.98, { standardError: 0.0014 })]))
    expect(clear.chance).toBeGreaterThan(0.999)
    expect(clear.message.code).toBe('forecast.single')
    expect(clear.fan).toHaveLength(13)
  })

  it('does not invent an error that was not given', () => {
    const forecast = forecastKeyResult(input([point(0, 0.98), point(1, 0.98)]))
    expect([forecast.chance, forecast.message.code]).toEqual([null, 'forecast.noError'])
  })

  it('stays sure of a perfect score', () => {
    expect(forecastKeyResult(input([point(0, 1, { standardError: 0.00005 })])).chance).toBeGreaterThan(0.999)
  })

  it('never mixes typed points into measured ones', () => {
    const measured = point(0, 0.98, { standardError: 0.0014 })
    const typed = point(5, 0.2, { origin: 'typed', standardError: 0.01 })
    expect(forecastKeyResult(input([measured, typed]))).toEqual(forecastKeyResult(input([measured])))
  })

  it('ignores points after the due date, and then reads the outcome', () => {
    const late = input([point(5, 0.98), point(95, 0.5)], { now: addDays(start, 100) })
    expect(forecastKeyResult(late)).toMatchObject({ chance: 1, message: { code: 'forecast.past' } })
  })
})

describe('history', () => {
  const days = [0, 7, 14, 21, 28, 35, 42, 49]

  it('may still lose a target that is met today', () => {
    const falling = days.map((day) => point(day, 12 - day * 0.08, { standardError: 0.1 }))
    const forecast = forecastKeyResult(input(falling, { scale: 'linear', target: 7, baseline: 12 }))
    expect(falling.at(-1)!.value).toBeGreaterThan(7)
    expect(forecast.chance).toBeLessThan(0.5)
    expect(forecast.chance).toBeGreaterThan(0)
  })

  it('mirrors when up becomes down', () => {
    const rising = days.map((day, i) => point(day, 3 + day * 0.1 + (i % 3) * 0.4))
    const up = forecastKeyResult(input(rising, { scale: 'linear', target: 11 }))
    const down = forecastKeyResult(input(rising, { scale: 'linear', target: 11, direction: 'down' }))
    expect(up.chance! + down.chance!).toBeCloseTo(1, 9)
  })

  it('keeps proportions between 0 and 1 and latencies positive', () => {
    const rising = days.map((day, i) => point(day, 0.9 + day * 0.0018 + (i % 2) * 0.003))
    for (const scale of ['proportion', 'log'] as const)
      for (const { p05, p95 } of forecastKeyResult(input(rising, { scale })).fan) {
        expect(p05).toBeGreaterThan(0)
        if (scale === 'proportion') expect(p95).toBeLessThan(1)
      }
  })

  it('takes no trend from a burst of readings', () => {
    const minute = 1 / 1440
    const burst = [0, 1, 2, 3, 4, 5].map((i) => point(i * minute, 3 + 0.05 * i, { standardError: 0.1 }))
    const latency = { scale: 'log', direction: 'down', baseline: 50, target: 10 } as const
    expect(forecastKeyResult(input(burst, latency))).toMatchObject({
      basis: 'single',
      chance: expect.closeTo(1, 4),
    })
    const returned = [...burst, point(8, 3.1, { standardError: 0.1 })]
    expect(forecastKeyResult(input(returned, latency)).basis).toBe('single')
  })

  it('takes the scatter of readings for their error where none is stated', () => {
    const burst = [0, 0.01, 0.02].map((day, i) => point(day, 0.97 + 0.01 * (i - 1)))
    const forecast = forecastKeyResult(input(burst, { scale: 'linear' }))
    expect(forecast.chance).toBeCloseTo(0.8413, 3)
  })

  it('trusts a trend only about as long as it was seen', () => {
    const rising = [0, 3, 6, 9].map((day) => point(day, 10 + day + (day % 2) * 0.2))
    const given = { scale: 'linear', target: 60, baseline: 10, due: addDays(start, 99) } as const
    const forecast = forecastKeyResult(input(rising, given))
    expect(forecast.message.code).toBe('forecast.far')
    expect(forecast.fan.at(-1)!.p50).toBeLessThan(40)
  })
})

describe('calibration on simulated histories', () => {
  /** Random walk with drift, read with scatter; the share of 80 % and 90 % intervals that hold the outcome. */
  const coverage = (count: number, wander: number, scatter: number, drift: number, seed: number) => {
    const random = seeded(seed)
    const rounds = 200
    let in80 = 0
    let in90 = 0
    for (let round = 0; round < rounds; round++) {
      let level = 50
      const points: Point[] = []
      const step = 7
      const read = () => level + scatter * drawNormal(random)
      const move = (days: number) => {
        level += drift * days + wander * Math.sqrt(days) * drawNormal(random)
      }
      for (let i = 0; i < count; i++) {
        if (i > 0) move(step)
        points.push(point(i * step, read()))
      }
      const ahead = step * Math.max(2, Math.floor(count / 3))
      move(ahead)
      const outcome = read()
      const last = (count - 1) * step
      const forecast = forecastKeyResult(
        input(points, {
          scale: 'linear',
          baseline: 50,
          target: 60,
          due: addDays(start, last + ahead),
          now: addDays(start, last),
        }),
      )
      const [low, high] = forecast.interval!
      const edge = forecast.fan.at(-1)!
      if (outcome >= low && outcome <= high) in80 += 1
      if (outcome >= edge.p05 && outcome <= edge.p95) in90 += 1
    }
    return [in80 / rounds, in90 / rounds] as const
  }

  it('covers 75-85 % and 85-95 % over a mix of histories', () => {
    const cases = [
      coverage(8, 1, 0, 0.1, 1),
      coverage(16, 1, 0, -0.2, 2),
      coverage(8, 0.3, 1, 0.2, 3),
      coverage(16, 0.3, 1, 0, 4),
      coverage(24, 0.5, 0.5, 0.1, 5),
      coverage(12, 0.1, 1, 0.3, 6),
    ]
    const mean = (i: 0 | 1) => cases.reduce((sum, found) => sum + found[i], 0) / cases.length
    expect(mean(0)).toBeGreaterThan(0.75)
    expect(mean(0)).toBeLessThan(0.85)
    expect(mean(1)).toBeGreaterThan(0.85)
    expect(mean(1)).toBeLessThan(0.95)
    for (const [in80] of cases) {
      expect(in80).toBeGreaterThan(0.66)
      expect(in80).toBeLessThan(0.96)
    }
  })
})
