/** @file Routes of simulations, mitigations and the appetite. */
import { api, CapstanError, type Cycle, refusedError } from '@capstan/api'
import { appetiteRefusal, eventsRefusal, message, mitigationRefusal } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { requireOpenCycle } from '../cycles/store.ts'
import type { Db } from '../database/records.ts'
import { bind } from '../http/register.ts'
import { listMeasures } from '../measures/store.ts'
import { requireMember } from '../members/store.ts'
import { snapshotNow } from '../review/snapshot.ts'
import { appetiteLimits, viewAppetite } from './appetite.ts'
import { fingerprintOf, readRegister } from './register.ts'
import { APPETITE, appetites, mitigations, risks, simulations } from './store.ts'
import { viewMitigation, viewMitigations } from './view.ts'

export function riskDecisionRoutes(app: FastifyInstance, context: Context): void {
  simulationRoutes(app, context)
  mitigationRoutes(app, context)
  appetiteRoutes(app, context)
}

function simulationRoutes(app: FastifyInstance, context: Context): void {
  const { db, change, newId, now } = context
  const simulated = simulator(context)
  bind(app, api.risk.simulations, () => simulations.newest(db, 50))
  bind(app, api.risk.simulate, async ({ body, actor }) => {
    const cycle = await requireOpenCycle(db)
    const { profile, milliseconds, fingerprint } = await simulated(now().toISOString(), body)
    return change(actor, async (tx) => {
      const simulation = await simulations.insert(tx.db, {
        ...{ id: newId('simulation'), cycleId: cycle.id, at: tx.at },
        ...profile,
        ...{ seed: body.seed, fingerprint, simulatedInMs: milliseconds },
      })
      await tx.record('risk', 'simulated', simulation.id, { ale: profile.ale, var95: profile.var95 })
      // a risk assessed before the first evidence is part of the plan
      if (await planIsFresh(tx.db, cycle)) await snapshotNow(tx, context, cycle.id, 'plan')
      return simulation
    })
  })
}

/** Who asks for what is being simulated already waits for that, instead of for a second one behind it. */
function simulator({ db, compute }: Context) {
  type Simulated = Awaited<ReturnType<typeof compute.run<'simulateRisks'>>> & { fingerprint: string }
  const running = new Map<string, Promise<Simulated>>()
  return async (at: string, { years, seed }: { years: number; seed: number }): Promise<Simulated> => {
    const limits = await appetiteLimits(db)
    const register = await readRegister(db, at)
    const { risks: now, adopted, causes } = register
    const refusal = eventsRefusal(now, years)
    if (refusal) throw refusedError(refusal)
    const fingerprint = fingerprintOf(register, limits)
    const key = `${fingerprint} ${years} ${seed}`
    const known = running.get(key)
    if (known) return known
    const made = compute
      .run('simulateRisks', { risks: now, mitigations: adopted, causes, years, seed, limits })
      .then((found) => ({ ...found, fingerprint }))
      .finally(() => running.delete(key))
    running.set(key, made)
    return made
  }
}

/** The cycle has an approved allocation, and nothing has been measured since it began. */
async function planIsFresh(db: Db, cycle: Cycle): Promise<boolean> {
  if (cycle.state !== 'running') return false
  const all = await listMeasures(db, cycle.start)
  return all.every(({ latest }) => latest === null || latest.at < cycle.start)
}

function mitigationRoutes(app: FastifyInstance, { db, change, newId, now }: Context): void {
  bind(app, api.risk.mitigations, async ({ query }) =>
    (await viewMitigations(db, now().toISOString())).filter(
      ({ riskId }) => (query.riskId ?? riskId) === riskId,
    ),
  )
  bind(app, api.risk.createMitigation, ({ body, actor }) =>
    change(actor, async (tx) => {
      const risk = await risks.get(tx.db, body.riskId)
      if (risk.archived) throw refusedError(message('risk.archived', { name: risk.name }))
      const refusal = mitigationRefusal(body)
      if (refusal) throw refusedError(refusal)
      await requireMember(tx.db, body.ownerId)
      const saved = await mitigations.insert(tx.db, {
        ...{ id: newId('mitigation'), ...body, archived: false },
        adoptedAt: body.adopted ? tx.at : null,
      })
      const { name, annualCost } = saved
      const verb = saved.adopted ? 'adopted' : 'proposed'
      await tx.record('mitigation', verb, saved.id, { name, risk: risk.name, annualCost })
      return viewMitigation(tx.db, saved.id, tx.at)
    }),
  )
  bind(app, api.risk.editMitigation, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const { revision, ...wanted } = body
      const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))
      const before = await mitigations.get(tx.db, params.id)
      const edited = await mitigations.edit(tx.db, params.id, revision, (one) => {
        const after = { ...one, ...given }
        const adoptedAt = !after.adopted ? null : one.adopted ? one.adoptedAt : tx.at
        return { ...after, adoptedAt }
      })
      const refusal = mitigationRefusal(edited)
      if (refusal) throw refusedError(refusal)
      await requireMember(tx.db, edited.ownerId)
      const risk = (await risks.get(tx.db, edited.riskId)).name
      const verb =
        edited.archived !== before.archived
          ? edited.archived
            ? 'archived'
            : 'restored'
          : edited.adopted !== before.adopted
            ? edited.adopted
              ? 'adopted'
              : 'abandoned'
            : 'edited'
      await tx.record('mitigation', verb, edited.id, { name: edited.name, risk, changed: Object.keys(given) })
      return viewMitigation(tx.db, edited.id, tx.at)
    }),
  )
}

function appetiteRoutes(app: FastifyInstance, { db, change, now }: Context): void {
  bind(app, api.risk.appetite, () => viewAppetite(db, now().toISOString()))
  bind(app, api.risk.setAppetite, ({ body, actor }) =>
    change(actor, async (tx) => {
      const { revision, ...given } = body
      const refusal = appetiteRefusal(body.points)
      if (refusal) throw refusedError(refusal)
      const record = { id: APPETITE, ...given, setAt: tx.at, setBy: actor }
      const known = await appetites.find(tx.db, APPETITE)
      if (!known) await appetites.insert(tx.db, record)
      else if (revision === undefined)
        throw new CapstanError('request/exists', { noun: 'risk appetite', id: APPETITE })
      else await appetites.edit(tx.db, APPETITE, revision, () => record)
      await tx.record('risk-appetite', 'set', APPETITE, { points: body.points, gates: body.gatesReleases })
      return (await viewAppetite(tx.db, tx.at))!
    }),
  )
}
