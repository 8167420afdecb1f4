/** @file Routes of decisions: recorded with the forecast they rest on, scored by their outcome. */
import { api, CapstanError, type Decision, refusedError } from '@capstan/api'
import { decisionRefusal, message, scoreDecision } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Change, Context } from '../context.ts'
import { cycles, openCycle } from '../cycles/store.ts'
import { requireSelf } from '../http/guard.ts'
import { bind } from '../http/register.ts'
import { measures } from '../measures/store.ts'
import { requireMember } from '../members/store.ts'
import { keyResults, viewKeyResult } from '../strategy/store.ts'
import { askApproval, policyOf } from './ask.ts'
import { decisions } from './store.ts'

export function decisionRoutes(app: FastifyInstance, { db, change, newId }: Context): void {
  bind(app, api.team.decisions, async ({ query: { cycleId, decidedBy } }) =>
    (await decisions.newest(db)).filter(
      (d) =>
        (cycleId === undefined || d.cycleId === cycleId) &&
        (decidedBy === undefined || d.decidedBy === decidedBy),
    ),
  )
  bind(app, api.team.decision, ({ params }) => decisions.get(db, params.id))
  bind(app, api.team.decide, ({ body, actor, request }) => {
    requireSelf({ request }, body.decidedBy)
    return change(actor, async (tx) => {
      await requireMember(tx.db, body.decidedBy)
      const cycle =
        body.cycleId === undefined ? await openCycle(tx.db) : await cycles.get(tx.db, body.cycleId)
      if (!cycle) throw new CapstanError('request/not-found', { noun: 'cycle', id: 'open' })
      const expectation = await expected(tx, body.expectation)
      const { title, options, chosen, origin, decidedBy } = body
      const refusal = decisionRefusal({ options, chosen, expectation })
      if (refusal) throw refusedError(refusal)
      const wanted = await policyOf(tx.db, 'decision')
      const id = newId('decision')
      const decision: Decision = {
        ...{ id, cycleId: cycle.id, title, options, chosen, expectation, decidedBy, origin, at: tx.at },
        reason: message('decision.reason', { text: body.reason || '—' }),
        ...{ outcome: null, score: null, state: wanted ? 'proposed' : 'decided', approvalId: null },
      }
      await decisions.insert(tx.db, decision)
      await tx.record('decision', wanted ? 'proposed' : 'recorded', id, { title, chosen })
      if (!wanted) return decisions.get(tx.db, id)
      const { id: approvalId } = await askApproval(tx, newId, {
        ...{ kind: 'decision', title: `${title}: ${chosen}`, requestedBy: decidedBy, decisionId: id },
      })
      return decisions.change(tx.db, id, (d) => ({ ...d, approvalId }))
    })
  })
  bind(app, api.team.recordOutcome, ({ params, body, actor, request }) => {
    requireSelf({ request }, body.recordedBy)
    return change(actor, async (tx) => {
      await requireMember(tx.db, body.recordedBy)
      const { title, state, outcome, expectation } = await decisions.get(tx.db, params.id)
      if (state === 'proposed' || state === 'rejected')
        throw refusedError(message('decision.proposed', { title }))
      if (outcome !== null) throw refusedError(message('decision.known', { title }))
      const { met, value, note, recordedBy } = body
      const scored = scoreDecision(expectation, { met, value })
      if ('refusal' in scored) throw refusedError(scored.refusal)
      const { score } = scored
      const known = await decisions.change(tx.db, params.id, (d) => ({
        ...d,
        outcome: {
          ...(met === undefined ? {} : { met }),
          ...(value === undefined ? {} : { value }),
          ...{ at: tx.at, note, by: recordedBy },
        },
        score,
      }))
      await tx.record('decision', 'scored', known.id, { title, ...(score ? { ...score } : {}) })
      return known
    })
  })
}

/** What a decision rests on; the forecast of a key result where nothing else is said. */
async function expected(
  { db, at }: Change,
  given: Decision['expectation'],
): Promise<Decision['expectation']> {
  if (!given) return null
  const { keyResultId, measureId, chance, low, high } = given
  if (measureId !== undefined) await measures.get(db, measureId)
  if (keyResultId === undefined) return { ...given, origin: 'typed' }
  const keyResult = await keyResults.get(db, keyResultId)
  if (chance !== undefined || low !== undefined || high !== undefined) return { ...given, origin: 'typed' }
  const { forecast, title } = await viewKeyResult(db, keyResult, at)
  if (forecast.chance === null) throw refusedError(message('decision.noForecast', { title }))
  return { ...given, chance: forecast.chance, origin: 'measured' }
}
