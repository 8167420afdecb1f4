/** @file What a member's calendar holds, as iCalendar (RFC 5545). */
import { isOpenTask, type Language, message, pageOf, render } from '@capstan/domain'
import ical, { ICalCalendarMethod, ICalEventTransparency } from 'ical-generator'
import { openCycle } from '../cycles/store.ts'
import type { Db } from '../database/records.ts'
import { timesOf } from '../measures/clock.ts'
import { members } from '../members/store.ts'
import { keyResultsOf } from '../strategy/store.ts'
import { missingVoters } from '../team/late.ts'
import { approvals, tasks } from '../team/store.ts'

const DAY_MS = 86_400_000

type Day = { kind: 'day'; from: string; to?: string }
type Moment = { kind: 'moment'; at: string }
type Entry = { id: string; summary: string; page: string; busy?: boolean; when: Day | Moment }

/** @param address of this server, as the entries' links name it */
export async function feedFor(
  db: Db,
  memberId: string,
  now: string,
  language: Language,
  address: string,
): Promise<string> {
  const member = await members.get(db, memberId)
  const calendar = ical({
    name: `Capstan · ${member.name}`,
    prodId: { company: 'Capstan', product: 'Capstan', language: language === 'zh-CN' ? 'ZH' : 'EN' },
    method: ICalCalendarMethod.PUBLISH,
    ttl: 3600,
  })
  const entries = [
    ...(await dueTasks(db, memberId, language)),
    ...(await dueApprovals(db, memberId, language)),
    ...(await cycleEnds(db, now, language)),
    ...(member.absences ?? []).map(
      ({ from, to, note }, i): Entry => ({
        ...{ id: `absence-${member.id}-${i}`, page: pageOf('member', member.id), busy: true },
        summary: render(message('calendar.absence', { note: note || '—' }), language),
        when: { kind: 'day', from, to },
      }),
    ),
  ]
  for (const { id, summary, page, busy, when } of entries) {
    const [start, end] =
      when.kind === 'moment'
        ? [new Date(when.at), new Date(when.at)]
        : // the end of a whole day is the day after it
          [new Date(when.from), new Date(Date.parse(when.to ?? when.from) + DAY_MS)]
    calendar.createEvent({
      ...{ id: `${id}@capstan`, summary, start, end, allDay: when.kind === 'day', stamp: new Date(now) },
      ...{ url: `${address}${page}`, description: `${address}${page}` },
      transparency: busy ? ICalEventTransparency.OPAQUE : ICalEventTransparency.TRANSPARENT,
    })
  }
  return calendar.toString()
}

async function dueTasks(db: Db, memberId: string, language: Language): Promise<Entry[]> {
  return (await tasks.list(db)).flatMap(({ id, title, due, assigneeId, state }) =>
    due !== null && assigneeId === memberId && isOpenTask(state)
      ? [
          {
            ...{ id, page: pageOf('task', id), when: { kind: 'day', from: due } },
            summary: render(message('calendar.task', { title }), language),
          },
        ]
      : [],
  )
}

async function dueApprovals(db: Db, memberId: string, language: Language): Promise<Entry[]> {
  const open = (await approvals.newest(db)).filter((a) => a.state === 'open' && a.expiresAt !== null)
  const own = await Promise.all(
    open.map(async (a) => ((await missingVoters(db, a)).includes(memberId) ? [a] : [])),
  )
  return own.flat().map(({ id, title, expiresAt }) => ({
    ...{ id, page: pageOf('approval', id), when: { kind: 'moment', at: expiresAt! } },
    summary: render(message('calendar.approval', { title }), language),
  }))
}

async function cycleEnds(db: Db, now: string, language: Language): Promise<Entry[]> {
  const cycle = await openCycle(db)
  if (!cycle) return []
  const { calendar } = await timesOf(db, now)
  const date = (at: string) => new Date(calendar.dayOf(at) * DAY_MS).toISOString().slice(0, 10)
  const results = await keyResultsOf(db, cycle.id, now)
  return [
    {
      ...{ id: cycle.id, page: pageOf('cycle', cycle.id), when: { kind: 'day', from: date(cycle.end) } },
      summary: render(message('calendar.cycle', { name: cycle.name }), language),
    },
    ...results.map(
      ({ id, title, due }): Entry => ({
        ...{ id, page: pageOf('key-result', id), when: { kind: 'day', from: date(due) } },
        summary: render(message('calendar.keyResult', { title }), language),
      }),
    ),
  ]
}
