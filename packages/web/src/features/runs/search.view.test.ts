/** @file Columns of found runs, and sorting by them. */
import type { TrackedRun } from '@capstan/api'
import { describe, expect, test } from 'vitest'
import { directionOf, fieldOf, keysOf, nextOrder, unaskedColumns, valueIn } from './search.view.ts'

const run = (metrics: Record<string, number>, params: Record<string, string>) =>
  ({
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([key, value]) => [key, { value, step: 0, at: '' }]),
    ),
    params,
  }) as unknown as TrackedRun

describe('columns of runs', () => {
  test('what most runs have stands first, and is shown before anyone chose', () => {
    const keys = keysOf([run({ a: 1, 'val/b': 2 }, { lr: '1' }), run({ 'val/b': 3 }, {})])
    expect(keys).toEqual({ metrics: ['metrics.val/b', 'metrics.a'], params: ['params.lr'] })
    expect(unaskedColumns(keys)).toEqual(['metrics.val/b', 'metrics.a', 'params.lr'])
  })

  test('what runs took of their machine stands last', () => {
    const all = [run({ 'system/cpu_cores': 2, loss: 1 }, {}), run({ 'system/cpu_cores': 2 }, {})]
    expect(keysOf(all).metrics).toEqual(['metrics.loss', 'metrics.system/cpu_cores'])
  })

  test('a value is found under any key, an absent one is none', () => {
    const one = run({ 'a.b': 0 }, { constructor: 'x' })
    expect(valueIn(one, 'metrics.a.b')).toBe(0)
    expect(valueIn(one, 'params.constructor')).toBe('x')
    expect(valueIn(run({}, {}), 'params.constructor')).toBeNull()
  })

  test('sorting goes down, up, and away', () => {
    const down = nextOrder('', 'metrics.a "b"')
    expect(down).toBe('metrics."a ""b""" DESC')
    expect(directionOf(down, 'metrics.a "b"')).toBe('descending')
    const up = nextOrder(down, 'metrics.a "b"')
    expect(directionOf(up, 'metrics.a "b"')).toBe('ascending')
    expect(nextOrder(up, 'metrics.a "b"')).toBe('')
    expect(fieldOf('number')).toBe('number')
  })
})
