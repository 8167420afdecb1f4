/** @file One review: what changed between two snapshots, what was learned, what to change. */
import type { Beta } from '../chance/gamma.ts'
import type { Message } from '../messages/message.ts'
import { message } from '../messages/message.ts'
import type { Proposal } from './proposal.ts'
import type { Snapshot } from './snapshot.ts'

export type KeyResultChange = {
  keyResultId: string
  valueBefore: number | null
  valueAfter: number | null
  chanceBefore: number | null
  chanceAfter: number | null
  message: Message
}

export type BudgetChange = {
  initiativeId: string
  poolId: string
  spentBefore: number
  spentAfter: number
  atCompletion: number | null
  message: Message
}

export type RiskChange = { riskId: string; aleBefore: number | null; aleAfter: number; message: Message }

export type DecisionScore = {
  decisionId: string
  /** Both are losses: 0 is perfect. CRPS is in the unit of the value. */
  rule: 'brier' | 'crps'
  score: number
  message: Message
}

export type InitiativeBelief = { initiativeId: string; before: Beta; after: Beta; message: Message }

export type EstimatorBias = {
  memberId: string
  subject: 'effort' | 'cost'
  /** Actual over predicted, shrunk towards 1. */
  factor: number
  count: number
  message: Message
}

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

export const reviewTurn = (_before: Snapshot, _after: Snapshot): Turn => ({
  summary: message('review.summary', { changed: 0, proposals: 0 }),
  keyResults: [],
  budgets: [],
  risks: [],
  decisions: [],
  initiatives: [],
  estimators: [],
  proposals: [],
})
