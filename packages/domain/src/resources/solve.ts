/** @file Finds the best plan and the runner-up: by exact search where that ends, else by improvement and the solver. */
import { type Board, type Bound, lagrangianBound, makeBoard } from './board.ts'
import { improvePlans } from './improve.ts'
import { type Model, otherThan } from './model.ts'
import type { AllocationInput, Chosen } from './portfolio.ts'
import { hasValues, relaxed, type Solution, type Solver } from './programme.ts'
import { type Plan, type Ranked, ranking } from './ranking.ts'
import type { Scenarios } from './scenarios.ts'
import { searchPlans } from './search.ts'
import { appraiser } from './worth.ts'

export type Solved = {
  status: 'optimal' | 'feasible' | 'infeasible' | 'failed'
  best: Chosen[]
  runner: Chosen[] | null
  relaxation: Solution
  /** No plan's objective is above this. */
  top: number
}

/**
 * Nodes of the search times options: a few seconds at most where it can be expected to end, and little where there
 * are so many options that it will not.
 */
const searchWork = (options: number): number => (options <= 200 ? 4e8 : 3e7)
/** Every proof rests on it, so it gets its time. */
const relaxationSeconds = 60
const quickRounds = 1500
const longRounds = 15_000
const longSeeds = [1, 2]

/**
 * The relaxation is solved first: its duals bound every branch of the search. A search that ends proves both plans;
 * one that would take too long is replaced by improvement, and by the solver where that is not near enough.
 */
export const solvePlans = async (
  input: AllocationInput,
  scenarios: Scenarios,
  model: Model,
  solver: Solver,
  limits: { relativeGap: number; seconds: number; effort: number },
): Promise<Solved> => {
  const board = makeBoard(input, scenarios)
  const relaxation = await solver({ ...relaxed(model.programme), seconds: relaxationSeconds })
  const bound = lagrangianBound(board, model, hasValues(relaxation) ? (relaxation.duals ?? []) : [])
  // one that was stopped early bounds nothing; its prices still do
  const top = relaxation.status === 'optimal' ? relaxation.objective : constantOf(bound)
  const answer = (status: Solved['status'], best: Ranked | null, second: Ranked | null): Solved => ({
    status,
    best: best ? chosenOf(board, best.plan) : [],
    runner: second && chosenOf(board, second.plan),
    relaxation,
    top,
  })
  const quick = improvePlans(board, bound, {
    known: [],
    enough: Infinity,
    rounds: Math.ceil(quickRounds * limits.effort),
    seed: input.seed,
  })
  const exact = searchPlans(board, bound, {
    nodes: Math.ceil((limits.effort * searchWork(model.starts.length)) / Math.max(1, model.starts.length)),
    known: ranked(quick),
  })
  if (exact.complete) return answer(exact.best ? 'optimal' : 'infeasible', exact.best, exact.second)

  const { kept, offer } = ranking(ranked(exact))
  const enough = top - limits.relativeGap * Math.abs(top)
  for (const seed of longSeeds) {
    const found = improvePlans(board, bound, {
      known: ranked(kept),
      enough,
      rounds: Math.ceil(longRounds * limits.effort),
      seed: input.seed + seed,
    })
    for (const plan of ranked(found)) offer(plan)
  }
  if (kept.best && kept.best.objective >= enough) return answer('optimal', kept.best, kept.second)

  const { relativeGap, seconds } = limits
  const solved = await solver({ ...model.programme, relativeGap, seconds })
  const { objective } = appraiser(board)
  const offerSolution = (solution: Solution) => {
    if (!hasValues(solution)) return
    const plan = planOf(board, model, solution.values)
    offer({ plan, objective: objective(plan) })
  }
  offerSolution(solved)
  if (!kept.best) return answer(solved.status === 'infeasible' ? 'infeasible' : 'failed', null, null)
  if (solved.status !== 'optimal') return answer('feasible', kept.best, kept.second)
  const selected = [...kept.best.plan.keys()].filter((i) => kept.best!.plan[i]! >= 0)
  offerSolution(await solver({ ...otherThan(model, selected), relativeGap, seconds }))
  return answer('optimal', kept.best, kept.second)
}

const ranked = ({ best, second }: { best: Ranked | null; second: Ranked | null }): Ranked[] =>
  [best, second].filter((plan) => plan !== null)

const constantOf = ({ constant, gains }: Bound): number =>
  gains.reduce((sum, values) => sum + values.reduce((most, value) => Math.max(most, value), 0), constant)

const chosenOf = ({ input, options }: Board, plan: Plan): Chosen[] =>
  [...plan].flatMap((option, i) =>
    option < 0 ? [] : [{ initiativeId: input.candidates[i]!.id, start: options[i]![option]!.start }],
  )

const planOf = ({ options }: Board, model: Model, values: readonly number[]): Plan => {
  const plan = new Int32Array(options.length).fill(-1)
  model.starts.forEach(({ candidate, start }, k) => {
    if (values[k]! > 0.5) plan[candidate] = options[candidate]!.findIndex((option) => option.start === start)
  })
  return plan
}
