/** @file Routes of load and bus factors, from tasks, absences and runs. */
import { api, type InitiativeBus, type TeamLoad } from '@capstan/api'
import {
  busFactors,
  dateOfDay,
  dayOfDate,
  isOpenTask,
  loadPlan,
  periodsFrom,
  type WorkDone,
} from '@capstan/domain'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { openCycle } from '../cycles/store.ts'
import type { Db } from '../database/records.ts'
import { bind } from '../http/register.ts'
import { timesOf } from '../measures/clock.ts'
import { members } from '../members/store.ts'
import { holidays } from '../resources/store.ts'
import { runsOfInitiatives } from '../runs/store.ts'
import { tasks } from './store.ts'

/** Periods that are looked ahead. */
const AHEAD = 4

export function loadRoutes(app: FastifyInstance, { db, now }: Context): void {
  bind(app, api.team.load, () => readLoad(db, now().toISOString()))
  bind(app, api.team.busFactors, () => readBusFactors(db, now().toISOString()))
}

export async function readLoad(db: Db, now: string): Promise<TeamLoad> {
  const { calendar } = await timesOf(db, now)
  const cycle = await openCycle(db)
  const today = calendar.dayOf(now)
  const all = periodsFrom(cycle?.start ?? now, cycle?.period ?? 'week', 120, calendar)
  const from = Math.max(
    all.findIndex(({ end }) => today < end),
    0,
  )
  const periods = all.slice(from, from + AHEAD)
  const people = (await members.list(db)).map(({ id, skills, daysPerPeriod, absences }) => ({
    ...{ id, skills, daysPerPeriod, absences: absences ?? [] },
  }))
  const open = (await tasks.list(db)).filter(({ state }) => isOpenTask(state))
  const left = open.map(({ assigneeId, skill, estimateDays, actualDays, due }) => ({
    ...{ assigneeId, skill, due: due === null ? null : dayOfDate(due) },
    remainingDays: Math.max(estimateDays - (actualDays ?? 0), 0),
  }))
  return {
    periods: periods.map(({ first, end }) => ({ from: dateOfDay(first), to: dateOfDay(end - 1) })),
    ...loadPlan(people, left, periods, await holidays.list(db), today),
  }
}

export async function readBusFactors(db: Db, now: string): Promise<InitiativeBus[]> {
  const { calendar } = await timesOf(db, now)
  const people = await members.list(db)
  const done = (await tasks.list(db)).flatMap((task) =>
    task.initiativeId !== null && task.assigneeId !== null && (task.actualDays ?? 0) > 0 ? [task] : [],
  )
  const runs = (await runsOfInitiatives(db)).filter(({ user }) => user !== '')
  const idOf = (user: string) =>
    people.find(({ id, name }) => id === user || name === user)?.id ?? `? ${user}`
  const days = new Set(
    runs.map((run) => [run.initiativeId, idOf(run.user), calendar.dayOf(run.createdAt)].join('\n')),
  )
  const work: WorkDone[] = [
    ...done.map(
      (task): WorkDone => ({
        ...{ initiativeId: task.initiativeId!, memberId: task.assigneeId!, days: task.actualDays ?? 0 },
        source: 'tasks',
      }),
    ),
    ...[...days].map((key): WorkDone => {
      const [initiativeId = '', memberId = ''] = key.split('\n')
      return { initiativeId, memberId, days: 1, source: 'runs' }
    }),
  ]
  return busFactors(work).map(({ initiativeId, factor, members: shares }) => {
    const own = done.filter((task) => task.initiativeId === initiativeId)
    return {
      ...{ initiativeId, factor },
      people: shares.map(({ memberId, share }) => {
        const member = people.find(({ id }) => id === memberId)
        return { memberId: member?.id ?? null, name: member?.name ?? memberId.replace(/^\? /, ''), share }
      }),
      taskDays: own.reduce((sum, { actualDays }) => sum + (actualDays ?? 0), 0),
      runDays: [...days].filter((key) => key.startsWith(`${initiativeId}\n`)).length,
      tasks: own.map(({ id }) => id),
      runs: runs.filter((run) => run.initiativeId === initiativeId).length,
    }
  })
}
