/** @file What an optimiser is: an update of one flat parameter vector as a piece of a graph. */
import type { Value } from '../graph/types.ts'
import { type Pattern, showPatterns } from '../patterns.ts'

export interface UpdateInput {
  /** All trained parameters of a group, one after the other: [P]. */
  readonly parameters: Value
  /** The gradient of the loss by them: [P]. */
  readonly gradient: Value
  /** The optimiser's own vectors, [P] each, zero at the start. */
  readonly slots: readonly Value[]
  /** The number of this step, from 1: int64 scalar. */
  readonly step: Value
  readonly learningRate: Value
  /** In place of the optimiser's own, for a group that has one. */
  readonly weightDecay?: number
}

/** Parameters with settings of their own; the first group that fits a name has it. */
export interface ParameterGroup {
  readonly match: Pattern | readonly Pattern[]
  /** In place of the optimiser's; a schedule moves it in the same proportion. */
  readonly learningRate?: number
  readonly weightDecay?: number
}

export interface Optimiser {
  readonly name: string
  /** The rate where no schedule is given. */
  readonly learningRate: number
  readonly slots: number
  /** Settings that a checkpoint must agree on. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly groups?: readonly ParameterGroup[]
  update(input: UpdateInput): { readonly parameters: Value; readonly slots: readonly Value[] }
}

/**
 * The optimiser with parameter groups; groups it has already come after.
 * @example
 * withGroups(adam(), [{ match: 'head.*', learningRate: 1e-2 }, { match: '*.bias', weightDecay: 0 }])
 */
export function withGroups(optimiser: Optimiser, groups: readonly ParameterGroup[]): Optimiser {
  const all = [...groups, ...(optimiser.groups ?? [])]
  const shown = all.map((group) => ({ ...group, match: showPatterns(group.match) }))
  return { ...optimiser, groups: all, settings: { ...optimiser.settings, groups: shown } }
}
