/** @file Measures how long this machine takes for the ops of a graph, each kind at its largest sizes. */
import { newGraph } from '../../graph/graph.ts'
import { knownType } from '../../graph/opaque.ts'
import { ops } from '../../graph/ops.ts'
import { type DType, dtypes, sizeOf, type Tensor, type TensorData, tensor } from '../../graph/tensor.ts'
import type { Node, Value } from '../../graph/types.ts'
import { writeModel } from '../../onnx/write.ts'
import { seeded } from '../../random.ts'
import type { Runtime } from '../../runtime/session.ts'
import { kindOf, type Work } from './work.ts'

export interface CalibrationOptions {
  readonly runtime: Runtime
  readonly clock: () => number
  /** Milliseconds that the measurements may take together, about. */
  readonly budget: number
}

export interface Calibration {
  /** Seconds that a node takes at least: what a loop spends on one that does next to nothing. */
  readonly perNode: number
  /** Seconds of the nodes that were measured. */
  readonly measured: ReadonlyMap<string, Measured>
}

export interface Measured {
  readonly kind: string
  readonly work: number
  readonly seconds: number
}

/** Equal for nodes that do the same. */
export const signatureOf = ({ op, inputs, outputs, attributes }: Node): string =>
  [
    op,
    inputs.map((v) => (v === null ? '-' : `${v.dtype}[${v.shape.join()}]${small(v)}`)).join(' '),
    outputs.map((v) => v.shape.join()).join(' '),
    JSON.stringify(attributes),
  ].join('|')

/** Constants of shapes and axes decide what a node does. */
const small = (v: Value): string =>
  v.constant !== null && v.constant.data.length <= 16 ? Array.from(v.constant.data, String).join() : ''

/** What the time of a node grows with. */
export const amountOf = ({ class: kind, flops, bytes }: Work): number =>
  kind === 'gemm' || kind === 'conv' ? flops : bytes

/** Kinds of each op that are measured: those with the most work in all. */
const perOp = 4

/**
 * Runs the nodes that weigh most one by one, each in a loop of its own on numbers of its sizes. Nodes that cannot be run
 * alone are left out.
 */
export async function calibrate(works: readonly Work[], o: CalibrationOptions): Promise<Calibration> {
  const empty = await timed(loopOf(null), o, 2000)
  const perNode = empty / nodesOfEmpty
  const kinds = new Map<string, { work: Work; total: number }>()
  for (const work of works) {
    if (work.class === 'free' || work.node.op.startsWith('Random')) continue
    const key = signatureOf(work.node)
    const before = kinds.get(key)?.total ?? 0
    kinds.set(key, { work, total: before + weightOf(work) * work.times })
  }
  const chosen = new Map<string, number>()
  const candidates = [...kinds].sort(([, a], [, b]) => b.total - a.total)
  const began = o.clock()
  const measured = new Map<string, Measured>()
  for (const [key, { work }] of candidates) {
    const kind = kindOf(work)
    const taken = chosen.get(kind) ?? 0
    // Ops that do the heavy work are measured in all their kinds while there is time.
    if (taken >= perOp && (work.class === 'other' || measured.size > 60)) continue
    if (o.clock() - began > o.budget && taken > 0) continue
    const seconds = await alone(work.node, o)
    if (seconds === null) continue
    chosen.set(kind, taken + 1)
    // What the loop does besides: its own turn, and an element of each result taken and added.
    const besides = empty + 2 * perNode * work.node.outputs.length
    measured.set(key, { kind, work: amountOf(work), seconds: Math.max(0, seconds - besides) })
  }
  return { perNode, measured }
}

/** Null for a node that cannot run alone: one whose whole numbers are more than indices, say. */
async function alone(node: Node, o: CalibrationOptions): Promise<number | null> {
  try {
    return await timed(loopOf(node), o, 0)
  } catch {
    return null
  }
}

/** Rows of data whose number differs from call to call. */
const rowsForUnknown = 64

