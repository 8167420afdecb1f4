/** @file One review: what changed between two snapshots, what was learned, what to change. */
import { type Message, message } from '../messages/message.ts'
import type { Solver } from '../resources/programme.ts'
import { applyChange, changeRefusal } from './apply.ts'
import { type Basis, basisOf } from './basis.ts'
import {
  type BudgetChange,
  budgetChanges,
  type DecisionScore,
  decisionScores,
  type KeyResultChange,
  keyResultChanges,
  type RiskChange,
  riskChanges,
  runsMessage,
} from './changes.ts'
import { difference, type Effect } from './effect.ts'
import { type EstimatorBias, estimatorBias } from './estimators.ts'
import { type InitiativeBelief, updateBeliefs } from './learning.ts'
import { type Forecaster, forecaster, outlook } from './outlook.ts'
import { type Plan, turnOver } from './plan.ts'
import type { Proposal } from './proposal.ts'
import { type Resolved, type ResolveLimits, resolvePlan } from './resolve.ts'
import { rebaseProposals, resolvedProposals } from './resolved-rules.ts'
import { mitigationProposals } from './risk-rules.ts'
import { rules } from './rules.ts'
import type { Snapshot } from './snapshot.ts'

export type Turn = {
  summary: Message
  keyResults: KeyResultChange[]
  budgets: BudgetChange[]
  risks: RiskChange[]
  runs: Message[]
  decisions: DecisionScore[]
  initiatives: InitiativeBelief[]
  estimators: EstimatorBias[]
  proposals: Proposal[]
}

/**
 * Nothing is applied here: people accept, change or reject each proposal.
 * @param before the snapshot of the plan: what was predicted
 * @param since the snapshot of the last review, or the plan's: what happened before it was learned from already
 */
export const reviewTurn = (before: Snapshot, after: Snapshot, since: Snapshot = before): Turn => {
  const keyResults = keyResultChanges(before, after)
  const proposals = rules.flatMap((rule) => rule(before, after))
  return {
    summary: summaryOf(keyResults, proposals),
    keyResults,
    budgets: budgetChanges(before, after),
    risks: riskChanges(before, after),
    runs: runsMessage(after),
    decisions: decisionScores(since, after),
    initiatives: updateBeliefs(since, after),
    estimators: estimatorBias(after.estimates),
    proposals,
  }
}

const summaryOf = (keyResults: readonly KeyResultChange[], proposals: readonly unknown[]): Message =>
  message('review.summary', {
    changed: keyResults.filter(({ valueBefore, valueAfter }) => valueBefore !== valueAfter).length,
    proposals: proposals.length,
  })

export type GroundedProposal = Proposal & {
  /** The facts that must stand when it is decided. */
  basis: Basis[]
  /** Null where the change needs another one first. */
  effects: Effect | null
}

export type FullTurn = Omit<Turn, 'proposals'> & {
  proposals: GroundedProposal[]
  resolved: Resolved | null
  /** The plan with the beliefs that the turn taught. */
  plan: Plan
}

export type FullReview = {
  before: Snapshot
  since: Snapshot
  after: Snapshot
  plan: Plan
  /** Ids of proposals that were decided in this cycle: nobody is asked twice. */
  decided?: readonly string[]
  limits?: ResolveLimits
}

/** The whole review: the turn, the allocation solved anew with what it taught, and every proposal's effect. */
export const reviewPlan = async (
  { before, since, after, plan, decided = [], limits }: FullReview,
  solver: Solver,
): Promise<FullTurn> => {
  const turn = reviewTurn(before, after, since)
  const believed = withBeliefs(plan, turn.initiatives)
  const resolved = await resolvePlan(believed, solver, limits)
  const all = [
    ...turn.proposals,
    ...(resolved ? resolvedProposals(believed, resolved) : []),
    ...rebaseProposals(believed, turn.estimators),
    ...mitigationProposals(believed),
  ]
  const proposals = ground(believed, distinct(all, decided), forecaster())
  return {
    ...turn,
    summary: summaryOf(turn.keyResults, proposals),
    proposals,
    resolved,
    plan: believed,
  }
}

const withBeliefs = (plan: Plan, beliefs: readonly InitiativeBelief[]): Plan => {
  const learned = new Map(beliefs.map(({ initiativeId, after }) => [initiativeId, after]))
  return {
    ...plan,
    initiatives: plan.initiatives.map((i) => ({ ...i, chance: learned.get(i.id) ?? i.chance })),
  }
}

/** One proposal a subject; what is moved to an initiative need not start it a second time. */
const distinct = (proposals: readonly Proposal[], decided: readonly string[]): Proposal[] => {
  const seen = new Set(decided)
  const funded = new Set(
    proposals.flatMap(({ change }) => (change.kind === 'move-compute' ? change.toInitiativeId : [])),
  )
  return proposals.filter(({ id, change }) => {
    if (seen.has(id)) return false
    seen.add(id)
    return change.kind !== 'start-initiative' || !funded.has(change.initiativeId)
  })
}

/** What can be made neither now nor in the next cycle is not proposed, unless it only waits for room. */
const ground = (plan: Plan, proposals: readonly Proposal[], forecast: Forecaster): GroundedProposal[] => {
  const now = outlook(plan, forecast)
  const next = turnOver(plan)
  const nextOutlook = outlook(next, forecast)
  return proposals.flatMap((proposal): GroundedProposal[] => {
    const { change } = proposal
    const basis = basisOf(plan, change)
    if (!changeRefusal(plan, change))
      return [{ ...proposal, basis, effects: difference(now, outlook(applyChange(plan, change), forecast)) }]
    const later = changeRefusal(next, change)
    if (!later)
      return [
        {
          ...proposal,
          basis,
          effects: difference(nextOutlook, outlook(applyChange(next, change), forecast)),
        },
      ]
    return later.code === 'change.noCapacity' ? [{ ...proposal, basis, effects: null }] : []
  })
}
