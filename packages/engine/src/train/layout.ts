/** @file Where each parameter of a model lies in the flat vectors that training carries. */
import { EngineError } from '../errors.ts'
import { ops } from '../graph/ops.ts'
import type { Graph, Value } from '../graph/types.ts'
import { type Module, type NamedParameter, namedParameters, type Parameter } from '../nn/module.ts'
import type { StateDict } from '../nn/state.ts'
import type { Optimiser } from '../optim/optimiser.ts'
import { matches } from '../patterns.ts'

/** A run of the trained vector with one learning rate and decay. */
export interface GroupPart {
  readonly size: number
  /** Multiplies the learning rate of the step. */
  readonly rate: number
  readonly weightDecay?: number
}

export interface Layout {
  /** In the order of the vector `parameters`: group by group, each in the order of the model. */
  readonly trained: readonly NamedParameter[]
  readonly groups: readonly GroupPart[]
  readonly frozen: readonly NamedParameter[]
  readonly buffers: readonly NamedParameter[]
}

/** @throws EngineError engine/bad-options where nothing is trained */
export function layoutOf(model: Module, optimiser?: Optimiser): Layout {
  const named = namedParameters(model)
  const trainable = named.filter(({ parameter }) => parameter.trainable && !parameter.buffer)
  if (trainable.length === 0)
    throw new EngineError(
      'engine/bad-options',
      'the model has no parameters to train',
      'Add a layer with weights, or unfreeze one.',
    )
  const groups = optimiser?.groups ?? []
  const groupOf = ({ name }: NamedParameter): number => {
    const at = groups.findIndex((group) => matches(name, group.match))
    return at < 0 ? groups.length : at
  }
  const parts = [...groups, undefined].flatMap((group, i) => {
    const members = trainable.filter((n) => groupOf(n) === i)
    if (members.length === 0) return []
    const rate = group?.learningRate === undefined ? 1 : group.learningRate / optimiser!.learningRate
    const { weightDecay } = group ?? {}
    return [
      {
        members,
        part: { size: sizeOf(members), rate, ...(weightDecay === undefined ? {} : { weightDecay }) },
      },
    ]
  })
  return {
    trained: parts.flatMap(({ members }) => members),
    groups: parts.map(({ part }) => part),
    frozen: named.filter(({ parameter }) => !parameter.trainable && !parameter.buffer),
    buffers: named.filter(({ parameter }) => parameter.buffer),
  }
}

/** Floats that the parameters take together. */
export const sizeOf = (named: readonly NamedParameter[]): number =>
  named.reduce((n, { parameter }) => n + parameter.size, 0)

/** The flat vectors in a graph; null where there is nothing of the kind. */
export interface Weights {
  readonly layout: Layout
  readonly parameters: Value
  readonly frozen: Value | null
  readonly buffers: Value | null
}

/** The flat vectors of `layout` as inputs of a graph, in the order parameters, frozen, buffers. */
export function weightInputs(graph: Graph, layout: Layout): Weights & { inputs: Value[] } {
  const input = (name: string, named: readonly NamedParameter[]): Value | null =>
    named.length === 0 ? null : graph.input(name, 'float32', [sizeOf(named)])
  const parameters = input('parameters', layout.trained)!
  const [frozen, buffers] = [input('frozen', layout.frozen), input('buffers', layout.buffers)]
  return {
    layout,
    parameters,
    frozen,
    buffers,
    inputs: [parameters, frozen, buffers].filter((v) => v !== null),
  }
}

/** The value of every parameter, cut from the flat vectors. */
export function cut({ layout, parameters, frozen, buffers }: Weights): Map<Parameter, Value> {
  const values = new Map<Parameter, Value>()
  for (const [vector, named] of [
    [parameters, layout.trained],
    [frozen, layout.frozen],
    [buffers, layout.buffers],
  ] as const) {
    if (vector === null) continue
    const g = ops(vector.graph)
    const sizes = named.map(({ parameter }) => parameter.size)
    inParts(vector, sizes).forEach((part, i) => {
      values.set(named[i]!.parameter, g.reshape(part, named[i]!.parameter.shape))
    })
  }
  return values
}

/** A graphics device binds eight arrays to a kernel for certain: the one that is split, and seven parts. */
const mostParts = 7

/** One split, or a slice for each part where a device could not write them all at a time; both copy once. */
function inParts(vector: Value, sizes: readonly number[]): readonly Value[] {
  const g = ops(vector.graph)
  if (sizes.length <= mostParts) return g.split(vector, sizes, 0)
  let at = 0
  return sizes.map((size) => {
    at += size
    return g.slice(vector, 0, at - size, at)
  })
}

/** Flat vectors by name: `parameters`, the optimiser's `slot0`, …, and where there are any `frozen`, `buffers`, `ema`, `best`. */
export type Vectors = Readonly<Record<string, Float32Array>>

/** The parameters' values, one after the other. */
export function flatten(named: readonly NamedParameter[]): Float32Array {
  const flat = new Float32Array(sizeOf(named))
  let at = 0
  for (const { parameter } of named) {
    flat.set(parameter.data!, at)
    at += parameter.size
  }
  return flat
}

/** The state dict that the vectors stand for, in the order of the model. */
export function stateOf(model: Module, layout: Layout, vectors: Vectors): StateDict {
  const found = new Map<Parameter, Float32Array>()
  for (const [vector, named] of [
    [vectors.parameters, layout.trained],
    [vectors.frozen, layout.frozen],
    [vectors.buffers, layout.buffers],
  ] as const) {
    let at = 0
    for (const { parameter } of named) {
      found.set(parameter, vector!.slice(at, at + parameter.size))
      at += parameter.size
    }
  }
  return new Map(
    namedParameters(model).map(({ name, parameter }) => [
      name,
      { shape: parameter.shape, data: found.get(parameter)! },
    ]),
  )
}
