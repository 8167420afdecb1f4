/** @file Reads the whole loop for the first page, in one go. */
import type { Loop, Workspace } from '@capstan/api'
import { message, objectiveChance, reviewDue } from '@capstan/domain'
import type { Context } from '../context.ts'
import { lastReview } from '../cycles/reminder.ts'
import { openCycle } from '../cycles/store.ts'
import { newestOf, recent } from '../database/audit.ts'
import type { Db } from '../database/records.ts'
import { datasetVersions } from '../datasets/store.ts'
import { designs } from '../designs/store.ts'
import { evaluations } from '../evaluations/store.ts'
import { members } from '../members/store.ts'
import { versions } from '../registry/store.ts'
import { allocations, approvedAllocation, budgetsOf, pools } from '../resources/store.ts'
import { cycleSnapshots, openProposals, reviews, viewReview, viewSnapshot } from '../review/store.ts'
import { simulations } from '../risk/store.ts'
import { viewIndicators } from '../risk/view.ts'
import { committedCompute } from '../runs/commitments.ts'
import { countRuns, listRuns, publicRun } from '../runs/store.ts'
import type { Serving } from '../serving/service.ts'
import { endpoints } from '../serving/store.ts'
import { initiativesOf, keyResultsOf, objectives } from '../strategy/store.ts'
import { approvals, tasks } from '../team/store.ts'
import { phaseStates } from './phases.ts'

const ACTIVITY = 40
const SIMULATIONS = 10

export async function readLoop({ db, now }: Context, serving: Serving, workspace: Workspace): Promise<Loop> {
  const at = now().toISOString()
  const cycle = await openCycle(db)
  const keyResults = cycle ? await keyResultsOf(db, cycle.id, at) : []
  const initiatives = cycle ? await initiativesOf(db, cycle.id) : []
  const allocation = (await approvedAllocation(db)) ?? (await allocations.newest(db, 1))[0] ?? null
  const allTasks = await tasks.list(db)
  const allApprovals = await approvals.newest(db, 50)
  const sims = await simulations.newest(db, SIMULATIONS)
  const [review] = await reviews.newest(db, 1)
  const proposals = await openProposals(db)
  const runs = await listRuns(db, { kind: 'train', limit: 50 })
  const counted = await countRuns(db)
  const run = runs.find(({ state }) => state === 'running') ?? runs[0]
  const [evaluation] = await evaluations.newest(db, 1)
  const [version] = await versions.newest(db, 1)
  const [endpoint] = await endpoints.newest(db, 1)

  const funded = new Set(initiatives.filter(({ state }) => state === 'funded').map(({ id }) => id))
  const ownTasks = allTasks.filter(
    ({ initiativeId, state }) => funded.has(initiativeId ?? '') && state !== 'dropped',
  )
  const done = ownTasks.filter(({ state }) => state === 'done').length
  const movedAt = (await newestOf(db, 'indicator.turned')) ?? ''
  const due = cycle && reviewDue({ end: cycle.end, reviewedAt: await lastReview(db, cycle.id) }, at)
  return {
    workspace,
    cycle,
    reviewDue: due
      ? {
          end: cycle.end,
          message: message('review.due', {
            number: cycle.number,
            end: new Date(cycle.end).toLocaleDateString('sv', { timeZone: workspace.timeZone }),
          }),
        }
      : null,
    phases: phaseStates({
      keyResults: keyResults.length,
      initiatives: initiatives.length,
      allocated: allocation?.state === 'approved' && allocation.cycleId === cycle?.id,
      tasks: { open: ownTasks.length - done, done },
      openApprovals: allApprovals.filter(({ state }) => state === 'open').length,
      riskSimulated: sims[0]?.cycleId === cycle?.id && (sims[0]?.at ?? '') >= movedAt,
      reviewed: review?.cycleId === cycle?.id && review !== undefined,
      openProposals: proposals.length,
      reviewDue: Boolean(due),
    }),
    chance: {
      now: chanceOf(objectiveChance(keyResults.map(({ forecast }) => forecast)), at),
      before: await chanceBefore(db, cycle?.id),
    },
    objectives: (await objectives.list(db)).filter(({ cycleId }) => cycleId === cycle?.id),
    keyResults,
    initiatives,
    pools: await pools.list(db),
    allocation,
    budgets: await budgetsOf(db, await committedCompute(db)),
    members: await members.list(db),
    tasks: {
      all: allTasks.filter(({ state }) => state !== 'dropped').length,
      done: allTasks.filter(({ state }) => state === 'done').length,
    },
    approvals: allApprovals,
    indicators: await viewIndicators(db, at),
    // the curves without mitigation are on the page of risks
    simulations: sims.map(({ inherent: _, ...shown }) => shown),
    review: review ? await viewReview(db, review) : null,
    openProposals: proposals,
    lifeCycle: {
      datasets: await datasetVersions.count(db),
      designs: await designs.count(db),
      runs: counted.all,
      liveRuns: counted.live,
      evaluations: await evaluations.count(db),
      versions: await versions.count(db),
      endpoints: await endpoints.count(db),
    },
    run: run ? publicRun(run) : null,
    evaluation: evaluation ?? null,
    version: version ?? null,
    endpoint: endpoint ? serving.view(endpoint) : null,
    activity: await recent(db, ACTIVITY),
  }
}

type Chance = Loop['chance']['now']

function chanceOf({ chance, bounds }: ReturnType<typeof objectiveChance>, at: string): Chance {
  return chance === null || bounds === null ? null : { chance, interval: bounds, at }
}

/** What the newest snapshot but today's said: the plan's own chance, before the evidence. */
async function chanceBefore(db: Db, cycleId: string | undefined): Promise<Chance> {
  const { plan } = await cycleSnapshots(db, cycleId)
  if (!plan) return null
  const { objectiveChance: seen, at } = viewSnapshot(plan)
  return seen && { ...seen, at }
}
