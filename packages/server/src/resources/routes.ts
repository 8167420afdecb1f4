/** @file Routes of allocations: solved, tried with changes, approved. */
import { type Allocation, api, CapstanError, localText, refusedError } from '@capstan/api'
import type { FastifyInstance } from 'fastify'
import type { Change, Context } from '../context.ts'
import { cycles } from '../cycles/store.ts'
import type { Db } from '../database/records.ts'
import { bind } from '../http/register.ts'
import { snapshotNow } from '../review/snapshot.ts'
import { meanOf } from '../review/store.ts'
import { initiatives, initiativesOf, keyResultsOf } from '../strategy/store.ts'
import { decisions } from '../team/store.ts'
import { ledgerRoutes } from './ledger-routes.ts'
import { poolRoutes } from './pool-routes.ts'
import { poseAllocation, solvePosed } from './programme.ts'
import { allocations, approvedAllocation } from './store.ts'
import { answerWhatIf } from './what-if.ts'

export function resourceRoutes(app: FastifyInstance, context: Context): void {
  poolRoutes(app, context)
  allocationRoutes(app, context)
  ledgerRoutes(app, context)
}

function allocationRoutes(app: FastifyInstance, context: Context): void {
  const { db, change, newId, now } = context
  bind(app, api.resources.allocations, () => allocations.newest(db))

  bind(app, api.resources.solve, async ({ body, actor }) => {
    const cycle = await cycles.get(db, body.cycleId)
    const posed = await poseAllocation(db, now().toISOString(), cycle, body)
    const { result, milliseconds } = await solvePosed(context, posed)
    return change(actor, async ({ db: tx, at, record }) => {
      const allocation = await allocations.insert(tx, {
        id: newId('allocation'),
        cycleId: body.cycleId,
        state: 'proposed',
        lambda: body.lambda,
        seed: body.seed,
        periods: posed.input.periods,
        result,
        grants: [],
        solvedInMs: milliseconds,
        createdAt: at,
      })
      await record('allocation', 'solved', allocation.id, { chosen: result.chosen.length, gap: result.gap })
      return allocation
    })
  })

  bind(app, api.resources.whatIf, async ({ body }) => {
    const cycle = await cycles.get(db, body.cycleId)
    return answerWhatIf(context, cycle, body)
  })

  bind(app, api.resources.approve, ({ params, actor }) =>
    change(actor, async (tx) => {
      const allocation = await allocations.get(tx.db, params.id)
      if (allocation.state !== 'proposed') {
        throw new CapstanError('request/exists', { noun: 'approved allocation', id: allocation.id })
      }
      if (allocation.result.status === 'infeasible' || allocation.result.status === 'failed') {
        throw refusedError(allocation.result.explanation as never)
      }
      const before = await approvedAllocation(tx.db)
      if (before) await allocations.change(tx.db, before.id, (a) => ({ ...a, state: 'superseded' }))
      const grants = await grantsOf(tx.db, allocation)
      const approved = await allocations.change(tx.db, allocation.id, (a) => ({
        ...a,
        grants,
        state: 'approved',
      }))
      const chosen = new Set(approved.result.chosen.map(({ initiativeId }) => initiativeId))
      for (const { id } of await initiativesOf(tx.db, approved.cycleId)) {
        await initiatives.change(tx.db, id, (i) => ({ ...i, state: chosen.has(id) ? 'funded' : 'declined' }))
      }
      await cycles.change(tx.db, approved.cycleId, (c) => ({
        ...c,
        state: c.state === 'planning' ? 'running' : c.state,
      }))
      await tx.record('allocation', 'approved', approved.id, { initiatives: [...chosen] })
      await recordDecision(tx, context, approved.id)
      await snapshotNow(tx, context, approved.cycleId, 'plan')
      return approved
    }),
  )
}

/** The whole need of every chosen initiative, pool by pool, and by period from its start on. */
async function grantsOf(db: Db, { result, periods }: Allocation): Promise<Allocation['grants']> {
  const chosen = await Promise.all(
    result.chosen.map(async ({ initiativeId, start }) => ({
      start,
      ...(await initiatives.get(db, initiativeId)),
    })),
  )
  return chosen.flatMap(({ id, needs, start }) =>
    Object.entries(needs).map(([poolId, amounts]) => ({
      initiativeId: id,
      poolId,
      amount: amounts.reduce((sum, amount) => sum + amount, 0),
      plan: Array.from({ length: periods }, (_, period) => amounts[period - start] ?? 0),
    })),
  )
}

/** What was chosen, from what, and the chance it was given; scored at the review. */
async function recordDecision(change: Change, { newId }: Context, allocationId: string): Promise<void> {
  const { db, at, actor } = change
  const { cycleId, result } = await allocations.get(db, allocationId)
  const candidates = await initiativesOf(db, cycleId)
  const chosen = candidates.filter(({ id }) => result.chosen.some(({ initiativeId }) => initiativeId === id))
  const [first] = chosen
  if (!first) return
  const [keyResult] = await keyResultsOf(db, cycleId, at)
  // the key result is met as soon as one of them succeeds
  const allFail = chosen.reduce((product, { chance }) => product * (1 - meanOf(chance)), 1)
  const id = newId('decision')
  const text = localText(result.explanation as never)
  await decisions.insert(db, {
    id,
    cycleId,
    title: chosen
      .map(({ name }) => name)
      .join(' + ')
      .slice(0, 200),
    options: candidates.map(({ name }) => name),
    chosen: chosen
      .map(({ name }) => name)
      .join(' + ')
      .slice(0, 200),
    reason: result.explanation,
    expectation: { ...(keyResult ? { keyResultId: keyResult.id } : {}), chance: 1 - allFail },
    outcome: null,
    score: null,
    decidedBy: actor === 'owner' ? null : actor,
    origin: first.origin,
    at,
  })
  await change.record('decision', 'recorded', id, { chosen: first.name, reason: text.en })
}
