/** @file Decides proposals: all of them in one transaction, or none, with the reason. */
import { CapstanError, type Cycle, localText, type Proposal, refusedError } from '@capstan/api'
import {
  decidePlan,
  editChange,
  inOrder,
  type Message,
  message,
  type OpensCycle,
  type Change as Patch,
  type Plan,
  rebasis,
  whatChanged,
} from '@capstan/domain'
import type { Change, Context } from '../context.ts'
import { cycles, requireOpenCycle } from '../cycles/store.ts'
import { members } from '../members/store.ts'
import { savePlan } from './save-plan.ts'
import { snapshotNow } from './snapshot.ts'
import { readPlan } from './state.ts'
import { proposals, reviews } from './store.ts'

export interface Verdict {
  proposalId: string
  decision: 'accept' | 'reject'
  note: string
  edit?: Parameters<typeof editChange>[1] | undefined
}

export interface Decided {
  proposals: Proposal[]
  cycle: Cycle
}

/**
 * @param opens left out, the next cycle is opened when something is accepted
 * @throws {CapstanError} `request/refused` when one was decided already, rests on what has changed, or cannot be made:
 * then nothing is changed at all
 */
export async function decideProposals(
  change: Change,
  context: Context,
  reviewId: string,
  verdicts: readonly Verdict[],
  opens?: OpensCycle,
): Promise<Decided> {
  const { db, at } = change
  const review = await reviews.get(db, reviewId)
  const reviewed = await cycles.get(db, review.cycleId)
  const asked = []
  for (const verdict of verdicts)
    asked.push({ verdict, proposal: await openProposal(change, reviewId, verdict) })
  const accepted = asked.filter(({ verdict }) => verdict.decision === 'accept')
  const closed = reviewed.state === 'closed'
  if (accepted.length === 0 && opens !== 'next') {
    if (asked.length === 0) throw refusedError(message('review.nothingDecided', {}))
    return { proposals: await keep(change, asked, new Map()), cycle: reviewed }
  }
  if (accepted.length === 0 && closed) {
    throw refusedError(message('review.turned', { number: reviewed.number }))
  }

  const running = closed ? await requireOpenCycle(db) : reviewed
  const before = await readPlan(db, running.id, at)
  const changed = accepted.flatMap(({ proposal }) =>
    whatChanged(proposal.basis ?? [], before, patchOf(proposal)),
  )
  if (changed.length > 0) throw staleError(changed)
  const patches = new Map<string, Patch>()
  for (const { proposal, verdict } of accepted) {
    const edited = editChange(patchOf(proposal), verdict.edit ?? {})
    if (!edited.ok) throw refusedError(edited.refusal)
    patches.set(proposal.id, edited.value)
  }
  // a review whose cycle is closed has opened the next one already
  const made = decidePlan(before, [...patches.values()], closed ? 'same' : (opens ?? 'next'))
  if (!made.ok) throw refusedError(made.refusal)
  const cycle = await savePlan(change, context, before, made.value.plan)
  const decided = await keep(change, asked, patches)
  await carryBasis(change, reviewId, before, await readPlan(db, cycle.id, at))
  // what the next cycle predicts is kept from its first moment; an allocation that is approved later replaces it
  if (cycle.id !== running.id && made.value.plan.allocation) {
    await snapshotNow(change, context, cycle.id, 'plan')
  }
  return { proposals: decided, cycle }
}

async function openProposal({ db }: Change, reviewId: string, { proposalId }: Verdict): Promise<Proposal> {
  const proposal = await proposals.get(db, proposalId)
  if (proposal.reviewId !== reviewId) {
    throw new CapstanError('request/not-found', { noun: 'proposal', id: proposalId })
  }
  if (proposal.state === 'open') return proposal
  if (proposal.state === 'superseded') throw refusedError(message('review.notOpen', {}))
  const by = proposal.decidedBy && (await members.find(db, proposal.decidedBy))
  const name = by ? by.name : (proposal.decidedBy ?? '')
  throw refusedError(message('review.decided', { name, state: proposal.state }))
}

async function keep(
  change: Change,
  asked: readonly { verdict: Verdict; proposal: Proposal }[],
  patches: ReadonlyMap<string, Patch>,
): Promise<Proposal[]> {
  const { db, at, actor, record } = change
  const decided: Proposal[] = []
  for (const { verdict, proposal } of asked) {
    const { kind, title } = proposal
    const { note } = verdict
    const patch = patches.get(proposal.id)
    const edited = patch && JSON.stringify(patch) !== JSON.stringify(patchOf(proposal))
    const kept = await proposals.change(db, proposal.id, (p) => ({
      ...p,
      ...(edited ? { change: patch, proposed: p.change } : {}),
      state: verdict.decision === 'accept' ? 'accepted' : 'rejected',
      note,
      decidedBy: actor,
      decidedAt: at,
    }))
    decided.push(kept)
    await record('proposal', kept.state, proposal.id, {
      kind,
      title,
      note,
      ...(patch ? { change: patch } : {}),
    })
  }
  // in the order in which they were made, so that the log can be played again
  for (const { id, change } of inOrder([...patches].map(([id, change]) => ({ id, change })))) {
    await record('proposal', 'applied', id, { kind: change.kind, change })
  }
  return decided
}

/** What the same review has just changed is no surprise to its other proposals. */
async function carryBasis({ db }: Change, reviewId: string, before: Plan, after: Plan): Promise<void> {
  for (const open of await proposals.list(db)) {
    if (open.reviewId !== reviewId || open.state !== 'open' || !open.basis) continue
    const basis = rebasis(open.basis, before, after, patchOf(open))
    if (JSON.stringify(basis) !== JSON.stringify(open.basis)) {
      await proposals.change(db, open.id, (p) => ({ ...p, basis }))
    }
  }
}

/** Targets were only ever raised, and their changes named so, before version 0.1. */
export const patchOf = ({ change }: Pick<Proposal, 'change'>): Patch =>
  (change as { kind: string }).kind === 'raise-target'
    ? ({ ...change, kind: 'change-target' } as Patch)
    : change

function staleError(changed: readonly Message[]): CapstanError {
  const said = changed.map(localText)
  const joined = {
    en: said.map(({ en }) => en).join(' '),
    'zh-CN': said.map((text) => text['zh-CN']).join(''),
  }
  const reason = (language: 'en' | 'zh-CN') =>
    localText(message('review.stale', { changes: joined[language] }))[language]
  return new CapstanError('request/refused', {
    refusal: 'review.stale',
    reason: { en: reason('en'), 'zh-CN': reason('zh-CN') },
  })
}
