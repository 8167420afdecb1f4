/** @file Changing the numbers of a proposal before it is accepted, within its kind. */
import { accepted, message, type Result, refused } from '../messages/message.ts'
import { meanRate } from '../risk/risk.ts'
import type { Change, ProposalKind } from './proposal.ts'

/** `to`: target, need, chance or events a year; `amount` in the pool's unit; `start`: period; `factor` of estimates. */
export type Edit = {
  to?: number | undefined
  amount?: number | undefined
  start?: number | undefined
  factor?: number | undefined
}

/** The numbers that a person may set in a change of each kind. */
export const editable: Record<ProposalKind, readonly (keyof Edit)[]> = {
  'change-target': ['to'],
  'move-compute': ['amount'],
  'stop-initiative': [],
  'start-initiative': ['start'],
  'change-risk': ['to'],
  'change-chance': ['to'],
  're-estimate': ['to'],
  're-base': ['factor'],
  'extend-pool': ['amount'],
  'adopt-mitigation': [],
  measure: [],
}

/** Refused when a number does not belong to the kind; whether the plan takes it is asked of `changeRefusal`. */
export const editChange = (change: Change, edit: Edit): Result<Change> => {
  const given = (Object.keys(edit) as (keyof Edit)[]).filter((key) => edit[key] !== undefined)
  const wrong = given.find((key) => !editable[change.kind].includes(key))
  if (wrong) {
    const known = editable[change.kind].join(', ')
    return refused(
      known === ''
        ? message('change.noNumbers', { field: wrong })
        : message('change.otherNumbers', { field: wrong, known }),
    )
  }
  const { to } = edit
  if (to === undefined) return accepted({ ...change, ...edit } as Change)
  if (change.kind === 'change-risk') {
    if (!(to > 0)) return refused(message('change.positive', { name: change.riskId, to }))
    const shape = 'alpha' in change.to ? change.to.alpha : meanRate(change.to)
    return accepted({ ...change, to: { alpha: shape, beta: shape / to } })
  }
  if (change.kind === 'change-chance') {
    if (!(to > 0 && to < 1)) return refused(message('change.share', { name: change.initiativeId, to }))
    const weight = change.to.alpha + change.to.beta
    return accepted({ ...change, to: { alpha: weight * to, beta: weight * (1 - to) } })
  }
  return accepted({ ...change, to } as Change)
}
