/** @file Takes a person's own proposal into the newest review. */
import { type Proposal, refusedError } from '@capstan/api'
import { message, type Change as Patch } from '@capstan/domain'
import type { Context } from '../context.ts'
import { requireOpenCycle } from '../cycles/store.ts'
import type { Db } from '../database/records.ts'
import { members } from '../members/store.ts'
import { proposals, reviews } from './store.ts'

/** @throws {CapstanError} `request/refused` when the plan does not take the change, or a newer review was made */
export async function proposeChange(
  context: Context,
  actor: string,
  reviewId: string,
  { change, note }: { change: Patch; note: string },
): Promise<Proposal> {
  const { db, reads, compute, now, newId } = context
  await requireNewest(db, reviewId)
  const cycle = await requireOpenCycle(db)
  const state = await reads.run('reviewState', { cycleId: cycle.id, at: now().toISOString() })
  const names = new Map((await members.list(db)).map(({ id, name }) => [id, name]))
  const made = await compute.run('thinkProposal', {
    ...{ state, change, note, names, name: names.get(actor) ?? actor },
    evidence: [{ noun: 'member', id: actor, note: note === '' ? '-' : note }],
  })
  if (!made.ok) throw refusedError(made.refusal)
  const { kind, title, reason, evidence, effect, effects, basis } = made.value
  return context.change(actor, async ({ db, record }) => {
    await requireNewest(db, reviewId)
    const proposal = await proposals.insert(db, {
      ...{ id: newId('proposal'), reviewId, kind, title, reason, evidence, effect, effects, basis, change },
      ...{ state: 'open', proposedBy: actor, decidedBy: null, decidedAt: null },
    })
    await record('proposal', 'made', proposal.id, { kind, title, note, change })
    return proposal
  })
}

async function requireNewest(db: Db, reviewId: string): Promise<void> {
  const review = await reviews.get(db, reviewId)
  const [newest] = await reviews.newest(db, 1)
  if (newest?.id !== review.id) throw refusedError(message('review.typed.old', {}))
}
