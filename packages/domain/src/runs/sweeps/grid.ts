/** @file A grid: every combination of the values of every parameter, each by its index alone. */
import { type Message, message } from '../../messages/message.ts'
import {
  assignmentKey,
  isActive,
  levelsOf,
  ordered,
  type Parameter,
  type ParameterValue,
  type SearchSpace,
  type TrialValues,
  valueAt,
} from './space.ts'

/** More combinations than anyone can run are a mistake in the space. */
export const MOST_COMBINATIONS = 100_000

/** Why a grid cannot be made; null when it can. */
export const gridRefusal = (space: SearchSpace): Message | null => {
  let combinations = 1
  for (const [name, parameter] of Object.entries(space)) {
    const levels = gridLevels(parameter)
    if (levels === null) return message('sweep.grid.continuous', { name })
    combinations *= levels
  }
  return combinations > MOST_COMBINATIONS
    ? message('sweep.grid.large', { combinations, most: MOST_COMBINATIONS })
    : null
}

/** The combinations in order, the last parameter turning fastest; those that conditions make equal stand once. */
export const gridOf = (space: SearchSpace): TrialValues[] => {
  const names = ordered(space) ?? []
  let rows: TrialValues[] = [{}]
  for (const name of names) {
    const parameter = space[name]!
    const values = gridValues(parameter)
    rows = rows.flatMap((row) =>
      isActive(parameter, row) ? values.map((value) => ({ ...row, [name]: value })) : [row],
    )
  }
  return [...new Map(rows.map((row) => [assignmentKey(row), row])).values()]
}

/** Combination `index` of the grid; null beyond its end. Without conditions it is counted out, and nothing is listed. */
export const gridAt = (space: SearchSpace, index: number): TrialValues | null => {
  if (Object.values(space).some(({ when }) => when)) return listed(space)[index] ?? null
  const values: [string, ParameterValue][] = []
  let rest = index
  for (const name of (ordered(space) ?? []).toReversed()) {
    const levels = gridValues(space[name]!)
    values.unshift([name, levels[rest % levels.length]!])
    rest = Math.floor(rest / levels.length)
  }
  return rest === 0 ? Object.fromEntries(values) : null
}

/** A decision may ask for many combinations of one grid. */
const lists = new WeakMap<SearchSpace, TrialValues[]>()

const listed = (space: SearchSpace): TrialValues[] => {
  const known = lists.get(space) ?? gridOf(space)
  lists.set(space, known)
  return known
}

const gridLevels = (parameter: Parameter): number | null =>
  levelsOf(parameter) ?? (parameter.type === 'float' ? (parameter.points ?? null) : null)

const gridValues = (parameter: Parameter): ParameterValue[] => {
  if (parameter.type === 'choice') return [...parameter.values]
  const levels = gridLevels(parameter)!
  // a continuous parameter's points include both ends
  if (parameter.type === 'float' && parameter.step === undefined)
    return Array.from({ length: levels }, (_, i) => valueAt(parameter, levels === 1 ? 0.5 : i / (levels - 1)))
  const found = Array.from({ length: levels }, (_, i) =>
    parameter.log ? parameter.low + i : valueAt(parameter, (i + 0.5) / levels),
  )
  return found
}
