/** @file A proposal of the review: a change, its reason, its evidence and its effect. */
import type { Evidence } from '../measures/measure.ts'
import type { Message } from '../messages/message.ts'
import type { Frequency } from '../risk/risk.ts'

export type ProposalKind =
  | 'raise-target'
  | 'move-compute'
  | 'stop-initiative'
  | 'start-initiative'
  | 'change-risk'
  | 're-estimate'
  | 'measure'

/** What the server applies when the proposal is accepted; amounts in the pool's or measure's unit. */
export type Change =
  | { kind: 'raise-target'; keyResultId: string; from: number; to: number }
  | { kind: 'move-compute'; poolId: string; fromInitiativeId: string; toInitiativeId: string; amount: number }
  | { kind: 'stop-initiative'; initiativeId: string }
  | { kind: 'start-initiative'; initiativeId: string; start: number }
  | { kind: 'change-risk'; riskId: string; from: Frequency; to: Frequency }
  | { kind: 're-estimate'; initiativeId: string; poolId: string; from: number; to: number }
  | { kind: 'measure'; keyResultId: string }

export type Proposal = {
  /** The same for the same subject, so that a repeated review does not propose it twice. */
  id: string
  kind: ProposalKind
  title: Message
  reason: Message
  evidence: Evidence[]
  effect: Message
  change: Change
}
