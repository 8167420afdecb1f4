/** @file Takes a snapshot of the whole plan: what is believed and known now. */
import type { Initiative, KeyResultView, Snapshot } from '@capstan/api'
import { annualLossExpectancy, type Snapshot as PlanState, pertMean } from '@capstan/domain'
import type { Change, Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { measures, pointsOf } from '../measures/store.ts'
import { members } from '../members/store.ts'
import { approvedAllocation, budgetsOf, listLedger, pools } from '../resources/store.ts'
import { currentRisk } from '../risk/simulate.ts'
import { indicators, risks, simulations } from '../risk/store.ts'
import { committedCompute } from '../runs/commitments.ts'
import { initiativesOf, keyResultsOf } from '../strategy/store.ts'
import { decisions, tasks } from '../team/store.ts'
import { meanOf, type SnapshotRecord, snapshots } from './store.ts'

export async function snapshotNow(
  change: Change,
  { newId }: Context,
  cycleId: string,
  reason: Snapshot['reason'],
): Promise<SnapshotRecord> {
  const { db, at } = change
  const [simulation] = await simulations.newest(db, 1)
  const budgets = await budgetsOf(db, await committedCompute(db))
  const record: SnapshotRecord = {
    ...(await planState(db, cycleId, at)),
    id: newId('snapshot'),
    reason,
    simulationId: simulation?.id ?? null,
    titles: Object.fromEntries((await keyResultsOf(db, cycleId, at)).map(({ id, title }) => [id, title])),
    costs: Object.fromEntries(budgets.map((b) => [`${b.initiativeId} ${b.poolId}`, b.cost])),
  }
  await snapshots.insert(db, record)
  await change.record('snapshot', 'taken', record.id, { reason })
  return record
}

/** The plan of a cycle as the domain reads it. */
export async function planState(db: Db, cycleId: string, at: string): Promise<PlanState> {
  const views = await keyResultsOf(db, cycleId, at)
  const initiatives = await initiativesOf(db, cycleId)
  const budgets = await budgetStates(db)
  // what has used nothing yet has earned nothing yet
  const worked = budgets.filter(({ spent }) => spent > 0).map(({ initiativeId }) => initiativeId)
  const [simulation] = await simulations.newest(db, 1)
  const allocation = await approvedAllocation(db)
  return {
    at,
    cycleId,
    keyResults: await Promise.all(views.map((view) => keyResultState(db, view, [...new Set(worked)]))),
    initiatives: initiatives.map(initiativeState),
    budgets,
    risks: await riskStates(db),
    lossProfile: simulation ? { ale: simulation.ale, var95: simulation.var95, es95: simulation.es95 } : null,
    decisions: await decisionStates(db, cycleId, views),
    estimates: await estimates(db, initiatives),
    allocation: allocation && {
      id: allocation.id,
      chosen: allocation.result.chosen,
      runnerUp: allocation.result.runnerUp?.chosen ?? null,
    },
  }
}

async function keyResultState(
  db: Db,
  view: KeyResultView,
  initiativeIds: string[],
): Promise<PlanState['keyResults'][number]> {
  const { id, target, due, measure, forecast } = view
  const points = await pointsOf(db, measure.id)
  const { unit, direction, scale } = measure
  const baseline = view.baseline ?? points[0]?.value ?? target
  return {
    // sentences speak of the measure; a title such as "at least 97 %" would say the target twice
    ...{ id, name: measure.name, unit, direction, scale, baseline, target, due, points, initiativeIds },
    forecast: forecast as PlanState['keyResults'][number]['forecast'],
  }
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

async function budgetStates(db: Db): Promise<PlanState['budgets']> {
  const byId = new Map((await pools.list(db)).map((pool) => [pool.id, pool]))
  const all = await tasks.list(db)
  const ledger = await listLedger(db, undefined, 1000)
  return (await budgetsOf(db, await committedCompute(db))).map((budget) => {
    const entry = ledger.find((e) => e.initiativeId === budget.initiativeId && e.poolId === budget.poolId)
    const own = all.filter(
      ({ initiativeId, state }) => initiativeId === budget.initiativeId && state !== 'dropped',
    )
    const finished = own.filter(({ state }) => state === 'done').length
    const pool = byId.get(budget.poolId)
    return {
      initiativeId: budget.initiativeId,
      poolId: budget.poolId,
      poolName: pool?.name ?? budget.poolId,
      kind: pool?.kind ?? 'cash',
      unit: budget.unit,
      budget: budget.amount,
      spent: budget.used,
      committed: budget.committed,
      done: own.length === 0 ? 0 : finished / own.length,
      evidence: entry ? [{ noun: 'ledger' as const, id: entry.id }] : [],
    }
  })
}

async function riskStates(db: Db): Promise<PlanState['risks']> {
  const watching = await indicators.list(db)
  return Promise.all(
    (await risks.list(db)).map(async (risk) => {
      const own = watching.find(({ riskId }) => riskId === risk.id)
      const measure = own && (await measures.get(db, own.measureId))
      const [last] = own ? (await pointsOf(db, own.measureId)).slice(-1) : []
      return {
        id: risk.id,
        name: risk.name,
        frequency: risk.frequency,
        ale: annualLossExpectancy(currentRisk(risk)),
        indicator: own
          ? {
              measureName: measure?.name ?? '',
              ...(measure ? { unit: measure.unit, scale: measure.scale } : {}),
              value: own.value,
              state: own.state,
              evidence: last ? [last.evidence] : [],
            }
          : null,
      }
    }),
  )
}

/** A decision's outcome is known as soon as its key result is measured. */
async function decisionStates(
  db: Db,
  cycleId: string,
  views: KeyResultView[],
): Promise<PlanState['decisions']> {
  return (await decisions.list(db)).flatMap((decision) => {
    const { expectation } = decision
    if (decision.cycleId !== cycleId || expectation?.chance === undefined) return []
    const met = views.find(({ id }) => id === expectation.keyResultId)?.met ?? null
    return {
      id: decision.id,
      title: decision.title,
      forecast: { kind: 'chance', chance: expectation.chance },
      outcome: met === null ? null : { kind: 'happened', happened: met },
    }
  })
}

/** What initiatives whose tasks are all done were expected to need of the machine, and what they needed. */
async function estimates(db: Db, initiatives: readonly Initiative[]): Promise<PlanState['estimates']> {
  const people = new Map((await members.list(db)).map(({ id, name }) => [id, name]))
  return (await budgetStates(db)).flatMap(({ initiativeId, kind, budget, spent, done }) => {
    const estimatorId = initiatives.find(({ id }) => id === initiativeId)?.estimatorId ?? null
    if (estimatorId === null || kind !== 'compute' || done < 1 || spent === 0) return []
    const memberName = people.get(estimatorId) ?? estimatorId
    return { memberId: estimatorId, memberName, subject: 'cost', predicted: budget, actual: spent }
  })
}
