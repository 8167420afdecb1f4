/** @file Finds the first op of the forward pass whose result is not finite. */
import { newGraph, topological } from '../graph/graph.ts'
import { ops } from '../graph/ops.ts'
import { dtypes, type Tensor } from '../graph/tensor.ts'
import type { Node } from '../graph/types.ts'
import type { Loss } from '../loss/cross-entropy.ts'
import type { Module } from '../nn/module.ts'
import { writeModel } from '../onnx/write.ts'
import type { Runtime } from '../runtime/session.ts'
import { forward, prepare } from './graphs.ts'

export interface DiagnoseOptions {
  readonly model: Module
  readonly loss: Loss
  readonly runtime: Runtime
  readonly sampleShape: readonly number[]
  readonly scale: number
  /** The batch and the parameters with which the loss was not finite: samples [N, size], labels [N], [P]. */
  readonly samples: Tensor
  readonly labels: Tensor
  readonly parameters: Tensor
}

/** Where it began, for a message: `first in fc1 (Gemm)`. */
export async function diagnose(o: DiagnoseOptions): Promise<string> {
  if (!o.parameters.data.every((v) => Number.isFinite(Number(v))))
    return 'the update before it made a parameter infinite'
  const graph = newGraph()
  const g = ops(graph)
  const inputs = (['samples', 'labels', 'parameters'] as const).map((name) =>
    graph.input(name, o[name].dtype, o[name].shape),
  )
  const [samples, labels, parameters] = inputs as [(typeof inputs)[0], (typeof inputs)[0], (typeof inputs)[0]]
  const x = prepare(samples, [o.samples.shape[0]!, ...o.sampleShape], o.scale)
  const nodes = topological([o.loss.build(forward(o.model, parameters, x), labels)]).filter(
    (n) => dtypes[n.outputs[0]!.dtype].float,
  )
  const largest = nodes.map((n) =>
    g.reduceMax(
      g.op('Abs', [n.outputs[0]!]),
      n.outputs[0]!.shape.map((_, i) => i),
      false,
    ),
  )
  const outputNames = nodes.map((_, i) => `largest${i}`)
  const session = await o.runtime.createSession(writeModel({ graph, inputs, outputs: largest, outputNames }))
  const results = await session.run({ samples: o.samples, labels: o.labels, parameters: o.parameters })
  await session.release()
  const first = nodes.find((_, i) => !Number.isFinite(results[`largest${i}`]!.data[0]))
  return first === undefined
    ? 'no single op of the forward pass gives it alone'
    : `first in ${placeOf(first)}`
}

const placeOf = (node: Node): string => (node.scope === '' ? node.op : `${node.scope} (${node.op})`)
