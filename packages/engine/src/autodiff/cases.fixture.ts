/** @file A checked case, or several, for every gradient rule. */
import type { Ops } from '../graph/ops.ts'
import { poolWithIndices } from '../graph/rewrite/pools.ts'
import { trainingRewrites } from '../graph/rewrite/sets.ts'
import { tensor } from '../graph/tensor.ts'
import type { Attributes, Value } from '../graph/types.ts'
import type { GradCase } from './check.fixture.ts'

const unary = (op: string, more: Partial<GradCase> = {}): GradCase => ({
  op,
  shapes: [[2, 3]],
  build: (g, x) => g.op(op, [x]),
  ...more,
})

const positive = [0.5, 2] as const

/** Equal shapes, and shapes that broadcast on either side. */
const binary = (op: string, more: Partial<GradCase> = {}): GradCase[] =>
  [
    [
      [2, 3],
      [2, 3],
    ],
    [[2, 3], [3]],
    [
      [3, 1],
      [2, 1, 4],
    ],
    [[], [2, 2]],
  ].map((shapes) => ({
    op,
    name: JSON.stringify(shapes),
    shapes,
    build: (g, a, b) => g.op(op, [a, b]),
    ...more,
  }))

const index = (g: Ops, values: number[], shape = [values.length]): Value =>
  g.graph.constant(tensor('int64', shape, values))

const elementwise: GradCase[] = [
  ...binary('Add'),
  ...binary('Sub'),
  ...binary('Mul'),
  ...binary('Div', { range: positive }),
  ...binary('Pow', { range: positive }),
  { op: 'Pow', name: 'constant exponent', shapes: [[4]], range: [-2, -0.5], build: (g, x) => g.pow(x, 3) },
  { op: 'Add', name: 'one value on both sides', shapes: [[3]], build: (g, x) => g.add(g.mul(x, x), x) },
  {
    op: 'Max',
    shapes: [
      [3, 2],
      [3, 2],
    ],
    apart: 0.1,
    build: (g, a, b) => g.max(a, b),
  },
  { op: 'Min', shapes: [[3, 2], [2]], range: [0, 1], build: (g, a, b) => g.op('Min', [g.sub(a, 2), b]) },
  unary('Abs', { apart: 0.3 }),
  unary('Cos', { dtype: 'float32' }),
  unary('Elu', { apart: 0.3, dtype: 'float32' }),
  unary('Erf', { dtype: 'float32' }),
  unary('Exp'),
  unary('HardSigmoid', { dtype: 'float32' }),
  unary('Identity'),
  unary('LeakyRelu', { apart: 0.3, dtype: 'float32' }),
  unary('Log', { range: positive }),
  unary('Neg'),
  unary('Reciprocal', { range: positive }),
  unary('Relu', { apart: 0.3 }),
  unary('Relu', { name: 'float32', apart: 0.3, dtype: 'float32' }),
  unary('Sigmoid'),
  unary('Sin'),
  unary('Softplus', { dtype: 'float32' }),
  unary('Sqrt', { range: positive }),
  unary('Tanh'),
  { op: 'Cast', shapes: [[3]], build: (g, x) => g.cast(g.cast(x, 'float64'), 'float32'), dtype: 'float32' },
  {
    op: 'Where',
    shapes: [[2, 3], [3]],
    build: (g, a, b) => g.where(g.graph.constant(tensor('bool', [2, 1], [1, 0])), a, b),
  },
]

const products: GradCase[] = [
  ...[0, 1].flatMap((ta) =>
    [0, 1].map((tb) => ({
      op: 'Gemm',
      name: `transA ${ta}, transB ${tb}`,
      shapes: [ta ? [4, 3] : [3, 4], tb ? [2, 4] : [4, 2], [2]],
      build: (g: Ops, a: Value, b: Value, c: Value) =>
        g.op('Gemm', [a, b, c], { transA: ta, transB: tb, alpha: { float: 0.5 }, beta: { float: 2 } }),
    })),
  ),
  {
    op: 'Gemm',
    name: 'transposes folded',
    shapes: [[4, 3], [2, 4], [2]],
    build: (g, a, b, bias) => g.gemm(g.transpose(a, [1, 0]), b, { transB: true, bias }),
    rewrites: trainingRewrites,
  },
  ...[
    [
      [3, 4],
      [4, 2],
    ],
    [
      [2, 3, 4],
      [4, 2],
    ],
    [
      [2, 1, 3, 4],
      [5, 4, 2],
    ],
    [
      [3, 4],
      [2, 4, 1],
    ],
    [
      [1, 1],
      [1, 1],
    ],
  ].map((shapes) => ({
    op: 'MatMul',
    name: JSON.stringify(shapes),
    shapes,
    build: (g: Ops, a: Value, b: Value) => g.matMul(a, b),
  })),
]

const reduce = (op: string, more: Partial<GradCase> = {}): GradCase[] =>
  [
    { axes: [1], keepdims: 0 },
    { axes: [0, -1], keepdims: 1 },
    { axes: null, keepdims: 0 },
  ].map(({ axes, keepdims }) => ({
    op,
    name: `axes ${axes}, keepdims ${keepdims}`,
    shapes: [[2, 3, 2]],
    build: (g, x) => g.op(op, axes === null ? [x] : [x, g.ints(axes)], { keepdims }),
    ...more,
  }))

const reductions: GradCase[] = [
  ...reduce('ReduceSum'),
  ...reduce('ReduceMean'),
  ...reduce('ReduceMax', { apart: 0.1 }),
  ...reduce('ReduceMin', { apart: 0.1, dtype: 'float32' }),
  ...['Softmax', 'LogSoftmax'].flatMap((op) =>
    [-1, 0].map((axis) => ({
      op,
      name: `axis ${axis}`,
      shapes: [[3, 4]],
      build: (g: Ops, x: Value) => g.op(op, [x], { axis }),
    })),
  ),
]

