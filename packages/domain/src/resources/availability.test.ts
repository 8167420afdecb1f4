/** @file Capacities of people: holidays, absences, skills that two pools share. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calendarOf } from '../measures/calendar.ts'
import {
  daysAvailable,
  type Holiday,
  jointPools,
  type Person,
  type SkillPool,
  skillCapacity,
  withJointPools,
  withoutJointPools,
} from './availability.ts'
import { addMonths, dateOfDay, dayOfDate, periodsFrom, periodsUntil, weekdayOf } from './periods.ts'

const shanghai = calendarOf('Asia/Shanghai')
const person = (id: string, skills: string[], more: Partial<Person> = {}): Person => ({
  id,
  skills,
  daysPerPeriod: 5,
  absences: [],
  ...more,
})
// 2026-03-02 is a Monday
const [week] = periodsFrom('2026-03-01T16:00:00.000Z', 'week', 1, shanghai)

describe('periods', () => {
  test('begin on the local day of the instant, and weeks stay weeks when clocks change', () => {
    const berlin = calendarOf('Europe/Berlin')
    const weeks = periodsFrom('2026-03-22T23:00:00.000Z', 'week', 3, berlin)
    expect(weeks.map(({ first }) => dateOfDay(first))).toEqual(['2026-03-23', '2026-03-30', '2026-04-06'])
    expect(dateOfDay(week!.first)).toBe('2026-03-02')
    expect(weekdayOf(week!.first)).toBe(1)
  })

  test('months end with their month', () => {
    expect(dateOfDay(addMonths(dayOfDate('2026-01-31'), 1))).toBe('2026-02-28')
    expect(dateOfDay(addMonths(dayOfDate('2026-11-30'), 3))).toBe('2027-02-28')
    expect(dayOfDate('2026-02-30')).toBeNaN()
    const months = periodsFrom('2026-01-31T00:00:00.000Z', 'month', 3, calendarOf('UTC'))
    expect(months.map(({ end }) => dateOfDay(end))).toEqual(['2026-02-28', '2026-03-31', '2026-04-30'])
    expect(periodsUntil('2026-01-01T00:00:00Z', '2026-03-01T00:00:00Z', 'month', calendarOf('UTC'))).toBe(2)
    expect(periodsUntil('2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'week', calendarOf('UTC'))).toBe(1)
  })
})

describe('availability', () => {
  test('holidays and absences take days; days worked in exchange give them back', () => {
    const absent = person('a', [], { absences: [{ from: '2026-03-05', to: '2026-03-08' }] })
    expect(daysAvailable(absent, week!, [])).toBe(3)
    const off: Holiday = { from: '2026-03-02', to: '2026-03-03', kind: 'off' }
    const exchanged: Holiday = { from: '2026-03-07', to: '2026-03-07', kind: 'work' }
    expect(daysAvailable(person('b', []), week!, [off])).toBe(3)
    expect(daysAvailable(person('b', []), week!, [off, exchanged])).toBe(4)
    expect(daysAvailable(person('half', [], { daysPerPeriod: 2.5 }), week!, [off])).toBe(1.5)
  })

  test('skills are found whatever their case', () => {
    const people = [person('a', ['Training']), person('b', ['data'])]
    expect(skillCapacity(people, ['training '], [week!], [])).toEqual([5])
  })
})

const pool = (id: string, skill: string, people: Person[]): SkillPool => ({
  id,
  name: id,
  kind: 'people',
  unit: 'day',
  skill,
  capacity: skillCapacity(people, [skill], [week!], []),
})

describe('people with two skills', () => {
  const people = [person('ann', ['a']), person('bo', ['a', 'b']), person('cy', ['b'])]
  const pools = [pool('A', 'a', people), pool('B', 'b', people)]

  test('are not given twice', () => {
    expect(pools.map(({ capacity }) => capacity[0])).toEqual([10, 10])
    const joint = jointPools(pools, people, [week!], [])
    expect(joint.map(({ id, capacity }) => [id, capacity])).toEqual([['A.B', [15]]])
  })

  test('who share nobody limit nobody', () => {
    const apart = [person('ann', ['a']), person('cy', ['b'])]
    expect(jointPools([pool('A', 'a', apart), pool('B', 'b', apart)], apart, [week!], [])).toEqual([])
  })

  test('the joint need is the sum, and the price of a skill the sum of what it widens', () => {
    const joint = jointPools(pools, people, [week!], [])
    const input = {
      pools,
      candidates: [
        {
          id: 'x',
          name: 'x',
          value: { low: 1, mode: 1, high: 1 },
          chance: { alpha: 1, beta: 1 },
          needs: { A: [4, 1], B: [3] },
          earliest: 0,
          latest: 0,
          prerequisites: [],
          exclusions: [],
        },
      ],
      periods: 1,
      lambda: 0,
      seed: 1,
    }
    const wide = withJointPools(input, joint)
    expect(wide.candidates[0]!.needs).toEqual({ A: [4, 1], B: [3], 'A.B': [7, 1] })
    const use = (poolId: string, used: number, capacity: number) => ({ poolId, period: 0, used, capacity })
    const result = withoutJointPools(
      {
        usage: [use('A', 8, 10), use('B', 7, 10), use('A.B', 15, 15)],
        binding: [
          { ...use('A', 8, 10), shadowPrice: 1 },
          { ...use('A.B', 15, 15), shadowPrice: 4 },
        ],
      } as never,
      joint,
    )
    expect(result.usage.map(({ poolId }) => poolId)).toEqual(['A', 'B'])
    expect(result.binding.map(({ poolId, shadowPrice }) => [poolId, shadowPrice])).toEqual([
      ['A', 5],
      ['B', 4],
    ])
  })

  test('the limits hold exactly when days can be handed out (Hall), on random small teams', () => {
    fc.assert(
      fc.property(
        fc.array(fc.subarray(['a', 'b', 'c'], { minLength: 1 }), { minLength: 1, maxLength: 4 }),
        fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)),
        (skills, wanted) => {
          // one day each, so that handing out is a matching of whole days
          const team = skills.map((each, i) => person(`p${i}`, each, { daysPerPeriod: 1 }))
          const all = ['a', 'b', 'c'].map((skill) => pool(skill.toUpperCase(), skill, team))
          const joint = jointPools(all, team, [week!], [])
          const need: Record<string, number> = { A: wanted[0], B: wanted[1], C: wanted[2] }
          const allowed =
            all.every(({ id, capacity }) => need[id]! <= capacity[0]! + 1e-9) &&
            joint.every(
              ({ parts, capacity }) =>
                parts.reduce((sum, part) => sum + need[part]!, 0) <= capacity[0]! + 1e-9,
            )
          expect(allowed).toBe(canHandOut(skills, wanted))
        },
      ),
      { numRuns: 300 },
    )
  })
})

/** Tries every way to give each person's day to one of their skills, or to nobody. */
function canHandOut(skills: readonly string[][], [a, b, c]: readonly [number, number, number]): boolean {
  const go = (i: number, left: Record<string, number>): boolean => {
    if (Object.values(left).every((count) => count <= 0)) return true
    if (i === skills.length) return false
    return (
      go(i + 1, left) || skills[i]!.some((skill) => go(i + 1, { ...left, [skill]: (left[skill] ?? 0) - 1 }))
    )
  }
  return go(0, { a, b, c })
}
