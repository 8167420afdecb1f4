/** @file Routes of experiments. */
import { api } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { Change, Context } from '../context.ts'
import { bind } from '../http/register.ts'
import { changeRunsOf } from '../runs/store.ts'
import {
  changeExperiment,
  deleteExperimentTag,
  type ExperimentRecord,
  getExperiment,
  insertExperiment,
  listExperiments,
  publicExperiment,
  setExperimentTag,
} from './store.ts'

export function experimentRoutes(app: FastifyInstance, { db, change }: Context): void {
  bind(app, api.experiments.list, async ({ query }) =>
    (await listExperiments(db))
      .filter(({ lifecycle }) => query.lifecycle === 'all' || lifecycle === query.lifecycle)
      .map(publicExperiment),
  )
  bind(app, api.experiments.get, async ({ params }) => publicExperiment(await getExperiment(db, params.id)))
  bind(app, api.experiments.create, ({ body, actor }) =>
    change(actor, async (tx) => {
      const made = await insertExperiment(tx.db, { ...body, at: Date.parse(tx.at) })
      await tx.record('experiment', 'opened', made.id, { name: made.name })
      return publicExperiment(made)
    }),
  )
  bind(app, api.experiments.change, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const { tags = {}, ...rest } = body
      const changed = await changeExperimentOf(tx, params.id, rest)
      for (const [key, value] of Object.entries(tags)) {
        if (value === null) await deleteExperimentTag(tx.db, changed.id, key)
        else await setExperimentTag(tx.db, changed.id, key, value)
      }
      return publicExperiment(await getExperiment(tx.db, params.id))
    }),
  )
}

/** Deleting an experiment deletes its runs, restoring it restores them. */
export async function changeExperimentOf(
  tx: Change,
  id: string,
  change: { name?: string | undefined; lifecycle?: 'active' | 'deleted' | undefined },
): Promise<ExperimentRecord> {
  const before = await getExperiment(tx.db, id)
  const changed = await changeExperiment(tx.db, id, {
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(change.lifecycle === undefined ? {} : { lifecycle: change.lifecycle }),
    at: Date.parse(tx.at),
  })
  if (changed.lifecycle !== before.lifecycle) {
    const deleted = changed.lifecycle === 'deleted'
    await changeRunsOf(tx.db, id, deleted ? tx.at : null)
    await tx.record('experiment', deleted ? 'deleted' : 'restored', id, { name: changed.name })
  } else if (changed.name !== before.name) {
    await tx.record('experiment', 'renamed', id, { name: changed.name, before: before.name })
  }
  return changed
}
