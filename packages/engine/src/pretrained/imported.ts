/** @file A model from a file as a module: what matches a pattern trains, the rest stays as it is. */
import { EngineError } from '../errors.ts'
import { newGraph, topological } from '../graph/graph.ts'
import { isSub } from '../graph/shapes/subgraph.ts'
import { sameShape, type Tensor } from '../graph/tensor.ts'
import type { Node, Subgraph, Value } from '../graph/types.ts'
import { Module, Parameter, parameterValue } from '../nn/module.ts'
import type { ReadModel } from '../onnx/read.ts'
import { replay } from '../onnx/replay.ts'
import { inputLike } from '../onnx/types.ts'
import { writeModel } from '../onnx/write.ts'

/** A name, where `*` stands for any characters; a regular expression; or a choice by name and shape. */
export type NamePattern = string | RegExp | ((name: string, shape: readonly number[]) => boolean)

export interface Trainable {
  readonly name: string
  readonly shape: readonly number[]
}

export interface ImportOptions {
  /** Which of the file's float32 constants train. */
  readonly train: NamePattern
  /** The input that the samples go to, where the model has several. */
  readonly input?: string
  /**
   * Values for the other inputs, by name; a function makes one from the samples, where its size follows theirs:
   * `(x) => ops(x.graph).op('Expand', …)`.
   */
  readonly fixed?: Readonly<Record<string, Tensor | ((samples: Value) => Value)>>
  /** The output that is trained; the first without it. */
  readonly output?: string
  /** Trains what a final Softmax gets instead of what it gives, for losses that take logits. */
  readonly beforeSoftmax?: boolean
}

/**
 * The float32 constants of a file that can be trained, by the names that the file gives them: those that the outputs
 * depend on, without the running statistics of batch normalisation.
 * @example
 * trainable(readModel(bytes), 'classifier.*').map(({ name }) => name)
 */
export function trainable(model: ReadModel, pattern: NamePattern = '*'): Trainable[] {
  return candidates(model, pattern).map(([name, value]) => ({ name, shape: value.constant!.shape }))
}

function candidates(model: ReadModel, pattern: NamePattern): [string, Value][] {
  const used = new Set<Value>()
  const statistics = new Set<Value>()
  for (const node of nodesOf(model)) {
    const op = node.opaque?.op ?? node.op
    // Scales and zero points of quantisation are measured, as running statistics are.
    const measured =
      op === 'BatchNormalization'
        ? 3
        : op === 'QuantizeLinear' || quantised.has(op)
          ? 1
          : Number.POSITIVE_INFINITY
    node.inputs.forEach((v, i) => {
      if (v !== null) (i >= measured ? statistics : used).add(v)
    })
  }
  return [...model.initialisers].filter(
    ([name, value]) =>
      value.constant?.dtype === 'float32' &&
      used.has(value) &&
      !statistics.has(value) &&
      matches(pattern, name, value.constant.shape),
  )
}

/** The nodes that the outputs reach, those of branches and loops included. */
function nodesOf({ outputs, graph }: Pick<Subgraph, 'outputs' | 'graph'>): Node[] {
  const nodes = topological(outputs, graph)
  return nodes.flatMap((node) => [node, ...Object.values(node.attributes).filter(isSub).flatMap(nodesOf)])
}

