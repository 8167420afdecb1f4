/** @file Routes of indicators and incidents: what watches a risk, and what came. */
import { api, type Incident, type Indicator, refusedError } from '@capstan/api'
import { indicatorFactors, indicatorRefusal, message, unitRefusal } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Change, Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { bind } from '../http/register.ts'
import { openMeasure } from '../measures/define.ts'
import { viewMeasure } from '../measures/store.ts'
import { versions } from '../registry/store.ts'
import { findRun } from '../runs/store.ts'
import { endpoints } from '../serving/store.ts'
import { initiatives } from '../strategy/store.ts'
import { incidents, indicators, risks } from './store.ts'
import { viewIndicator, viewIndicators } from './view.ts'
import { followIndicators, updateIndicator } from './watch.ts'

export function riskWatchRoutes(app: FastifyInstance, context: Context): void {
  indicatorRoutes(app, context)
  incidentRoutes(app, context)
}

function indicatorRoutes(app: FastifyInstance, { db, change, newId, now }: Context): void {
  bind(app, api.risk.indicators, () => viewIndicators(db, now().toISOString()))
  bind(app, api.risk.createIndicator, ({ body, actor }) =>
    change(actor, async (tx) => {
      const risk = await requireActive(tx.db, body.riskId)
      const { unit, factors = indicatorFactors, ...limits } = body
      const measure = await openMeasure(tx.db, body.measureId)
      if ((await indicators.list(tx.db)).some((i) => i.riskId === risk.id && i.measureId === measure.id))
        throw refusedError(message('indicator.twice', { risk: risk.name, measure: measure.name }))
      const refusal =
        unitRefusal(measure.name, measure.unit, unit) ??
        indicatorRefusal(measure.name, { ...limits, direction: measure.direction }, factors)
      if (refusal) throw refusedError(refusal)
      const indicator = await indicators.insert(tx.db, {
        ...{ id: newId('indicator'), ...limits, factors, said: 'unknown', value: null },
      })
      await tx.record('indicator', 'set', indicator.id, { risk: risk.name, measure: measure.name })
      await lookNow(tx, indicator.id)
      return viewIndicator(tx.db, indicator.id, tx.at)
    }),
  )
  bind(app, api.risk.editIndicator, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const { revision, unit, ...wanted } = body
      const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))
      const edited = await indicators.edit(tx.db, params.id, revision, (one) => ({ ...one, ...given }))
      const [measure, risk] = [
        await openMeasure(tx.db, edited.measureId),
        await risks.get(tx.db, edited.riskId),
      ]
      const refusal =
        unitRefusal(measure.name, measure.unit, unit) ??
        indicatorRefusal(measure.name, { ...edited, direction: measure.direction }, edited.factors)
      if (refusal) throw refusedError(refusal)
      await tx.record('indicator', 'edited', edited.id, {
        ...{ risk: risk.name, measure: measure.name, changed: Object.keys(given) },
      })
      await lookNow(tx, edited.id)
      return viewIndicator(tx.db, edited.id, tx.at)
    }),
  )
  bind(app, api.risk.removeIndicator, ({ params, actor }) =>
    change(actor, async (tx) => {
      const { id, riskId, measureId } = await indicators.get(tx.db, params.id)
      await indicators.remove(tx.db, id)
      const { risk, frequencyFactor } = await followIndicators(tx, riskId)
      await tx.record('indicator', 'removed', id, { risk, measureId, frequencyFactor })
      return { id }
    }),
  )
}

/** With the limits that it has now, and without what it was before: new limits know no hysteresis. */
async function lookNow(tx: Change, id: Indicator['id']): Promise<void> {
  const indicator = await indicators.get(tx.db, id)
  const measure = await openMeasure(tx.db, indicator.measureId)
  const { latest } = await viewMeasure(tx.db, measure, tx.at)
  await updateIndicator(tx, indicator, measure, latest?.value ?? null)
  await followIndicators(tx, indicator.riskId)
}

async function requireActive(db: Db, id: string) {
  const risk = await risks.get(db, id)
  if (risk.archived) throw refusedError(message('risk.archived', { name: risk.name }))
  return risk
}

function incidentRoutes(app: FastifyInstance, { db, change, newId }: Context): void {
  bind(app, api.risk.incidents, async ({ query }) =>
    (await incidents.list(db))
      .filter(({ riskId, state }) => (query.riskId ?? riskId) === riskId && (query.state ?? state) === state)
      .sort((a, b) => Date.parse(b.at) - Date.parse(a.at)),
  )
  bind(app, api.risk.openIncident, ({ body, actor }) =>
    change(actor, async (tx) => {
      const { at = tx.at, ...given } = body
      const incident = {
        ...{ id: newId('incident'), ...given, at, reportedBy: actor, recordedAt: tx.at },
        state: body.resolvedAt === null ? ('open' as const) : ('resolved' as const),
      }
      await requireSense(tx, incident)
      const saved = await incidents.insert(tx.db, incident)
      await tx.record('incident', 'opened', saved.id, await told(tx.db, saved))
      return saved
    }),
  )
  bind(app, api.risk.editIncident, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const { revision, ...wanted } = body
      const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))
      const before = await incidents.get(tx.db, params.id)
      const edited = await incidents.edit(tx.db, params.id, revision, (incident) => {
        const after = { ...incident, ...given }
        if (wanted.resolvedAt !== undefined) return after
        const resolvedAt = after.state !== 'resolved' ? null : (incident.resolvedAt ?? tx.at)
        return { ...after, resolvedAt }
      })
      await requireSense(tx, edited)
      const verb = edited.state === before.state ? 'edited' : verbs[edited.state]
      await tx.record('incident', verb, edited.id, await told(tx.db, edited))
      return edited
    }),
  )
}

const verbs = { open: 'reopened', resolved: 'resolved', dismissed: 'dismissed' } as const

type Kept = Omit<Incident, 'revision'>

async function told(db: Db, { title, riskId, severity, loss }: Kept): Promise<Record<string, unknown>> {
  const risk = riskId === null ? null : ((await risks.find(db, riskId))?.name ?? riskId)
  return { title, risk, severity, ...(loss === null ? {} : { loss }) }
}

/** @throws {CapstanError} `request/refused`, `request/not-found`; nothing is kept then */
async function requireSense({ db, at: now }: Change, incident: Kept): Promise<void> {
  const { at, resolvedAt, riskId, initiativeId, links, state } = incident
  if (Date.parse(at) > Date.parse(now)) throw refusedError(message('incident.future', { at }))
  if (state === 'open' && resolvedAt !== null) throw refusedError(message('incident.open', {}))
  if (resolvedAt !== null && Date.parse(resolvedAt) < Date.parse(at))
    throw refusedError(message('incident.resolved', { at, resolvedAt }))
  if (resolvedAt !== null && Date.parse(resolvedAt) > Date.parse(now))
    throw refusedError(message('incident.future', { at: resolvedAt }))
  if (riskId !== null) await risks.get(db, riskId)
  if (initiativeId !== null) await initiatives.get(db, initiativeId)
  for (const { noun, id } of links)
    if (!(await linked[noun](db, id))) throw refusedError(message('incident.link', { noun, id }))
}

const linked = {
  run: findRun,
  version: (db: Db, id: string) => versions.find(db, id),
  endpoint: (db: Db, id: string) => endpoints.find(db, id),
} as const satisfies Record<Incident['links'][number]['noun'], (db: Db, id: string) => Promise<unknown>>
