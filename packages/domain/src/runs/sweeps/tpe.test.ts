/** @file TPE against random search on functions with known minima, conditions included. */
import { describe, expect, it } from 'vitest'
import type { SweepMethod, SweepPlan, Trial } from './plan.ts'
import { propose } from './propose.ts'
import type { SearchSpace, TrialValues } from './space.ts'

/** Branin-Hoo on [-5, 10] x [0, 15]; least value 0.397887 (Surjanovic and Bingham's library of test functions). */
const branin = ({ x, y }: TrialValues): number => {
  const [a, b] = [Number(x), Number(y)]
  return (
    (b - (5.1 / (4 * Math.PI ** 2)) * a * a + (5 / Math.PI) * a - 6) ** 2 +
    10 * (1 - 1 / (8 * Math.PI)) * Math.cos(a) +
    10
  )
}

const A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
]
const P = [
  [1312, 1696, 5569, 124, 8283, 5886],
  [2329, 4135, 8307, 3736, 1004, 9991],
  [2348, 1451, 3522, 2883, 3047, 6650],
  [4047, 8828, 8732, 5743, 1091, 381],
]
/** Hartmann's six-dimensional function on the unit cube; least value -3.32237. */
const hartmann = (values: TrialValues): number =>
  -[1, 1.2, 3, 3.2].reduce(
    (sum, alpha, i) =>
      sum +
      alpha *
        Math.exp(-A[i]!.reduce((s, a, j) => s + a * (Number(values[`x${j}`]) - P[i]![j]! / 10_000) ** 2, 0)),
    0,
  )

const best = (
  method: SweepMethod,
  space: SearchSpace,
  f: (v: TrialValues) => number,
  seed: number,
  runs: number,
) => {
  const plan: SweepPlan = {
    space,
    method,
    seed,
    goal: { metric: 'f', direction: 'min', statistic: 'last' },
    parallel: 1,
    halving: null,
    stopping: null,
    budget: { runs, amount: null, hours: null },
  }
  const trials: Trial[] = []
  for (let i = 0; i < runs; i++) {
    const next = propose(plan, trials)!
    const value = f(next.values)
    const state = 'finished' as const
    trials.push({ ...next, state, value, curve: [], rung: 0, cost: { amount: 0, hours: 0 } })
  }
  return Math.min(...trials.map(({ value }) => value!))
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!
const regrets = (
  method: SweepMethod,
  space: SearchSpace,
  f: (v: TrialValues) => number,
  least: number,
  runs: number,
) => median(Array.from({ length: 9 }, (_, seed) => best(method, space, f, seed, runs) - least))

describe('the median regret of nine seeds', () => {
  it('on Branin with 60 trials is less than half of random search', () => {
    const space: SearchSpace = {
      x: { type: 'float', low: -5, high: 10 },
      y: { type: 'float', low: 0, high: 15 },
    }
    const [tpe, random] = (['tpe', 'random'] as const).map((m) => regrets(m, space, branin, 0.397887, 60))
    expect(tpe!).toBeLessThan(random! / 2)
  })

  it('on Hartmann 6 with 100 trials is less than half of random search', () => {
    const space = Object.fromEntries(
      Array.from({ length: 6 }, (_, j) => [`x${j}`, { type: 'float' as const, low: 0, high: 1 }]),
    )
    const [tpe, random] = (['tpe', 'random'] as const).map((m) => regrets(m, space, hartmann, -3.32237, 100))
    expect(tpe!).toBeLessThan(random! / 2)
  })

  it('on a conditional space of choices, whole numbers and logarithms is less than half of random search', () => {
    const space: SearchSpace = {
      optimizer: { type: 'choice', values: ['sgd', 'adam', 'lion'] },
      momentum: { type: 'float', low: 0, high: 1, when: { parameter: 'optimizer', in: ['sgd'] } },
      lr: { type: 'float', low: 1e-6, high: 1, log: true },
      layers: { type: 'int', low: 1, high: 12 },
    }
    const f = ({ optimizer, momentum, lr, layers }: TrialValues) =>
      (Math.log10(Number(lr)) + 3) ** 2 +
      ((Number(layers) - 7) / 3) ** 2 +
      (optimizer === 'sgd' ? (Number(momentum) - 0.9) ** 2 * 4 : 0.5)
    const [tpe, random] = (['tpe', 'random'] as const).map((m) => regrets(m, space, f, 0, 60))
    expect(tpe!).toBeLessThan(random! / 2)
  })
})
