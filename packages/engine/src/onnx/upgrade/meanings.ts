/** @file Adapters: ops whose meaning changed. */
import { knownType } from '../../graph/opaque.ts'
import { dtypes } from '../../graph/tensor.ts'
import { type Adapter, type AdapterContext, floatOf, intOf, ints, rankOf, without } from './adapter.ts'

/** Up to opset 12 the axes from `axis` on count as one: [d0 .. , axis ..] as a matrix, row by row. */
const overTheRest: Adapter['adapt'] = ({ op, inputs, attributes, emit }) => {
  const x = inputs[0]!
  const axis = intOf(attributes.axis, 1)
  const rank = rankOf(x)
  if (rank !== null && (axis === rank - 1 || axis === -1)) return { attributes: { axis: -1 } }
  const matrix = emit('Flatten', [x], { axis })[0]!
  const result = emit(op, [matrix], { axis: -1 })[0]!
  return { outputs: [emit('Reshape', [result, emit('Shape', [x])[0]!])[0]!] }
}

/** Up to opset 6 the second operand was aligned with the axes of the first from `axis` on, where `broadcast` is set. */
const alignedOperand: Adapter['adapt'] = ({ graph, inputs, attributes, emit }) => {
  const rest = without(attributes, 'axis', 'broadcast')
  const [a, b] = inputs
  const [rank, own] = [rankOf(a), rankOf(b)]
  if (intOf(attributes.broadcast, 0) === 0 || attributes.axis === undefined || rank === null || own === null)
    return { attributes: rest }
  const axis = intOf(attributes.axis, 0)
  const missing = rank - (axis < 0 ? axis + rank : axis) - own
  if (missing <= 0 || own === 0) return { attributes: rest }
  const axes = Array.from({ length: missing }, (_, i) => own + i)
  return { inputs: [a!, emit('Unsqueeze', [b!, ints(graph, axes)])[0]!], attributes: rest }
}

/** Up to opset 6 a slope [C] belongs to the channels, from 7 on to the last axis. */
const channelSlope: Adapter['adapt'] = ({ graph, inputs, emit }) => {
  const [x, slope] = inputs
  const rank = rankOf(x)
  if (!slope || rank === null || rankOf(slope) !== 1 || knownType(slope)?.shape[0] === 1 || rank < 3)
    return {}
  const axes = Array.from({ length: rank - 2 }, (_, i) => i + 1)
  return { inputs: [x!, emit('Unsqueeze', [slope, ints(graph, axes)])[0]!] }
}

/** One mean and variance a position instead of a channel: element by element. */
const perPosition: Adapter['adapt'] = ({ inputs, attributes, emit }) => {
  if (intOf(attributes.spatial, 1) === 1) return { attributes: without(attributes, 'spatial') }
  const [x, scale, bias, mean, variance] = inputs as NonNullable<(typeof inputs)[number]>[]
  const epsilon = x!.graph.constant({
    dtype: 'float32',
    shape: [],
    data: Float32Array.of(floatOf(attributes.epsilon, 1e-5)),
  })
  const deviation = emit('Sqrt', [emit('Add', [variance!, epsilon])[0]!])[0]!
  const normal = emit('Div', [emit('Sub', [x!, mean!])[0]!, deviation])[0]!
  return { outputs: [emit('Add', [emit('Mul', [normal, scale!])[0]!, bias!])[0]!] }
}

/** Up to opset 13 asking for the statistics meant training; the saved ones are gone since. */
const statistics: Adapter['adapt'] = ({ attributes, outputCount }) => {
  const rest = without(attributes, 'is_test', 'spatial')
  return outputCount === 1
    ? { attributes: rest }
    : { attributes: { ...rest, training_mode: 1 }, outputCount: Math.min(outputCount, 3) }
}

/** Up to opset 15 positions were not shifted by half a pixel. */
const roiPositions: Adapter['adapt'] = ({ attributes }) => ({
  attributes: { ...attributes, coordinate_transformation_mode: 'output_half_pixel' },
})

const typeByName: Adapter['adapt'] = ({ attributes }) => {
  const { to } = attributes
  if (typeof to !== 'string') return {}
  const names: Record<string, keyof typeof dtypes> = { FLOAT: 'float32', DOUBLE: 'float64' }
  const name = names[to] ?? to.toLowerCase()
  return Object.hasOwn(dtypes, name) ? { attributes: { to: dtypes[name as keyof typeof dtypes].onnx } } : {}
}

const aligned: readonly Adapter[] = [{ before: 7, adapt: alignedOperand }]
const matrixRows: readonly Adapter[] = [{ before: 13, adapt: overTheRest }]
const oneOutputOrder: Adapter = {
  before: 7,
  adapt: ({ attributes }: AdapterContext) => ({ attributes: without(attributes, 'output_sequence') }),
}

export const changedMeanings: Readonly<Record<string, readonly Adapter[]>> = {
  Add: aligned,
  And: aligned,
  BatchNormalization: [
    { before: 9, adapt: perPosition },
    { before: 14, adapt: statistics },
  ],
  Cast: [{ before: 6, adapt: typeByName }],
  Concat: [{ before: 4, adapt: ({ attributes }) => ({ attributes: { axis: 1, ...attributes } }) }],
  Div: aligned,
  Equal: aligned,
  GRU: [oneOutputOrder],
  Gemm: [{ before: 7, adapt: ({ attributes }) => ({ attributes: without(attributes, 'broadcast') }) }],
  Greater: aligned,
  Hardmax: matrixRows,
  LSTM: [oneOutputOrder],
  Less: aligned,
  LogSoftmax: matrixRows,
  Mul: aligned,
  Or: aligned,
  PRelu: [{ before: 7, adapt: channelSlope }],
  Pad: [
    {
      before: 2,
      adapt: ({ attributes: { paddings, ...rest } }) =>
        paddings === undefined ? {} : { attributes: { ...rest, pads: paddings } },
    },
  ],
  Pow: aligned,
  RNN: [oneOutputOrder],
  RoiAlign: [{ before: 16, adapt: roiPositions }],
  Scatter: [{ before: 11, adapt: () => ({ op: 'ScatterElements' }) }],
  Softmax: matrixRows,
  Sub: aligned,
  Xor: aligned,
}