function matches(pattern: NamePattern, name: string, shape: readonly number[]): boolean {
  if (typeof pattern === 'function') return pattern(name, shape)
  if (typeof pattern !== 'string') return new RegExp(pattern, pattern.flags.replace(/[gy]/g, '')).test(name)
  const literal = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${literal.join('.*')}$`, 's').test(name)
}

/**
 * A module that computes what the file computes. Its parameters carry the names of the file's constants, so that a
 * state dict, a summary and an error speak of them; everything else is frozen.
 * @throws EngineError engine/bad-options where no constant matches, or inputs or the output are not named
 * @example
 * const model = importedModule(readModel(bytes), { train: 'classifier.*' })
 * const trainer = await createTrainer({ model, runtime, data, epochs: 3, batchSize: 32 })
 */
export function importedModule(model: ReadModel, options: ImportOptions): ImportedModule {
  return new ImportedModule(model, options)
}

export class ImportedModule extends Module {
  readonly #model: ReadModel
  readonly #input: Value
  readonly #output: Value
  readonly #fixed: ReadonlyMap<Value, Tensor | ((samples: Value) => Value)>
  readonly #parameters = new Map<Value, Parameter>()
  readonly #beforeSoftmax: boolean

  constructor(model: ReadModel, options: ImportOptions) {
    super()
    const { train, input, fixed = {}, output } = options
    this.#beforeSoftmax = options.beforeSoftmax ?? false
    this.#model = model
    this.#fixed = new Map(
      Object.entries(fixed).map(([name, content]) => [
        named('input', name, model.inputs, model.inputNames),
        content,
      ]),
    )
    const free = model.inputs.filter((v) => !this.#fixed.has(v))
    if (input === undefined && free.length !== 1)
      throw bad(
        `the model has the inputs ${model.inputNames.join(', ')}; one takes the samples`,
        'Name it with `input`, and give the others with `fixed`.',
      )
    this.#input = input === undefined ? free[0]! : named('input', input, model.inputs, model.inputNames)
    const open = free.filter((v) => v !== this.#input)
    if (open.length > 0)
      throw bad(`nothing is given for the input ${open[0]!.name}`, 'Give its value with `fixed`.')
    const first = output ?? model.outputNames[0] ?? ''
    this.#output = named('output', first, model.outputs, model.outputNames)
    const chosen = candidates(model, train)
    if (chosen.length === 0) {
      const some = trainable(model).map(({ name }) => name)
      throw bad(
        `no trainable constant of the model matches ${String(train)}`,
        some.length > 0
          ? `It has ${some.slice(0, 20).join(', ')}${some.length > 20 ? ' and others' : ''}.`
          : withoutFloats(model),
      )
    }
    for (const [name, value] of chosen) this.#add(name, value.constant!, value)
  }

  #add(name: string, { shape, data }: Tensor, value: Value): void {
    let next = 0
    const values = data as Float32Array
    const parameter = new Parameter(shape, () => values[next++ % values.length]!)
    parameter.data = values.slice()
    this.#parameters.set(value, parameter)
    // A name that the module itself uses must not hide it.
    const key = name in this ? `${name}_` : name
    Object.defineProperty(this, key, { value: parameter, enumerable: true })
  }

  override get kind(): string {
    return 'imported'
  }

  override forward(x: Value): Value {
    const known = new Map<Value, Value>([[this.#input, x]])
    for (const [input, content] of this.#fixed)
      known.set(input, typeof content === 'function' ? content(x) : x.graph.constant(content))
    for (const [value, parameter] of this.#parameters) known.set(value, parameterValue(x.graph, parameter))
    const y = replay([this.#output], x.graph, known)[0]!
    return this.#beforeSoftmax ? logitsOf(y) : y
  }

  /** The file again, with all its inputs and outputs and the parameters as they are now. */
  export(): Uint8Array {
    const { inputs, outputs, outputNames, outputTypes, metadata } = this.#model
    const graph = newGraph()
    const known = new Map<Value, Value>()
    for (const input of inputs) known.set(input, inputLike(graph, input))
    for (const [value, { shape, data }] of this.#parameters)
      known.set(value, graph.constant({ dtype: 'float32', shape, data: data! }, value.name))
    return writeModel(
      {
        graph,
        inputs: inputs.map((v) => known.get(v)!),
        outputs: replay(outputs, graph, known),
        outputNames,
        outputTypes,
      },
      metadata,
    )
  }
}

const reshapes = new Set(['Reshape', 'Flatten', 'Identity'])

/** What the last Softmax gets; older opsets have it between two reshapes. */
function logitsOf(y: Value): Value {
  let softmax = y
  while (softmax.node !== null && reshapes.has(softmax.node.op)) softmax = softmax.node.inputs[0]!
  if (softmax.node?.op !== 'Softmax' && softmax.node?.op !== 'LogSoftmax')
    throw bad('the output is not the result of a Softmax', 'Leave out `beforeSoftmax`.')
  let logits = softmax.node.inputs[0]!
  while (!sameShape(logits.shape, y.shape) && logits.node !== null && reshapes.has(logits.node.op))
    logits = logits.node.inputs[0]!
  return logits
}

/** Why a model has no float32 constants, and what to do. */
function withoutFloats(model: ReadModel): string {
  for (const { op, opaque, name, scope } of nodesOf(model)) {
    const plain = opaque?.op ?? op
    if (quantised.has(plain))
      return `Its weights are quantised (${scope === '' ? name : scope}, ${plain}): fine-tune the float32 model, and quantise that again.`
  }
  const narrow = nodesOf(model).flatMap(({ inputs, opaque, attributes }) => [
    ...inputs.flatMap((v) => (v?.constant?.dtype === 'float16' ? [v.name] : [])),
    ...(opaque?.op === 'Constant' && 'value' in attributes ? [opaque.op] : []),
  ])
  return narrow.length > 0
    ? 'Its floats are narrower than float32: read it with { widen: true }.'
    : 'The file holds no float32 weights.'
}

const quantised = new Set(
  'DequantizeLinear QLinearConv QLinearMatMul ConvInteger MatMulInteger DynamicQuantizeLinear QLinearAdd QGemm'.split(
    ' ',
  ),
)

const bad = (message: string, hint: string): EngineError =>
  new EngineError('engine/bad-options', message, hint)

function named(kind: string, name: string, values: readonly Value[], names: readonly string[]): Value {
  const value = values[names.indexOf(name)]
  if (value !== undefined) return value
  throw bad(`the model has no ${kind} ${name}`, `It has ${names.join(', ') || 'none'}.`)
}
