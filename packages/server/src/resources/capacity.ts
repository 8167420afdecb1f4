/** @file What pools can give in each period: typed, or worked out from the members who have the skill. */
import type { Cycle, Pool } from '@capstan/api'
import {
  type Calendar,
  jointPools,
  type Period,
  type Person,
  periodsFrom,
  periodsUntil,
  type SkillPool,
  skillCapacity,
} from '@capstan/domain'
import { openCycle } from '../cycles/store.ts'
import type { Db } from '../database/records.ts'
import { timesOf } from '../measures/clock.ts'
import { members } from '../members/store.ts'
import { holidays, pools } from './store.ts'

export interface Capacities {
  /** As stored, with the capacities that people give. */
  pools: Pool[]
  joint: ReturnType<typeof jointPools>
  periods: Period[]
  calendar: Calendar
}

/** Somebody who is gone from a period on. */
export interface Leaving {
  memberId: string
  period: number
}

const ever = '9999-12-31'

/** @param cycle whose periods count; the open one when left out */
export async function capacitiesOf(
  db: Db,
  now: string,
  cycle?: Cycle,
  leaving: readonly Leaving[] = [],
): Promise<Capacities> {
  const turning = cycle ?? (await openCycle(db))
  const { calendar } = await timesOf(db, now)
  const stored = await pools.list(db)
  const typed = stored.filter(({ skill }) => !skill).map(({ capacity }) => capacity.length)
  const start = turning?.start ?? now
  const length = turning?.period ?? 'week'
  const count =
    typed.length > 0
      ? Math.max(...typed)
      : turning
        ? periodsUntil(start, turning.end, length, calendar)
        : Math.max(1, ...stored.map(({ capacity }) => capacity.length))
  const periods = periodsFrom(start, length, count, calendar)
  const skilled = stored.filter((pool) => pool.skill)
  if (skilled.length === 0) return { pools: stored, joint: [], periods, calendar }

  const free = await holidays.list(db)
  const people = (await members.list(db)).map((member): Person => {
    const gone = leaving.find(({ memberId }) => memberId === member.id)
    const from = gone && periods[Math.min(gone.period, periods.length - 1)]
    const absences = member.absences ?? []
    return {
      id: member.id,
      skills: member.skills,
      daysPerPeriod: member.daysPerPeriod,
      absences: from
        ? [...absences, { from: new Date(from.first * 86_400_000).toISOString().slice(0, 10), to: ever }]
        : absences,
    }
  })
  const resolved = stored.map((pool) =>
    pool.skill ? { ...pool, capacity: skillCapacity(people, [pool.skill], periods, free) } : pool,
  )
  const bySkill = resolved.flatMap((pool): SkillPool[] =>
    pool.skill ? [{ ...pool, skill: pool.skill }] : [],
  )
  return { pools: resolved, joint: jointPools(bySkill, people, periods, free), periods, calendar }
}
