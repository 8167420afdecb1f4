/** @file What a model costs before it is trained: shapes, parameters, operations, memory. */
import { newGraph, topological } from '../graph/graph.ts'
import type { Dim, DType, Shape } from '../graph/tensor.ts'
import type { Node, Value } from '../graph/types.ts'
import { callsOf, headsOf, type Module, type NamedParameter, namedParameters, trace } from './module.ts'

export interface LayerSummary {
  readonly name: string
  readonly kind: string
  /** Without the batch axis. */
  readonly inputShape: Shape
  readonly outputShape: Shape
  readonly parameters: number
  /** Floating-point operations of the forward pass for one sample; a multiply-add counts as two. */
  readonly flops: number
}

export interface ModelSummary {
  readonly inputShape: readonly number[]
  readonly outputShape: Shape
  /** The shapes of the model's further results, without the batch axis. */
  readonly heads: Readonly<Record<string, Shape>>
  /** The innermost layers in the order in which they run. */
  readonly layers: readonly LayerSummary[]
  readonly parameters: number
  /** Of these, how many training changes. */
  readonly trainable: number
  readonly flops: number
  /** Bytes of all layer results that the backward pass needs, for one sample. */
  readonly activationBytes: number
  /** Bytes of the optimiser's state (Adam: two float32 per parameter). */
  readonly optimiserBytes: number
}

export interface SummaryOptions {
  /** Vectors that the optimiser keeps beside the parameters (Adam: 2). */
  readonly slots?: number
  readonly inputType?: DType
  /** Further inputs of the model's forward. */
  readonly more?: readonly {
    readonly name: string
    readonly dtype: DType
    readonly shape: readonly number[]
  }[]
}

/**
 * Traces the model on one input of `sampleShape` (without the batch axis) and adds up.
 * @throws EngineError engine/shape-mismatch naming the first layer that does not fit
 * @example
 * summarise(new SimpleCNN(), [1, 28, 28]).parameters // 54410
 */
export function summarise(
  model: Module,
  sampleShape: readonly number[],
  { slots = 2, inputType = 'float32', more = [] }: SummaryOptions = {},
): ModelSummary {
  const graph = newGraph()
  const input = graph.input('input', inputType, ['N', ...sampleShape])
  const others = more.map(({ name, dtype, shape }) => graph.input(name, dtype, ['N', ...shape]))
  const bind = ({ name, parameter }: NamedParameter): Value => graph.input(name, 'float32', parameter.shape)
  const output = trace(model, input, bind, null, others)
  const named = namedParameters(model).filter(({ parameter }) => !parameter.buffer)
  const nodes = topological([output], graph)
  const parameters = named.reduce((n, { parameter }) => n + parameter.size, 0)
  const trainable = named.reduce((n, { parameter }) => n + (parameter.trainable ? parameter.size : 0), 0)
  const leaves = callsOf(graph).filter(
    ({ path }) => path !== '' && !callsOf(graph).some((c) => c.path.startsWith(`${path}.`)),
  )
  const layers = leaves.map(({ path, module, input: x, output: y }) => ({
    name: path,
    kind: module.kind,
    inputShape: x.shape.slice(1),
    outputShape: y.shape.slice(1),
    parameters: named.reduce((n, p) => n + (p.name.startsWith(`${path}.`) ? p.parameter.size : 0), 0),
    flops: nodes.filter((n) => n.scope === path).reduce((n, node) => n + flopsOf(node), 0),
  }))
  return {
    inputShape: sampleShape,
    outputShape: output.shape.slice(1),
    heads: Object.fromEntries([...headsOf(graph)].map(([name, v]) => [name, v.shape.slice(1)])),
    layers,
    parameters,
    trainable,
    flops: nodes.reduce((n, node) => n + flopsOf(node), 0),
    activationBytes: nodes.reduce(
      (n, node) => n + (moves.has(node.op) ? 0 : 4 * elements(node.outputs[0]!)),
      4 * elements(input),
    ),
    optimiserBytes: 4 * slots * trainable,
  }
}

/** The rows of the embedding that reads the model's input; null where none does. */
export function vocabularyOf(
  model: Module,
  sampleShape: readonly number[],
  more: SummaryOptions['more'] = [],
): number | null {
  const graph = newGraph()
  const input = graph.input('input', 'int64', ['N', ...sampleShape])
  const others = more.map(({ name, dtype, shape }) => graph.input(name, dtype, ['N', ...shape]))
  const bind = ({ name, parameter }: NamedParameter): Value => graph.input(name, 'float32', parameter.shape)
  trace(model, input, bind, null, others)
  const rows = callsOf(graph).flatMap(({ module, input: x }) =>
    module.kind === 'embedding' && x === input && 'rows' in module ? [Number(module.rows)] : [],
  )
  return rows.length === 0 ? null : Math.min(...rows)
}

const moves = new Set(['Flatten', 'Reshape', 'Squeeze', 'Unsqueeze', 'Identity', 'Shape'])

/** Elements for one sample: sizes known only at run time count as 1. */
const elements = (v: Value): number =>
  v.shape.reduce<number>((n, d: Dim) => (typeof d === 'number' ? n * d : n), 1)

function flopsOf(node: Node): number {
  const out = elements(node.outputs[0]!)
  const [a, b] = node.inputs
  switch (node.op) {
    case 'Conv':
      return out * (2 * (elements(b!) / Number(b!.shape[0])) + (node.inputs[2] ? 1 : 0))
    case 'Gemm': {
      const k = Number(node.attributes.transA === 1 ? a!.shape[0] : a!.shape[1])
      return out * (2 * k + (node.inputs[2] ? 1 : 0))
    }
    case 'MatMul':
      return out * 2 * Number(a!.shape.at(-1))
    case 'MaxPool':
    case 'AveragePool':
      return out * (node.attributes.kernel_shape as readonly number[]).reduce((x, y) => x * y, 1)
    default:
      return moves.has(node.op) || node.op === 'Transpose' ? 0 : out
  }
}
