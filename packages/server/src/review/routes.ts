/** @file Routes of reviews and proposals. */
import { api, CapstanError } from '@capstan/api'
import { reviewTurn } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Change, Context } from '../context.ts'
import { cycles, requireOpenCycle } from '../cycles/store.ts'
import { bind } from '../http/register.ts'
import { initiatives } from '../strategy/store.ts'
import { decisions } from '../team/store.ts'
import { applyChange } from './apply.ts'
import { nextCycle } from './next-cycle.ts'
import { snapshotNow } from './snapshot.ts'
import {
  openProposals,
  proposals,
  type ReviewRecord,
  reviews,
  snapshots,
  viewReview,
  viewSnapshot,
} from './store.ts'

export function reviewRoutes(app: FastifyInstance, context: Context): void {
  const { db, change } = context
  bind(app, api.review.list, async () =>
    Promise.all((await reviews.newest(db, 50)).map((r) => viewReview(db, r))),
  )
  bind(app, api.review.snapshots, async () => (await snapshots.newest(db, 100)).map(viewSnapshot))
  bind(app, api.review.create, ({ actor }) =>
    change(actor, async (tx) => viewReview(tx.db, await takeReview(tx, context))),
  )
  bind(app, api.review.decide, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const proposal = await proposals.get(tx.db, params.id)
      if (proposal.state !== 'open') {
        throw new CapstanError('request/exists', { noun: 'decision on proposal', id: proposal.id })
      }
      const accepted = body.decision === 'accept'
      const decided = await proposals.change(tx.db, proposal.id, (p) => ({
        ...p,
        state: accepted ? 'accepted' : 'rejected',
        decidedBy: actor,
        decidedAt: tx.at,
      }))
      const { kind } = proposal
      await tx.record('proposal', decided.state, proposal.id, {
        kind,
        title: proposal.title,
        note: body.note,
      })
      const review = await reviews.get(tx.db, proposal.reviewId)
      const reviewed = await cycles.get(tx.db, review.cycleId)
      if (!accepted) return { proposal: decided, cycle: reviewed }
      const cycle =
        reviewed.state === 'closed' ? await requireOpenCycle(tx.db) : await nextCycle(tx, context, reviewed)
      await applyChange(tx, context, cycle.id, proposal)
      return { proposal: decided, cycle }
    }),
  )
}

async function takeReview(tx: Change, context: Context): Promise<ReviewRecord> {
  const cycle = await requireOpenCycle(tx.db)
  const before = (await snapshots.newest(tx.db)).find((s) => s.cycleId === cycle.id && s.reason === 'plan')
  if (!before) {
    throw new CapstanError('request/invalid', {
      detail: `cycle ${cycle.number} has no approved allocation to review`,
    })
  }
  const after = await snapshotNow(tx, context, cycle.id, 'review')
  const turn = reviewTurn(before, after)
  const id = context.newId('review')

  for (const { initiativeId, after: chance } of turn.initiatives) {
    await initiatives.change(tx.db, initiativeId, (i) => ({ ...i, chance }))
  }
  // the snapshot after the review holds what the review has learned
  const learned = new Map(turn.initiatives.map((belief) => [belief.initiativeId, belief.after]))
  await snapshots.change(tx.db, after.id, (taken) => ({
    ...taken,
    initiatives: taken.initiatives.map((i) => ({ ...i, chance: learned.get(i.id) ?? i.chance })),
  }))
  for (const { decisionId, rule, score } of turn.decisions) {
    const outcome = after.decisions.find((d) => d.id === decisionId)?.outcome ?? null
    const met =
      outcome?.kind === 'happened' ? { met: outcome.happened } : outcome ? { value: outcome.value } : {}
    await decisions.change(tx.db, decisionId, (d) => ({
      ...d,
      outcome: { ...met, at: tx.at },
      score: { rule, value: score },
    }))
  }
  for (const open of await openProposals(tx.db)) {
    await proposals.change(tx.db, open.id, (p) => ({ ...p, state: 'superseded' }))
  }
  for (const { kind, title, reason, evidence, effect, change } of turn.proposals) {
    await proposals.insert(tx.db, {
      ...{ id: context.newId('proposal'), reviewId: id, kind, title, reason, evidence, effect },
      change: { ...change },
      state: 'open',
      decidedBy: null,
      decidedAt: null,
    })
  }
  const titles = new Map(after.decisions.map((d) => [d.id, d.title]))
  const review = await reviews.insert(tx.db, {
    id,
    cycleId: cycle.id,
    at: tx.at,
    beforeId: before.id,
    afterId: after.id,
    changes: [
      turn.summary,
      ...[turn.keyResults, turn.budgets, turn.risks, turn.initiatives, turn.estimators].flatMap((part) =>
        part.map(({ message }) => message),
      ),
    ],
    scores: turn.decisions.map(({ decisionId, rule, score }) => ({
      decisionId,
      title: titles.get(decisionId) ?? '',
      rule,
      value: score,
    })),
  })
  await cycles.change(tx.db, cycle.id, (c) => ({ ...c, state: 'review' }))
  await tx.record('review', 'taken', id, { proposals: turn.proposals.length, summary: turn.summary })
  return review
}
