/** @file Charges what was used to an initiative's budget, and tells the measures and alerts that hang on it. */
import type { Evidence, LedgerEntry, Pool, Run, Task } from '@capstan/api'
import { sameSkill } from '@capstan/domain'
import type { Change, Context } from '../context.ts'
import { observe } from '../measures/observe.ts'
import { members } from '../members/store.ts'
import { watchBudget } from './alerts.ts'
import { budgetsOf, computePools, entriesFrom, insertLedger, pools } from './store.ts'
import { secondsOf } from './units.ts'

/** Saves an entry in the caller's transaction, with all that follows from it. */
export async function charge(change: Change, entry: LedgerEntry): Promise<LedgerEntry> {
  await insertLedger(change.db, entry)
  const { initiativeId, poolId } = entry
  const budget =
    initiativeId === null
      ? undefined
      : (await budgetsOf(change.db)).find((b) => b.initiativeId === initiativeId && b.poolId === poolId)
  await observe(change, { source: 'ledger', entry, ...(budget ? { burn: budget.burn } : {}) })
  if (budget) await watchBudget(change, budget)
  return entry
}

/**
 * Adds a ledger entry for wall-clock seconds of this machine, at the rate of its initiative's pool of compute.
 * @returns what it cost, in the workspace's currency
 */
export async function chargeCompute(
  change: Change,
  newId: Context['newId'],
  run: Pick<Run, 'id' | 'initiativeId'>,
  seconds: number,
): Promise<number> {
  return chargeSeconds(change, newId, { noun: 'run', id: run.id }, run.initiativeId, seconds)
}

/** Seconds that an endpoint computed answers, charged to the initiative whose run made the model. */
export async function chargeServing(
  change: Change,
  newId: Context['newId'],
  endpointId: string,
  initiativeId: string | null,
  seconds: number,
): Promise<number> {
  return chargeSeconds(change, newId, { noun: 'endpoint', id: endpointId }, initiativeId, seconds)
}

async function chargeSeconds(
  change: Change,
  newId: Context['newId'],
  evidence: Evidence,
  initiativeId: string | null,
  seconds: number,
): Promise<number> {
  const pool = (await computePools(change.db))(initiativeId)
  if (!pool || seconds <= 0) return 0
  const quantity = seconds / secondsOf(pool.unit)
  const entry = entryFor(pool, quantity, { id: newId('entry'), at: change.at, initiativeId, evidence })
  return (await charge(change, { ...entry, origin: 'measured' })).cost
}

export const entryFor = (
  pool: Pool,
  quantity: number,
  rest: Pick<LedgerEntry, 'id' | 'at' | 'initiativeId' | 'evidence'>,
): Omit<LedgerEntry, 'origin'> => ({
  ...rest,
  poolId: pool.id,
  quantity,
  unit: pool.unit,
  rate: pool.rate,
  cost: quantity * pool.rate,
})

/**
 * The days that a task took, charged to the pool of people that its initiative needs: the one of the assignee's
 * skill before any other. A task that is opened again takes its days back.
 */
export async function chargeTask(change: Change, newId: Context['newId'], task: Task): Promise<void> {
  const people = (await pools.list(change.db)).filter(({ kind }) => kind === 'people')
  const ids = people.map(({ id }) => id)
  for (const entry of await entriesFrom(change.db, ids, 'task', task.id))
    await reverse(change, newId, entry, task.title)
  const days = task.actualDays ?? 0
  if (task.state !== 'done' || days <= 0) return
  const pool = await peoplePool(change, people, task)
  if (!pool) return
  const evidence = { noun: 'task' as const, id: task.id, note: task.title }
  const id = newId('entry')
  const { initiativeId, origin } = task
  await charge(change, { ...entryFor(pool, days, { id, at: change.at, initiativeId, evidence }), origin })
}

/** The opposite of an entry; both stay in the ledger. */
export function reverse(
  change: Change,
  newId: Context['newId'],
  entry: LedgerEntry,
  note: string,
): Promise<LedgerEntry> {
  const { quantity, cost, evidence } = entry
  return charge(change, {
    ...entry,
    id: newId('entry'),
    at: change.at,
    quantity: -quantity,
    cost: -cost,
    evidence: { ...evidence, note },
    corrects: entry.id,
  })
}

async function peoplePool({ db }: Change, people: readonly Pool[], task: Task): Promise<Pool | undefined> {
  const granted = new Set(
    (await budgetsOf(db))
      .filter(({ initiativeId }) => initiativeId === task.initiativeId)
      .map(({ poolId }) => poolId),
  )
  const skills = task.assigneeId ? ((await members.find(db, task.assigneeId))?.skills ?? []) : []
  const fits = ({ skill }: Pool) => skill != null && skills.some((own) => sameSkill(own, skill))
  return (
    people.find((pool) => granted.has(pool.id) && fits(pool)) ??
    people.find((pool) => granted.has(pool.id)) ??
    people.find(fits) ??
    people[0]
  )
}
