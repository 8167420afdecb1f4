/** @file What people can give in each period: skills, absences, public holidays, and who counts for two pools. */

import { dayOfDate, type Period, weekdayOf } from './periods.ts'
import type { Allocation, AllocationInput, Pool } from './portfolio.ts'

/** Local dates, both included. */
export type DateRange = { from: string; to: string }

/** `work`: days at the weekend that are worked in exchange for a holiday. */
export type Holiday = DateRange & { kind: 'off' | 'work' }

export type Person = {
  id: string
  skills: readonly string[]
  /** Working days of a full period, with no holiday in it. */
  daysPerPeriod: number
  absences: readonly DateRange[]
}

const holds = ({ from, to }: DateRange, day: number) => day >= dayOfDate(from) && day <= dayOfDate(to)

const isWorkday = (day: number, holidays: readonly Holiday[]): boolean => {
  const named = holidays.find((holiday) => holds(holiday, day))
  return named ? named.kind === 'work' : weekdayOf(day) <= 5
}

/**
 * The days that a person gives in a period: `daysPerPeriod` times the share of its Mondays to Fridays that are left
 * after holidays and absences. Days worked in exchange for a holiday count.
 */
export const daysAvailable = (person: Person, period: Period, holidays: readonly Holiday[]): number => {
  let usual = 0
  let left = 0
  for (let day = period.first; day < period.end; day++) {
    if (weekdayOf(day) <= 5) usual++
    if (isWorkday(day, holidays) && !person.absences.some((absence) => holds(absence, day))) left++
  }
  return usual === 0 ? 0 : (person.daysPerPeriod * left) / usual
}

export const sameSkill = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase()

const hasOneOf = (person: Person, skills: readonly string[]) =>
  person.skills.some((skill) => skills.some((wanted) => sameSkill(skill, wanted)))

/** Days in each period of everybody who has one of the skills. */
export const skillCapacity = (
  people: readonly Person[],
  skills: readonly string[],
  periods: readonly Period[],
  holidays: readonly Holiday[],
): number[] => {
  const able = people.filter((person) => hasOneOf(person, skills))
  return periods.map((period) =>
    able.reduce((sum, person) => sum + daysAvailable(person, period, holidays), 0),
  )
}

export type SkillPool = Pool & { skill: string }

/**
 * Somebody with two skills can work for either pool, but not for both at once. By Hall's theorem (1935) the needs of
 * all pools can be met together exactly when, for every set of pools, they do not exceed what the people with at
 * least one of its skills can give. Answers the sets that say more than their parts, as pools of their own.
 * @param pools at most ten; the sets of more are not listed
 */
export const jointPools = (
  pools: readonly SkillPool[],
  people: readonly Person[],
  periods: readonly Period[],
  holidays: readonly Holiday[],
): (Pool & { parts: string[] })[] => {
  if (pools.length < 2 || pools.length > 10) return []
  const joint: (Pool & { parts: string[] })[] = []
  for (let set = 3; set < 1 << pools.length; set++) {
    const members = pools.filter((_, i) => set & (1 << i))
    if (members.length < 2) continue
    // pools that share nobody are limited by themselves
    const connected = people.some(
      (person) => members.filter(({ skill }) => hasOneOf(person, [skill])).length > 1,
    )
    if (!connected) continue
    const capacity = skillCapacity(
      people,
      members.map(({ skill }) => skill),
      periods,
      holidays,
    )
    const apart = periods.map((_, i) => members.reduce((sum, pool) => sum + (pool.capacity[i] ?? 0), 0))
    if (capacity.every((days, i) => days >= apart[i]! - 1e-9)) continue
    joint.push({
      id: members.map(({ id }) => id).join('.'),
      name: members.map(({ name }) => name).join(' + '),
      kind: 'people',
      unit: members[0]!.unit,
      capacity,
      parts: members.map(({ id }) => id),
    })
  }
  return joint
}

/** The input with the joint pools as limits of their own; what needs a part needs the whole. */
export const withJointPools = (
  input: AllocationInput,
  joint: ReturnType<typeof jointPools>,
): AllocationInput => ({
  ...input,
  pools: [...input.pools, ...joint.map(({ parts: _, ...pool }) => pool)],
  candidates: input.candidates.map((candidate) => ({
    ...candidate,
    needs: { ...candidate.needs, ...jointNeeds(candidate.needs, joint) },
  })),
})

const jointNeeds = (
  needs: Readonly<Record<string, number[]>>,
  joint: ReturnType<typeof jointPools>,
): Record<string, number[]> =>
  Object.fromEntries(
    joint.flatMap(({ id, parts }) => {
      const each = parts.flatMap((part) => (needs[part] ? [needs[part]] : []))
      if (each.length === 0) return []
      const length = Math.max(...each.map((amounts) => amounts.length))
      const sum = (i: number) => each.reduce((total, amounts) => total + (amounts[i] ?? 0), 0)
      return [[id, Array.from({ length }, (_, i) => sum(i))]]
    }),
  )

/**
 * An answer about the pools that people know: another day of a skill widens its pool and every joint pool that it is
 * part of, so its price is the sum of theirs.
 */
export const withoutJointPools = (result: Allocation, joint: ReturnType<typeof jointPools>): Allocation => {
  const jointIds = new Map(joint.map(({ id, parts }) => [id, parts]))
  const usage = result.usage.filter(({ poolId }) => !jointIds.has(poolId))
  const binding = new Map(
    result.binding
      .filter(({ poolId }) => !jointIds.has(poolId))
      .map((limit) => [`${limit.poolId} ${limit.period}`, limit]),
  )
  for (const limit of result.binding) {
    for (const poolId of jointIds.get(limit.poolId) ?? []) {
      const key = `${poolId} ${limit.period}`
      const own = usage.find((use) => use.poolId === poolId && use.period === limit.period)
      if (!own) continue
      const before = binding.get(key)?.shadowPrice ?? 0
      binding.set(key, { ...own, shadowPrice: before + limit.shadowPrice })
    }
  }
  return { ...result, usage, binding: [...binding.values()] }
}
