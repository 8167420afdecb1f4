/** @file Finds the best plan and the runner-up: by exact search where that ends, else by improvement and the solver. */
import { type Board, makeBoard } from './board.ts'
import { type Bound, boundOf, lagrangianBound, topOf } from './bound.ts'
import { conflictCliques } from './cliques.ts'
import { improvePlans } from './improve.ts'
import { type Model, otherThan } from './model.ts'
import type { AllocationInput, Chosen } from './portfolio.ts'
import { type Column, hasValues, type Row, relaxed, type Solution, type Solver } from './programme.ts'
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

/** Nodes of the search times options: a few seconds where it can be expected to end, and little elsewhere. */
const searchWork = (options: number): number => (options <= fewOptions ? 1.2e9 : 1e7)
/** With more options, the search does not end, and the solver's plans are worse than what walks find before. */
const fewOptions = 400
/** Every proof rests on it, so it gets its time. */
const relaxationSeconds = 60
/** Walks before the search, and when it did not end; moves per option. */
const quickWalks = { starts: 4, moves: 150 }
const longWalks = { starts: 3, moves: 5000 }

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
  const duals = hasValues(relaxation) ? (relaxation.duals ?? []) : []
  const bound = await sharpened(board, model, lagrangianBound(board, model, duals), solver)
  // a relaxation that was stopped early bounds nothing; its prices still do
  const top = Math.min(relaxation.status === 'optimal' ? relaxation.objective : Infinity, topOf(board, bound))
  const answer = (status: Solved['status'], best: Ranked | null, second: Ranked | null): Solved => ({
    status,
    best: best ? chosenOf(board, best.plan) : [],
    runner: second && chosenOf(board, second.plan),
    relaxation,
    top,
  })
  const walks = ({ starts, moves }: typeof longWalks) => ({
    starts,
    moves: moves * limits.effort,
    seed: input.seed,
  })
  const quick = improvePlans(board, bound, { ...walks(quickWalks), known: [], enough: Infinity })
  const exact = searchPlans(board, bound, {
    nodes: Math.ceil((limits.effort * searchWork(model.starts.length)) / Math.max(1, model.starts.length)),
    known: ranked(quick),
  })
  if (exact.complete) return answer(exact.best ? 'optimal' : 'infeasible', exact.best, exact.second)

  const { kept, offer } = ranking(ranked(exact))
  const enough = top - limits.relativeGap * Math.abs(top)
  const long = improvePlans(board, bound, { ...walks(longWalks), known: ranked(kept), enough })
  for (const plan of ranked(long)) offer(plan)
  if (kept.best && kept.best.objective >= enough) return answer('optimal', kept.best, kept.second)
  if (kept.best && model.starts.length > fewOptions) return answer('feasible', kept.best, kept.second)

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

/** The bound of a relaxation that sees which starts exclude each other, if it is lower. */
const sharpened = async (board: Board, model: Model, bound: Bound, solver: Solver): Promise<Bound> => {
  const cliques = conflictCliques(board, model)
  if (cliques.length === 0) return bound
  const kept = [...model.meanings.keys()].filter((r) => model.meanings[r]!.kind !== 'scenario')
  const rows = [
    ...kept.map((r) => model.programme.rows[r]!),
    ...cliques.map(
      (columns, k): Row => ({
        name: `clique ${k}`,
        upper: 1,
        coefficients: columns.map((column) => [column, 1]),
      }),
    ),
  ]
  // the values are above the objective already, so no scenario is needed
  const columns = model.starts.map(
    ({ candidate }, k): Column => ({
      name: model.programme.columns[k]!.name,
      upper: 1,
      objective: bound.values[candidate]!,
    }),
  )
  const solution = await solver({ columns, rows, seconds: relaxationSeconds })
  if (!hasValues(solution) || !solution.duals) return bound
  const meanings = [
    ...kept.map((r) => model.meanings[r]!),
    ...cliques.map(() => ({ kind: 'clique' as const })),
  ]
  const sharp = boundOf(board, model, bound.values, { rows, meanings, duals: solution.duals })
  return topOf(board, sharp) < topOf(board, bound) ? sharp : bound
}

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
