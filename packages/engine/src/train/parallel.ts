/** @file Data-parallel steps: each worker computes the gradient of its part of a batch, one update takes their mean. */
import { newGraph } from '../graph/graph.ts'
import { ops } from '../graph/ops.ts'
import type { Tensor } from '../graph/tensor.ts'
import type { Model, Value } from '../graph/types.ts'
import { writeModel } from '../onnx/write.ts'
import { mergePlacements } from '../runtime/placement.ts'
import type { Runtime, Session } from '../runtime/session.ts'
import { channelBlockOf } from './channel-block.ts'
import { type Compiled, type CompileOptions, explain, floats, int64, rowsOf } from './compiled.ts'
import { carriedOf, dataInputs, lossAndGradient, prepared } from './graphs.ts'
import { apart, joined, type Vectors, weightInputs } from './layout.ts'
import { updated } from './update.ts'

export interface ParallelOptions extends CompileOptions {
  readonly workers: readonly Runtime[]
}

interface Share {
  readonly gradient: Float32Array
  readonly loss: number
  /** What the share's mean was divided by. */
  readonly weight: number
  readonly rows: number
  readonly buffers: Float32Array | null
}

/**
 * A batch is cut into equal parts in its order, one a worker (and `accumulate` rounds of them). Their means are weighed
 * by what each was divided by, so that the gradient is that of the whole batch, summed in one order always.
 */
export async function compileParallel(o: ParallelOptions): Promise<Compiled> {
  const most = o.workers.length * o.accumulate
  const sessions = new Map<string, Promise<Session>>()
  const block = await channelBlockOf(o.workers[0]!)
  const opened = (key: string, runtime: Runtime, model: () => Model): Promise<Session> => {
    const known = sessions.get(key)
    if (known) return known
    const session = runtime.createSession(writeModel(model()))
    sessions.set(key, session)
    return session
  }
  const shareOf = (worker: number, rows: number): Promise<Session> =>
    opened(`worker ${worker} rows ${rows}`, o.workers[worker]!, () => shareGraph({ ...o, block }, rows))
  const updateOf = (parts: number): Promise<Session> =>
    opened(`update ${parts}`, o.runtime, () => updateGraph(o, parts))
  const sizes = cut(o.batchSize, most)
  const update = await updateOf(sizes.length)
  await Promise.all(sizes.map((rows, i) => shareOf(i % o.workers.length, rows)))
  const names = carriedOf(o)
    .map(({ name }) => name)
    .filter((name) => name !== 'buffers')

  const share = async (
    worker: number,
    data: Readonly<Record<string, Tensor>>,
    rows: Int32Array,
    key: number,
    vectors: Vectors,
  ): Promise<Share> => {
    const session = await shareOf(worker, rows.length)
    const weights = ['parameters', 'frozen', 'buffers'].filter((name) => session.inputNames.includes(name))
    const results = await session.run({
      ...rowsOf(data, rows),
      ...(session.inputNames.includes('key') ? { key: int64(key) } : {}),
      ...Object.fromEntries(weights.map((name) => [name, floats(vectors[name]!)])),
    })
    return {
      gradient: results.gradient!.data as Float32Array,
      loss: Number(results.loss!.data[0]),
      weight: results.weight ? Number(results.weight.data[0]) : rows.length,
      rows: rows.length,
      buffers: results.buffers_out ? (results.buffers_out.data as Float32Array) : null,
    }
  }

  const one = async (
    data: Readonly<Record<string, Tensor>>,
    rows: Int32Array,
    step: number,
    rate: number,
    vectors: Vectors,
  ): Promise<{ vectors: Vectors; loss: number }> => {
    const parts = cut(rows.length, most)
    const shares: Share[] = new Array(parts.length)
    const starts = parts.map((_, i) => parts.slice(0, i).reduce((a, b) => a + b, 0))
    // Each worker does its parts one after the other, all workers side by side.
    await Promise.all(
      o.workers.map(async (_, worker) => {
        for (let i = worker; i < parts.length; i += o.workers.length) {
          const own = rows.slice(starts[i]!, starts[i]! + parts[i]!)
          shares[i] = await share(worker, data, own, (step + 1) * most + i, vectors)
        }
      }),
    )
    const total = shares.reduce((sum, { weight }) => sum + weight, 0)
    const parting = shares.map(({ weight }) => weight / Math.max(total, 1e-12))
    const session = parts.length === sizes.length ? update : await updateOf(parts.length)
    const results = await session.run({
      ...Object.fromEntries(names.map((name) => [name, floats(vectors[name]!)])),
      ...Object.fromEntries(shares.map(({ gradient }, i) => [`gradient${i}`, floats(gradient)])),
      parting: floats(Float32Array.from(parting)),
      step: int64(step + 1),
      rate: { dtype: 'float32', shape: [], data: Float32Array.of(rate) },
    })
    const changed = names.map((name) => [name, results[`${name}_out`]!.data as Float32Array])
    const buffers = meanBuffers(shares)
    return {
      vectors: { ...vectors, ...Object.fromEntries(changed), ...(buffers ? { buffers } : {}) },
      loss: shares.reduce((sum, { loss }, i) => sum + loss * parting[i]!, 0),
    }
  }

  return {
    get provider() {
      return update.provider
    },
    async placement() {
      const open = await Promise.all(sessions.values())
      return mergePlacements(await Promise.all(open.map((session) => session.placement())))
    },
    async steps({ data, order, batch, steps, step, rates, vectors }) {
      const losses = new Float32Array(steps)
      let now = vectors
      for (let i = 0; i < steps; i++) {
        const done = await one(data, order.subarray(i * batch, (i + 1) * batch), step + i, rates[i]!, now)
        now = done.vectors
        losses[i] = done.loss
      }
      return { vectors: now, losses }
    },
    explain: (input) => explain(o, input),
    async release() {
      const open = await Promise.allSettled(sessions.values())
      await Promise.allSettled(open.map((s) => (s.status === 'fulfilled' ? s.value.release() : undefined)))
    },
  }
}

