/** @file Tells once when a budget will probably be overrun, when it is, and when it is within its limits again. */
import type { BurnDown, Message } from '@capstan/api'
import type { Change } from '../context.ts'
import { recordStore } from '../database/records.ts'
import { burnDowns } from './burn-down.ts'

interface BudgetAlert {
  /** Of initiative and pool. */
  id: string
  initiativeId: string
  poolId: string
  state: BurnDown['forecast']['state']
  message: Message
  /** Share used when it was last looked at. */
  burn: number
  at: string
}

export const budgetAlerts = recordStore<BudgetAlert>('budget_alerts', 'budget alert')

/** A forecast moves little between these; what crosses the whole budget is always told. */
const lookEvery = 0.02
const verbs = { within: 'eased', warning: 'warned', over: 'overrun' } as const

/** To be called after a charge, with the share of the budget that is used by then. */
export async function watchBudget(
  change: Change,
  { initiativeId, poolId, burn }: { initiativeId: string; poolId: string; burn: number },
): Promise<void> {
  const id = `${initiativeId}.${poolId}`
  const known = await budgetAlerts.find(change.db, id)
  const crossed = burn > 1 !== (known ? known.burn > 1 : false)
  if (known && !crossed && Math.abs(burn - known.burn) < lookEvery) return
  const [path] = await burnDowns(change.db, change.at, { initiativeId, poolId })
  if (!path) return
  const { state, message, expected } = path.forecast
  const alert = { id, initiativeId, poolId, state, message, burn, at: change.at }
  if (known) await budgetAlerts.change(change.db, id, () => alert)
  else await budgetAlerts.insert(change.db, alert)
  if (state === (known?.state ?? 'within')) return
  const { amount, used, unit } = path.budget
  await change.record('budget', verbs[state], id, {
    initiativeId,
    poolId,
    amount,
    used,
    expected,
    unit,
    message,
  })
}
