/** @file Tests of latency windows. */
import { describe, expect, test } from 'vitest'
import { closeWindow, isFull, newWindow } from './windows.ts'

const T0 = Date.UTC(2026, 0, 1)

describe('latency windows', () => {
  test('an empty window measures nothing', () => {
    expect(closeWindow(newWindow(T0), T0 + 1000)).toBeNull()
  })

  test('percentiles of a known window, with an interval that holds p95', () => {
    const window = { ...newWindow(T0), latencies: Array.from({ length: 1000 }, (_, i) => i + 1), errors: 2 }
    const closed = closeWindow(window, T0 + 60_000)!
    expect(closed).toMatchObject({ requests: 1000, errors: 2, p50: 500, p95: 950, p99: 990 })
    expect(closed.interval[0]).toBeLessThan(950)
    expect(closed.interval[1]).toBeGreaterThan(950)
    expect([closed.from, closed.to]).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-01T00:01:00.000Z'])
  })

  test('few requests: the interval ends at what was seen', () => {
    const closed = closeWindow({ ...newWindow(T0), latencies: [5, 1, 3] }, T0)!
    expect(closed.interval[1]).toBe(5)
  })

  test('a window closes when it is full, or old with enough in it', () => {
    const filled = (count: number) => ({ ...newWindow(T0), latencies: new Array<number>(count).fill(1) })
    expect(isFull(filled(2000), T0)).toBe(true)
    expect(isFull(filled(50), T0 + 60_000)).toBe(true)
    expect(isFull(filled(49), T0 + 3_600_000)).toBe(false)
    expect(isFull(filled(1999), T0 + 59_999)).toBe(false)
  })
})
