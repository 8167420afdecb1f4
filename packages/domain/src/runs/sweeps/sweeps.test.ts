/** @file Tests of sweeps: spaces, samplers, halving, budgets, and that a restart decides the same. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decideSweep, type SweepStep } from './decide.ts'
import { gridAt, gridOf } from './grid.ts'
import { rungsOf } from './halving.ts'
import { planRefusal, type SweepPlan, type Trial } from './plan.ts'
import { propose } from './propose.ts'
import { sobolPoint, sobolShift } from './sobol.ts'
import {
  assign,
  binOf,
  levelsOf,
  type Parameter,
  type SearchSpace,
  spaceRefusal,
  unitOf,
  valueAt,
} from './space.ts'

const plan = (change: Partial<SweepPlan> = {}): SweepPlan => ({
  space: { lr: { type: 'float', low: 1e-5, high: 1, log: true }, width: { type: 'int', low: 8, high: 64 } },
  goal: { metric: 'loss', direction: 'min', statistic: 'last' },
  method: 'random',
  seed: 7,
  parallel: 1,
  halving: null,
  stopping: null,
  budget: { runs: 20, amount: null, hours: null },
  ...change,
})

const parameter: fc.Arbitrary<Parameter> = fc.oneof(
  fc
    .tuple(
      fc.integer({ min: -50, max: 50 }),
      fc.integer({ min: 0, max: 3000 }),
      fc.integer({ min: 1, max: 7 }),
    )
    .map(([low, size, step]) => ({ type: 'int' as const, low, high: low + size, step })),
  fc
    .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 300 }))
    .map(([low, size]) => ({ type: 'int' as const, low, high: low + size, log: true })),
  fc
    .tuple(
      fc.double({ min: 1e-6, max: 1, noNaN: true }),
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      fc.boolean(),
    )
    .map(([low, high, log]) => ({ type: 'float' as const, low, high, log })),
  fc
    .uniqueArray(fc.oneof(fc.string(), fc.integer(), fc.boolean()), { minLength: 1, maxLength: 8 })
    .map((values) => ({ type: 'choice' as const, values })),
)

describe('a space', () => {
  it('gives values inside its bounds, and finds its way back', () => {
    fc.assert(
      fc.property(parameter, fc.double({ min: 0, max: 1, noNaN: true }), (p, unit) => {
        const value = valueAt(p, unit)
        if (p.type === 'choice') expect(p.values).toContain(value)
        else {
          expect(value).toBeGreaterThanOrEqual(p.low)
          expect(value).toBeLessThanOrEqual(p.high)
          if (p.type === 'int') expect(Number.isInteger(value)).toBe(true)
        }
        const back = valueAt(p, unitOf(p, value))
        if (typeof value === 'number' && p.type === 'float')
          expect(back).toBeCloseTo(value, 6 - Math.log10(value))
        else expect(back).toBe(value)
        const [from, to] = binOf(p, value)
        if (p.type !== 'float') expect(unit).toBeGreaterThanOrEqual(from - 1e-9)
        if (p.type !== 'float') expect(Math.min(unit, 1 - 1e-12)).toBeLessThanOrEqual(to + 1e-9)
      }),
    )
  })

  const conditional: SearchSpace = {
    momentum: { type: 'float', low: 0, high: 1, when: { parameter: 'optimizer', in: ['sgd'] } },
    optimizer: { type: 'choice', values: ['sgd', 'adam'] },
    nesterov: { type: 'choice', values: [true, false], when: { parameter: 'momentum', in: [2] } },
  }

  it('leaves out what a condition leaves out, whatever the order it is written in', () => {
    const space = { momentum: conditional.momentum!, optimizer: conditional.optimizer! }
    expect(assign(space, () => 0.1)).toEqual({ optimizer: 'sgd', momentum: 0.1 })
    expect(assign(space, () => 0.9)).toEqual({ optimizer: 'adam' })
  })

  it.each<[string, SearchSpace, string]>([
    ['no parameter', {}, 'sweep.space.empty'],
    ['bounds the wrong way', { a: { type: 'float', low: 2, high: 1 } }, 'sweep.space.bounds'],
    ['infinite bounds', { a: { type: 'float', low: 0, high: Infinity } }, 'sweep.space.bounds'],
    ['half numbers', { a: { type: 'int', low: 0.5, high: 2 } }, 'sweep.space.whole'],
    ['a logarithm of nothing', { a: { type: 'float', low: 0, high: 2, log: true } }, 'sweep.space.log'],
    ['the same choice twice', { a: { type: 'choice', values: [1, 1] } }, 'sweep.space.choices'],
    ['a step of nothing', { a: { type: 'int', low: 0, high: 2, step: 0 } }, 'sweep.space.step'],
    [
      'an unknown parent',
      { a: { type: 'int', low: 0, high: 2, when: { parameter: 'b', in: [1] } } },
      'sweep.space.condition',
    ],
    ['a condition that never holds', conditional, 'sweep.space.never'],
    [
      'a circle',
      {
        a: { type: 'int', low: 0, high: 2, when: { parameter: 'b', in: [1] } },
        b: { type: 'int', low: 0, high: 2, when: { parameter: 'a', in: [1] } },
      },
      'sweep.space.circle',
    ],
  ])('with %s is refused', (_, space, code) => {
    expect(spaceRefusal(space)?.code).toBe(code)
  })
})

describe('a grid', () => {
  const whole = parameter.filter((p) => p.type !== 'float' && levelsOf(p)! <= 40)
  const branch = fc.record({ on: fc.constant({ type: 'choice' as const, values: ['a', 'b'] }), x: whole })

  it('gives each combination by its index, as its list has them', () => {
    const spaces = fc.oneof(
      fc.tuple(whole, whole).map(([a, b]): SearchSpace => ({ a, b })),
      branch.map(({ on, x }): SearchSpace => ({ x: { ...x, when: { parameter: 'on', in: ['b'] } }, on })),
    )
    fc.assert(
      fc.property(spaces, (space) => {
        const all = gridOf(space)
        expect(all.map((_, i) => gridAt(space, i))).toEqual(all)
        expect(gridAt(space, all.length)).toBeNull()
      }),
    )
  })

  it('has every combination once, ends of continuous ranges included', () => {
    const space: SearchSpace = {
      lr: { type: 'float', low: 0.01, high: 1, log: true, points: 3 },
      layers: { type: 'int', low: 1, high: 3, step: 2 },
      optimizer: { type: 'choice', values: ['sgd', 'adam'] },
      momentum: { type: 'choice', values: [0, 0.9], when: { parameter: 'optimizer', in: ['sgd'] } },
    }
    const grid = gridOf(space)
    expect(grid).toHaveLength(3 * 2 * (2 + 1))
    expect([...new Set(grid.map(({ lr }) => Number(lr).toPrecision(6)))]).toEqual([
      '0.0100000',
      '0.100000',
      '1.00000',
    ])
    expect(
      planRefusal(plan({ method: 'grid', space: { a: { type: 'float', low: 0, high: 1 } } }))?.code,
    ).toBe('sweep.grid.continuous')
    const large = Object.fromEntries(
      'abcdef'.split('').map((n) => [n, { type: 'int' as const, low: 0, high: 9 }]),
    )
    expect(planRefusal(plan({ method: 'grid', space: large }))?.code).toBe('sweep.grid.large')
  })
})

describe('Sobol points', () => {
  it('are those of scipy.stats.qmc.Sobol without scrambling', () => {
    const some = (i: number) => [0, 1, 2, 5, 20, 63].map((d) => sobolPoint(i, 64)[d])
    expect([1, 2, 3, 5, 17, 1000].map(some)).toEqual([
      [0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25, 0.75, 0.25, 0.75],
      [0.25, 0.75, 0.75, 0.25, 0.75, 0.25],
      [0.875, 0.875, 0.125, 0.625, 0.625, 0.625],
      [0.59375, 0.96875, 0.96875, 0.46875, 0.21875, 0.59375],
      [0.2197265625, 0.0966796875, 0.5185546875, 0.9072265625, 0.5224609375, 0.4462890625],
    ])
    // one number over all 64 dimensions of 1,024 points, by scipy 1.17: sum of (d + 1) * x
    let sum = 0
    for (let i = 0; i < 1024; i++) for (const [d, x] of sobolPoint(i, 64).entries()) sum += (d + 1) * x
    expect(sum).toBe(1063920)
  })

  it('keep one point in each stretch of every axis, shifted or not', () => {
    const shift = sobolShift(3, 8)
    for (let d = 0; d < 8; d++) {
      const strata = Array.from({ length: 64 }, (_, i) => Math.floor(sobolPoint(i, 8, shift)[d]! * 64))
      expect(new Set(strata).size).toBe(64)
    }
  })
})

const ended = (
  trial: Pick<Trial, 'number' | 'values' | 'resource' | 'promotedFrom'>,
  value: number,
): Trial => ({
  ...trial,
  state: 'finished',
  value,
  curve: [{ step: 10, value }],
  rung: 0,
  cost: { amount: 1, hours: 0.5 },
})

describe('a restarted server', () => {
  it.each(['random', 'sobol', 'tpe', 'grid'] as const)('goes on with the same %s sequence', (method) => {
    const space: SearchSpace = {
      lr: { type: 'float', low: 1e-5, high: 1, log: true, points: 4 },
      width: { type: 'int', low: 8, high: 64, step: 8 },
      kind: { type: 'choice', values: ['a', 'b'] },
    }
    const p = plan({ method, space })
    const run = (from: Trial[], count: number) => {
      const trials = structuredClone(from)
      while (trials.length < count) {
        const next = propose(p, trials)!
        trials.push(ended(next, Math.log(Number(next.values.lr)) ** 2 + Number(next.values.width)))
      }
      return trials
    }
    const whole = run([], 30)
    expect(run(JSON.parse(JSON.stringify(whole.slice(0, 13))), 30)).toEqual(whole)
    expect(new Set(whole.map(({ values }) => JSON.stringify(values))).size).toBeGreaterThan(15)
  })
})

/** Plays a sweep: each tick every running trial logs one more step of its curve. */
function play(
  p: SweepPlan,
  curve: (values: Trial['values'], step: number) => number,
  steps: number,
  perStep = 0.01,
) {
  const trials: Trial[] = []
  const log: SweepStep[] = []
  for (let tick = 0; tick < 5000; tick++) {
    for (const step of decideSweep(p, trials)) {
      log.push(step)
      if (step.kind === 'end') return { trials, log, reason: step.reason }
      if (step.kind === 'start')
        trials.push({
          ...step.trial,
          state: 'running',
          value: null,
          curve: [],
          rung: 0,
          cost: { amount: 0, hours: 0 },
        })
      if (step.kind === 'pass') trials[step.trial]!.rung = step.rung
      if (step.kind === 'stop') trials[step.trial]!.state = 'stopped'
    }
    for (const trial of trials.filter(({ state }) => state === 'running')) {
      const step = trial.curve.length + 1
      const value = curve(trial.values, step)
      trial.curve = [...trial.curve, { step, value }]
      trial.value = Number.isFinite(value) ? value : null
      trial.cost = { amount: step * perStep, hours: (step * perStep) / 2 }
      if (step >= (trial.resource ?? steps)) trial.state = trial.value === null ? 'failed' : 'finished'
    }
  }
  throw new Error('the sweep never ended')
}

