/** @file Routes of the risk register, its shared causes and the catalogue. */
import { api, CapstanError, refusedError, type StatedFrequency } from '@capstan/api'
import {
  beliefOf,
  catalogueLoss,
  catalogueReferences,
  catalogueText,
  causesRefusal,
  frequencyRefusal,
  type Language,
  message,
  riskCatalogue,
  riskRefusal,
  tornado,
  triggersRefusal,
} from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Change, Context } from '../context.ts'
import { bind } from '../http/register.ts'
import { requireMember } from '../members/store.ts'
import { readFacts } from '../workspace/facts.ts'
import { riskDecisionRoutes } from './decision-routes.ts'
import { readRegister } from './register.ts'
import { causes, type RiskRecord, risks } from './store.ts'
import { viewArchived, viewRegister, viewRisk, withAdopted } from './view.ts'
import { riskWatchRoutes } from './watch-routes.ts'

export function riskRoutes(app: FastifyInstance, context: Context): void {
  registerRoutes(app, context)
  catalogueRoutes(app, context)
  causeRoutes(app, context)
  riskWatchRoutes(app, context)
  riskDecisionRoutes(app, context)
}

function registerRoutes(app: FastifyInstance, { db, change, newId, now }: Context): void {
  bind(app, api.risk.list, ({ query }) =>
    (query.archived ? viewArchived : viewRegister)(db, now().toISOString()),
  )
  bind(app, api.risk.get, ({ params }) => viewRisk(db, params.id, now().toISOString()))
  bind(app, api.risk.create, ({ body, actor }) =>
    change(actor, async (tx) => {
      const { frequency, estimatedAt = tx.at, ...given } = body
      const risk: RiskRecord = {
        ...{ id: newId('risk'), ...given, ...estimated(given.name, frequency), estimatedAt },
        ...{ frequencyFactor: 1, catalogueKey: null, references: [], archived: false },
      }
      return register(tx, risk)
    }),
  )
  bind(app, api.risk.edit, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const { revision, ...wanted } = body
      const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))
      const before = await risks.get(tx.db, params.id)
      if (before.archived && wanted.archived !== false)
        throw refusedError(message('risk.archived', { name: before.name }))
      const { frequency } = wanted
      const edited = await risks.edit(tx.db, params.id, revision, (risk) => ({
        ...risk,
        ...given,
        // a new estimate knows what has happened until now
        ...(frequency
          ? { ...estimated(risk.name, frequency), estimatedAt: wanted.estimatedAt ?? tx.at, origin: 'typed' }
          : {}),
        ...(wanted.loss ? { origin: 'typed' as const } : {}),
      }))
      await requireSense(tx, edited)
      if (edited.archived && !before.archived) await requireSetsNothing(tx, edited)
      const verb = edited.archived === before.archived ? 'edited' : edited.archived ? 'archived' : 'restored'
      await tx.record('risk', verb, edited.id, { name: edited.name, changed: Object.keys(given) })
      return viewRisk(tx.db, edited.id, tx.at)
    }),
  )
  bind(app, api.risk.tornado, async () => {
    const register = await readRegister(db, now().toISOString())
    return tornado(withAdopted(register.risks, register.adopted))
  })
}

/** @throws {CapstanError} `request/refused` for a frequency that makes no sense */
function estimated(name: string, stated: StatedFrequency): Pick<RiskRecord, 'frequency' | 'frequencyRange'> {
  const refusal = frequencyRefusal(name, stated)
  if (refusal) throw refusedError(refusal)
  return { frequency: beliefOf(stated), frequencyRange: 'low' in stated ? stated : null }
}

async function register(tx: Change, risk: RiskRecord) {
  const saved = await risks.insert(tx.db, risk)
  await requireSense(tx, saved)
  await tx.record('risk', 'registered', risk.id, { name: risk.name })
  return viewRisk(tx.db, risk.id, tx.at)
}

/** Within the transaction: what is refused leaves nothing behind. */
async function requireSense({ db, at }: Change, risk: RiskRecord): Promise<void> {
  await requireMember(db, risk.ownerId)
  if (Date.parse(risk.estimatedAt) > Date.parse(at))
    throw refusedError(message('risk.future', { name: risk.name, at: risk.estimatedAt }))
  for (const { causeId } of risk.causes) await causes.get(db, causeId)
  for (const { riskId } of risk.triggeredBy) {
    const other = await risks.get(db, riskId)
    if (other.archived && !risk.archived) throw refusedError(message('risk.archived', { name: other.name }))
  }
  const refusal =
    riskRefusal(risk) ?? triggersRefusal((await risks.list(db)).filter(({ archived }) => !archived))
  if (refusal) throw refusedError(refusal)
}

async function requireSetsNothing({ db }: Change, { id, name }: RiskRecord): Promise<void> {
  const others = (await risks.list(db)).filter(
    ({ archived, triggeredBy }) => !archived && triggeredBy.some(({ riskId }) => riskId === id),
  )
  if (others.length > 0)
    throw refusedError(message('risk.sets', { name, others: others.map((one) => one.name).join(', ') }))
}

