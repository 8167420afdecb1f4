/** @file What a run will take, and whether its initiative's budget holds it. */
import type { CommandInput } from '@capstan/api'
import { commandKey, estimateFromEarlier, type Message, wouldBreak } from '@capstan/domain'
import type { Db } from '../database/records.ts'
import { budgetsOf, computePools } from '../resources/store.ts'
import { secondsOf } from '../resources/units.ts'
import { committedCompute } from '../runs/commitments.ts'
import { earlierSeconds } from './store.ts'

/**
 * Seconds that a command should take: what runs of its kind took, never more than it may. null when nobody
 * can know.
 */
export async function estimateCommand(
  db: Db,
  { command, wallSeconds }: Pick<CommandInput, 'command' | 'wallSeconds'>,
): Promise<number | null> {
  const earlier = estimateFromEarlier(await earlierSeconds(db, commandKey(command)))
  if (earlier === null) return wallSeconds
  return wallSeconds === null ? earlier : Math.min(earlier, wallSeconds)
}

/** Why the run would break the budget; what cannot be estimated is refused only once nothing is left. */
export async function budgetRefusal(
  db: Db,
  initiativeId: string | null,
  seconds: number | null,
): Promise<Message | null> {
  const pool = (await computePools(db))(initiativeId)
  const budgets = await budgetsOf(db, await committedCompute(db))
  const budget = budgets.find((b) => b.initiativeId === initiativeId && b.poolId === pool?.id)
  if (!budget || !pool) return null
  const claimed = budget.used + budget.committed
  if (seconds === null && claimed < budget.amount) return null
  return wouldBreak(budget.amount, claimed, (seconds ?? 1) / secondsOf(pool.unit), budget.unit)
}
