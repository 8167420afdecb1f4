/** @file The load on each person, and how many people an initiative depends on. */

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

export type WorkDone = { initiativeId: string; memberId: string; days: number }

export type BusFactor = {
  initiativeId: string
  /** The least number of people who together did more than half of the work. */
  factor: number
  members: { memberId: string; share: number }[]
}

/** Who carries each initiative, from the work really done (days of any unit, at least 0). */
export const busFactors = (work: readonly WorkDone[]): BusFactor[] =>
  [...new Set(work.map((item) => item.initiativeId))].map((initiativeId) => {
    const days = new Map<string, number>()
    for (const item of work)
      if (item.initiativeId === initiativeId)
        days.set(item.memberId, (days.get(item.memberId) ?? 0) + item.days)
    const total = [...days.values()].reduce((sum, value) => sum + value, 0)
    const members = [...days]
      .map(([memberId, value]) => ({ memberId, share: total > 0 ? value / total : 0 }))
      .sort((a, b) => b.share - a.share || (a.memberId < b.memberId ? -1 : 1))
    let covered = 0
    let factor = 0
    while (factor < members.length && covered <= 0.5) covered += members[factor++]!.share
    return { initiativeId, factor: total > 0 ? factor : 0, members }
  })
