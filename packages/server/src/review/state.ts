/** @file Reads the whole plan and what is known of it, in as many queries for a thousand records as for ten. */
import type { Cycle, Decision, Initiative, KeyResultView, Task } from '@capstan/api'
import {
  type EstimateSnapshot,
  type Plan,
  type Snapshot as PlanState,
  pertMean,
  type RunsSnapshot,
} from '@capstan/domain'
import { cycles } from '../cycles/store.ts'
import type { Db } from '../database/records.ts'
import { measures, pointsOf } from '../measures/store.ts'
import { members } from '../members/store.ts'
import { capacitiesOf } from '../resources/capacity.ts'
import { approvedAllocation, budgetsOf, newestEntries } from '../resources/store.ts'
import { simulations } from '../risk/store.ts'
import { committedCompute } from '../runs/commitments.ts'
import { endedRuns } from '../runs/store.ts'
import { initiativesOf, keyResults, keyResultsOf, objectives } from '../strategy/store.ts'
import { decisions, tasks } from '../team/store.ts'
import { plannedRisks, riskStates } from './risk-state.ts'
import { meanOf } from './store.ts'

export interface ReviewState {
  snapshot: PlanState
  plan: Plan
  /** Titles of the key results, and costs by `initiative pool`, beside what the mathematics needs. */
  titles: Record<string, string>
  costs: Record<string, number>
  simulationId: string | null
}

export interface StateWanted {
  cycleId: string
  at: string
}

/** @param known what the caller will not look at may be left out: histories and runs are most of the work */
export async function readState(
  db: Db,
  { cycleId, at }: StateWanted,
  known: { runs?: boolean } = {},
): Promise<ReviewState> {
  const cycle = await cycles.get(db, cycleId)
  const facts = await factsOf(db, cycle, at)
  const { budgets, own, allocation } = facts
  const views = await keyResultsOf(db, cycle.id, at)
  const [simulation] = await simulations.newest(db, 1)
  const histories = await historiesOf(db, views, at)
  const plan: Plan = {
    ...(await planOf(db, facts, [])),
    keyResults: views.map((view) => {
      const { id, objectiveId, target, due, measure } = view
      const { name, unit, direction, scale } = measure
      const points = histories.get(measure.id) ?? []
      const baseline = view.baseline ?? points[0]?.value ?? target
      return { ...{ id, objectiveId, name, unit, direction, scale, baseline, target, due, points } }
    }),
  }
  const state = budgetStates(facts)
  // what has used nothing yet has earned nothing yet
  const worked = [...new Set(state.filter(({ spent }) => spent > 0).map(({ initiativeId }) => initiativeId))]
  const snapshot: PlanState = {
    at,
    cycleId,
    keyResults: plan.keyResults.map(({ objectiveId: _, ...keyResult }, i) => ({
      // sentences speak of the measure; a title such as "at least 97 %" would say the target twice
      ...keyResult,
      initiativeIds: worked,
      forecast: views[i]!.forecast as PlanState['keyResults'][number]['forecast'],
    })),
    initiatives: own.map(initiativeState),
    budgets: state,
    risks: await riskStates(db, at),
    lossProfile: simulation ? { ale: simulation.ale, var95: simulation.var95, es95: simulation.es95 } : null,
    decisions: await decisionStates(db, cycle, views, at),
    estimates: await estimates(db, facts, state),
    ...(known.runs === false ? {} : { runs: await runStates(db, cycle) }),
    allocation: allocation && {
      id: allocation.id,
      chosen: allocation.result.chosen,
      runnerUp: allocation.result.runnerUp?.chosen ?? null,
    },
  }
  return {
    snapshot,
    plan,
    titles: Object.fromEntries(views.map(({ id, title }) => [id, title])),
    costs: Object.fromEntries(budgets.map((b) => [`${b.initiativeId} ${b.poolId}`, b.cost])),
    simulationId: simulation?.id ?? null,
  }
}

/** The plan without the histories of its measures: all that a change needs. */
export async function readPlan(db: Db, cycleId: string, at: string): Promise<Plan> {
  const facts = await factsOf(db, await cycles.get(db, cycleId), at)
  const inCycle = new Set(facts.goals.map(({ id }) => id))
  const known = new Map((await measures.list(db)).map((measure) => [measure.id, measure]))
  const own = (await keyResults.list(db)).filter(({ objectiveId }) => inCycle.has(objectiveId))
  return planOf(
    db,
    facts,
    own.flatMap(({ id, objectiveId, target, due, baseline, measureId }) => {
      const measure = known.get(measureId)
      if (!measure) return []
      const { name, unit, direction, scale } = measure
      return [
        {
          ...{ id, objectiveId, name, unit, direction, scale, target, due },
          ...{ baseline: baseline ?? target, points: [] },
        },
      ]
    }),
  )
}

