/** @file Modules: layers and models made of layers, named by the properties that hold them. */
import { EngineError } from '../errors.ts'
import { sizeOf } from '../graph/tensor.ts'
import type { Graph, Value } from '../graph/types.ts'
import type { Random } from '../random.ts'

/** A tensor of a layer: trained, frozen, or kept up to date by the layer itself (a buffer). */
export class Parameter {
  readonly shape: readonly number[]
  /** Row-major values; null until they are initialised or loaded. */
  data: Float32Array | null = null
  /** Training leaves it as it is where this is false. */
  trainable = true
  /** No gradient reaches it: the layer gives its next value while training (running means, say). */
  readonly buffer: boolean
  readonly #initialise: (random: Random) => number

  constructor(
    shape: readonly number[],
    initialise: (random: Random) => number,
    { buffer = false }: { buffer?: boolean } = {},
  ) {
    this.shape = shape
    this.buffer = buffer
    this.#initialise = initialise
  }

  get size(): number {
    return sizeOf(this.shape)
  }

  initialise(random: Random): void {
    this.data = Float32Array.from({ length: this.size }, () => this.#initialise(random))
  }
}

/** A layer's call during a trace, for summaries. */
export interface LayerCall {
  readonly path: string
  readonly module: Module
  readonly input: Value
  readonly output: Value
}

const calls = new WeakMap<Graph, LayerCall[]>()

/** The calls of modules while `graph` was traced, in the order in which they returned. */
export const callsOf = (graph: Graph): readonly LayerCall[] => calls.get(graph) ?? []

/**
 * A model or a layer. Define `forward`; use `call` to apply one module inside another, so that messages, nodes and
 * summaries carry its name.
 */
export abstract class Module {
  /** What it is, for summaries: `conv2d`, or the class name of a model. */
  get kind(): string {
    return this.constructor.name
  }

  /** What the module makes of `x`; some modules take more values (a decoder: the encoder's result). */
  abstract forward(x: Value, ...more: (Value | undefined)[]): Value

  /** @throws EngineError engine/shape-mismatch naming the layer, when `x` does not fit */
  call(x: Value, ...more: (Value | undefined)[]): Value {
    const path = pathOf(this)
    return x.graph.scoped(path, () => {
      const output = this.forward(x, ...more)
      const made = calls.get(x.graph) ?? []
      calls.set(x.graph, [...made, { path, module: this, input: x, output }])
      return output
    })
  }
}

const paths = new WeakMap<Module, string>()

/** The module's name in its model, such as `features.0`; empty for the model itself. */
export const pathOf = (module: Module): string => paths.get(module) ?? ''

export interface NamedParameter {
  readonly name: string
  readonly parameter: Parameter
}

/**
 * Names every layer by the property (or list position) that holds it, and lists the parameters in that order. A
 * module held twice keeps its first name and its weights are shared.
 */
export const namedParameters = (model: Module): NamedParameter[] => walk(model).parameters

/** Every module with its name; the model itself has the empty name. */
export const namedModules = (model: Module): { name: string; module: Module }[] => walk(model).modules

function walk(model: Module): { parameters: NamedParameter[]; modules: { name: string; module: Module }[] } {
  const seen = new Set<object>()
  const found: NamedParameter[] = []
  const modules: { name: string; module: Module }[] = []
  const visit = (module: Module, path: string): void => {
    if (seen.has(module)) return
    seen.add(module)
    paths.set(module, path)
    modules.push({ name: path, module })
    for (const [key, value] of Object.entries(module)) look(value, path === '' ? key : `${path}.${key}`)
  }
  const look = (value: unknown, path: string): void => {
    if (value instanceof Module) visit(value, path)
    else if (value instanceof Parameter && !seen.has(value)) {
      seen.add(value)
      found.push({ name: path, parameter: value })
    } else if (Array.isArray(value)) for (const [i, v] of value.entries()) look(v, `${path}.${i}`)
  }
  visit(model, '')
  return { parameters: found, modules }
}

/** What layers that behave differently while training need to know. */
export interface Training {
  /** A number that differs from step to step: int64 scalar. */
  readonly step: Value
  readonly seed: number
  /** The next values of buffers; layers set them. */
  readonly updates: Map<Parameter, Value>
  /** Random streams handed out so far, so that no two layers share one. */
  streams: number
}

const modes = new WeakMap<Graph, Training>()
const heads = new WeakMap<Graph, Map<string, Value>>()

/**
 * Makes `value` a further result of the model that is being traced, besides what `forward` returns: for losses and
 * metrics of several targets (`joint`) and as an output of the exported file.
 * @throws EngineError engine/bad-options where the name is taken
 */
export function head(name: string, value: Value): Value {
  const known = heads.get(value.graph) ?? new Map<string, Value>()
  if (known.has(name) || name === '' || name === 'logits' || name === 'probabilities') {
    throw new EngineError(
      'engine/bad-options',
      `the model gives two results the name ${JSON.stringify(name)}, or one it may not have`,
      'Give each head a name of its own.',
    )
  }
  heads.set(value.graph, known.set(name, value))
  return value
}

/** The further results of the model that was traced into `graph` last. */
export const headsOf = (graph: Graph): ReadonlyMap<string, Value> => heads.get(graph) ?? new Map()

/** How the graph is being trained; null where the model is traced for use. */
export const trainingOf = (graph: Graph): Training | null => modes.get(graph) ?? null

/**
 * Traces `model` into the graph of `input`; `bind` gives the value that stands for each parameter. With `training`,
 * layers act as in training: dropout drops, norms of batches take the batch's statistics. `more` are the further inputs
 * of the model's forward.
 * @throws EngineError engine/shape-mismatch and what the ops throw
 */
export function trace(
  model: Module,
  input: Value,
  bind: (named: NamedParameter) => Value,
  training: Training | null = null,
  more: readonly Value[] = [],
): Value {
  for (const named of namedParameters(model)) input.graph.bind(named.parameter, bind(named))
  if (training !== null) modes.set(input.graph, training)
  heads.delete(input.graph)
  try {
    return model.call(input, ...more)
  } finally {
    modes.delete(input.graph)
  }
}

/** The value that stands for a parameter in the graph that is being traced. */
export function parameterValue(graph: Graph, parameter: Parameter): Value {
  const value = graph.bound(parameter)
  if (value === undefined) {
    throw new EngineError(
      'engine/bad-options',
      `${graph.scope || 'the model'}: a layer is used that is not a property of the model`,
      'Make every layer a property of the model class, not a variable inside forward.',
    )
  }
  return value
}
