/** @file Routes of compute plans: scaling laws of the runs, trainings on devices. */
import { api, refusedError, type ScalingPlan, searchError } from '@capstan/api'
import { knownDevices, parseExpression, planCompute, type TrainingSize } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { designs } from '../designs/store.ts'
import { bind } from '../http/register.ts'
import { searchRuns } from '../search/store.ts'
import { trackedRuns } from '../tracking/view.ts'

/** More would fit no better, and take long. */
const mostRuns = 5000
const backwardCost = 3

export function planRoutes(app: FastifyInstance, { db, compute }: Context): void {
  bind(app, api.plans.scaling, async ({ body }) => {
    const where = parseExpression(body.filter)
    if (!where.ok) throw searchError(where.refusal)
    const { runs } = await searchRuns(db, { where: where.value, orderBy: [], limit: mostRuns })
    const finished = runs.filter(({ state }) => state === 'finished')
    const read = (await trackedRuns(db, finished)).map(({ id, params, metrics }) => ({
      id,
      parameters: Number(params[body.parameters] ?? Number.NaN),
      tokens: Number(params[body.tokens] ?? Number.NaN),
      loss: Number(metrics[body.loss]?.value ?? Number.NaN),
    }))
    const usable = read.filter((run) =>
      [run.parameters, run.tokens, run.loss].every((value) => value > 0 && Number.isFinite(value)),
    )
    const { seed, budgets } = body
    const found = await compute.run('planScaling', { runs: usable, budgets, seed })
    if (!found.ok) throw refusedError(found.refusal)
    const plan: ScalingPlan = {
      ...found.value,
      runs: usable.map(({ id }) => id),
      skipped: read.length - usable.length,
    }
    return plan
  })

  bind(app, api.plans.compute, async ({ body }) => {
    const { training, devices, utilisation, sharding, profiles } = body
    const size: TrainingSize =
      training.kind === 'tokens'
        ? training
        : await sizeOf(training.designId, training.samples, training.batch)
    const plan = planCompute(size, profiles ?? knownDevices, { devices, utilisation, sharding })
    return { parameters: size.parameters, ...plan }
  })

  async function sizeOf(designId: string, samples: number, batch: number): Promise<TrainingSize> {
    const { summary } = await designs.get(db, designId)
    return {
      parameters: summary.parameters,
      flop: backwardCost * summary.flops * samples,
      bytesPerParameter: summary.parameters > 0 ? summary.optimiserBytes / summary.parameters : 0,
      activationBytes: summary.activationBytes * batch,
    }
  }
}