type Facts = Awaited<ReturnType<typeof factsOf>>

async function factsOf(db: Db, cycle: Cycle, at: string) {
  return {
    at,
    cycle,
    goals: (await objectives.list(db)).filter(({ cycleId }) => cycleId === cycle.id),
    ...(await initiativesAround(db, cycle)),
    ...(await capacitiesOf(db, at, cycle)),
    allocation: await approvedAllocation(db),
    budgets: await budgetsOf(db, await committedCompute(db)),
    allTasks: await tasks.list(db),
    newest: await newestEntries(db),
  }
}

/** Of the cycle; what ended in the one before, whose resources may still be handed on; and what was done earlier. */
async function initiativesAround(db: Db, cycle: Cycle) {
  const previous = (await cycles.list(db)).find(({ number }) => number === cycle.number - 1)
  const all = await initiativesOf(db)
  const past = all.filter(({ cycleId, state }) => cycleId !== cycle.id && state === 'done')
  return {
    own: all.filter(({ cycleId }) => cycleId === cycle.id),
    ended: past.filter(({ cycleId }) => cycleId === previous?.id),
    doneBefore: past.filter(({ cycleId }) => cycleId !== previous?.id).map(({ id }) => id),
  }
}

async function planOf(db: Db, facts: Facts, keyResults: Plan['keyResults']): Promise<Plan> {
  const { at, cycle, goals, own, ended, doneBefore, pools, joint, allocation, budgets, allTasks } = facts
  return {
    at,
    cycle: { id: cycle.id, number: cycle.number, start: cycle.start, end: cycle.end },
    turned: false,
    objectives: goals.map(({ id, title }) => ({ id, title })),
    keyResults,
    doneBefore,
    begun: begunIn(facts),
    initiatives: [...own, ...ended].map((initiative) => {
      const { id, name, state, chance, value, needs, earliest, latest } = initiative
      const { prerequisites, exclusions, estimatorId, serves } = initiative
      return {
        ...{ id, name, state, chance, value, needs, earliest, latest },
        ...{ prerequisites, exclusions, estimatorId, serves },
      }
    }),
    pools: pools.map(({ id, name, kind, unit, capacity, rate, skill }) => ({
      ...{ id, name, kind, unit, capacity, rate },
      skilled: Boolean(skill),
    })),
    joint,
    allocation: allocation && {
      id: allocation.id,
      lambda: allocation.lambda,
      seed: allocation.seed,
      chosen: allocation.result.chosen,
      grants: allocation.grants.map(({ initiativeId, poolId, amount }) => ({ initiativeId, poolId, amount })),
    },
    used: Object.fromEntries(budgets.map((b) => [`${b.initiativeId} ${b.poolId}`, b.used])),
    tasks: allTasks.map(({ id, initiativeId, assigneeId, state, estimateDays }) => ({
      ...{ id, initiativeId, assigneeId, state, estimateDays },
    })),
    ...(await plannedRisks(db)),
    toMeasure: [],
    toHire: [],
  }
}

/** One query a history, and only one for key results that share a measure. */
async function historiesOf(db: Db, views: readonly KeyResultView[], at: string) {
  const ids = [...new Set(views.map(({ measure }) => measure.id))]
  return new Map(await Promise.all(ids.map(async (id) => [id, await pointsOf(db, id, {}, at)] as const)))
}

function initiativeState({ id, name, state, chance, value }: Initiative): PlanState['initiatives'][number] {
  const expectedValue = meanOf(chance) * pertMean({ min: value.low, mode: value.mode, max: value.high })
  const known = {
    candidate: 'candidate',
    declined: 'candidate',
    funded: 'chosen',
    done: 'done',
    stopped: 'stopped',
  } as const
  return { id, name, state: known[state], chance, expectedValue }
}

function begunIn({ allTasks, newest }: Facts): string[] {
  const used = [...newest.keys()].map((key) => key.split(' ')[0]!)
  const worked = allTasks.flatMap(({ initiativeId, state }) =>
    initiativeId !== null && state !== 'todo' && state !== 'dropped' ? [initiativeId] : [],
  )
  return [...new Set([...used, ...worked])]
}

function budgetStates({ budgets, pools, allTasks, newest }: Facts): PlanState['budgets'] {
  const byId = new Map(pools.map((pool) => [pool.id, pool]))
  const progress = doneShares(allTasks)
  return budgets.map((budget) => {
    const { initiativeId, poolId, unit, amount, used, committed } = budget
    const entry = newest.get(`${initiativeId} ${poolId}`)
    const pool = byId.get(poolId)
    return {
      ...{ initiativeId, poolId, unit, budget: amount, spent: used, committed },
      poolName: pool?.name ?? poolId,
      kind: pool?.kind ?? 'cash',
      done: progress.get(initiativeId) ?? 0,
      rate: pool?.rate ?? 0,
      evidence: entry ? [{ noun: 'ledger' as const, id: entry }] : [],
    }
  })
}

