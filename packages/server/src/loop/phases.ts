/** @file Which phase of the cycle is done, which is on, which is next: derived from facts, never stored. */
import type { Loop, PhaseName, PhaseState } from '@capstan/api'

export interface PhaseFacts {
  keyResults: number
  initiatives: number
  /** The approved allocation was made in this cycle. */
  allocated: boolean
  /** Tasks of funded initiatives. */
  tasks: { open: number; done: number }
  openApprovals: number
  /** There is a simulation of this cycle, newer than the last move of an indicator. */
  riskSimulated: boolean
  reviewed: boolean
  openProposals: number
  /** The cycle's time is up, and no review was taken since. */
  reviewDue: boolean
}

const order: readonly PhaseName[] = ['strategy', 'resources', 'team', 'risk', 'review']

const complete: Record<PhaseName, (facts: PhaseFacts) => boolean> = {
  strategy: ({ keyResults, initiatives }) => keyResults > 0 && initiatives > 0,
  resources: ({ allocated }) => allocated,
  team: ({ tasks, openApprovals }) => tasks.done > 0 && tasks.open === 0 && openApprovals === 0,
  risk: ({ riskSimulated }) => riskSimulated,
  review: ({ reviewed, openProposals, reviewDue }) => reviewed && openProposals === 0 && !reviewDue,
}

/**
 * The first phase that is not complete is on; those after it are next, even where their facts stand already. Once the
 * cycle's time is up it is the review's turn, whatever was left undone.
 */
export function phaseStates(facts: PhaseFacts): Loop['phases'] {
  const current = facts.reviewDue
    ? order.indexOf('review')
    : order.findIndex((phase) => !complete[phase](facts))
  const at = current === -1 ? order.length : current
  const stateOf = (i: number): PhaseState => (i < at ? 'done' : i === at ? 'now' : 'next')
  return Object.fromEntries(order.map((phase, i) => [phase, stateOf(i)])) as Loop['phases']
}
