/** @file The stages of a model version, and which moves are allowed. */
import { type Message, message } from '../messages/message.ts'
import type { ApprovalOutcome } from '../team/approvals.ts'
import type { GateResult } from './gate.ts'

export type Stage = 'candidate' | 'staging' | 'production' | 'archived'

export const stageMoves = {
  candidate: ['staging', 'archived'],
  staging: ['production', 'candidate', 'archived'],
  production: ['staging', 'archived'],
  archived: ['candidate'],
} as const satisfies Record<Stage, readonly Stage[]>

export type VersionForMove = {
  stage: Stage
  gate: GateResult | null
  approval: ApprovalOutcome | null
}

/**
 * Why a version may not move to a stage; null when it may. Production needs a passed gate and an approved
 * release; `null` for either means it was never asked for, which is not the same as passed.
 */
export const stageRefusal = (version: VersionForMove, to: Stage): Message | null => {
  if (!(stageMoves[version.stage] as readonly Stage[]).includes(to))
    return message('registry.move', { from: version.stage, to })
  if (to !== 'production') return null
  if (version.gate === null) return message('registry.gate.unchecked', {})
  if (!version.gate.passed)
    return message('registry.gate.notMet', {
      measures: version.gate.rules
        .filter((rule) => rule.outcome !== 'pass')
        .map((rule) => rule.measureKey)
        .join(', '),
    })
  if (version.approval !== 'approved') return message('registry.notApproved', {})
  return null
}