const layout: GradCase[] = [
  { op: 'Reshape', shapes: [[2, 6]], build: (g, x) => g.reshape(x, [3, 4]) },
  { op: 'Flatten', shapes: [[2, 3, 2]], build: (g, x) => g.flatten(x) },
  { op: 'Transpose', shapes: [[2, 3, 4]], build: (g, x) => g.transpose(x, [2, 0, 1]) },
  { op: 'Transpose', name: 'no perm', shapes: [[2, 3]], build: (g, x) => g.op('Transpose', [x]) },
  {
    op: 'Concat',
    shapes: [
      [2, 1],
      [2, 3],
    ],
    build: (g, a, b) => g.concat([a, b, a], -1),
  },
  {
    op: 'Split',
    shapes: [[5, 2]],
    build: (g, x) => g.mul(g.split(x, [2, 1, 2], 0)[0]!, g.split(x, [2, 1, 2], 0)[2]!),
  },
  { op: 'Squeeze', shapes: [[2, 1, 3]], build: (g, x) => g.squeeze(x, [1]) },
  { op: 'Unsqueeze', shapes: [[2, 3]], build: (g, x) => g.unsqueeze(x, [0, -1]) },
  { op: 'Expand', shapes: [[3, 1]], build: (g, x) => g.op('Expand', [x, g.ints([2, 1, 4])]) },
  { op: 'Pad', shapes: [[2, 3]], build: (g, x) => g.pad(x, [1, 0, 0, 2]) },
]

const indexing: GradCase[] = [
  { op: 'Gather', shapes: [[4, 3]], build: (g, x) => g.gather(x, index(g, [1, 1, -1, 0], [2, 2])) },
  {
    op: 'Gather',
    name: 'inner axis',
    shapes: [[2, 4, 3]],
    build: (g, x) => g.gather(x, index(g, [3, 0, 3], [3, 1]), 1),
  },
  {
    op: 'GatherElements',
    shapes: [[3, 4]],
    build: (g, x) => g.gatherElements(x, index(g, [0, 0, 3, 1, 2, 2], [3, 2]), 1),
  },
  { op: 'Slice', shapes: [[5, 3]], build: (g, x) => g.slice(x, 0, 1, -1) },
  { op: 'Slice', name: 'steps', shapes: [[2, 7]], build: (g, x) => g.slice(x, 1, -1, 0, -2) },
  {
    op: 'Slice',
    name: 'two axes',
    shapes: [[4, 6]],
    build: (g, x) => g.op('Slice', [x, g.ints([1, 0]), g.ints([3, 6]), g.ints([0, 1]), g.ints([1, 3])]),
  },
]

const conv = (name: string, x: number[], w: number[], attributes: Attributes = {}): GradCase => ({
  op: 'Conv',
  name,
  shapes: [x, w, [w[0]!]],
  build: (g, ...inputs) => g.op('Conv', inputs, attributes),
  dtype: 'float32',
})

const pool = (
  op: string,
  name: string,
  x: number[],
  attributes: Attributes,
  more: Partial<GradCase> = {},
): GradCase => ({
  op,
  name,
  shapes: [x],
  build: (g, v) => g.op(op, [v], attributes),
  dtype: 'float32',
  rewrites: [poolWithIndices],
  ...more,
})

const windows: GradCase[] = [
  conv('3x3', [2, 2, 5, 6], [3, 2, 3, 3]),
  conv('1x1', [2, 3, 4, 4], [2, 3, 1, 1]),
  conv('padded', [2, 2, 4, 4], [3, 2, 3, 3], { pads: [1, 1, 1, 1] }),
  conv('strided, rows left over', [1, 2, 6, 8], [2, 2, 3, 3], { strides: [2, 2], pads: [1, 0, 0, 1] }),
  conv('dilated', [1, 2, 7, 7], [2, 2, 3, 3], { dilations: [2, 2] }),
  conv('groups', [2, 4, 5, 5], [6, 2, 3, 3], { group: 2, pads: [1, 1, 1, 1] }),
  conv('depthwise', [2, 3, 5, 5], [3, 1, 3, 3], { group: 3, strides: [2, 2] }),
  conv('one dimension', [2, 2, 8], [3, 2, 3], { strides: [2] }),
  pool('MaxPool', 'tiles', [2, 2, 4, 4], { kernel_shape: [2, 2], strides: [2, 2] }, { apart: 0.1 }),
  pool(
    'MaxPool',
    'tiles, rows left over',
    [1, 2, 5, 5],
    { kernel_shape: [2, 2], strides: [2, 2] },
    { apart: 0.1 },
  ),
  pool(
    'MaxPool',
    'overlapping',
    [1, 2, 5, 5],
    { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
    { apart: 0.1 },
  ),
  {
    op: 'MaxPool',
    name: 'activation moved behind it',
    shapes: [[2, 2, 4, 4]],
    apart: 0.1,
    dtype: 'float32',
    build: (g, x) => g.op('MaxPool', [g.relu(x)], { kernel_shape: [2, 2], strides: [2, 2] }),
    rewrites: trainingRewrites,
  },
  pool('AveragePool', 'tiles', [2, 2, 4, 4], { kernel_shape: [2, 2], strides: [2, 2] }),
  pool('AveragePool', 'overlapping', [1, 2, 6, 5], { kernel_shape: [3, 2], strides: [2, 1] }),
  unary('GlobalAveragePool', { shapes: [[2, 3, 4, 4]], dtype: 'float32' }),
]

export const gradCases: readonly GradCase[] = [
  ...elementwise,
  ...products,
  ...reductions,
  ...layout,
  ...indexing,
  ...windows,
]
