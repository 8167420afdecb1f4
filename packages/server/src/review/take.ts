/** @file Takes a review: read beside the event loop, thought about beside it, saved in one transaction. */
import { CapstanError, type Cycle, refusedError } from '@capstan/api'
import { message } from '@capstan/domain'
import type { Change, Context } from '../context.ts'
import { cycles, requireOpenCycle } from '../cycles/store.ts'
import { initiatives } from '../strategy/store.ts'
import { decisions } from '../team/store.ts'
import { keepSnapshot } from './snapshot.ts'
import {
  cycleSnapshots,
  openProposals,
  proposals,
  type ReviewRecord,
  reviews,
  type SnapshotRecord,
  snapshots,
} from './store.ts'
import type { Thought } from './thinking.ts'

/** How often a review is thought anew because the plan changed while it was thought about. */
const tries = 3

export async function takeReview(context: Context, actor: string): Promise<ReviewRecord> {
  for (let left = tries; ; left--) {
    const { db } = context
    const cycle = await requireOpenCycle(db)
    const { plan: before, newest: since } = await cycleSnapshots(db, cycle.id)
    if (!before || !since) {
      throw refusedError(message('review.noPlan', { number: cycle.number }))
    }
    const state = await context.reads.run('reviewState', {
      cycleId: cycle.id,
      at: context.now().toISOString(),
    })
    const decided = await decidedSubjects(context, cycle)
    const thought = await context.compute.run('thinkReview', { state, before, since, decided })
    try {
      return await context.change(actor, (tx) => saveReview(tx, context, { cycle, before, since, thought }))
    } catch (error) {
      const meanwhile = error instanceof CapstanError && error.code === 'request/changed-meanwhile'
      if (!meanwhile || left <= 1) throw error
    }
  }
}

/** Nobody is asked twice in a cycle about the same thing. */
async function decidedSubjects({ db }: Context, cycle: Cycle): Promise<string[]> {
  const inCycle = new Set(
    (await reviews.newest(db)).filter(({ cycleId }) => cycleId === cycle.id).map(({ id }) => id),
  )
  return (await proposals.list(db)).flatMap(({ reviewId, state, subject }) =>
    inCycle.has(reviewId) && (state === 'accepted' || state === 'rejected') && subject ? [subject] : [],
  )
}

interface Taken {
  cycle: Cycle
  before: SnapshotRecord
  since: SnapshotRecord
  thought: Thought
}

/** @throws {CapstanError} `request/changed-meanwhile` when it was thought about a plan that is no more */
async function saveReview(
  tx: Change,
  context: Context,
  { cycle, before, since, thought }: Taken,
): Promise<ReviewRecord> {
  const { db } = tx
  const now = await requireOpenCycle(db)
  const [newest] = await snapshots.newest(db, 1)
  if (now.id !== cycle.id || newest?.id !== since.id) {
    throw new CapstanError('request/changed-meanwhile', { noun: 'cycle', id: cycle.id })
  }
  const learned = new Map(thought.initiatives.map((belief) => [belief.initiativeId, belief]))
  for (const { initiativeId, before: believed, after: chance } of learned.values()) {
    await initiatives.change(db, initiativeId, (i) => {
      if (i.chance.alpha !== believed.alpha || i.chance.beta !== believed.beta) {
        throw new CapstanError('request/changed-meanwhile', { noun: 'initiative', id: initiativeId })
      }
      return { ...i, chance }
    })
    await tx.record('initiative', 'learned', initiativeId, { from: believed, to: chance })
  }
  // the snapshot after the review holds what the review has learned
  const { snapshot } = thought.state
  const after = await keepSnapshot(
    tx,
    context,
    {
      ...thought.state,
      snapshot: {
        ...snapshot,
        initiatives: snapshot.initiatives.map((i) => ({
          ...i,
          chance: learned.get(i.id)?.after ?? i.chance,
        })),
      },
    },
    'review',
  )
  await saveScores(tx, thought)
  for (const open of await openProposals(db)) {
    await proposals.change(db, open.id, (p) => ({ ...p, state: 'superseded' }))
  }
  const id = context.newId('review')
  await saveProposals(tx, context, id, thought)
  const titles = new Map(snapshot.decisions.map((d) => [d.id, d.title]))
  const { keyResults, budgets, risks, runs, initiatives: beliefs, estimators } = thought
  const review = await reviews.insert(db, {
    ...{ id, cycleId: cycle.id, at: tx.at, beforeId: before.id, afterId: after.id },
    changes: [
      thought.summary,
      ...[keyResults, budgets, risks].flatMap((part) => part.map(({ message }) => message)),
      ...runs,
      ...[beliefs, estimators].flatMap((part) => part.map(({ message }) => message)),
    ],
    outcomes: thought.outcomes,
    estimators: estimators.map(({ message: _, ...bias }) => bias),
    scores: thought.decisions.map(({ decisionId, rule, score }) => ({
      ...{ decisionId, rule, value: score },
      title: titles.get(decisionId) ?? '',
    })),
    thoughtMs: thought.milliseconds,
  })
  await cycles.change(db, cycle.id, (c) => ({ ...c, state: 'review' }))
  await tx.record('review', 'taken', id, { proposals: thought.proposals.length, summary: thought.summary })
  return review
}

/** A score that somebody has set already stands. */
async function saveScores({ db, at }: Change, { decisions: scores, state }: Thought): Promise<void> {
  const outcomes = new Map(state.snapshot.decisions.map(({ id, outcome }) => [id, outcome]))
  for (const { decisionId, rule, score } of scores) {
    const outcome = outcomes.get(decisionId) ?? null
    const met =
      outcome?.kind === 'happened' ? { met: outcome.happened } : outcome ? { value: outcome.value } : {}
    await decisions.change(db, decisionId, (d) => ({
      ...d,
      outcome: d.outcome ?? { ...met, at },
      score: d.score ?? { rule, value: score },
    }))
  }
}

async function saveProposals(
  { db }: Change,
  { newId }: Context,
  reviewId: string,
  { proposals: made }: Thought,
): Promise<void> {
  for (const { id: subject, kind, title, reason, evidence, effect, effects, basis, change } of made) {
    await proposals.insert(db, {
      ...{ id: newId('proposal'), reviewId, subject, kind, title, reason, evidence },
      ...{ effect, effects, basis, change: change as never },
      ...{ state: 'open', decidedBy: null, decidedAt: null },
    })
  }
}
