/** @file Tests of what bounds, cliques and walks promise about every plan, on random boards. */
import { describe, expect, it } from 'vitest'
import { seeded } from '../chance/random.ts'
import { anneal } from './anneal.ts'
import { type Board, makeBoard } from './board.ts'
import { type Bound, lagrangianBound, topOf } from './bound.ts'
import { conflictCliques } from './cliques.ts'
import { ejectionWalk } from './eject.ts'
import { buildModel, type Model } from './model.ts'
import type { AllocationInput } from './portfolio.ts'
import { drawScenarios } from './scenarios.ts'
import { createWalk } from './walk.ts'
import { flatWays } from './ways.ts'
import { appraiser } from './worth.ts'

const randomBoard = (seed: number): { board: Board; model: Model; bound: Bound } => {
  const random = seeded(seed)
  const whole = (low: number, high: number) => low + Math.floor(random() * (high - low + 1))
  const pools = ['gpu', 'people'].map((id) => ({
    id,
    name: id,
    kind: 'compute' as const,
    unit: 'hours',
    capacity: [whole(8, 20), whole(8, 20), whole(8, 20)],
  }))
  const given: AllocationInput = {
    pools,
    periods: 3,
    lambda: 0.3,
    seed,
    scenarios: 40,
    candidates: Array.from({ length: 9 }, (_, i) => ({
      id: `c${i}`,
      name: `C${i}`,
      value: { low: 10, mode: whole(10, 60), high: 80 },
      chance: { alpha: whole(1, 8), beta: whole(1, 8) },
      needs: Object.fromEntries(pools.map(({ id }) => [id, [whole(0, 9), whole(0, 9)]])),
      earliest: 0,
      latest: 2,
      prerequisites: i > 0 && random() < 0.3 ? [`c${whole(0, i - 1)}`] : [],
      exclusions: i > 0 && random() < 0.3 ? [`c${whole(0, i - 1)}`] : [],
    })),
  }
  const scenarios = drawScenarios(given.candidates, seed, 40)
  const board = makeBoard(given, scenarios)
  const model = buildModel(given, scenarios)
  // any multipliers bound, also ones that no solver would give
  const duals = model.programme.rows.map(() => random() * 3 - 1)
  return { board, model, bound: lagrangianBound(board, model, duals) }
}

/** Plans that a walk visits, each with what it breaks. */
const visited = ({ board, bound }: { board: Board; bound: Bound }, seed: number) => {
  const walk = createWalk(board, bound, flatWays(board), bound.values, seed)
  const plans: Int32Array[] = []
  anneal(walk, bound, 3000)
  plans.push(walk.snapshot())
  ejectionWalk(walk, 3000, () => {
    plans.push(walk.snapshot())
    return plans.length < 200
  })
  return plans
}

const isFeasible = (board: Board, plan: Int32Array): boolean => {
  const left = Float64Array.from(board.capacity)
  plan.forEach((option, i) => {
    if (option < 0) return
    const { limits, amounts } = board.options[i]![option]!
    limits.forEach((limit, q) => {
      left[limit]! -= amounts[q]!
    })
  })
  const startOf = (i: number) => board.options[i]![plan[i]!]!.start
  return (
    left.every((rest) => rest >= 0) &&
    plan.every(
      (option, i) =>
        option < 0 ||
        (board.exclusions[i]!.every((other) => plan[other]! < 0) &&
          board.prerequisites[i]!.every(
            (other) => plan[other]! >= 0 && startOf(other) + board.durations[other]! <= startOf(i),
          )),
    )
  )
}

describe('plans that walks visit', () => {
  it('hold every limit, order and exclusion, and many differ', () => {
    let different = 0
    for (let seed = 1; seed <= 30; seed++) {
      const drawn = randomBoard(seed)
      const plans = visited(drawn, seed)
      for (const plan of plans) expect(isFeasible(drawn.board, plan), `board ${seed}`).toBe(true)
      different += new Set(plans.map((plan) => plan.join())).size
    }
    expect(different).toBeGreaterThan(150)
  })

  it('are never above the bound, whatever the multipliers', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const drawn = randomBoard(seed)
      const { objective } = appraiser(drawn.board)
      const top = topOf(drawn.board, drawn.bound)
      for (const plan of visited(drawn, seed)) expect(objective(plan)).toBeLessThanOrEqual(top + 1e-9)
    }
  })

  it('hold at most one start of each clique', () => {
    let cliques = 0
    for (let seed = 1; seed <= 30; seed++) {
      const drawn = randomBoard(seed)
      const found = conflictCliques(drawn.board, drawn.model)
      cliques += found.length
      for (const plan of visited(drawn, seed)) {
        const held = drawn.model.starts.map(
          ({ candidate, start }) =>
            plan[candidate]! >= 0 && drawn.board.options[candidate]![plan[candidate]!]!.start === start,
        )
        for (const clique of found) expect(clique.filter((k) => held[k]).length).toBeLessThanOrEqual(1)
      }
    }
    expect(cliques).toBeGreaterThan(100)
  })
})
