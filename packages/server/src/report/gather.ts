/** @file Gathers what a report says from what is recorded: measures, forecasts, ledger, runs, tasks, decisions, risks. */
import {
  type Calendar,
  dateOfDay,
  dayOfDate,
  isOpenTask,
  type Message,
  message,
  pageOf,
  type Report,
  type ReportLine,
} from '@capstan/domain'
import { openCycle } from '../cycles/store.ts'
import { entriesBetween } from '../database/audit.ts'
import type { Db } from '../database/records.ts'
import { nameOf } from '../notices/recorded.ts'
import { budgetsOf, ledgerBetween, pools } from '../resources/store.ts'
import { incidents, risks, simulations } from '../risk/store.ts'
import { endedRuns } from '../runs/store.ts'
import { initiatives } from '../strategy/store.ts'
import { waitedDays } from '../team/late.ts'
import { approvals, decisions, tasks } from '../team/store.ts'
import { isOverdue } from '../team/tasks.ts'
import { readFacts } from '../workspace/facts.ts'
import { forecastLines, measureLines } from './moved.ts'

export interface Window {
  /** Numbers of local days, both included. */
  first: number
  last: number
  now: string
  calendar: Calendar
}

/** As instants: from the first one of the first day to the first one after the last day. */
export interface Span {
  from: string
  until: string
  /** When what stood at the end is read: then, or now while it is not over. */
  at: string
}

const line = (said: Message, noun: string, id = ''): ReportLine => ({ message: said, page: pageOf(noun, id) })

export async function gatherReport(db: Db, { first, last, now, calendar }: Window): Promise<Report> {
  const { name, currency, demonstration } = await readFacts(db)
  const end = calendar.startOf(last + 1)
  const span = { from: calendar.startOf(first), until: end, at: end < now ? end : now }
  const today = dateOfDay(calendar.dayOf(now))
  return {
    ...{ workspace: name, from: dateOfDay(first), to: dateOfDay(last), currency, demonstration },
    sections: [
      { name: 'measures', lines: await measureLines(db, span) },
      { name: 'keyResults', lines: await forecastLines(db, span) },
      { name: 'money', lines: await moneyLines(db, span) },
      { name: 'runs', lines: await runLines(db, span) },
      { name: 'tasks', lines: await taskLines(db, span, today) },
      { name: 'decisions', lines: await decisionLines(db, span, now) },
      { name: 'risks', lines: await riskLines(db, span) },
      { name: 'next', lines: await nextLines(db, calendar, now) },
    ],
  }
}

const within = (at: string | null | undefined, { from, until }: Span): boolean =>
  at != null && at >= from && at < until

async function moneyLines(db: Db, span: Span): Promise<ReportLine[]> {
  const byPool = new Map<string, { cost: number; count: number; entry: string }>()
  for await (const { poolId, cost, id } of ledgerBetween(db, span.from, span.until)) {
    const sum = byPool.get(poolId) ?? { cost: 0, count: 0, entry: id }
    byPool.set(poolId, { cost: sum.cost + cost, count: sum.count + 1, entry: sum.entry })
  }
  const named = new Map((await pools.list(db)).map((pool) => [pool.id, pool.name]))
  const spent = [...byPool].map(([id, { cost, count, entry }]) =>
    line(message('report.spent', { pool: named.get(id) ?? id, cost, count }), 'ledger', entry),
  )
  const bets = new Map((await initiatives.list(db)).map((one) => [one.id, one.name]))
  const budgets = (await budgetsOf(db)).map(({ initiativeId, poolId, used, amount, unit, burn }) =>
    line(
      message('report.budget', {
        ...{ name: bets.get(initiativeId) ?? initiativeId, pool: named.get(poolId) ?? poolId },
        ...{ used, amount, unit, burn },
      }),
      'budget',
    ),
  )
  return [...spent, ...budgets]
}

async function runLines(db: Db, span: Span): Promise<ReportLine[]> {
  const ended = (await endedRuns(db, span.from)).filter(({ endedAt }) => within(endedAt, span))
  if (ended.length === 0) return []
  const bad = ended.filter(({ state }) => state === 'failed' || state === 'lost')
  const cost = ended.reduce((sum, run) => sum + run.cost.amount, 0)
  const hours = ended.reduce((sum, run) => sum + run.cost.wallSeconds, 0) / 3600
  const dearest = [...ended].sort((a, b) => b.cost.amount - a.cost.amount || a.number - b.number).slice(0, 5)
  return [
    {
      message: message('report.runs', { count: ended.length, failed: bad.length, hours, cost }),
      page: '/runs',
    },
    ...dearest.map(({ id, name, number, state, cost: { amount, wallSeconds } }) =>
      line(message('report.run', { name, number, state, cost: amount, seconds: wallSeconds }), 'run', id),
    ),
    ...bad
      .filter((run) => !dearest.includes(run))
      .map(({ id, name, number, state }) =>
        line(message('notice.runFailed', { name, number, state }), 'run', id),
      ),
  ]
}

