/** @file Burn-down of a budget: what was planned by when, what is used, and what it will have taken at the end. */

import { normalCdf } from '../chance/normal.ts'
import { mean } from '../chance/quantiles.ts'
import { type Message, message } from '../messages/message.ts'

export type CompletionInput = {
  /** In the budget's unit. */
  amount: number
  used: number
  /** Held for runs under way. */
  committed: number
  /** What was used on each whole local day of the plan so far, without today. */
  days: readonly number[]
  /** What the plan foresees for each of these days. */
  planned: readonly number[]
  /** What the plan foresees from today to its end. */
  plannedLeft: number
  /** Local days left, today included; 0 when the plan has ended. */
  daysLeft: number
}

export type Completion = {
  /** `plan`: too early to tell, the plan's own rest is added; `pace`: the measured pace goes on; `end`: it is over. */
  basis: 'plan' | 'pace' | 'end'
  expected: number
  /** 80 % interval. */
  interval: [number, number]
  /** Chance that more than the amount will be used. */
  chanceOver: number
  state: 'within' | 'warning' | 'over'
  message: Message
}

/** A forecast that breaks the budget more likely than not is a warning. */
const warnAt = 0.5
const leastDays = 3
/** Of the plan that must lie behind before a pace is read from it. */
const leastShare = 0.1
const z80 = 1.281552

/**
 * What will have been used at the end. The plan's rest is scaled by how fast its first part was used, used / planned
 * (earned-value management's cost performance index, turned round), and the deviation of the days from their plan
 * makes the interval; where nothing was planned at all, the mean use of a day goes on.
 */
export const forecastCompletion = (input: CompletionInput, unit = ''): Completion => {
  const { amount, used, committed, days, planned, plannedLeft, daysLeft } = input
  const certain = (basis: 'plan' | 'end', expected: number): Completion => {
    const over = expected > amount * (1 + 1e-9)
    const state = used > amount * (1 + 1e-9) ? 'over' : over ? 'warning' : 'within'
    return {
      basis,
      expected,
      interval: [expected, expected],
      chanceOver: over ? 1 : 0,
      state,
      message: message(`budget.completion.${basis}`, { expected, amount, unit }),
    }
  }
  if (daysLeft <= 0) return certain('end', used + committed)
  if (days.length < leastDays) return certain('plan', used + Math.max(plannedLeft, committed))
  const soFar = days.reduce((sum, amountOfDay) => sum + amountOfDay, 0)
  const plannedSoFar = planned.reduce((sum, amountOfDay) => sum + amountOfDay, 0)
  const whole = plannedSoFar + plannedLeft
  // what begins before its plan is a part of it, and says nothing of its pace yet
  if (whole > 0 && plannedSoFar < leastShare * whole)
    return certain('plan', Math.max(used + committed, whole))
  const pace = plannedSoFar > 0 ? soFar / plannedSoFar : null
  const left = pace === null ? (soFar / days.length) * daysLeft : pace * plannedLeft
  const residuals = days.map((value, i) => value - (pace === null ? mean(days) : pace * planned[i]!))
  const daily = Math.sqrt(
    residuals.reduce((sum, residual) => sum + residual * residual, 0) / Math.max(1, days.length - 1),
  )
  // days to come scatter by themselves, and the pace is known only as well as the days behind tell it
  const deviation = daily * Math.sqrt(daysLeft + (daysLeft * daysLeft) / days.length)
  const expected = Math.max(used + left, used + committed)
  const least = used + committed
  const interval: [number, number] = [
    Math.max(least, expected - z80 * deviation),
    Math.max(least, expected + z80 * deviation),
  ]
  const chanceOver =
    used + committed > amount
      ? 1
      : deviation > 0
        ? 1 - normalCdf((amount - expected) / deviation)
        : expected > amount * (1 + 1e-9)
          ? 1
          : 0
  const state = used > amount * (1 + 1e-9) ? 'over' : chanceOver > warnAt ? 'warning' : 'within'
  return {
    basis: 'pace',
    expected,
    interval,
    chanceOver,
    state,
    message: message('budget.completion.pace', {
      expected,
      low: interval[0],
      high: interval[1],
      amount,
      unit,
      chance: chanceOver,
    }),
  }
}

/** Spreads amounts per period evenly over the days of each; `spans` are their lengths in days. */
export const plannedByDay = (amounts: readonly number[], spans: readonly number[]): number[] =>
  amounts.flatMap((amount, i) => {
    const span = Math.max(1, spans[i] ?? 7)
    return Array.from({ length: span }, () => amount / span)
  })
