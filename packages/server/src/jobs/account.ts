/** @file What a run has used over all of its attempts, and the part of it that the ledger does not hold yet. */
import type { CostSoFar, Run } from '@capstan/api'
import type { Change, Context } from '../context.ts'
import { chargeCompute } from '../resources/charge.ts'
import type { RunRecord } from '../runs/store.ts'

/** How much unpaid work may gather before it is written to the ledger. */
const EVERY_SECONDS = 15
/** Of a run that may cost only so much. */
const EVERY_SECONDS_LIMITED = 1

type Account = Pick<RunRecord, 'cost' | 'chargedSeconds'>

/**
 * Reports are totals of the attempt, so that one that comes twice, or late, charges nothing twice.
 * @param now charge whatever is unpaid, however little
 */
export async function account(
  change: Change,
  newId: Context['newId'],
  run: RunRecord,
  used: CostSoFar,
  { now }: { now: boolean },
): Promise<Account> {
  const total = addUp(run.earlier, used)
  const poolSeconds = run.earlierPoolSeconds + used.wallSeconds * run.share
  return settle(change, newId, run, total, poolSeconds, now)
}

/** Charges what a run that lost its worker had reported, however little. */
export async function settleLost(change: Change, newId: Context['newId'], run: RunRecord): Promise<Account> {
  const { amount: _, ...total } = run.cost
  const attempt = run.cost.wallSeconds - run.earlier.wallSeconds
  return settle(change, newId, run, total, run.earlierPoolSeconds + attempt * run.share, true)
}

async function settle(
  change: Change,
  newId: Context['newId'],
  run: RunRecord,
  total: Omit<Run['cost'], 'amount'>,
  poolSeconds: number,
  now: boolean,
): Promise<Account> {
  const unpaid = poolSeconds - run.chargedSeconds
  const least = now ? 0 : run.execution.maxAmount === null ? EVERY_SECONDS : EVERY_SECONDS_LIMITED
  if (unpaid <= 0 || unpaid < least)
    return { cost: { ...total, amount: run.cost.amount }, chargedSeconds: run.chargedSeconds }
  const amount = run.cost.amount + (await chargeCompute(change, newId, run, unpaid))
  return { cost: { ...total, amount }, chargedSeconds: poolSeconds }
}

function addUp(earlier: RunRecord['earlier'], used: CostSoFar): Omit<Run['cost'], 'amount'> {
  const told = [earlier.energyJoules, used.energyJoules].filter((joules) => joules !== null)
  return {
    cpuSeconds: earlier.cpuSeconds + used.cpuSeconds,
    wallSeconds: earlier.wallSeconds + used.wallSeconds,
    gpuSeconds: earlier.gpuSeconds + used.gpuSeconds,
    peakMemoryBytes: Math.max(earlier.peakMemoryBytes, used.peakMemoryBytes),
    energyJoules: told.length === 0 ? null : told.reduce((sum, joules) => sum + joules, 0),
  }
}
