/** @file What the nodes of a graph have to do: operations, bytes moved, and the memory that is alive at once. */
import { captures, topological } from '../../graph/graph.ts'
import { isSub } from '../../graph/shapes/subgraph.ts'
import { dtypes, isStatic, sizeOf } from '../../graph/tensor.ts'
import type { Node, Subgraph, Value } from '../../graph/types.ts'

export type OpClass = 'gemm' | 'conv' | 'other' | 'free'

export interface Work {
  readonly node: Node
  readonly class: OpClass
  /** A multiply-add counts as two. */
  readonly flops: number
  /** Read and written. */
  readonly bytes: number
  /** Times that it runs in a step. */
  readonly times: number
}

/** Ops that ONNX Runtime does without touching the values. */
const free = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Identity', 'Shape', 'Constant'])

/** Ops whose result may take the place of an input that is needed no more. */
const inPlace = new Set([
  ...[
    'Add',
    'Sub',
    'Mul',
    'Div',
    'Max',
    'Min',
    'Relu',
    'Sigmoid',
    'Tanh',
    'Exp',
    'Log',
    'Sqrt',
    'Abs',
    'Neg',
  ],
  ...['Softmax', 'LogSoftmax', 'Erf', 'Sign', 'Clip', 'Pow', 'Where'],
])

/** Of works of one kind the time of one tells that of another. */
export const kindOf = ({ node, class: kind }: Work): string => `${node.op} ${kind}`

export const bytesOf = (v: Value): number => (isStatic(v.shape) ? sizeOf(v.shape) * dtypes[v.dtype].bytes : 0)

const elements = (v: Value): number => (isStatic(v.shape) ? sizeOf(v.shape) : 0)

/** The work of the nodes that `outputs` need; bodies of inner loops as often as they run. */
export function workOf(body: Subgraph, times = 1): Work[] {
  return topological(body.outputs, body.graph).flatMap((node) => {
    const inner = Object.values(node.attributes).filter(isSub)
    if (inner.length === 0) return [{ node, times, ...costOf(node) }]
    const trips = node.op === 'Loop' ? Number(node.inputs[0]?.constant?.data[0] ?? 1) : 1
    return inner.flatMap((sub) => workOf(sub, times * trips))
  })
}

function costOf(node: Node): Pick<Work, 'class' | 'flops' | 'bytes'> {
  if (free.has(node.op)) return { class: 'free', flops: 0, bytes: 0 }
  const out = elements(node.outputs[0]!)
  const [a, b] = node.inputs
  const bytes =
    node.outputs.reduce((n, v) => n + bytesOf(v), 0) +
    // Of a table only the rows that are picked are read.
    node.inputs.reduce(
      (n, v) => n + (v === null ? 0 : picks.has(node.op) ? Math.min(bytesOf(v), 4 * out) : bytesOf(v)),
      0,
    )
  switch (node.opaque?.op ?? node.op) {
    case 'Conv':
      // A factor and an addend a channel, in the form that convolutions on blocks give them.
      if (node.opaque && elements(b!) === b!.shape[0]) return { class: 'other', flops: 2 * out, bytes }
      return { class: 'conv', flops: 2 * out * (elements(b!) / Number(b!.shape[0])), bytes }
    case 'ConvTranspose':
      return { class: 'conv', flops: 2 * elements(a!) * (elements(b!) / Number(b!.shape[0])), bytes }
    case 'Gemm':
      return { class: 'gemm', flops: 2 * out * Number(a!.shape[node.attributes.transA === 1 ? 0 : 1]), bytes }
    case 'MatMul':
      return { class: 'gemm', flops: 2 * out * Number(a!.shape.at(-1)), bytes }
    case 'MaxPool':
    case 'AveragePool':
      return { class: 'other', flops: out * sizeOf(node.attributes.kernel_shape as number[]), bytes }
    default:
      return { class: 'other', flops: out, bytes }
  }
}

const picks = new Set(['Gather', 'GatherElements', 'GatherND', 'Slice', 'Split'])

/**
 * The most bytes that results of nodes take at once, when each is given back after its last use: what a step needs
 * besides the data and the vectors that it carries.
 */
export function peakOf(body: Subgraph): number {
  const nodes = topological(body.outputs, body.graph)
  const root = new Map<Value, Value>()
  const rootOf = (v: Value): Value => root.get(v) ?? v
  const last = new Map<Value, number>()
  nodes.forEach((node, at) => {
    const used = [...node.inputs, ...Object.values(node.attributes).filter(isSub).flatMap(captures)]
    for (const v of used) if (v?.node && v.graph === body.graph) last.set(rootOf(v), at)
    if (free.has(node.op) && node.op !== 'Shape' && node.inputs[0])
      root.set(node.outputs[0]!, rootOf(node.inputs[0]))
  })
  for (const v of body.outputs) last.set(rootOf(v), nodes.length)
  let [now, peak] = [0, 0]
  const alive = new Set<Value>()
  nodes.forEach((node, at) => {
    const ending = [...new Set(node.inputs.flatMap((v) => (v === null ? [] : [rootOf(v)])))].filter(
      (v) => alive.has(v) && last.get(v) === at,
    )
    const reused = inPlace.has(node.op) && ending.find((v) => bytesOf(v) === bytesOf(node.outputs[0]!))
    const made = node.outputs.filter((v) => rootOf(v) === v && last.has(v))
    const inner = Object.values(node.attributes)
      .filter(isSub)
      .reduce((n, sub) => n + peakOf(sub), 0)
    for (const v of made) {
      alive.add(v)
      now += bytesOf(v)
    }
    if (reused) now -= bytesOf(reused)
    peak = Math.max(peak, now + inner)
    for (const v of ending) {
      alive.delete(v)
      if (v !== reused) now -= bytesOf(v)
    }
  })
  return peak
}
