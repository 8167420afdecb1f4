/** @file Chooses and times initiatives under the pools' capacities, and explains the choice. */
import { type Message, message } from '../messages/message.ts'
import { findConflict } from './conflict.ts'
import { explainChoice, whyRejected, whyRunnerUp } from './explain.ts'
import { buildModel, type Model } from './model.ts'
import type { Allocation, AllocationInput, BindingLimit, Chosen, RunnerUp } from './portfolio.ts'
import { hasValues, type Solution, type Solver } from './programme.ts'
import { allocationRefusals } from './refusals.ts'
import { defaultScenarios, drawScenarios, type Scenarios, shortfall } from './scenarios.ts'
import { solvePlans } from './solve.ts'
import { shiftedLeft, usageTable } from './timing.ts'

/**
 * Maximises expected value less lambda times the CVaR of the shortfall over selections and start times. The relaxation
 * gives the bound and the shadow prices; an exact search, bounded by them, the plan and its runner-up (or improvement
 * and the mixed-integer solver, where there is too much to search); an elastic programme the conflict when nothing is
 * feasible. Flawed input is refused whole: status `infeasible` with the flaws as its conflict.
 */
export const allocate = async (input: AllocationInput, solver: Solver): Promise<Allocation> => {
  const flaws = [
    ...allocationRefusals(input),
    ...(input.lambda >= 0 && input.lambda <= 1 ? [] : [message('allocation.limits', {})]),
  ]
  if (flaws.length > 0) return without('infeasible', input, flaws)
  const scenarios = drawScenarios(input.candidates, input.seed, input.scenarios ?? defaultScenarios)
  const model = buildModel(input, scenarios)
  const limits = {
    relativeGap: input.relativeGap ?? 1e-6,
    seconds: input.seconds ?? 6,
    effort: input.effort ?? 1,
  }
  const impossible = input.candidates.some(
    ({ mandatory }, i) => mandatory && !model.starts.some(({ candidate }) => candidate === i),
  )
  if (impossible) return without('infeasible', input, await findConflict(input, model, solver))
  // nothing can start: the empty plan, without asking a solver about an empty programme
  if (model.starts.length === 0) return decide(input, scenarios, model, 'optimal', [], null, 0, null)
  const { status, best, runner, relaxation, top } = await solvePlans(input, scenarios, model, solver, limits)
  if (status === 'infeasible') return without('infeasible', input, await findConflict(input, model, solver))
  if (status === 'failed') return without('failed', input, [])
  const chosen = shiftedLeft(input, best)
  return decide(
    input,
    scenarios,
    model,
    status,
    chosen,
    relaxation,
    top,
    runner && shiftedLeft(input, runner),
  )
}

const indices = ({ candidates }: AllocationInput, chosen: readonly Chosen[]): number[] =>
  chosen.map(({ initiativeId }) => candidates.findIndex(({ id }) => id === initiativeId))

/** What a selection is worth; recomputed from it, so that no tolerance of the solver shows. */
const worth = (input: AllocationInput, scenarios: Scenarios, chosen: readonly Chosen[]) => {
  const selected = indices(input, chosen)
  const value = selected.reduce((sum, i) => sum + scenarios.expected[i]!, 0)
  const cvar = shortfall(scenarios, selected)
  return { expectedValue: value, cvar, objective: value - input.lambda * cvar }
}

const decide = (
  input: AllocationInput,
  scenarios: Scenarios,
  model: Model,
  status: 'optimal' | 'feasible',
  chosen: Chosen[],
  relaxation: Solution | null,
  top: number,
  runner: Chosen[] | null,
): Allocation => {
  const value = worth(input, scenarios, chosen)
  const solvedRelaxation = relaxation && hasValues(relaxation) ? relaxation : null
  const bound = Math.max(value.objective, top)
  const binding = bindingLimits(input, model, chosen, solvedRelaxation?.duals ?? [])
  const taken = new Set(chosen.map(({ initiativeId }) => initiativeId))
  return {
    status,
    chosen,
    ...value,
    bound,
    gap: bound === 0 ? 0 : (bound - value.objective) / Math.abs(bound),
    binding,
    usage: usageTable(input, chosen),
    rejected: input.candidates
      .filter(({ id }) => !taken.has(id))
      .map((candidate) => ({ initiativeId: candidate.id, reason: whyRejected(input, chosen, candidate) })),
    runnerUp: runner && compare(input, scenarios, chosen, value.objective, runner),
    explanation: explainChoice(input, chosen, value.expectedValue, binding),
  }
}

/** Limits with a price in the relaxation, or that the plan uses up; dearest first. */
const bindingLimits = (
  input: AllocationInput,
  model: Model,
  chosen: readonly Chosen[],
  duals: readonly number[],
): BindingLimit[] => {
  const prices = new Map<string, number>()
  model.meanings.forEach((meaning, r) => {
    if (meaning.kind !== 'capacity') return
    prices.set(`${input.pools[meaning.pool]!.id} ${meaning.period}`, Math.max(0, duals[r] ?? 0))
  })
  return usageTable(input, chosen)
    .map((usage) => ({ ...usage, shadowPrice: prices.get(`${usage.poolId} ${usage.period}`) ?? 0 }))
    .map((limit) => (limit.shadowPrice > 1e-9 ? limit : { ...limit, shadowPrice: 0 }))
    .filter(
      ({ shadowPrice, used, capacity }) =>
        shadowPrice > 0 || (used > 0 && used >= capacity - 1e-7 * Math.max(1, capacity)),
    )
    .sort((a, b) => b.shadowPrice * b.capacity - a.shadowPrice * a.capacity)
}

const compare = (
  input: AllocationInput,
  scenarios: Scenarios,
  chosen: readonly Chosen[],
  objective: number,
  runner: Chosen[],
): RunnerUp => {
  const other = worth(input, scenarios, runner).objective
  const difference = Math.max(0, objective - other)
  const known = difference > 1e-9 * Math.max(1, Math.abs(objective)) ? difference : 0
  return {
    chosen: runner,
    objective: other,
    difference: known,
    reason: whyRunnerUp(input, chosen, runner, known),
  }
}

const without = (
  status: 'infeasible' | 'failed',
  input: AllocationInput,
  conflict: Message[],
): Allocation => ({
  status,
  chosen: [],
  expectedValue: 0,
  cvar: 0,
  objective: 0,
  bound: 0,
  gap: 0,
  binding: [],
  usage: [],
  rejected: input.candidates.map(({ id }) => ({
    initiativeId: id,
    reason: message(status === 'infeasible' ? 'allocation.infeasible' : 'allocation.failed', {}),
  })),
  runnerUp: null,
  explanation: message(status === 'infeasible' ? 'allocation.infeasible' : 'allocation.failed', {}),
  conflict,
})
