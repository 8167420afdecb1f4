/** @file Routes of lineages: what a version was made from, and its training compute. */
import { api, CapstanError, type LineageMeter, refusedError } from '@capstan/api'
import { computeThresholds, lineageCircle, message, meterLineage } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { bind } from '../http/register.ts'
import { versions } from '../registry/store.ts'
import { ancestorsOf, lineages, nameOf } from './store.ts'

export function lineageRoutes(app: FastifyInstance, { db, change }: Context): void {
  bind(app, api.lineage.meter, ({ params }) => meterOf(db, params.id))
  bind(app, api.lineage.set, ({ params, body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { revision, ...said } = body
      const version = await versions.get(tx, params.id)
      const all = new Map((await versions.list(tx)).map((one) => [one.id, one]))
      for (const id of body.parents) await versions.get(tx, id)
      const circle = lineageCircle(version.id, body.parents, await lineages.list(tx))
      if (circle)
        throw refusedError(
          message('lineage.circle', {
            names: circle.map((id) => (all.has(id) ? nameOf(all.get(id)!) : id)).join(' → '),
          }),
        )
      const before = await lineages.find(tx, version.id)
      if (before && revision === undefined)
        throw new CapstanError('request/changed-meanwhile', { noun: 'lineage', id: version.id })
      if (before) await lineages.edit(tx, version.id, revision!, () => ({ id: version.id, ...said }))
      else await lineages.insert(tx, { id: version.id, ...said })
      await record('lineage', 'set', version.id, {
        version: nameOf(version),
        parents: body.parents.length + body.foreign.length,
      })
      return meterOf(tx, version.id)
    }),
  )
}

async function meterOf(db: Db, versionId: string): Promise<LineageMeter> {
  const version = await versions.get(db, versionId)
  const ancestors = await ancestorsOf(db, version)
  const { unknown, steps, ...meter } = meterLineage(version.id, ancestors)
  return {
    versionId,
    lineage: await lineages.find(db, versionId),
    thresholds: { ...computeThresholds },
    ...meter,
    unknown: unknown.length,
    steps: steps.map((step) => {
      const { versionId: id, basis, runId } = ancestors.find((one) => one.id === step.id)!
      return { ...step, versionId: id, basis, evidence: runId === null ? null : { noun: 'run', id: runId } }
    }),
  }
}