/** A rough time, to choose by: 50 GFLOP/s and 5 GB/s. */
const weightOf = ({ flops, bytes, class: kind }: Work): number =>
  (kind === 'other' ? 0 : flops / 5e10) + bytes / 5e9

/** Ops that the empty loop runs in a turn. */
const nodesOfEmpty = 2

/** Seconds of one turn of the loop: the fastest of three tries of about 15 ms each. */
async function timed(model: Uint8Array, o: CalibrationOptions, least: number): Promise<number> {
  const session = await o.runtime.createSession(model)
  try {
    const feeds = given.get(model) ?? {}
    const run = async (turns: number): Promise<number> => {
      const began = o.clock()
      await session.run({
        ...feeds,
        turns: { dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(turns)) },
      })
      return (o.clock() - began) / 1000
    }
    await run(1)
    // The difference of two lengths leaves out what a call costs by itself.
    const one = await run(1)
    const turns = Math.max(least, Math.min(5000, Math.ceil(0.015 / Math.max(one, 1e-6))), 2)
    const tries: number[] = []
    for (let i = 0; i < 3; i++) {
      const short = await run(1)
      tries.push(((await run(turns + 1)) - short) / turns)
    }
    return Math.max(0, tries.sort((a, b) => a - b)[1]!)
  } finally {
    await session.release()
  }
}

/** The numbers that a model of `loopOf` runs on. */
const given = new WeakMap<Uint8Array, Readonly<Record<string, Tensor>>>()

/** A graph that runs a node `turns` times on numbers of its sizes, and hands one number on from turn to turn. */
function loopOf(node: Node | null): Uint8Array {
  const graph = newGraph()
  const turns = graph.input('turns', 'int64', [])
  const random = seeded(1)
  const feeds: Record<string, Tensor> = {}
  const inputs: Value[] = []
  const copies = new Map<Value, Value>()
  const stand = (v: Value | null, i: number): Value | null => {
    if (v === null) return null
    if (v.constant !== null) return graph.constant(v.constant)
    const known = copies.get(v)
    if (known) return known
    const shape = v.shape.map((d) => (typeof d === 'number' ? d : rowsForUnknown))
    const input = graph.input(`x${i}`, v.dtype, shape)
    feeds[`x${i}`] = { dtype: v.dtype, shape, data: numbers(v.dtype, sizeOf(shape), random) }
    inputs.push(input)
    copies.set(v, input)
    return input
  }
  const outer = node === null ? [] : node.inputs.map(stand)
  const body = newGraph(graph)
  const g = ops(body)
  const iteration = body.input('iteration', 'int64', [])
  const condition = body.input('condition', 'bool', [])
  const carried = body.input('carried', 'float32', [])
  const results =
    node === null
      ? []
      : node.opaque === undefined
        ? body.add(node.op, outer, node.attributes, node.outputs.length)
        : body.addOpaque(node.opaque, outer, node.attributes, node.outputs.map(knownType))
  // One element of each result: the node cannot be left out.
  const ends = results.map((v) => g.cast(g.gather(g.reshape(v, [-1]), g.scalar(0, 'int64')), 'float32'))
  const next = [...ends, g.scalar(1)].reduce((sum, v) => g.add(sum, v), carried)
  const loop = graph.add(
    'Loop',
    [turns, graph.constant(tensor('bool', [], [1])), graph.constant(tensor('float32', [], [0]))],
    { body: { graph: body, inputs: [iteration, condition, carried], outputs: [condition, next] } },
    1,
  )
  const model = writeModel({ graph, inputs: [turns, ...inputs], outputs: loop, outputNames: ['end'] })
  given.set(model, feeds)
  return model
}

/** Floats from -0.5 to 0.5 and zeros for whole numbers, which are valid as indices. */
function numbers(dtype: DType, size: number, random: () => number): TensorData {
  const data = new dtypes[dtype].array(size)
  if (dtype === 'float32' || dtype === 'float64')
    for (let i = 0; i < size; i++) (data as Float32Array)[i] = random() - 0.5
  return data
}
