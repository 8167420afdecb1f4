/** @file Routes of models, versions and gates. */
import { api, CapstanError, isBuiltIn } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { bind } from '../http/register.ts'
import { getRun } from '../runs/store.ts'
import { moveVersion } from './move.ts'
import { checkVersion, gates, listModels, models, versions } from './store.ts'

export function registryRoutes(app: FastifyInstance, { db, blobs, change, newId }: Context): void {
  bind(app, api.registry.models, () => listModels(db))
  bind(app, api.registry.version, ({ params }) => versions.get(db, params.id))
  bind(app, api.registry.register, ({ body, actor }) =>
    change(actor, async ({ db: tx, at, record }) => {
      const run = await getRun(tx, body.runId)
      if (!isBuiltIn(run) || run.kind !== 'train' || run.state !== 'finished' || run.model === null) {
        throw new CapstanError('request/invalid', { detail: `run ${run.number} has no finished model` })
      }
      const all = await versions.list(tx)
      const twin = all.find((v) => v.modelName === body.modelName && v.runId === run.id)
      if (twin) return twin
      const model =
        (await models.list(tx)).find(({ name }) => name === body.modelName) ??
        (await models.insert(tx, {
          id: newId('model'),
          name: body.modelName,
          description: '',
          createdAt: at,
        }))
      const version = await versions.insert(tx, {
        id: newId('version'),
        modelId: model.id,
        modelName: model.name,
        number: 1 + all.reduce((most, v) => (v.modelId === model.id ? Math.max(most, v.number) : most), 0),
        runId: run.id,
        designId: run.designId,
        evaluationId: run.evaluationId,
        initiativeId: run.initiativeId,
        blob: run.model,
        bytes: await blobs.size(run.model),
        stage: 'candidate',
        createdAt: at,
      })
      await record('version', 'registered', version.id, {
        model: model.name,
        number: version.number,
        runId: run.id,
      })
      return version
    }),
  )
  bind(app, api.registry.move, ({ params, body, actor }) =>
    change(actor, async (tx) => moveVersion(tx, await versions.get(tx.db, params.id), body.stage)),
  )
  bind(app, api.registry.gates, () => gates.list(db))
  bind(app, api.registry.createGate, ({ body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const gate = await gates.insert(tx, { id: newId('gate'), ...body })
      await record('gate', 'set', gate.id, { model: gate.modelName, rules: gate.rules.length })
      return gate
    }),
  )
  bind(app, api.registry.checkGate, async ({ params }) => checkVersion(db, await versions.get(db, params.id)))
}
