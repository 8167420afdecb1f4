/** @file A proposal of the review: a change, its reason, its evidence and its effect. */
import type { Beta } from '../chance/gamma.ts'
import type { Evidence } from '../measures/measure.ts'
import type { Message } from '../messages/message.ts'
import type { Frequency } from '../risk/risk.ts'

/** What the server applies when the proposal is accepted; amounts in the pool's or measure's unit. */
export type Change =
  | { kind: 'change-target'; keyResultId: string; from?: number | undefined; to: number }
  | { kind: 'move-compute'; poolId: string; fromInitiativeId: string; toInitiativeId: string; amount: number }
  | { kind: 'stop-initiative'; initiativeId: string }
  | { kind: 'start-initiative'; initiativeId: string; start: number }
  | { kind: 'change-risk'; riskId: string; from?: Frequency | undefined; to: Frequency }
  | { kind: 'change-chance'; initiativeId: string; from?: Beta | undefined; to: Beta }
  | { kind: 're-estimate'; initiativeId: string; poolId: string; from?: number | undefined; to: number }
  /** Multiplies every open estimate of one person: effort in days, cost as needs of compute. */
  | { kind: 're-base'; memberId: string; subject: 'effort' | 'cost'; factor: number }
  /** Adds to the capacity of each period. */
  | { kind: 'extend-pool'; poolId: string; amount: number }
  | { kind: 'adopt-mitigation'; mitigationId: string }
  | { kind: 'measure'; keyResultId: string }

export type ProposalKind = Change['kind']

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
