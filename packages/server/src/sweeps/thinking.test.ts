/** @file Test: what is left out of the trials that are sent changes no decision. */
import type { SweepPlan, Trial } from '@capstan/domain'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decideSweep, sent } from './thinking.ts'

const plan: SweepPlan = {
  space: { lr: { type: 'float', low: 1e-5, high: 1, log: true }, n: { type: 'int', low: 1, high: 9 } },
  goal: { metric: 'loss', direction: 'min', statistic: 'last' },
  method: 'tpe',
  seed: 7,
  parallel: 6,
  halving: { minimum: 1, maximum: 27, factor: 3, parameter: null },
  stopping: { chance: 0.05, after: 0.2, horizon: 27 },
  budget: { runs: 40, amount: null, hours: null },
}

const trials: fc.Arbitrary<Trial[]> = fc
  .array(
    fc.record({
      state: fc.constantFrom<Trial['state']>('running', 'finished', 'failed', 'stopped', 'cancelled'),
      values: fc.record({
        lr: fc.double({ min: 1e-5, max: 1, noNaN: true }),
        n: fc.integer({ min: 1, max: 9 }),
      }),
      losses: fc.array(fc.double({ min: 0, max: 3 }), { maxLength: 27 }),
      rung: fc.integer({ min: 0, max: 3 }),
    }),
    { maxLength: 20 },
  )
  .map((all) =>
    all.map(({ losses, ...trial }, number) => ({
      ...{ ...trial, number, resource: null, promotedFrom: null, cost: { amount: 0, hours: 0 } },
      value: losses.length === 0 || Number.isNaN(losses.at(-1)) ? null : losses.at(-1)!,
      curve: losses.map((value, i) => ({ step: 2 * i, value })),
    })),
  )

it('decides the same, from less', () => {
  fc.assert(
    fc.property(trials, fc.constantFrom<SweepPlan>(plan, { ...plan, halving: null }), (all, p) => {
      const less = sent({ plan: p, trials: all })
      expect(decideSweep(less)).toEqual(decideSweep({ plan: p, trials: all }))
      for (const { state, curve } of less.trials)
        if (state !== 'running') expect(curve.length).toBeLessThan(6)
    }),
    { numRuns: 60 },
  )
})
