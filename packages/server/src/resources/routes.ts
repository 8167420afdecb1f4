/** @file Routes of pools, allocations, budgets and the ledger. */
import { type Allocation, api, CapstanError, localText, refusedError } from '@capstan/api'
import { allocationRefusals } from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Change, Context } from '../context.ts'
import { cycles } from '../cycles/store.ts'
import type { Db } from '../database/records.ts'
import { bind } from '../http/register.ts'
import { snapshotNow } from '../review/snapshot.ts'
import { meanOf } from '../review/store.ts'
import { committedCompute } from '../runs/commitments.ts'
import { initiatives, initiativesOf, keyResultsOf } from '../strategy/store.ts'
import { decisions } from '../team/store.ts'
import { allocations, approvedAllocation, budgetsOf, listLedger, pools } from './store.ts'

export function resourceRoutes(app: FastifyInstance, context: Context): void {
  const { db, change, newId } = context
  bind(app, api.resources.pools, () => pools.list(db))
  bind(app, api.resources.createPool, ({ body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      if ((await pools.list(tx)).some(({ name }) => name === body.name)) {
        throw new CapstanError('request/exists', { noun: 'pool', id: body.name })
      }
      const pool = await pools.insert(tx, { id: newId('pool'), ...body })
      await record('pool', 'added', pool.id, { name: pool.name })
      return pool
    }),
  )
  bind(app, api.resources.allocations, () => allocations.newest(db))

  bind(app, api.resources.solve, async ({ body, actor }) => {
    await cycles.get(db, body.cycleId)
    const known = await pools.list(db)
    const periods = Math.max(1, ...known.map(({ capacity }) => capacity.length))
    const candidates = (await initiativesOf(db, body.cycleId)).filter(
      ({ state }) => state === 'candidate' || state === 'funded' || state === 'declined',
    )
    const input = { pools: known, candidates, periods, lambda: body.lambda, seed: body.seed }
    const [flaw] = allocationRefusals(input)
    if (flaw) throw refusedError(flaw)
    const { result, milliseconds } = await context.compute.run('solveAllocation', input)
    return change(actor, async ({ db: tx, at, record }) => {
      const allocation = await allocations.insert(tx, {
        id: newId('allocation'),
        cycleId: body.cycleId,
        state: 'proposed',
        lambda: body.lambda,
        seed: body.seed,
        periods,
        result,
        grants: [],
        solvedInMs: milliseconds,
        createdAt: at,
      })
      await record('allocation', 'solved', allocation.id, { chosen: result.chosen.length, gap: result.gap })
      return allocation
    })
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
  bind(app, api.resources.budgets, async () => budgetsOf(db, await committedCompute(db)))
  bind(app, api.resources.ledger, ({ query }) => listLedger(db, query?.initiativeId, query?.limit))
}

/** The whole need of every chosen initiative, pool by pool. */
async function grantsOf(db: Db, { result }: Allocation): Promise<Allocation['grants']> {
  const chosen = await Promise.all(result.chosen.map(({ initiativeId }) => initiatives.get(db, initiativeId)))
  return chosen.flatMap(({ id, needs }) =>
    Object.entries(needs).map(([poolId, amounts]) => ({
      initiativeId: id,
      poolId,
      amount: amounts.reduce((sum, amount) => sum + amount, 0),
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