const bowl = (values: Trial['values'], step: number) =>
  (Math.log10(Number(values.lr)) + 2) ** 2 + Number(values.width) / 64 + 3 / step

describe('budgets', () => {
  it('of runs end after exactly so many', () => {
    const { trials, reason } = play(plan({ parallel: 3 }), bowl, 5)
    expect(trials).toHaveLength(20)
    expect(reason.code).toBe('sweep.end.runs')
  })

  it.each([
    ['amount', 'sweep.end.amount'],
    ['hours', 'sweep.end.hours'],
  ] as const)('of %s are never exceeded by a whole run, and start nothing that does not fit', (unit, code) => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        fc.integer({ min: 1, max: 4 }),
        (limit, parallel) => {
          const budget = { runs: null, amount: null, hours: null, [unit]: limit }
          const { trials, reason } = play(plan({ budget, parallel }), bowl, 10)
          const used = trials.reduce((sum, { cost }) => sum + cost[unit], 0)
          expect(reason.code).toBe(code)
          // one tick of every running trial is what the server hears of late
          expect(used).toBeLessThanOrEqual(limit + parallel * 0.011)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('are wanted where a method never ends', () => {
    const budget = { runs: null, amount: null, hours: null }
    expect(planRefusal(plan({ budget }))?.code).toBe('sweep.budget.none')
  })
})

describe('failures', () => {
  it('of single trials are passed over, and only all together end the sweep', () => {
    const some = play(plan(), (v, step) => (Number(v.width) > 50 ? Number.NaN : bowl(v, step)), 3)
    expect(some.reason.code).toBe('sweep.end.runs')
    expect(some.trials.filter(({ state }) => state === 'failed').length).toBeGreaterThan(0)
    const all = play(plan(), () => Number.NaN, 3)
    expect(all.reason.code).toBe('sweep.end.failing')
    expect(all.trials).toHaveLength(5)
  })
})

describe('successive halving', () => {
  const halving = { minimum: 1, maximum: 27, factor: 3, parameter: null }

  it('has rungs up to its maximum', () => {
    expect(rungsOf(halving)).toEqual([1, 3, 9, 27])
    expect(rungsOf({ ...halving, maximum: 20 })).toEqual([1, 3, 9, 20])
    expect(rungsOf({ ...halving, maximum: 1 })).toEqual([1])
  })

  it('stops most trials early and keeps the good ones', () => {
    const budget = { runs: 60, amount: null, hours: null }
    const p = plan({ halving, budget, parallel: 4 })
    const { trials } = play(p, bowl, 27)
    const used = trials.reduce((sum, { curve }) => sum + curve.length, 0)
    expect(used).toBeLessThan(60 * 27 * 0.4)
    const finished = trials.filter(({ state }) => state === 'finished')
    const final = (t: Trial) => bowl(t.values, 27)
    const truth = trials.map(final).sort((a, b) => a - b)
    // what it ends with is among the best five of sixty
    expect(Math.min(...finished.map(final))).toBeLessThanOrEqual(truth[4]!)
  })

  it('by parameter promotes the best third from rung to rung, each once', () => {
    const budget = { runs: 80, amount: null, hours: null }
    const p = plan({ halving: { ...halving, parameter: 'epochs' }, budget, parallel: 2 })
    const { trials } = play(p, bowl, 27)
    const at = (resource: number) => trials.filter((t) => t.resource === resource).length
    expect(at(1) + at(3) + at(9) + at(27)).toBe(80)
    expect(at(3)).toBeGreaterThan(at(1) / 4)
    expect(at(3)).toBeLessThanOrEqual(at(1) / 2)
    expect(at(27)).toBeGreaterThan(0)
    const promoted = trials.flatMap(({ promotedFrom }) => promotedFrom ?? [])
    expect(new Set(promoted).size).toBe(promoted.length)
    for (const trial of trials.filter((t) => t.promotedFrom !== null))
      expect(trial.values).toEqual(trials[trial.promotedFrom!]!.values)
  })
})

describe('early stopping by the learning curve', () => {
  it('stops what cannot win, says why, and does not stop the best', () => {
    const stopping = { chance: 0.05, after: 0.25, horizon: 40 }
    const p = plan({ stopping, method: 'sobol', budget: { runs: 25, amount: null, hours: null } })
    const { trials, log } = play(p, bowl, 40)
    const stops = log.filter((step) => step.kind === 'stop')
    expect(stops.length).toBeGreaterThan(8)
    for (const { curve } of stops) {
      expect(curve!.chance).toBeLessThan(0.05)
      expect(curve!.interval[0]).toBeLessThanOrEqual(curve!.estimate)
    }
    const final = (t: Trial) => bowl(t.values, 40)
    const winner = trials.reduce((a, b) => (final(a) <= final(b) ? a : b))
    expect(winner.state).toBe('finished')
  })
})
