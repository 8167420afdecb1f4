/** @file The space that a sweep searches: parameters on scales, some of them active only under a condition. */
import { type Message, message } from '../../messages/message.ts'

export type ParameterValue = number | string | boolean

/** Active only where another parameter is active with one of these values. */
type Condition = { parameter: string; in: readonly ParameterValue[] }

export type Parameter = (
  | { type: 'float'; low: number; high: number; log?: boolean; step?: number; points?: number }
  | { type: 'int'; low: number; high: number; log?: boolean; step?: number }
  | { type: 'choice'; values: readonly ParameterValue[] }
) & { when?: Condition }

export type SearchSpace = Readonly<Record<string, Parameter>>

/** One value for each active parameter. */
export type TrialValues = Record<string, ParameterValue>

/** Levels beyond which a numeric parameter counts as continuous. */
const MOST_LEVELS = 1000

/** Why a space cannot be searched; null when it can. */
export const spaceRefusal = (space: SearchSpace): Message | null => {
  const names = Object.keys(space)
  if (names.length === 0) return message('sweep.space.empty', {})
  for (const name of names) {
    const parameter = space[name]!
    if (parameter.type === 'choice') {
      if (parameter.values.length === 0 || new Set(parameter.values).size < parameter.values.length)
        return message('sweep.space.choices', { name })
    } else {
      const { low, high, log, step } = parameter
      if (!Number.isFinite(low) || !Number.isFinite(high) || low > high)
        return message('sweep.space.bounds', { name, low: String(low), high: String(high) })
      if (parameter.type === 'int' && !(Number.isSafeInteger(low) && Number.isSafeInteger(high)))
        return message('sweep.space.whole', { name })
      if (log && low <= 0) return message('sweep.space.log', { name, low })
      if (step !== undefined && (!(step > 0) || (log ?? false))) return message('sweep.space.step', { name })
      if (parameter.type === 'int' && step !== undefined && !Number.isSafeInteger(step))
        return message('sweep.space.whole', { name })
    }
    const { when } = parameter
    if (when && !(when.parameter in space))
      return message('sweep.space.condition', { name, parent: when.parameter })
    const allowed = when && space[when.parameter]
    if (when && (when.in.length === 0 || !when.in.some((value) => holds(allowed!, value))))
      return message('sweep.space.never', { name, parent: when.parameter })
  }
  return ordered(space) === null ? message('sweep.space.circle', {}) : null
}

/** Names with every parent before its children; null when the conditions go round in a circle. */
export const ordered = (space: SearchSpace): string[] | null => {
  const done: string[] = []
  const rest = new Set(Object.keys(space))
  while (rest.size > 0) {
    const next = [...rest].find((name) => {
      const parent = space[name]!.when?.parameter
      return parent === undefined || !rest.has(parent)
    })
    if (next === undefined) return null
    rest.delete(next)
    done.push(next)
  }
  return done
}

const holds = (parameter: Parameter, value: ParameterValue): boolean =>
  parameter.type === 'choice'
    ? parameter.values.includes(value)
    : typeof value === 'number' && value >= parameter.low && value <= parameter.high

/** Whether a parameter is active beside the values of its parents. */
export const isActive = (parameter: Parameter, values: TrialValues): boolean => {
  const { when } = parameter
  if (!when) return true
  const value = values[when.parameter]
  return value !== undefined && when.in.includes(value)
}

/** How many different values a parameter has; null when it is continuous. */
export const levelsOf = (parameter: Parameter): number | null => {
  if (parameter.type === 'choice') return parameter.values.length
  const { low, high, step } = parameter
  if (parameter.type === 'float' && step === undefined) return low === high ? 1 : null
  return Math.floor((high - low) / (step ?? 1) + 1e-9) + 1
}

/** Few enough levels that each has a bin of its own in the unit interval. */
export const isBinned = (parameter: Parameter): boolean => {
  const levels = levelsOf(parameter)
  return levels !== null && (parameter.type === 'choice' || levels <= MOST_LEVELS)
}

/** The value at a place of the unit interval; logarithmic, stepped and whole-numbered as the parameter says. */
export const valueAt = (parameter: Parameter, unit: number): ParameterValue => {
  const u = Math.min(Math.max(unit, 0), 1 - 2 ** -53)
  if (parameter.type === 'choice') return parameter.values[Math.floor(u * parameter.values.length)]!
  const { low, high, log, step } = parameter
  if (parameter.type === 'float' && step === undefined)
    return log ? clamp(low * (high / low) ** unit, low, high) : clamp(low + (high - low) * unit, low, high)
  if (log) {
    const [from, to] = [Math.log(low - 0.5), Math.log(high + 0.5)]
    return clamp(Math.round(Math.exp(from + (to - from) * u)), low, high)
  }
  const level = Math.floor(u * levelsOf(parameter)!)
  return tidy(low + level * (step ?? 1))
}

/** The stretch of the unit interval that gives a value: a point for continuous ones, else its bin. */
export const binOf = (parameter: Parameter, value: ParameterValue): [from: number, to: number] => {
  if (parameter.type === 'choice') {
    const i = parameter.values.indexOf(value)
    return [i / parameter.values.length, (i + 1) / parameter.values.length]
  }
  const { low, high, log, step } = parameter
  const x = Number(value)
  if (parameter.type === 'float' && step === undefined) {
    const u = low === high ? 0.5 : log ? Math.log(x / low) / Math.log(high / low) : (x - low) / (high - low)
    return [u, u]
  }
  if (log) {
    const [from, to] = [Math.log(low - 0.5), Math.log(high + 0.5)]
    const place = (edge: number) => (Math.log(edge) - from) / (to - from)
    return [place(x - 0.5), place(x + 0.5)]
  }
  const levels = levelsOf(parameter)!
  const level = Math.round((x - low) / (step ?? 1))
  return [level / levels, (level + 1) / levels]
}

/** The middle of a value's bin. */
export const unitOf = (parameter: Parameter, value: ParameterValue): number => {
  const [from, to] = binOf(parameter, value)
  return (from + to) / 2
}

/** Values for every parameter that the values before it leave active. */
export const assign = (space: SearchSpace, unit: (name: string) => number): TrialValues => {
  const values: TrialValues = {}
  for (const name of ordered(space) ?? [])
    if (isActive(space[name]!, values)) values[name] = valueAt(space[name]!, unit(name))
  return values
}

/** The same text for the same assignment, whatever the order of its names. */
export const assignmentKey = (values: TrialValues): string =>
  JSON.stringify(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)))

const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high)

// 0.1 + 2 * 0.1 is shown as 0.3
const tidy = (x: number): number => Number(x.toPrecision(12))
