/** @file Budgets over time: the plan by day, what the ledger says, and the forecast at completion. */
import type { Budget, BurnDown } from '@capstan/api'
import { dateOfDay, forecastCompletion, plannedByDay } from '@capstan/domain'
import { cycles } from '../cycles/store.ts'
import type { Db } from '../database/records.ts'
import { committedCompute } from '../runs/commitments.ts'
import { capacitiesOf } from './capacity.ts'
import { approvedAllocation, budgetsOf, usedByMinute } from './store.ts'

export async function burnDowns(
  db: Db,
  now: string,
  wanted: { initiativeId?: string; poolId?: string } = {},
): Promise<BurnDown[]> {
  const allocation = await approvedAllocation(db)
  if (!allocation) return []
  const cycle = await cycles.get(db, allocation.cycleId)
  const { periods, calendar } = await capacitiesOf(db, now, cycle)
  const budgets = (await budgetsOf(db, await committedCompute(db))).filter(
    ({ initiativeId, poolId }) =>
      (wanted.initiativeId ?? initiativeId) === initiativeId && (wanted.poolId ?? poolId) === poolId,
  )
  const today = calendar.dayOf(now)
  const first = periods[0]!.first
  return Promise.all(
    budgets.map(async (budget) => {
      const grant = allocation.grants.find(
        ({ initiativeId, poolId }) => initiativeId === budget.initiativeId && poolId === budget.poolId,
      )
      const spans = periods.map(({ first: from, end }) => end - from)
      const amounts = grant?.plan ?? evenly(budget.amount, spans)
      const length = amounts.findLastIndex((amount) => amount > 0) + 1
      const planned = plannedByDay(amounts.slice(0, Math.max(1, length)), spans)
      const used = await usedByDay(db, budget, cycle.start, calendar, first)
      return pathOf(budget, { first, today, planned, used })
    }),
  )
}

const evenly = (amount: number, spans: readonly number[]): number[] => {
  const all = spans.reduce((sum, span) => sum + span, 0)
  return spans.map((span) => (amount * span) / all)
}

async function usedByDay(
  db: Db,
  { initiativeId, poolId }: Budget,
  since: string,
  calendar: { dayOf(at: string): number },
  first: number,
): Promise<number[]> {
  const used: number[] = []
  for (const { minute, quantity } of await usedByMinute(db, poolId, initiativeId, since)) {
    const day = Math.max(0, calendar.dayOf(`${minute}:00.000Z`) - first)
    while (used.length <= day) used.push(0)
    used[day]! += quantity
  }
  return used
}

function pathOf(
  budget: Budget,
  at: { first: number; today: number; planned: number[]; used: number[] },
): BurnDown {
  const { first, today, planned, used } = at
  const elapsed = Math.max(0, today - first)
  const upTo = (days: readonly number[], count: number) =>
    Array.from({ length: count }, (_, i) => days[i] ?? 0)
  const behind = Math.min(elapsed, planned.length)
  const rest = planned.slice(behind)
  const forecast = forecastCompletion(
    {
      amount: budget.amount,
      used: budget.used,
      committed: budget.committed,
      days: upTo(used, behind),
      planned: planned.slice(0, behind),
      plannedLeft: rest.reduce((sum, amount) => sum + amount, 0),
      daysLeft: rest.length,
    },
    budget.unit,
  )
  const length = Math.max(planned.length, Math.min(used.length, planned.length + 366))
  let [plannedSum, usedSum] = [0, 0]
  const days = Array.from({ length }, (_, i) => {
    plannedSum += planned[i] ?? 0
    usedSum += used[i] ?? 0
    return { date: dateOfDay(first + i), planned: plannedSum, used: i <= elapsed ? usedSum : null }
  })
  return { budget, days, forecast }
}
