/** @file Parameters by name: initialising, reading, loading. */
import { EngineError } from '../errors.ts'
import { showShape } from '../graph/tensor.ts'
import { matches, type Pattern } from '../patterns.ts'
import { seeded } from '../random.ts'
import { type Module, namedParameters } from './module.ts'

export interface StateEntry {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/** Parameters by name, such as `conv1.weight`. */
export type StateDict = ReadonlyMap<string, StateEntry>

/**
 * Gives every parameter without values its default initialisation; each draws from its own stream of `seed`, so that
 * adding a layer does not change the others. With `again`, those with values too.
 */
export function initialise<M extends Module>(
  model: M,
  { seed = 0, again = false }: { seed?: number; again?: boolean } = {},
): M {
  namedParameters(model).forEach(({ parameter }, i) => {
    if (again || parameter.data === null) parameter.initialise(seeded(seed, i + 1))
  })
  return model
}

/** The parameters with their values (copies). @throws EngineError engine/bad-state where some have none */
export function stateDict(model: Module): StateDict {
  return new Map(
    namedParameters(model).map(({ name, parameter }) => {
      if (parameter.data === null) {
        throw new EngineError(
          'engine/bad-state',
          `${name} has no values yet`,
          'Call nn.initialise(model, { seed }) or load a state first.',
        )
      }
      return [name, { shape: parameter.shape, data: parameter.data.slice() }]
    }),
  )
}

/** Sets every parameter, all or none. @throws EngineError engine/bad-state naming what is missing, unknown or misshapen */
export function loadStateDict(
  model: Module,
  state: ReadonlyMap<string, { readonly data: Float32Array; readonly shape?: readonly number[] }>,
): void {
  const named = namedParameters(model)
  const known = new Set(named.map((n) => n.name))
  const unknown = [...state.keys()].filter((name) => !known.has(name))
  const missing = [...known].filter((name) => !state.has(name))
  if (unknown.length + missing.length > 0) {
    const parts = [
      missing.length > 0 ? `missing ${missing.join(', ')}` : '',
      unknown.length > 0 ? `unknown ${unknown.join(', ')}` : '',
    ]
    throw new EngineError(
      'engine/bad-state',
      `the state does not fit the model: ${parts.filter(Boolean).join('; ')}`,
      'Load a state of the same design.',
    )
  }
  for (const { name, parameter } of named) {
    const { data, shape = parameter.shape } = state.get(name)!
    if (data.length !== parameter.size || showShape(shape) !== showShape(parameter.shape)) {
      throw new EngineError(
        'engine/bad-state',
        `${name} is ${showShape(parameter.shape)}, the state has ${showShape(shape)} with ${data.length} values`,
        'Load a state of the same design.',
      )
    }
  }
  for (const { name, parameter } of named) parameter.data = state.get(name)!.data.slice()
}

/**
 * Training leaves the parameters of these names as they are.
 * @returns their names @throws EngineError engine/bad-options where no name fits
 * @example
 * nn.freeze(model, 'encoder.*')
 */
export const freeze = (model: Module, patterns: Pattern | readonly Pattern[]): string[] =>
  setTrainable(model, patterns, false)

/** Training changes the parameters of these names again. @throws EngineError engine/bad-options where no name fits */
export const unfreeze = (model: Module, patterns: Pattern | readonly Pattern[]): string[] =>
  setTrainable(model, patterns, true)

function setTrainable(model: Module, patterns: Pattern | readonly Pattern[], trainable: boolean): string[] {
  const named = namedParameters(model)
  const fitting = named.filter(({ name, parameter }) => !parameter.buffer && matches(name, patterns))
  if (fitting.length === 0) {
    throw new EngineError(
      'engine/bad-options',
      `no parameter is called ${[patterns].flat().join(' or ')}`,
      `The model has ${named.map(({ name }) => name).join(', ')}.`,
    )
  }
  for (const { parameter } of fitting) parameter.trainable = trainable
  return fitting.map(({ name }) => name)
}