async function taskLines(db: Db, span: Span, today: string): Promise<ReportLine[]> {
  const all = await tasks.list(db)
  const done = all.filter(({ doneAt }) => within(doneAt, span))
  const blocked = all.filter(({ state }) => state === 'blocked')
  const late = all.filter((task) => isOverdue(task, today))
  const owner = async (id: string | null) => (id === null ? '—' : nameOf(db, id))
  const counts = { done: done.length, blocked: blocked.length, late: late.length }
  const summary = done.length + blocked.length + late.length
  return [
    ...(summary > 0 ? [{ message: message('report.tasks', counts), page: '/team' }] : []),
    ...(await Promise.all(
      done.map(async ({ id, title, assigneeId, estimateDays, actualDays }) => {
        const values = { title, member: await owner(assigneeId), estimate: estimateDays }
        const said =
          actualDays === null
            ? message('report.task.done', values)
            : message('report.task.doneDays', { ...values, actual: actualDays })
        return line(said, 'task', id)
      }),
    )),
    ...(await Promise.all(
      blocked.map(async ({ id, title, assigneeId }) =>
        line(message('report.task.blocked', { title, member: await owner(assigneeId) }), 'task', id),
      ),
    )),
    ...late.map(({ id, title, due }) =>
      line(message('notice.overdueTask', { title, due: due ?? '' }), 'task', id),
    ),
  ]
}

async function decisionLines(db: Db, span: Span, now: string): Promise<ReportLine[]> {
  const made = (await decisions.newest(db)).filter(({ at }) => within(at, span))
  const known = (await decisions.newest(db)).filter(({ outcome }) => within(outcome?.at, span))
  const all = await approvals.newest(db)
  return [
    ...made.map(({ id, title, chosen, expectation }) =>
      line(
        expectation?.chance === undefined
          ? message('report.decision', { title, chosen })
          : message('report.decisionChance', { title, chosen, chance: expectation.chance }),
        'decision',
        id,
      ),
    ),
    ...known.flatMap(({ id, title, score }) =>
      score
        ? [
            line(
              message('report.scored', { title, rule: score.rule.toUpperCase(), score: score.value }),
              'decision',
              id,
            ),
          ]
        : [],
    ),
    ...all
      .filter(({ decidedAt }) => within(decidedAt, span))
      .map(({ id, title, state }) =>
        line(message('notice.approvalDecided', { title, state }), 'approval', id),
      ),
    ...all
      .filter(({ state }) => state === 'open')
      .map((a) =>
        line(
          message('notice.overdueApproval', { title: a.title, days: waitedDays(a, now) }),
          'approval',
          a.id,
        ),
      ),
  ]
}

async function riskLines(db: Db, span: Span): Promise<ReportLine[]> {
  const turned = await entriesBetween(db, ['indicator.turned'], span.from, span.until)
  const happened = (await incidents.list(db)).filter(({ at }) => within(at, span))
  const named = new Map((await risks.list(db)).map(({ id, name }) => [id, name]))
  const [newest] = (await simulations.newest(db, 1)).filter(({ at }) => at < span.until)
  return [
    ...(newest ? [line(message('report.risk', { ale: newest.ale, var95: newest.var95 }), 'risk', '')] : []),
    ...turned.map(({ data, id }) => {
      const { risk, measure, from, to } = data as Record<string, string>
      const values = {
        risk: risk ?? id,
        measure: measure ?? '',
        from: from ?? 'unknown',
        to: to ?? 'unknown',
      }
      return line(message('report.indicator', values), 'indicator', id)
    }),
    ...happened.map(({ id, title, riskId, loss }) => {
      const values = { title, risk: named.get(riskId ?? '') ?? '—' }
      return line(
        loss === null
          ? message('report.incident', values)
          : message('report.incidentLoss', { ...values, loss }),
        'incident',
        id,
      )
    }),
  ]
}

/** The seven days after today. */
async function nextLines(db: Db, calendar: Calendar, now: string): Promise<ReportLine[]> {
  const today = calendar.dayOf(now)
  const soon = (day: number) => day >= today && day <= today + 7
  const due = (await tasks.list(db)).filter(
    (task) => isOpenTask(task.state) && task.due !== null && soon(dayOfDate(task.due)),
  )
  const cycle = await openCycle(db)
  const ends = cycle && soon(calendar.dayOf(cycle.end)) ? [cycle] : []
  const closing = (await approvals.newest(db)).filter(
    ({ state, expiresAt }) => state === 'open' && expiresAt !== null && soon(calendar.dayOf(expiresAt)),
  )
  return [
    ...due
      .sort((a, b) => (a.due! < b.due! ? -1 : 1))
      .map(({ id, title, due: on }) => line(message('report.due', { title, due: on! }), 'task', id)),
    ...closing.map(({ id, title, expiresAt }) =>
      line(message('notice.endingApproval', { title, at: expiresAt! }), 'approval', id),
    ),
    ...ends.map(({ id, name, end }) =>
      line(message('report.ends', { name, on: dateOfDay(calendar.dayOf(end)) }), 'cycle', id),
    ),
  ]
}
