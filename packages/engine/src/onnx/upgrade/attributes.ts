/** @file Adapters: attributes that became inputs. */
import { tensor } from '../../graph/tensor.ts'
import type { Value } from '../../graph/types.ts'
import {
  type Adapted,
  type Adapter,
  type AdapterContext,
  floatOf,
  floatsOf,
  intOf,
  ints,
  intsOf,
  without,
} from './adapter.ts'

/** An attribute of whole numbers becomes input 1, absent where it is absent. */
const intsToInput =
  (name: string) =>
  ({ graph, inputs, attributes }: AdapterContext): Adapted => {
    const list = intsOf(attributes[name])
    return list === null
      ? { attributes: without(attributes, name) }
      : { inputs: [inputs[0] ?? null, ints(graph, list)], attributes: without(attributes, name) }
  }

const numberLike = ({ graph }: AdapterContext, x: Value | null | undefined, value: number): Value => {
  const float = graph.constant(tensor('float32', [], [value]))
  // An input of a type that is not known is cast to at run time.
  return x ? castLike(float, x) : float
}

function castLike(value: Value, x: Value): Value {
  try {
    return x.dtype === 'float32'
      ? value
      : x.graph.constant(tensor(x.dtype, [], [Number(value.constant?.data[0] ?? 0)]))
  } catch {
    return x.graph.addOpaque({ op: 'CastLike', domain: '', version: 19 }, [value, x], {}, [null])[0]!
  }
}

const clip = (c: AdapterContext): Adapted => {
  const [x] = c.inputs
  const { min, max } = c.attributes
  return {
    inputs: [
      x ?? null,
      min === undefined ? null : numberLike(c, x, floatOf(min, 0)),
      max === undefined ? null : numberLike(c, x, floatOf(max, 0)),
    ],
    attributes: without(c.attributes, 'min', 'max'),
  }
}

const pad = (c: AdapterContext): Adapted => ({
  inputs: [
    c.inputs[0] ?? null,
    ints(c.graph, intsOf(c.attributes.pads) ?? []),
    numberLike(c, c.inputs[0], floatOf(c.attributes.value, 0)),
  ],
  attributes: without(c.attributes, 'pads', 'value'),
})

const slice = ({ graph, inputs, attributes }: AdapterContext): Adapted => {
  const [starts, ends, axes] = [attributes.starts, attributes.ends, attributes.axes].map(intsOf)
  return {
    inputs: [
      inputs[0] ?? null,
      ints(graph, starts ?? []),
      ints(graph, ends ?? []),
      ...(axes ? [ints(graph, axes)] : []),
    ],
    attributes: without(attributes, 'starts', 'ends', 'axes'),
  }
}

const topK = ({ graph, inputs, attributes }: AdapterContext): Adapted => ({
  inputs: [inputs[0] ?? null, ints(graph, [intOf(attributes.k, 1)])],
  attributes: without(attributes, 'k'),
})

/** Up to opset 9 the mask has the type of the data, from 10 it is bool. */
const dropoutMask = ({ emit, inputs, attributes, outputCount }: AdapterContext): Adapted => {
  if (outputCount < 2) return {}
  const ratio = floatOf(attributes.ratio, 0.5)
  const x = inputs[0]!
  const [y, mask] = emit('Dropout', [x, x.graph.constant(tensor('float32', [], [ratio]))], {}, 2)
  return { outputs: [y!, emit('CastLike', [mask!, x])[0]!] }
}

const dropout = ({ graph, inputs, attributes }: AdapterContext): Adapted => ({
  inputs: [inputs[0] ?? null, graph.constant(tensor('float32', [], [floatOf(attributes.ratio, 0.5)]))],
  attributes: without(attributes, 'ratio', 'is_test'),
})

/** The first Resize, and Upsample before it: asymmetric, rounded down; up where it shrinks. */
const firstResize = ({ inputs, attributes }: AdapterContext): Adapted => {
  const [x, scales] = inputs
  const values = scales?.constant?.data
  const shrinks = values !== undefined && Array.from(values as Float32Array).every((v) => v <= 1)
  return {
    inputs: [x ?? null, null, scales ?? null],
    attributes: {
      mode: attributes.mode === 'bilinear' ? 'linear' : (attributes.mode ?? 'nearest'),
      coordinate_transformation_mode: 'asymmetric',
      nearest_mode: shrinks ? 'ceil' : 'floor',
    },
  }
}

const scalesToInput = ({ graph, inputs, attributes }: AdapterContext): Adapted => {
  const list = floatsOf(attributes.scales)
  if (list === null) return {}
  const scales = graph.constant({ dtype: 'float32', shape: [list.length], data: Float32Array.from(list) })
  return { inputs: [inputs[0] ?? null, scales], attributes: without(attributes, 'scales') }
}

const upsampleScales = ({ attributes }: AdapterContext): Adapted => {
  const { width_scale, height_scale } = attributes
  return width_scale === undefined && height_scale === undefined
    ? {}
    : {
        attributes: {
          ...without(attributes, 'width_scale', 'height_scale'),
          scales: { floats: [1, 1, floatOf(height_scale, 1), floatOf(width_scale, 1)] },
        },
      }
}

const parts = ({ inputs, attributes, outputCount }: AdapterContext): Adapted =>
  inputs[1] ? {} : { attributes: { ...attributes, num_outputs: outputCount } }

const reshape = ({ graph, inputs, attributes }: AdapterContext): Adapted =>
  inputs[1]
    ? {}
    : {
        inputs: [inputs[0] ?? null, ints(graph, intsOf(attributes.shape) ?? [])],
        attributes: without(attributes, 'shape'),
      }

const axesOfReduction = { before: 18, adapt: intsToInput('axes') } satisfies Adapter

export const fromAttributes: Readonly<Record<string, readonly Adapter[]>> = {
  Clip: [{ before: 11, adapt: clip }],
  Dropout: [
    { before: 10, adapt: dropoutMask },
    { before: 12, adapt: dropout },
  ],
  Pad: [{ before: 11, adapt: pad }],
  ReduceL1: [axesOfReduction],
  ReduceL2: [axesOfReduction],
  ReduceLogSum: [axesOfReduction],
  ReduceLogSumExp: [axesOfReduction],
  ReduceMax: [axesOfReduction],
  ReduceMean: [axesOfReduction],
  ReduceMin: [axesOfReduction],
  ReduceProd: [axesOfReduction],
  ReduceSum: [{ before: 13, adapt: intsToInput('axes') }],
  ReduceSumSquare: [axesOfReduction],
  Reshape: [{ before: 5, adapt: reshape }],
  Resize: [{ before: 11, adapt: firstResize }],
  Slice: [{ before: 10, adapt: slice }],
  Split: [
    { before: 13, adapt: intsToInput('split') },
    { before: 18, adapt: parts },
  ],
  Squeeze: [{ before: 13, adapt: intsToInput('axes') }],
  TopK: [{ before: 10, adapt: topK }],
  Unsqueeze: [{ before: 13, adapt: intsToInput('axes') }],
  Upsample: [
    { before: 7, adapt: upsampleScales },
    { before: 9, adapt: scalesToInput },
    { before: 10, adapt: () => ({ op: 'Resize' }) },
  ],
}