/** So many rows in at most `parts` parts whose sizes differ by at most one. */
export function cut(rows: number, parts: number): number[] {
  const count = Math.min(rows, parts)
  const [each, more] = [Math.floor(rows / count), rows % count]
  return Array.from({ length: count }, (_, i) => each + (i < more ? 1 : 0))
}

function meanBuffers(shares: readonly Share[]): Float32Array | null {
  if (shares[0]!.buffers === null) return null
  const rows = shares.reduce((sum, s) => sum + s.rows, 0)
  return shares[0]!.buffers.map((_, i) =>
    shares.reduce((sum, s) => sum + s.buffers![i]! * (s.rows / rows), 0),
  )
}

/** Data [rows, …], the flat vectors and `key` (differs from step to step) -> `loss`, `gradient`, `weight`, `buffers_out`. */
function shareGraph(o: ParallelOptions & { block?: number }, rows: number): Model {
  const graph = newGraph()
  const data = dataInputs(graph, o.fields, rows)
  const weights = weightInputs(graph, o.layout)
  const key = graph.input('key', 'int64', [])
  const given = prepared(o, data.inputs, data.targets)
  const { loss, gradient, buffers } = lossAndGradient({ ...o, ...given, weights, key })
  const results = new Map([
    ['loss', loss],
    ['gradient', joined(gradient)],
  ])
  if (o.loss.weight) results.set('weight', o.loss.weight(given.labels))
  if (buffers) results.set('buffers_out', buffers)
  return {
    graph,
    inputs: [...data.all, ...weights.inputs, key],
    outputs: [...results.values()],
    outputNames: [...results.keys()],
  }
}

/** The flat vectors, `gradient0`, … and the part that each has in the mean -> the next vectors. */
function updateGraph(o: ParallelOptions, parts: number): Model {
  const graph = newGraph()
  const g = ops(graph)
  const carried = carriedOf(o).filter(({ name }) => name !== 'buffers')
  const state = new Map(carried.map(({ name, size }) => [name, graph.input(name, 'float32', [size])]))
  const { size } = carried[0]!
  const given = Array.from({ length: parts }, (_, i) => graph.input(`gradient${i}`, 'float32', [size]))
  const parting = graph.input('parting', 'float32', [parts])
  const step = graph.input('step', 'int64', [])
  const learningRate = graph.input('rate', 'float32', [])
  const gradient = given
    .map((v, i) => g.mul(v, g.slice(parting, 0, i, i + 1)))
    .reduce((a: Value, b: Value) => g.add(a, b))
  const next = updated(o, {
    vectors: new Map([...state].map(([name, value]) => [name, apart(o.layout, value)])),
    gradient: apart(o.layout, gradient),
    step,
    learningRate,
  })
  return {
    graph,
    inputs: [...state.values(), ...given, parting, step, learningRate],
    outputs: carried.map(({ name }) => joined(next.get(name)!)),
    outputNames: carried.map(({ name }) => `${name}_out`),
  }
}
