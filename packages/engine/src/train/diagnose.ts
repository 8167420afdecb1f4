/** @file Finds the first op of the forward pass whose result is not finite. */
import { newGraph, topological } from '../graph/graph.ts'
import { ops } from '../graph/ops.ts'
import { dtypes, type Tensor } from '../graph/tensor.ts'
import type { Node, Value } from '../graph/types.ts'
import type { Loss } from '../loss/loss.ts'
import { type Module, trace } from '../nn/module.ts'
import { writeModel } from '../onnx/write.ts'
import type { Runtime } from '../runtime/session.ts'
import { prepare } from './graphs.ts'
import { cut, type Layout, type Vectors, weightInputs } from './layout.ts'

export interface DiagnoseOptions {
  readonly model: Module
  readonly loss: Loss
  readonly runtime: Runtime
  readonly sampleShape: readonly number[]
  readonly scale: number
  readonly layout: Layout
  readonly seed: number
  /** The batch, the number of the step and the parameters with which the loss was not finite. */
  readonly samples: Tensor
  readonly labels: Tensor
  readonly step: number
  readonly vectors: Vectors
}

/** Where it began, for a message: `first in fc1 (Gemm)`. */
export async function diagnose(o: DiagnoseOptions): Promise<string> {
  if (!o.vectors.parameters!.every((v) => Number.isFinite(v)))
    return 'the update before it made a parameter infinite'
  const graph = newGraph()
  const g = ops(graph)
  const [samples, labels] = (['samples', 'labels'] as const).map((name) =>
    graph.input(name, o[name].dtype, o[name].shape),
  ) as [Value, Value]
  const weights = weightInputs(graph, o.layout)
  const values = cut(weights)
  const inputs = [samples, labels, ...weights.inputs]
  const x = prepare(samples, [o.samples.shape[0]!, ...o.sampleShape], o.scale)
  const training = { step: g.scalar(o.step, 'int64'), seed: o.seed, updates: new Map(), streams: 0 }
  const output = trace(o.model, x, ({ parameter }) => values.get(parameter)!, training)
  const nodes = topological([o.loss.build(output, labels)]).filter((n) => dtypes[n.outputs[0]!.dtype].float)
  const largest = nodes.map((n) =>
    g.reduceMax(
      g.op('Abs', [n.outputs[0]!]),
      n.outputs[0]!.shape.map((_, i) => i),
      false,
    ),
  )
  const outputNames = nodes.map((_, i) => `largest${i}`)
  const session = await o.runtime.createSession(writeModel({ graph, inputs, outputs: largest, outputNames }))
  const results = await session.run({
    samples: o.samples,
    labels: o.labels,
    ...Object.fromEntries(
      weights.inputs.map(({ name }) => {
        const data = o.vectors[name]!
        return [name, { dtype: 'float32', shape: [data.length], data }]
      }),
    ),
  })
  await session.release()
  const first = nodes.find((_, i) => !Number.isFinite(results[`largest${i}`]!.data[0]))
  return first === undefined
    ? 'no single op of the forward pass gives it alone'
    : `first in ${placeOf(first)}`
}

const placeOf = (node: Node): string => (node.scope === '' ? node.op : `${node.scope} (${node.op})`)
