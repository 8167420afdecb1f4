/** @file Tests of what the page of sweeps draws. */
import type { SweepDetail, SweepTrial } from '@capstan/api'
import { expect, test } from 'vitest'
import { bestSoFar, parallel, ranked } from './sweeps.view.ts'

const trial = (number: number, lr: number, value: number | null): SweepTrial => ({
  number,
  runId: `run_${number}`,
  runNumber: number + 1,
  runState: 'finished',
  values: lr > 0 ? { lr, optimizer: 'sgd' } : { optimizer: 'adam' },
  resource: null,
  promotedFrom: null,
  state: value === null ? 'failed' : 'finished',
  value,
  rung: 0,
  cost: { amount: 0, hours: 0 },
  stop: null,
})

const detail = (direction: 'min' | 'max'): SweepDetail => ({
  sweep: {
    plan: {
      space: {
        lr: { type: 'float', low: 0.01, high: 1, log: true },
        optimizer: { type: 'choice', values: ['sgd', 'adam'] },
      },
      goal: { metric: 'loss', direction, statistic: 'last' },
    },
  } as unknown as SweepDetail['sweep'],
  trials: [trial(0, 0.1, 3), trial(1, 1, 5), trial(2, 0, 1), trial(3, 0.01, null)],
  importance: [],
})

test('lines stand by their parameters, the best on top and drawn last', () => {
  const { axes, lines } = parallel(detail('min'), String)
  expect(axes).toEqual([
    { name: 'lr', ends: ['0.01', '1'] },
    { name: 'optimizer', ends: ['sgd', 'adam'] },
    { name: 'loss', ends: ['5', '1'] },
  ])
  expect(lines.map(({ trial }) => trial.number)).toEqual([1, 0, 2])
  expect(lines[1]!.heights.map((h) => h?.toFixed(2))).toEqual(['0.50', '0.25', '0.50'])
  expect(lines[2]!.heights).toEqual([null, 0.75, 1])
})

test('the best so far never gets worse, in either direction', () => {
  expect(bestSoFar(detail('min')).map(({ best }) => best)).toEqual([3, 3, 1])
  expect(bestSoFar(detail('max')).map(({ best }) => best)).toEqual([3, 5, 5])
})

test('the table begins with the best and ends with what has no value', () => {
  expect(ranked(detail('min')).map(({ number }) => number)).toEqual([2, 0, 1, 3])
  expect(ranked(detail('max')).map(({ number }) => number)).toEqual([1, 0, 2, 3])
})
