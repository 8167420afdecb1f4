/** @file Routes of risks, indicators and simulations. */
import { api, CapstanError, type Cycle, refusedError } from '@capstan/api'
import { riskRefusal, unitRefusal } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { requireOpenCycle } from '../cycles/store.ts'
import type { Db } from '../database/records.ts'
import { bind } from '../http/register.ts'
import { openMeasure } from '../measures/define.ts'
import { listMeasures, viewMeasure } from '../measures/store.ts'
import { requireMember } from '../members/store.ts'
import { snapshotNow } from '../review/snapshot.ts'
import { currentRisk } from './simulate.ts'
import { indicators, risks, simulations } from './store.ts'
import { updateIndicator } from './watch.ts'

export function riskRoutes(app: FastifyInstance, context: Context): void {
  const { db, change, newId } = context
  bind(app, api.risk.list, () => risks.list(db))
  bind(app, api.risk.create, ({ body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      await requireMember(tx, body.ownerId)
      const risk = { id: newId('risk'), ...body, frequencyFactor: 1 }
      const refusal = riskRefusal(currentRisk(risk))
      if (refusal) throw refusedError(refusal)
      await risks.insert(tx, risk)
      await record('risk', 'registered', risk.id, { name: risk.name })
      return risk
    }),
  )
  bind(app, api.risk.indicators, () => indicators.list(db))
  bind(app, api.risk.createIndicator, ({ body, actor }) =>
    change(actor, async (tx) => {
      const risk = await risks.get(tx.db, body.riskId)
      const { unit, ...limits } = body
      const measure = await openMeasure(tx.db, body.measureId)
      const mismatch = unitRefusal(measure.name, measure.unit, unit)
      if (mismatch) throw refusedError(mismatch)
      const better = measure.direction === 'up' ? body.amber >= body.red : body.amber <= body.red
      if (!better) {
        throw new CapstanError('request/invalid', { detail: 'body.amber: must be reached before red' })
      }
      const indicator = await indicators.insert(tx.db, {
        id: newId('indicator'),
        ...limits,
        state: 'unknown',
        value: null,
      })
      await tx.record('indicator', 'set', indicator.id, { risk: risk.name, measure: measure.name })
      const { latest } = await viewMeasure(tx.db, measure, tx.at)
      if (latest) await updateIndicator(tx, indicator, measure, latest.value)
      return indicators.get(tx.db, indicator.id)
    }),
  )
  bind(app, api.risk.simulations, () => simulations.newest(db, 50))
  bind(app, api.risk.simulate, async ({ body, actor }) => {
    const cycle = await requireOpenCycle(db)
    const register = await risks.list(db)
    const { profile, milliseconds } = await context.compute.run('simulateRisks', { risks: register, ...body })
    return change(actor, async (tx) => {
      const simulation = await simulations.insert(tx.db, {
        id: newId('simulation'),
        cycleId: cycle.id,
        at: tx.at,
        ...profile,
        seed: body.seed,
        simulatedInMs: milliseconds,
      })
      await tx.record('risk', 'simulated', simulation.id, { ale: profile.ale, var95: profile.var95 })
      // a risk assessed before the first evidence is part of the plan
      if (await planIsFresh(tx.db, cycle)) await snapshotNow(tx, context, cycle.id, 'plan')
      return simulation
    })
  })
}

/** The cycle has an approved allocation, and nothing has been measured since it began. */
async function planIsFresh(db: Db, cycle: Cycle): Promise<boolean> {
  if (cycle.state !== 'running') return false
  const all = await listMeasures(db, cycle.start)
  return all.every(({ latest }) => latest === null || latest.at < cycle.start)
}
