/** @file What a plan promises: chances of key results and objectives, expected value, budgets and expected loss. */
import { betaMean } from '../chance/gamma.ts'
import { expectedValue } from '../resources/scenarios.ts'
import { expectedEvents, expectedLosses } from '../risk/register.ts'
import { forecastKeyResult } from '../strategy/forecast.ts'
import { objectiveChance } from '../strategy/objective.ts'
import { riskNow } from './apply.ts'
import { grantKey, type Plan, type PlannedKeyResult, total } from './plan.ts'

/**
 * Where a chance comes from. `forecast`: from the measure's own history. `model`: that history combined with the
 * beliefs in initiatives that have not begun or are stopped (below). `unknown`: nothing is measured and nothing is funded.
 */
export type ChanceBasis = 'forecast' | 'model' | 'unknown'

export type Outlook = {
  cycle: { number: number; start: string; end: string }
  objectives: { id: string; title: string; chance: number | null; bounds: [number, number] | null }[]
  keyResults: { id: string; name: string; target: number; chance: number | null; basis: ChanceBasis }[]
  initiatives: { id: string; name: string; state: string; chance: number; expectedValue: number }[]
  pools: { id: string; name: string; unit: string; capacity: number; granted: number }[]
  budgets: { initiativeId: string; poolId: string; amount: number; used: number }[]
  risks: { id: string; name: string; frequency: number; ale: number }[]
  mitigations: { id: string; name: string; riskId: string; annualCost: number; adopted: boolean }[]
  /** Of what is funded, in the workspace's currency. */
  expectedValue: number
  /** Expected loss of a year, and what the adopted mitigations cost in it. */
  ale: number
  mitigationCost: number
}

export const outlook = (plan: Plan, forecast: Forecaster = forecaster()): Outlook => {
  const keyResults = plan.keyResults.map((keyResult) => {
    const { id, name, target, objectiveId } = keyResult
    return { id, name, target, objectiveId, ...chanceOf(plan, keyResult, forecast) }
  })
  const standing = plan.risks.map((risk) => riskNow(plan, risk))
  const [events, losses] = [expectedEvents(standing), expectedLosses(standing)]
  const funded = plan.initiatives.filter(({ state }) => state === 'funded')
  return {
    cycle: { number: plan.cycle.number, start: plan.cycle.start, end: plan.cycle.end },
    objectives: plan.objectives.map(({ id, title }) => ({
      id,
      title,
      ...objectiveChance(keyResults.filter(({ objectiveId }) => objectiveId === id)),
    })),
    keyResults: keyResults.map(({ objectiveId: _, ...rest }) => rest),
    initiatives: plan.initiatives.map((initiative) => ({
      id: initiative.id,
      name: initiative.name,
      state: initiative.state,
      chance: betaMean(initiative.chance),
      expectedValue: expectedValue(initiative),
    })),
    pools: plan.pools.map(({ id, name, unit, capacity }) => ({
      id,
      name,
      unit,
      capacity: total(capacity),
      granted: total((plan.allocation?.grants ?? []).filter((g) => g.poolId === id).map((g) => g.amount)),
    })),
    budgets: (plan.allocation?.grants ?? []).map((grant) => ({
      ...grant,
      used: plan.used[grantKey(grant)] ?? 0,
    })),
    risks: standing.map(({ id, name }) => ({
      ...{ id, name },
      frequency: events.get(id)!,
      ale: losses.get(id)!,
    })),
    mitigations: plan.mitigations.map(({ id, name, riskId, annualCost, adopted }) => ({
      ...{ id, name, riskId, annualCost, adopted },
    })),
    expectedValue: total(funded.map(expectedValue)),
    ale: total([...losses.values()]),
    mitigationCost: total(plan.mitigations.filter((m) => m.adopted).map(({ annualCost }) => annualCost)),
  }
}

/** Chance of a key result from its history; `still`: as if its measure stayed where it is. */
export type Forecaster = (keyResult: PlannedKeyResult, now: string, still: boolean) => number | null

/** Forecasts are kept by what they depend on: most changes leave most key results alone. */
export const forecaster = (): Forecaster => {
  const known = new Map<string, number | null>()
  return (keyResult, now, still) => {
    const key = `${keyResult.id} ${keyResult.target} ${keyResult.due} ${still}`
    const found = known.get(key)
    if (found !== undefined) return found
    const points = still ? keyResult.points.slice(-1) : keyResult.points
    const { chance } = forecastKeyResult({ ...keyResult, points, now })
    known.set(key, chance)
    return chance
  }
}

/**
 * A history speaks for the work that has begun. Beside it, and independent of it, each funded initiative that has not
 * begun meets the key results it serves with its own chance of success (noisy-or): 1 - (1 - history) x product(1 -
 * chance). When all that has begun for a key result is stopped, its measure is taken to stay where it is.
 */
const chanceOf = (
  plan: Plan,
  keyResult: PlannedKeyResult,
  forecast: Forecaster,
): { chance: number | null; basis: ChanceBasis } => {
  const serving = plan.initiatives.filter(({ serves }) => serves?.includes(keyResult.id) ?? true)
  const begun = serving.filter(({ id }) => plan.begun.includes(id))
  const waiting = serving.filter(({ id, state }) => state === 'funded' && !plan.begun.includes(id))
  const still =
    begun.some(({ state }) => state === 'stopped') && !begun.some(({ state }) => state === 'funded')
  const measured = forecast(keyResult, plan.at, still)
  // without a history only the beliefs are left, those in what has begun included
  const beliefs = measured === null ? serving.filter(({ state }) => state === 'funded') : waiting
  const missed = beliefs.reduce((product, { chance }) => product * (1 - betaMean(chance)), 1)
  if (measured === null && beliefs.length === 0) return { chance: null, basis: 'unknown' }
  const basis = beliefs.length > 0 || still ? 'model' : 'forecast'
  return { chance: 1 - (1 - (measured ?? 0)) * missed, basis }
}
