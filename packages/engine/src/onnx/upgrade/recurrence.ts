/** @file Adapters: recurrences whose batch lies elsewhere than ONNX Runtime has it. */
import { EngineError } from '../../errors.ts'
import { newGraph } from '../../graph/graph.ts'
import { knownType } from '../../graph/opaque.ts'
import { isSub } from '../../graph/shapes/subgraph.ts'
import type { Value } from '../../graph/types.ts'
import type { Adapted, Adapter, AdapterContext } from './adapter.ts'
import { intOf, without } from './adapter.ts'

/** After every opset there is: what the newest says is kept, but in another form. */
const always = Number.MAX_SAFE_INTEGER

/** ONNX Runtime runs recurrent layers with the sequence first alone. */
const sequenceFirst: Adapter['adapt'] = ({ op, inputs, attributes, outputCount, emit }): Adapted => {
  const rest = without(attributes, 'layout')
  if (intOf(attributes.layout, 0) !== 1) return { attributes: rest }
  const swap = (v: Value, perm: readonly number[]): Value => emit('Transpose', [v], { perm })[0]!
  // X [N, T, …] and the states [N, directions, hidden]
  const turned = inputs.map((v, i) => (v !== null && [0, 5, 6].includes(i) ? swap(v, [1, 0, 2]) : v))
  const results = emit(op, turned, rest, outputCount)
  return { outputs: results.map((v, i) => swap(v, i === 0 ? [2, 0, 1, 3] : [1, 0, 2])) }
}

/**
 * The Scan of opset 8 goes through every sample of a batch [N, T, …]: a Scan over the batch, whose body is a Scan over
 * the sequence.
 */
const overBatch: Adapter['adapt'] = ({
  where,
  graph,
  inputs,
  attributes,
  outputCount,
  emit,
}: AdapterContext) => {
  const [lengths, ...values] = inputs
  const { body, directions } = attributes
  const types = values.map((v) => (v ? knownType(v) : null))
  const scanned = intOf(attributes.num_scan_inputs, 0)
  const states = values.length - scanned
  if (lengths || !isSub(body) || states < 0 || types.some((t) => t === null || t.shape.length === 0))
    throw new EngineError(
      'engine/unsupported-model',
      `${where}: a Scan of opset 8 with lengths of its own, or over values whose type is not known, is not supported`,
      'Export the model with a newer opset, 13 or later.',
    )
  const sample = newGraph(graph)
  const own = types.map((t, i) => sample.input(`sample${i}`, t!.dtype, t!.shape.slice(1)))
  const inner = sample.addOpaque(
    { op: 'Scan', domain: '', version: 9 },
    own,
    {
      body,
      num_scan_inputs: scanned,
      ...(Array.isArray(directions) ? { scan_input_directions: directions } : {}),
    },
    Array.from({ length: outputCount }, () => null),
  )
  return {
    outputs: emit(
      'Scan',
      values,
      { body: { graph: sample, inputs: own, outputs: inner }, num_scan_inputs: values.length },
      outputCount,
    ),
  }
}

export const recurrences: Readonly<Record<string, readonly Adapter[]>> = {
  GRU: [{ before: always, adapt: sequenceFirst }],
  LSTM: [{ before: always, adapt: sequenceFirst }],
  RNN: [{ before: always, adapt: sequenceFirst }],
  Scan: [{ before: 9, adapt: overBatch }],
}
