/** @file The load on each person and skill, and how many people an initiative depends on. */
import { daysAvailable, type Holiday, type Person } from '../resources/availability.ts'
import { dateOfDay, type Period } from '../resources/periods.ts'

export type Assignment = { memberId: string; remainingDays: number }

export type MemberLoad = {
  memberId: string
  capacityDays: number
  assignedDays: number
  /** assigned / capacity; null without capacity. Above 1 is more than there is time for. */
  load: number | null
  over: boolean
}

/** Person-days assigned against person-days available in the same period. */
export const loads = (
  capacityDays: Readonly<Record<string, number>>,
  assignments: readonly Assignment[],
): MemberLoad[] => {
  const assigned = new Map(Object.keys(capacityDays).map((id) => [id, 0]))
  for (const { memberId, remainingDays } of assignments)
    assigned.set(memberId, (assigned.get(memberId) ?? 0) + remainingDays)
  return [...assigned].map(([memberId, assignedDays]) => {
    const capacity = capacityDays[memberId] ?? 0
    return {
      memberId,
      capacityDays: capacity,
      assignedDays,
      load: capacity > 0 ? assignedDays / capacity : null,
      over: assignedDays > capacity,
    }
  })
}

export type LoadTask = {
  assigneeId: string | null
  skill: string | null
  remainingDays: number
  /** Number of the local day by which it should be done; null for any time. */
  due: number | null
}

export type PeriodLoad = { capacityDays: number; assignedDays: number; load: number | null; over: boolean }

export type LoadPlan = {
  members: { memberId: string; periods: PeriodLoad[] }[]
  /** Whoever has two skills counts for both. Tasks of nobody count for the skill that they need. */
  skills: { skill: string; periods: PeriodLoad[] }[]
  /** Days of open tasks that nobody has. */
  unassignedDays: number
}

/**
 * What is left to do against the days that people have, in each period from today on. Work is spread over the periods
 * until its due date in proportion to what whoever does it has left there; overdue work falls into the first.
 * @param periods the first may have begun; its days before `today` are gone
 */
export const loadPlan = (
  people: readonly Person[],
  tasks: readonly LoadTask[],
  periods: readonly Period[],
  holidays: readonly Holiday[],
  today: number,
): LoadPlan => {
  const gone = { from: '0001-01-01', to: dateOfDay(today - 1) }
  const capacity = new Map(
    people.map((person) => {
      const left = { ...person, absences: [...person.absences, gone] }
      return [person.id, periods.map((period) => daysAvailable(left, period, holidays))]
    }),
  )
  const loadsOf = (days: readonly number[], own: readonly LoadTask[]): PeriodLoad[] => {
    const assigned = periods.map(() => 0)
    for (const task of own)
      for (const [i, share] of spread(task, days, periods).entries()) assigned[i]! += share
    return periods.map((_, i) => {
      const [capacityDays, assignedDays] = [days[i] ?? 0, assigned[i]!]
      const load = capacityDays > 0 ? assignedDays / capacityDays : null
      return { capacityDays, assignedDays, load, over: assignedDays > capacityDays + 1e-9 }
    })
  }
  const skills = new Map<string, string>()
  for (const skill of [...people.flatMap((one) => one.skills), ...tasks.flatMap((one) => one.skill ?? [])])
    if (!skills.has(folded(skill))) skills.set(folded(skill), skill.trim())
  return {
    members: people.map(({ id }) => ({
      memberId: id,
      periods: loadsOf(
        capacity.get(id)!,
        tasks.filter(({ assigneeId }) => assigneeId === id),
      ),
    })),
    skills: [...skills].map(([key, skill]) => {
      const able = people.filter((person) => person.skills.some((own) => folded(own) === key))
      const days = periods.map((_, i) => able.reduce((sum, { id }) => sum + capacity.get(id)![i]!, 0))
      const own = tasks.filter((task) => task.skill !== null && folded(task.skill) === key)
      return { skill, periods: loadsOf(days, own) }
    }),
    unassignedDays: tasks.reduce(
      (sum, { assigneeId, remainingDays }) => sum + (assigneeId === null ? remainingDays : 0),
      0,
    ),
  }
}

const folded = (skill: string) => skill.trim().toLowerCase()

const spread = (
  { remainingDays, due }: LoadTask,
  capacity: readonly number[],
  periods: readonly Period[],
): number[] => {
  const holding = due === null ? -1 : periods.findIndex(({ end }) => due < end)
  const last = holding < 0 ? periods.length - 1 : holding
  const room = capacity.slice(0, last + 1)
  const total = room.reduce((sum, days) => sum + days, 0)
  // nobody has time until then: it shows where it is due
  if (total <= 0) return periods.map((_, i) => (i === last ? remainingDays : 0))
  return periods.map((_, i) => (i <= last ? (remainingDays * room[i]!) / total : 0))
}

export type WorkDone = {
  initiativeId: string
  memberId: string
  days: number
  /** What the days were counted from; days of different sources are never added up. */
  source?: 'tasks' | 'runs'
}

export type BusFactor = {
  initiativeId: string
  /** The least number of people who together did more than half of the work. */
  factor: number
  /** Mean of a member's shares by source, over the sources that there are. */
  members: { memberId: string; share: number }[]
}

/**
 * Who carries each initiative, from the work really done. Tasks count by the days they took, runs by the days on
 * which somebody started any: each source has the same weight, because their days are not the same days.
 */
export const busFactors = (work: readonly WorkDone[]): BusFactor[] =>
  [...new Set(work.map((item) => item.initiativeId))].map((initiativeId) => {
    const own = work.filter((item) => item.initiativeId === initiativeId)
    const bySource = [...new Set(own.map(({ source = 'tasks' }) => source))].flatMap((source) => {
      const items = own.filter((item) => (item.source ?? 'tasks') === source)
      const total = items.reduce((sum, { days }) => sum + days, 0)
      return total > 0 ? [items.map(({ memberId, days }) => ({ memberId, share: days / total }))] : []
    })
    const shares = new Map(own.map(({ memberId }) => [memberId, 0]))
    for (const items of bySource)
      for (const { memberId, share } of items)
        shares.set(memberId, shares.get(memberId)! + share / bySource.length)
    const members = [...shares]
      .map(([memberId, share]) => ({ memberId, share }))
      .sort((a, b) => b.share - a.share || (a.memberId < b.memberId ? -1 : 1))
    let covered = 0
    let factor = 0
    while (bySource.length > 0 && factor < members.length && covered <= 0.5 + 1e-12)
      covered += members[factor++]!.share
    return { initiativeId, factor, members }
  })
