/** @file What a review and a what-if think about off the event loop: the state comes as the bytes that were read. */
import {
  type Change,
  type Evidence,
  editChange,
  type FullTurn,
  type OpensCycle,
  outcomesOf,
  type Snapshot as PlanState,
  proposalOf,
  type Result,
  refused,
  reviewPlan,
  trimmed,
  type WhatIf,
  whatIf,
} from '@capstan/domain'
import { allocationSolver } from '../resources/solve.ts'
import type { ReviewState } from './state.ts'

export interface ReviewWanted {
  state: Uint8Array
  before: PlanState
  since: PlanState
  /** Subjects that were decided in this cycle already. */
  decided: readonly string[]
}

export type Thought = Omit<FullTurn, 'plan' | 'resolved'> & {
  state: Omit<ReviewState, 'plan'>
  outcomes: ReturnType<typeof outcomesOf>
  milliseconds: number
}

/** The whole review but for what it writes. */
export async function thinkReview({ state, before, since, decided }: ReviewWanted): Promise<Thought> {
  const started = performance.now()
  const { plan, snapshot: after, ...rest } = parse(state)
  const {
    plan: _,
    resolved: __,
    ...turn
  } = await reviewPlan({ before, since, after, plan, decided }, await allocationSolver())
  const outcomes = outcomesOf(before, after)
  return {
    ...turn,
    outcomes,
    state: { ...rest, snapshot: trimmed(after) },
    milliseconds: performance.now() - started,
  }
}

export interface WhatIfWanted {
  state: Uint8Array
  opens: OpensCycle
  changes: readonly { change: Change; edit?: Parameters<typeof editChange>[1] | undefined }[]
  resolve: boolean
}

export async function thinkWhatIf(wanted: WhatIfWanted): Promise<Result<WhatIf>> {
  const changes: Change[] = []
  for (const { change, edit } of wanted.changes) {
    const edited = editChange(change, edit ?? {})
    if (!edited.ok) return refused(edited.refusal)
    changes.push(edited.value)
  }
  const solver = wanted.resolve ? await allocationSolver() : undefined
  return whatIf(parse(wanted.state).plan, changes, wanted.opens, solver)
}

export interface ProposalWanted {
  state: Uint8Array
  change: Change
  name: string
  note: string
  evidence: Evidence[]
  names: ReadonlyMap<string, string>
}

export async function thinkProposal(wanted: ProposalWanted): Promise<ReturnType<typeof proposalOf>> {
  const { change, name, note, evidence, names } = wanted
  const memberName = (id: string) => names.get(id) ?? id
  return proposalOf(parse(wanted.state).plan, change, { name, note, evidence, memberName })
}

const parse = (state: Uint8Array): ReviewState => JSON.parse(new TextDecoder().decode(state))
