/** @file One review: what changed between two snapshots, what was learned, what to change. */
import { type Message, message } from '../messages/message.ts'
import {
  type BudgetChange,
  budgetChanges,
  type DecisionScore,
  decisionScores,
  type KeyResultChange,
  keyResultChanges,
  type RiskChange,
  riskChanges,
} from './changes.ts'
import { type EstimatorBias, estimatorBias, type InitiativeBelief, updateBeliefs } from './learning.ts'
import type { Proposal } from './proposal.ts'
import { rules } from './rules.ts'
import type { Snapshot } from './snapshot.ts'

export type Turn = {
  summary: Message
  keyResults: KeyResultChange[]
  budgets: BudgetChange[]
  risks: RiskChange[]
  decisions: DecisionScore[]
  initiatives: InitiativeBelief[]
  estimators: EstimatorBias[]
  proposals: Proposal[]
}

/** Nothing is applied here: people accept or reject each proposal. */
export const reviewTurn = (before: Snapshot, after: Snapshot): Turn => {
  const keyResults = keyResultChanges(before, after)
  const proposals = rules.flatMap((rule) => rule(before, after))
  return {
    summary: message('review.summary', {
      changed: keyResults.filter(({ valueBefore, valueAfter }) => valueBefore !== valueAfter).length,
      proposals: proposals.length,
    }),
    keyResults,
    budgets: budgetChanges(before, after),
    risks: riskChanges(before, after),
    decisions: decisionScores(before, after),
    initiatives: updateBeliefs(before, after),
    estimators: estimatorBias(after.estimates),
    proposals,
  }
}
