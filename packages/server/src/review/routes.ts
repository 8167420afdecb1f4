/** @file Routes of reviews, proposals, what-ifs and the history of turns. */
import { api, type PlanWhatIf, refusedError } from '@capstan/api'
import type { Change } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { requireOpenCycle } from '../cycles/store.ts'
import { bind } from '../http/register.ts'
import { decideProposals, patchOf } from './decide.ts'
import { readHistory } from './history.ts'
import { proposeChange } from './propose.ts'
import { proposals, reviews, snapshots, viewReview, viewReviews, viewSnapshot } from './store.ts'
import { takeReview } from './take.ts'

export function reviewRoutes(app: FastifyInstance, context: Context): void {
  const { db, change } = context
  bind(app, api.review.list, async ({ query }) =>
    viewReviews(db, await reviews.newest(db, query?.limit ?? 50)),
  )
  bind(app, api.review.get, async ({ params }) => viewReview(db, await reviews.get(db, params.id)))
  bind(app, api.review.snapshots, async () => (await snapshots.newest(db, 100)).map(viewSnapshot))
  bind(app, api.review.history, () => readHistory(db))
  bind(app, api.review.create, async ({ actor }) => viewReview(db, await takeReview(context, actor)))
  bind(app, api.review.propose, ({ params, body, actor }) => proposeChange(context, actor, params.id, body))
  bind(app, api.review.decide, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const { reviewId, id } = await proposals.get(tx.db, params.id)
      const { opens, ...verdict } = body
      const decided = await decideProposals(tx, context, reviewId, [{ proposalId: id, ...verdict }], opens)
      return { proposal: decided.proposals[0]!, cycle: decided.cycle }
    }),
  )
  bind(app, api.review.decideAll, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const { cycle } = await decideProposals(tx, context, params.id, body.decisions, body.opens)
      return { cycle, review: await viewReview(tx.db, await reviews.get(tx.db, params.id)) }
    }),
  )
  bind(app, api.review.whatIf, ({ body }) => answerWhatIf(context, body))
}

type Asked = Parameters<Parameters<typeof bind<typeof api.review.whatIf>>[2]>[0]['body']

/** Read, changed and thought about on a copy: no transaction, nothing in the audit log. */
async function answerWhatIf(context: Context, body: Asked): Promise<PlanWhatIf> {
  const { db, reads, compute } = context
  const cycle = await requireOpenCycle(db)
  const asked: { change: Change; edit?: Asked['proposals'][number]['edit'] }[] = []
  for (const { id, edit } of body.proposals) {
    asked.push({ change: patchOf(await proposals.get(db, id)), edit })
  }
  const changes = [...asked, ...body.changes.map((change) => ({ change }))]
  const state = await reads.run('reviewState', { cycleId: cycle.id, at: context.now().toISOString() })
  const found = await compute.run('thinkWhatIf', { state, changes, opens: body.opens, resolve: body.resolve })
  if (!found.ok) throw refusedError(found.refusal)
  return found.value
}
