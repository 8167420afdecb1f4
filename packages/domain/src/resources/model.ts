/** @file The allocation as a mixed-integer programme: start-time columns, capacity and logic rows. */
import type { AllocationInput, Candidate } from './portfolio.ts'
import type { Column, Programme, Row } from './programme.ts'
import { defaultScenarios, drawScenarios, type Scenarios, tailShare } from './scenarios.ts'

/** What a row stands for, so that duals and conflicts can be told in words. */
export type RowMeaning =
  | { kind: 'capacity'; pool: number; period: number }
  | { kind: 'once'; candidate: number }
  | { kind: 'prerequisite'; candidate: number; other: number }
  | { kind: 'exclusion'; candidate: number; other: number }
  | { kind: 'scenario' }

/** Column k, for k below `starts.length`, is 1 when that candidate starts in that period. */
export type Model = {
  programme: Programme
  starts: { candidate: number; start: number }[]
  meanings: RowMeaning[]
}

/** Periods from its start to its end, at least 1. */
export const duration = (candidate: Candidate): number =>
  Math.max(1, ...Object.values(candidate.needs).map((need) => need.length))

export const possibleStarts = (candidate: Candidate, periods: number): number[] => {
  const last = Math.min(candidate.latest, periods - duration(candidate))
  return Array.from({ length: Math.max(0, last - candidate.earliest + 1) }, (_, i) => candidate.earliest + i)
}

/** The mixed-integer programme of an allocation, in the form that solvers take. */
export const buildAllocation = (input: AllocationInput): Programme =>
  buildModel(input, drawScenarios(input.candidates, input.seed, input.scenarios ?? defaultScenarios))
    .programme

export const buildModel = (input: AllocationInput, scenarios: Scenarios): Model => {
  const { candidates, lambda, periods } = input
  const starts = candidates.flatMap((candidate, i) =>
    possibleStarts(candidate, periods).map((start) => ({ candidate: i, start })),
  )
  const columns = starts.map(
    ({ candidate, start }): Column => ({
      name: `${candidates[candidate]!.id} at ${start}`,
      upper: 1,
      integer: true,
      objective: scenarios.expected[candidate]! - lambda * scenarios.means[candidate]!,
    }),
  )
  const rows: Row[] = []
  const meanings: RowMeaning[] = []
  const add = (meaning: RowMeaning, row: Row) => {
    meanings.push(meaning)
    rows.push(row)
  }
  addCapacities(input, starts, add)
  addLogic(input, starts, add)
  if (lambda > 0) addRisk(lambda, scenarios, starts, columns, add)
  return { programme: { columns, rows }, starts, meanings }
}

type Add = (meaning: RowMeaning, row: Row) => void
type Starts = Model['starts']

const addCapacities = ({ pools, candidates, periods }: AllocationInput, starts: Starts, add: Add) => {
  pools.forEach((pool, p) => {
    for (let period = 0; period < periods; period++) {
      const coefficients = starts.flatMap(({ candidate, start }, k): [number, number][] => {
        const need = candidates[candidate]!.needs[pool.id]?.[period - start] ?? 0
        return need > 0 ? [[k, need]] : []
      })
      if (coefficients.length > 0)
        add(
          { kind: 'capacity', pool: p, period },
          { name: `${pool.id} in ${period}`, upper: pool.capacity[period]!, coefficients },
        )
    }
  })
}

const addLogic = ({ candidates }: AllocationInput, starts: Starts, add: Add) => {
  const columnsOf = (candidate: number, last = Infinity) =>
    starts.flatMap((item, k) => (item.candidate === candidate && item.start <= last ? [k] : []))
  const indexOf = (id: string) => candidates.findIndex((candidate) => candidate.id === id)
  candidates.forEach((candidate, i) => {
    const own = columnsOf(i)
    if (own.length === 0) return
    add(
      { kind: 'once', candidate: i },
      {
        name: `${candidate.id} once`,
        lower: candidate.mandatory ? 1 : -Infinity,
        upper: 1,
        coefficients: own.map((k) => [k, 1]),
      },
    )
    for (const id of candidate.prerequisites) {
      const other = indexOf(id)
      const before = duration(candidates[other]!)
      // started by t only if the prerequisite has ended by t
      for (const k of own) {
        const { start } = starts[k]!
        add(
          { kind: 'prerequisite', candidate: i, other },
          {
            name: `${candidate.id} by ${start} after ${id}`,
            upper: 0,
            coefficients: [
              ...columnsOf(i, start).map((column): [number, number] => [column, 1]),
              ...columnsOf(other, start - before).map((column): [number, number] => [column, -1]),
            ],
          },
        )
      }
    }
    for (const id of candidate.exclusions) {
      const other = indexOf(id)
      const theirs = columnsOf(other)
      const repeated = other < i && candidates[other]!.exclusions.includes(candidate.id)
      if (other === i || repeated || theirs.length === 0) continue
      add(
        { kind: 'exclusion', candidate: i, other },
        {
          name: `${candidate.id} or ${id}`,
          upper: 1,
          coefficients: [...own, ...theirs].map((column) => [column, 1]),
        },
      )
    }
  })
}

/**
 * CVaR as linear rows (Rockafellar and Uryasev 2000): with eta free and z_s >= -value_s - eta, the least
 * eta + sum z_s/(share x count) is the mean loss of the worst share of scenarios.
 */
const addRisk = (lambda: number, { drawn }: Scenarios, starts: Starts, columns: Column[], add: Add) => {
  const count = drawn[0]?.length ?? 0
  const eta = columns.push({ name: 'eta', lower: -Infinity, objective: -lambda }) - 1
  for (let s = 0; s < count; s++) {
    const z = columns.push({ name: `z ${s}`, objective: -lambda / (tailShare * count) }) - 1
    const values = starts.flatMap(({ candidate }, k): [number, number][] =>
      drawn[candidate]![s] === 0 ? [] : [[k, drawn[candidate]![s]!]],
    )
    add(
      { kind: 'scenario' },
      { name: `scenario ${s}`, lower: 0, coefficients: [[z, 1], [eta, 1], ...values] },
    )
  }
}

/** The selection is not `chosen`: at least one candidate enters or leaves. */
export const otherThan = (model: Model, selected: readonly number[]): Programme => ({
  ...model.programme,
  rows: [
    ...model.programme.rows,
    {
      name: 'another selection',
      lower: 1 - selected.length,
      coefficients: model.starts.map(({ candidate }, k) => [k, selected.includes(candidate) ? -1 : 1]),
    },
  ],
})