function catalogueRoutes(app: FastifyInstance, { db, change, newId }: Context): void {
  const languageOf = async (asked: Language | undefined): Promise<Language> =>
    asked ?? ((await readFacts(db)).language === 'zh-CN' ? 'zh-CN' : 'en')

  bind(app, api.risk.catalogue, async ({ query }) => {
    const { currency } = await readFacts(db)
    const language = await languageOf(query.language)
    const taken = new Map(
      (await risks.list(db)).flatMap(({ id, catalogueKey, archived }): [string, string][] =>
        catalogueKey === null || archived ? [] : [[catalogueKey, id]],
      ),
    )
    return riskCatalogue.map((entry) => {
      const { name, description, reasons } = catalogueText(entry, language)
      const { key, group, treatment } = entry
      return {
        ...{ key, group, treatment, name, description, reasons: [...reasons] },
        frequency: { low: entry.frequency[0], high: entry.frequency[1] },
        loss: catalogueLoss(entry, currency),
        references: catalogueReferences(entry),
        riskId: taken.get(key) ?? null,
      }
    })
  })
  bind(app, api.risk.fromCatalogue, async ({ params, body, actor }) => {
    const entry = riskCatalogue.find(({ key }) => key === params.key)
    if (!entry) throw refusedError(message('risk.catalogue', { key: params.key }))
    const { currency } = await readFacts(db)
    const { name, description, reasons } = catalogueText(entry, await languageOf(body.language))
    return change(actor, async (tx) => {
      const twin = (await risks.list(tx.db)).find(
        ({ catalogueKey, archived }) => catalogueKey === entry.key && !archived,
      )
      if (twin) throw refusedError(message('risk.present', { name: twin.name }))
      const [low, high] = entry.frequency
      return register(tx, {
        ...{ id: newId('risk'), name, description, reasons: [...reasons] },
        ...estimated(name, body.frequency ?? { low, high }),
        estimatedAt: tx.at,
        frequencyFactor: 1,
        loss: body.loss ?? { kind: 'lognormal', ...catalogueLoss(entry, currency) },
        ...{ commonCause: 0, causes: [], triggeredBy: [], ownerId: body.ownerId },
        treatment: body.treatment ?? entry.treatment,
        // only somebody who gave both has estimated it
        origin: body.frequency && body.loss ? 'typed' : 'demonstration',
        catalogueKey: entry.key,
        references: catalogueReferences(entry),
        archived: false,
      })
    })
  })
}

function causeRoutes(app: FastifyInstance, { db, change, newId }: Context): void {
  bind(app, api.risk.causes, () => causes.list(db))
  bind(app, api.risk.createCause, ({ body, actor }) =>
    change(actor, async (tx) => {
      await requireOtherName(tx, body.name)
      const cause = await causes.insert(tx.db, { id: newId('cause'), ...body })
      await requireTogether(tx)
      await tx.record('risk-cause', 'added', cause.id, { name: cause.name })
      return cause
    }),
  )
  bind(app, api.risk.editCause, ({ params, body, actor }) =>
    change(actor, async (tx) => {
      const { revision, ...wanted } = body
      const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined))
      if (body.name !== undefined && body.name !== (await causes.get(tx.db, params.id)).name)
        await requireOtherName(tx, body.name)
      const cause = await causes.edit(tx.db, params.id, revision, (one) => ({ ...one, ...given }))
      await requireTogether(tx)
      await tx.record('risk-cause', 'edited', cause.id, { name: cause.name, changed: Object.keys(given) })
      return cause
    }),
  )
  bind(app, api.risk.removeCause, ({ params, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { id, name } = await causes.get(tx, params.id)
      const using = (await risks.list(tx)).filter((risk) => risk.causes.some(({ causeId }) => causeId === id))
      const correlated = (await causes.list(tx)).filter(({ correlations }) =>
        correlations.some(({ causeId }) => causeId === id),
      )
      const others = [...using, ...correlated].map((one) => one.name)
      if (others.length > 0) throw refusedError(message('cause.used', { name, others: others.join(', ') }))
      await causes.remove(tx, id)
      await record('risk-cause', 'removed', id, { name })
      return { id }
    }),
  )
}

async function requireOtherName({ db }: Change, name: string): Promise<void> {
  if ((await causes.list(db)).some((cause) => cause.name === name))
    throw new CapstanError('request/exists', { noun: 'cause', id: name })
}

/** Correlations are of causes that exist, and can hold all at once. */
async function requireTogether({ db }: Change): Promise<void> {
  const all = await causes.list(db)
  for (const { causeId } of all.flatMap(({ correlations }) => correlations)) await causes.get(db, causeId)
  const refusal = causesRefusal(all)
  if (refusal) throw refusedError(refusal)
}
