/** @file Budgets: what usage costs, how fast it burns, and what would break it. */
import { type Message, message } from '../messages/message.ts'

/** Amounts by name of what was used, e.g. `{ cpuSeconds: 90 }`. */
export type Usage = Readonly<Record<string, number>>

/** Money per `per` units of a used amount: CPU seconds at a rate an hour are `{ rate, per: 3600 }`. */
export type Rates = Readonly<Record<string, { rate: number; per: number }>>

/** Money in the workspace currency; what has no rate costs nothing. */
export const cost = (usage: Usage, rates: Rates): number =>
  Object.entries(usage).reduce((sum, [name, amount]) => {
    const rate = rates[name]
    return rate ? sum + (amount * rate.rate) / rate.per : sum
  }, 0)

/** All three in the budget's own unit; committed is promised but not yet spent. */
export type BudgetAmounts = { budget: number; spent: number; committed: number }

export type Burn = {
  remaining: number
  /** spent / budget; null without a budget. */
  burned: number | null
  /** (spent + committed) / budget; null without a budget. */
  claimed: number | null
  over: boolean
}

export const burn = ({ budget, spent, committed }: BudgetAmounts): Burn => ({
  remaining: budget - spent - committed,
  burned: budget > 0 ? spent / budget : null,
  claimed: budget > 0 ? (spent + committed) / budget : null,
  over: spent + committed > budget,
})

/**
 * Forecast at completion: what was spent, carried on at the same cost per share of work (earned value's
 * EAC = spent / share done). `done` is the share of the work completed, 0 to 1; null when nothing is done yet.
 */
export const atCompletion = (spent: number, done: number): number | null =>
  done > 0 ? spent / Math.min(1, done) : null

/** Why a request does not fit in what is left; null when it fits. Amounts in the budget's unit. */
export const wouldBreak = (budget: number, spent: number, request: number, unit = ''): Message | null =>
  spent + request > budget * (1 + 1e-12)
    ? message('budget.break', { request, left: Math.max(0, budget - spent), budget, unit })
    : null
