/** @file Where each parameter of a model lies in the flat vectors that training carries. */
import { EngineError } from '../errors.ts'
import { ops } from '../graph/ops.ts'
import type { Graph, Value } from '../graph/types.ts'
import { type Module, type NamedParameter, namedParameters, type Parameter } from '../nn/module.ts'
import type { StateDict } from '../nn/state.ts'
import type { Optimiser } from '../optim/optimiser.ts'
import { matches } from '../patterns.ts'

/** A run of the trained vector with one learning rate and decay, which a step carries and updates by itself. */
export interface Piece {
  readonly members: readonly NamedParameter[]
  readonly size: number
  /** Multiplies the learning rate of the step. */
  readonly rate: number
  readonly weightDecay?: number
}

export interface Layout {
  /** In the order of the vector `parameters`: group by group, each in the order of the model. */
  readonly trained: readonly NamedParameter[]
  /** The trained parameters again, by the pieces that steps carry. */
  readonly pieces: readonly Piece[]
  readonly frozen: readonly NamedParameter[]
  readonly buffers: readonly NamedParameter[]
}

/**
 * Trained vectors of more floats than this do not fit into a processor's cache several times over: cut into pieces,
 * each is updated in few passes over memory, and nothing is cut out of a long vector and joined again in every step.
 * Shorter ones stay whole, which costs fewer nodes.
 */
const longest = 2 ** 20
/** In a long vector a parameter of this size is a piece of its own; smaller ones in a row share one. */
const ownPiece = 2 ** 16

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
  const cutUp = sizeOf(trainable) > longest
  const pieces = [...groups, undefined].flatMap((group, i) => {
    const members = trainable.filter((n) => groupOf(n) === i)
    const rate = group?.learningRate === undefined ? 1 : group.learningRate / optimiser!.learningRate
    const { weightDecay } = group ?? {}
    const settings = { rate, ...(weightDecay === undefined ? {} : { weightDecay }) }
    return (cutUp ? runs(members) : [members])
      .filter((run) => run.length > 0)
      .map((run) => ({ members: run, size: sizeOf(run), ...settings }))
  })
  return {
    trained: pieces.flatMap(({ members }) => members),
    pieces,
    frozen: named.filter(({ parameter }) => !parameter.trainable && !parameter.buffer),
    buffers: named.filter(({ parameter }) => parameter.buffer),
  }
}

/** Large parameters one by one, small ones that follow each other together. */
function runs(members: readonly NamedParameter[]): NamedParameter[][] {
  const made: NamedParameter[][] = []
  let open = false
  for (const member of members) {
    const small = member.parameter.size < ownPiece
    if (small && open) made.at(-1)!.push(member)
    else made.push([member])
    open = small
  }
  return made
}

/** Floats that the parameters take together. */
export const sizeOf = (named: readonly NamedParameter[]): number =>
  named.reduce((n, { parameter }) => n + parameter.size, 0)

/** The flat vectors in a graph; null where there is nothing of the kind. */
export interface Weights {
  readonly layout: Layout
  /** One a piece of the layout. */
  readonly parameters: readonly Value[]
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
    parameters: apart(layout, parameters),
    frozen,
    buffers,
    inputs: [parameters, frozen, buffers].filter((v) => v !== null),
  }
}

/** A vector of all trained parameters [P] as its pieces. */
export const apart = (layout: Layout, vector: Value): readonly Value[] =>
  ops(vector.graph).split(
    vector,
    layout.pieces.map(({ size }) => size),
    0,
  )

/** Values of any shape one after the other: [P]. */
export function joined(values: readonly Value[]): Value {
  const g = ops(values[0]!.graph)
  return g.concat(
    values.map((v) => g.reshape(v, [-1])),
    0,
  )
}

/** The value of every parameter, cut from the flat vectors. */
export function cut({ layout, parameters, frozen, buffers }: Weights): Map<Parameter, Value> {
  const values = new Map<Parameter, Value>()
  const vectors: (readonly [Value | null, readonly NamedParameter[]])[] = [
    ...layout.pieces.map(({ members }, i) => [parameters[i]!, members] as const),
    [frozen, layout.frozen],
    [buffers, layout.buffers],
  ]
  for (const [vector, named] of vectors) {
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
