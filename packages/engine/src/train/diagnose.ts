/** @file Finds the first op of a training step whose result is not finite. */
import { gradients } from '../autodiff/gradients.ts'
import { newGraph, topological } from '../graph/graph.ts'
import { ops } from '../graph/ops.ts'
import { dtypes, type Tensor } from '../graph/tensor.ts'
import type { Graph, Node, Value } from '../graph/types.ts'
import type { Loss } from '../loss/loss.ts'
import { type Module, trace } from '../nn/module.ts'
import { writeModel } from '../onnx/write.ts'
import type { Runtime } from '../runtime/session.ts'
import type { Fields } from './fields.ts'
import { dataInputs, lossOf, prepared } from './graphs.ts'
import { cut, type Layout, type Vectors, weightInputs } from './layout.ts'

export interface DiagnoseOptions {
  readonly model: Module
  readonly loss: Loss
  readonly runtime: Runtime
  readonly fields: Fields
  readonly scale: number
  readonly layout: Layout
  readonly seed: number
  /** The batch, the number of the step and the parameters with which the loss or the gradient was not finite. */
  readonly data: Readonly<Record<string, Tensor>>
  readonly step: number
  readonly vectors: Vectors
}

/** Where it began, for a message: `first in fc1 (Gemm)`, or `in the gradient, first in fc1 (MatMul)`. */
export async function diagnose(o: DiagnoseOptions): Promise<string> {
  const bad = infiniteParameter(o)
  if (bad !== null) return `the update before it made the parameter ${bad} infinite`
  const graph = newGraph()
  const g = ops(graph)
  const data = dataInputs(graph, o.fields, Object.values(o.data)[0]!.shape[0]!)
  const weights = weightInputs(graph, o.layout)
  const values = cut(weights)
  const { x, more, labels, moreLabels } = prepared(o, data.inputs, data.targets)
  const training = { step: g.scalar(o.step, 'int64'), seed: o.seed, updates: new Map(), streams: 0 }
  const output = trace(o.model, x, ({ parameter }) => values.get(parameter)!, training, more)
  const loss = lossOf({ loss: o.loss, labels, moreLabels }, output)
  const forward = topological([loss])
  const feeds = {
    ...o.data,
    ...Object.fromEntries(
      weights.inputs.map(({ name }): [string, Tensor] => {
        const vector = o.vectors[name]!
        return [name, { dtype: 'float32', shape: [vector.length], data: vector }]
      }),
    ),
  }
  const inputs = [...data.all, ...weights.inputs]
  const first = await firstInfinite(o.runtime, graph, inputs, forward, feeds)
  if (first !== null) return `first in ${placeOf(first)}`
  const trained = o.layout.trained.map(({ parameter }) => values.get(parameter)!)
  const known = new Set(forward)
  const backward = topological(gradients(loss, trained)).filter((node) => !known.has(node))
  const wrong = await firstInfinite(o.runtime, graph, inputs, backward, feeds)
  if (wrong === null) return 'no single op of the step gives it alone'
  return `in the gradient, first in ${placeOf(wrong)}`
}

/** The name of the first parameter with a value that is not finite. */
export function infiniteParameter(o: Pick<DiagnoseOptions, 'layout' | 'vectors'>): string | null {
  const wrong = o.vectors.parameters!.findIndex((v) => !Number.isFinite(v))
  if (wrong < 0) return null
  let at = 0
  for (const { name, parameter } of o.layout.trained) {
    at += parameter.size
    if (wrong < at) return name
  }
  return null
}

/** The first of `nodes` with a result that is not finite. */
async function firstInfinite(
  runtime: Runtime,
  graph: Graph,
  inputs: readonly Value[],
  nodes: readonly Node[],
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Node | null> {
  const g = ops(graph)
  const floating = nodes.filter(({ outputs }) => dtypes[outputs[0]!.dtype].float)
  if (floating.length === 0) return null
  // 0 for finite values; infinite and undefined ones times 0 are undefined, and stay so in a sum.
  const signs = floating.map(({ outputs: [value] }) =>
    g.reduceSum(
      g.mul(value!, 0),
      value!.shape.map((_, i) => i),
      false,
    ),
  )
  const outputNames = floating.map((_, i) => `sign${i}`)
  const session = await runtime.createSession(writeModel({ graph, inputs, outputs: signs, outputNames }))
  try {
    const needed = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name))
    const results = await session.run(Object.fromEntries(needed))
    return floating.find((_, i) => !Number.isFinite(results[`sign${i}`]!.data[0])) ?? null
  } finally {
    await session.release()
  }
}

const placeOf = (node: Node): string => (node.scope === '' ? node.op : `${node.scope} (${node.op})`)
