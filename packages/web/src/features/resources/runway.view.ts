/** @file The plan of cash as a form holds it. */
import type { RunwayPlan } from '@capstan/api'
import { percentOf, required, shareOf, type Typed } from '../../ui/form/fields.ts'

export interface EventFields {
  name: string
  date: string
  low: Typed
  mode: Typed
  high: Typed
  /** In percent. */
  chance: Typed
}

export interface RunwayFields {
  asOf: string
  cash: Typed
  burnLow: Typed
  burnHigh: Typed
  revenueLow: Typed
  revenueHigh: Typed
  /** In percent a month. */
  growth: Typed
  countRuns: boolean
  horizonMonths: Typed
  events: EventFields[]
  milestones: { name: string; date: string }[]
}

export const emptyEvent: EventFields = { name: '', date: '', low: '', mode: '', high: '', chance: 100 }

/** @param today where the reader is */
export const runwayFields =
  (today: string) =>
  (plan: RunwayPlan | null): RunwayFields => ({
    asOf: plan?.asOf ?? today,
    cash: plan?.cash ?? '',
    burnLow: plan?.burn.low ?? '',
    burnHigh: plan?.burn.high ?? '',
    revenueLow: plan?.revenue.low ?? 0,
    revenueHigh: plan?.revenue.high ?? 0,
    growth: plan ? percentOf(plan.growth) : 0,
    countRuns: plan?.countRuns ?? true,
    horizonMonths: plan?.horizonMonths ?? 24,
    events: (plan?.events ?? []).map((event) => ({ ...event, chance: percentOf(event.chance) })),
    milestones: plan?.milestones ?? [],
  })

/** All of it: the server keeps one plan, and takes a whole one. */
export const runwayBody = (fields: RunwayFields) => ({
  ...{ asOf: fields.asOf, cash: required(fields.cash) },
  burn: { low: required(fields.burnLow), high: required(fields.burnHigh) },
  revenue: { low: required(fields.revenueLow), high: required(fields.revenueHigh) },
  growth: shareOf(required(fields.growth)),
  ...{ countRuns: fields.countRuns, horizonMonths: required(fields.horizonMonths) },
  events: fields.events.map(({ name, date, low, mode, high, chance }) => ({
    ...{ name, date, low: required(low), mode: required(mode), high: required(high) },
    chance: shareOf(required(chance)),
  })),
  milestones: fields.milestones,
})
