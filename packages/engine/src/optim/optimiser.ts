/** @file What an optimiser is: an update of one flat parameter vector as a piece of a graph. */
import type { Value } from '../graph/types.ts'

export interface UpdateInput {
  /** All trained parameters, one after the other: [P]. */
  readonly parameters: Value
  /** The gradient of the loss by them: [P]. */
  readonly gradient: Value
  /** The optimiser's own vectors, [P] each, zero at the start. */
  readonly slots: readonly Value[]
  /** The number of this step, from 1: int64 scalar. */
  readonly step: Value
  readonly learningRate: Value
}

export interface Optimiser {
  readonly name: string
  /** The rate where no schedule is given. */
  readonly learningRate: number
  readonly slots: number
  /** Settings that a checkpoint must agree on. */
  readonly settings: Readonly<Record<string, number | boolean>>
  update(input: UpdateInput): { readonly parameters: Value; readonly slots: readonly Value[] }
}