function doneShares(all: readonly Task[]): Map<string, number> {
  const counts = new Map<string, { all: number; done: number }>()
  for (const { initiativeId, state } of all) {
    if (initiativeId === null || state === 'dropped') continue
    const count = counts.get(initiativeId) ?? { all: 0, done: 0 }
    count.all++
    if (state === 'done') count.done++
    counts.set(initiativeId, count)
  }
  return new Map([...counts].map(([id, { all, done }]) => [id, done / all]))
}

/** Those of the cycle, and earlier ones whose outcome has become known since. */
async function decisionStates(
  db: Db,
  cycle: Cycle,
  views: readonly KeyResultView[],
  at: string,
): Promise<PlanState['decisions']> {
  const ends = new Map((await cycles.list(db)).map(({ id, end }) => [id, end]))
  return (await decisions.list(db)).flatMap((decision): PlanState['decisions'] => {
    const own = decision.cycleId === cycle.id
    if (!own && decision.outcome !== null) return []
    const state = decisionState(decision, views, own ? null : (ends.get(decision.cycleId) ?? null), at)
    return state && (own || state.outcome !== null) ? [state] : []
  })
}

/**
 * A decision's outcome is what somebody recorded, or whether its key result is met: at any time when it is, and when
 * it is not, once its time is up.
 * @param until the end of the cycle that it was made in, where that is over: its key result may have gone on
 */
function decisionState(
  { expectation, outcome, id, title }: Decision,
  views: readonly KeyResultView[],
  until: string | null,
  at: string,
): PlanState['decisions'][number] | null {
  if (expectation === null) return null
  const { chance, low, high } = expectation
  if (chance !== undefined) {
    const view = views.find((one) => one.id === expectation.keyResultId)
    const over = view !== undefined && (until ?? view.due) <= at
    const found = view?.met === true ? true : view?.met === false && over ? false : null
    const happened = outcome?.met ?? found
    return {
      ...{ id, title, forecast: { kind: 'chance', chance } },
      outcome: happened === null ? null : { kind: 'happened', happened },
    }
  }
  if (low === undefined || high === undefined) return null
  const value = outcome?.value
  return {
    ...{ id, title, forecast: { kind: 'interval', p10: low, p50: (low + high) / 2, p90: high } },
    outcome: value === undefined ? null : { kind: 'value', value },
  }
}

/** Finished estimates: days of tasks done in this cycle, and compute of initiatives whose tasks are all done. */
async function estimates(
  db: Db,
  { cycle, own, allTasks }: Facts,
  budgets: PlanState['budgets'],
): Promise<EstimateSnapshot[]> {
  const people = new Map((await members.list(db)).map(({ id, name }) => [id, name]))
  const estimators = new Map(own.map(({ id, estimatorId }) => [id, estimatorId]))
  const effort = allTasks.flatMap((task): EstimateSnapshot[] => {
    const { assigneeId, estimateDays, actualDays, doneAt, state } = task
    const inCycle = state === 'done' && doneAt !== null && doneAt >= cycle.start
    if (!inCycle || assigneeId === null || !actualDays || estimateDays <= 0) return []
    const memberName = people.get(assigneeId) ?? assigneeId
    return [
      {
        memberId: assigneeId,
        memberName,
        subject: 'effort',
        predicted: estimateDays,
        actual: actualDays,
      },
    ]
  })
  const cost = budgets.flatMap(({ initiativeId, kind, budget, spent, done }): EstimateSnapshot[] => {
    const estimatorId = estimators.get(initiativeId) ?? null
    if (estimatorId === null || kind !== 'compute' || done < 1 || spent === 0) return []
    const memberName = people.get(estimatorId) ?? estimatorId
    return [{ memberId: estimatorId, memberName, subject: 'cost', predicted: budget, actual: spent }]
  })
  return [...effort, ...cost]
}

async function runStates(db: Db, { start }: Cycle): Promise<RunsSnapshot> {
  const facts: RunsSnapshot = {
    ...{ ended: 0, finished: 0, failed: 0, seconds: 0, cost: 0 },
    ...{ estimated: 0, predictedSeconds: 0, actualSeconds: 0 },
  }
  for (const { state, cost, estimatedSeconds } of await endedRuns(db, start)) {
    facts.ended++
    facts.seconds += cost.wallSeconds
    facts.cost += cost.amount
    if (state === 'failed' || state === 'lost') facts.failed++
    if (state !== 'finished') continue
    facts.finished++
    if (estimatedSeconds === null || !(cost.wallSeconds > 0)) continue
    facts.estimated++
    facts.predictedSeconds += estimatedSeconds
    facts.actualSeconds += cost.wallSeconds
  }
  return facts
}
