/** @file Routes of the runway: the plan of cash, and how long it lasts with the measured costs of runs. */
import { api, CapstanError, type Runway, type RunwayPlan, refusedError } from '@capstan/api'
import {
  addMonths,
  type Calendar,
  chanceToReach,
  dateOfDay,
  dayOfDate,
  flowOf,
  message,
  type RunCosts,
  runFlow,
  type simulateRunway,
} from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import type { Db } from '../database/records.ts'
import { bind } from '../http/register.ts'
import { timesOf } from '../measures/clock.ts'
import { runCostsByMinute } from '../resources/store.ts'
import { RUNWAY, runwayPlans } from './store.ts'

/** Costs of runs further back than this say little about the months to come. */
const WATCHED_DAYS = 180

export function runwayRoutes(app: FastifyInstance, context: Context): void {
  const { db, change, now } = context
  bind(app, api.runway.get, async ({ query }) => {
    const at = now().toISOString()
    const { calendar } = await timesOf(db, at)
    const [plan, measured] = [await runwayPlans.find(db, RUNWAY), await measuredRuns(db, at, calendar)]
    if (!plan) return { plan, result: null, measured, message: message('runway.none', {}) }
    return { plan, measured, ...(await resultOf(context, plan, measured, query.seed)) }
  })

  bind(app, api.runway.set, ({ body, actor }) =>
    change(actor, async ({ db: tx, record }) => {
      const { revision, ...given } = body
      refuseFlaws(given)
      const plan = { id: RUNWAY, ...given }
      const before = await runwayPlans.find(tx, RUNWAY)
      // whoever saw no plan must not write over one that somebody has made since
      if (before && revision === undefined)
        throw new CapstanError('request/changed-meanwhile', { noun: 'runway plan', id: RUNWAY })
      const saved = before
        ? await runwayPlans.edit(tx, RUNWAY, revision!, () => plan)
        : await runwayPlans.insert(tx, plan)
      await record('runway', 'planned', RUNWAY, { cash: plan.cash, asOf: plan.asOf })
      return saved
    }),
  )
}

function refuseFlaws(plan: Omit<RunwayPlan, 'id' | 'revision'>): void {
  const { burn, revenue, events, milestones, asOf, horizonMonths } = plan
  for (const [field, { low, high }] of Object.entries({ burn, revenue }))
    if (low > high) throw refusedError(message('runway.range', { field, low, high }))
  for (const { name, low, mode, high } of events)
    if (!(low <= mode && mode <= high))
      throw refusedError(message('runway.range', { field: name, low, high }))
  for (const { name, date } of [...events, ...milestones]) {
    const month = monthOf(asOf, date)
    if (month < 1 || month > horizonMonths)
      throw refusedError(message('runway.eventDate', { name, date, months: horizonMonths, asOf }))
  }
}

/** The month after `asOf` that holds a date, counted from 1. */
function monthOf(asOf: string, date: string): number {
  const [start, day] = [dayOfDate(asOf), dayOfDate(date)]
  let month = 0
  while (addMonths(start, month) <= day && month <= 240) month++
  return month
}

async function resultOf(
  { compute }: Context,
  plan: RunwayPlan,
  measured: Runway['measured'],
  seed: number,
): Promise<Pick<Runway, 'result' | 'message'>> {
  const { horizonMonths, asOf } = plan
  const input: Parameters<typeof simulateRunway>[0] = {
    cash: plan.cash,
    burn: flowOf(plan.burn),
    revenue: flowOf(plan.revenue),
    growth: plan.growth,
    ...(plan.countRuns && measured ? { runs: measured } : {}),
    events: plan.events.map(({ date, chance, low, mode, high }) => ({
      month: monthOf(asOf, date),
      amount: { low, mode, high },
      chance,
    })),
    horizonMonths,
    seed,
  }
  const { months, survival, fan, netBurn } = await compute.run('simulateRunway', input)
  const dateAfter = (month: number) => dateOfDay(addMonths(dayOfDate(asOf), month))
  const date = (month: number | null) => (month === null ? null : dateAfter(month))
  return {
    result: {
      months,
      dates: { p05: date(months.p05), p50: date(months.p50), p95: date(months.p95) },
      survival,
      fan: fan.map((each) => ({ ...each, date: dateAfter(each.month) })),
      netBurn,
      milestones: plan.milestones.map((milestone) => ({
        ...milestone,
        chance: chanceToReach({ survival }, monthOf(asOf, milestone.date)),
      })),
    },
    message: sentenceOf(months, survival.at(-1) ?? 0, horizonMonths),
  }
}

function sentenceOf(
  { p05, p50 }: NonNullable<Runway['result']>['months'],
  chance: number,
  months: number,
): Runway['message'] {
  if (p05 === null) return message('runway.lasts', { months })
  return p50 === null
    ? message('runway.likely', { months, early: p05, chance })
    : message('runway.median', { months, median: p50, early: p05, chance })
}

async function measuredRuns(db: Db, now: string, calendar: Calendar): Promise<Runway['measured']> {
  const since = new Date(Date.parse(now) - WATCHED_DAYS * 86_400_000).toISOString()
  const byDay = new Map<number, RunCosts>()
  let from: string | null = null
  for (const { minute, state, cost } of await runCostsByMinute(db, since)) {
    const at = `${minute}:00.000Z`
    if (from === null || at < from) from = at
    const day = calendar.dayOf(at)
    const known = byDay.get(day) ?? { day, finished: 0, unfinished: 0 }
    // what still runs may yet finish
    const part = state === 'finished' || state === 'running' || state === 'queued' ? 'finished' : 'unfinished'
    byDay.set(day, { ...known, [part]: known[part] + cost })
  }
  if (from === null) return null
  const days = calendar.dayOf(now) - calendar.dayOf(from) + 1
  const flow = runFlow([...byDay.values()], days)
  return flow && { from, days, ...flow }
}
