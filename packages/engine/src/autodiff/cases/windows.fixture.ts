/** @file Checked cases: convolutions and pools. */
import { poolWithIndices } from '../../graph/rewrite/pools.ts'
import { trainingRewrites } from '../../graph/rewrite/sets.ts'
import type { Attributes } from '../../graph/types.ts'
import type { GradCase } from '../check.fixture.ts'
import { index, unary } from './build.fixture.ts'

const conv = (name: string, x: number[], w: number[], attributes: Attributes = {}): GradCase => ({
  op: 'Conv',
  name,
  shapes: [x, w, [w[0]!]],
  build: (g, ...inputs) => g.op('Conv', inputs, attributes),
  dtype: 'float32',
})

const deconv = (name: string, x: number[], w: number[], attributes: Attributes = {}): GradCase => ({
  op: 'ConvTranspose',
  name,
  shapes: [x, w, [w[1]! * Number(attributes.group ?? 1)]],
  build: (g, ...inputs) => g.op('ConvTranspose', inputs, attributes),
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

export const windows: GradCase[] = [
  conv('3x3', [2, 2, 5, 6], [3, 2, 3, 3]),
  conv('1x1', [2, 3, 4, 4], [2, 3, 1, 1]),
  conv('padded', [2, 2, 4, 4], [3, 2, 3, 3], { pads: [1, 1, 1, 1] }),
  conv('strided, rows left over', [1, 2, 6, 8], [2, 2, 3, 3], { strides: [2, 2], pads: [1, 0, 0, 1] }),
  conv('strided, padded, the last window within the padding', [2, 2, 6, 7], [3, 2, 3, 2], {
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  }),
  conv('strided, depthwise, padded', [3, 3, 7], [6, 1, 2], { group: 3, strides: [2], pads: [1, 1] }),
  conv('strided, dilated, depthwise, padded', [2, 3, 10], [3, 1, 3], {
    group: 3,
    strides: [3],
    dilations: [2],
    pads: [1, 1],
  }),
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
  ...['SAME_UPPER', 'SAME_LOWER', 'VALID'].flatMap((auto_pad) => [
    conv(auto_pad, [1, 2, 5, 6], [2, 2, 3, 2], { auto_pad, strides: [2, 1] }),
    deconv(auto_pad, [1, 2, 3, 4], [2, 2, 3, 2], { auto_pad, strides: [2, 1] }),
    pool('AveragePool', auto_pad, [1, 2, 5, 6], { kernel_shape: [3, 2], strides: [2, 2], auto_pad }),
    pool(
      'MaxPool',
      auto_pad,
      [1, 2, 5, 6],
      { kernel_shape: [3, 2], strides: [2, 2], auto_pad },
      { apart: 0.1 },
    ),
  ]),
  conv('three dimensions', [1, 2, 4, 4, 5], [2, 2, 2, 3, 2], { pads: [1, 0, 0, 0, 1, 1] }),
  conv('three dimensions, strided, groups', [1, 2, 5, 4, 4], [2, 1, 2, 2, 2], {
    strides: [2, 1, 2],
    group: 2,
  }),
  conv('one dimension, dilated, groups', [2, 4, 9], [4, 2, 3], { dilations: [2], group: 2, pads: [2, 2] }),
  conv('padded beyond the kernel', [1, 1, 3, 3], [2, 1, 2, 2], { pads: [3, 2, 2, 3] }),
  conv('dilated and strided', [1, 2, 9, 9], [2, 2, 3, 3], { dilations: [2, 1], strides: [2, 3] }),
  conv('1x1, strided, padded', [2, 2, 5, 4], [3, 2, 1, 1], { strides: [2, 2], pads: [1, 0, 0, 1] }),
  conv('1x1, groups', [2, 4, 3, 3], [2, 2, 1, 1], { group: 2 }),
  conv('depthwise, two outputs each', [2, 3, 5, 4], [6, 1, 3, 2], { group: 3, pads: [1, 0, 1, 1] }),
  conv('depthwise, dilated', [1, 2, 7, 6], [2, 1, 3, 3], { group: 2, dilations: [2, 1], strides: [1, 2] }),
  conv('large kernel', [2, 1, 8, 7], [2, 1, 6, 5], { pads: [2, 2, 2, 2] }),
  conv('large kernel, groups', [1, 2, 6, 6], [2, 1, 6, 5], { group: 2, pads: [2, 2, 2, 2] }),
  deconv('depthwise', [2, 3, 3, 3], [3, 1, 3, 3], { group: 3, strides: [2, 2], pads: [1, 1, 1, 1] }),
  conv('few channels, strided', [2, 1, 7, 8], [3, 1, 3, 3], { strides: [2, 3], pads: [1, 1, 0, 0] }),
  conv('batch in four parts', [4, 2, 4, 3], [3, 2, 3, 2], { pads: [1, 1, 0, 1], strides: [1, 2] }),
  conv('picture by picture', [3, 2, 9, 8], [2, 2, 3, 2], { pads: [1, 0, 1, 1] }),
  conv('batch in two parts, dilated rows', [6, 2, 6, 4], [2, 2, 3, 3], {
    dilations: [2, 1],
    pads: [1, 1, 1, 1],
  }),
  conv('batch in four parts, one dimension', [4, 3, 7], [2, 3, 4], { pads: [2, 1] }),
  conv('strided, padding left over', [1, 2, 6, 6], [2, 2, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }),
  conv('strided, all padding left over', [1, 1, 4, 5], [2, 1, 2, 2], { strides: [3, 3], pads: [0, 0, 1, 2] }),
  pool('AveragePool', 'padding left over', [1, 2, 6, 6], {
    kernel_shape: [3, 3],
    strides: [2, 2],
    pads: [1, 1, 1, 1],
  }),
  conv('batch of 1, one channel', [1, 1, 3, 3], [1, 1, 3, 3]),
  deconv('3x3', [2, 2, 3, 4], [2, 3, 3, 3]),
  deconv('strided, padded', [1, 2, 3, 4], [2, 3, 3, 3], { strides: [2, 2], pads: [1, 1, 0, 1] }),
  deconv('output padding', [1, 2, 3, 3], [2, 2, 3, 3], { strides: [3, 2], output_padding: [2, 1] }),
  deconv('groups, dilated', [1, 4, 3, 3], [4, 2, 2, 2], { group: 2, dilations: [2, 2] }),
  deconv('output shape', [1, 2, 3, 3], [2, 2, 3, 3], { strides: [2, 2], output_shape: [6, 5] }),
  deconv('one dimension', [2, 2, 4], [2, 3, 3], { strides: [2] }),
  deconv('three dimensions', [1, 2, 2, 3, 2], [2, 1, 2, 2, 2], { strides: [2, 1, 2] }),
  pool('MaxPool', 'one dimension', [2, 2, 7], { kernel_shape: [3], strides: [2] }, { apart: 0.1 }),
  pool(
    'MaxPool',
    'three dimensions',
    [1, 1, 4, 4, 4],
    { kernel_shape: [2, 2, 2], strides: [2, 2, 2] },
    { apart: 0.1 },
  ),
  pool(
    'MaxPool',
    'ceil',
    [1, 1, 5, 6],
    { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 },
    { apart: 0.1 },
  ),
  pool('MaxPool', 'dilated', [1, 1, 6, 6], { kernel_shape: [2, 2], dilations: [2, 2] }, { apart: 0.1 }),
  pool(
    'MaxPool',
    'without the rewrite',
    [1, 2, 4, 4],
    { kernel_shape: [2, 2] },
    { apart: 0.1, rewrites: [] },
  ),
  ...[0, 1].flatMap((count_include_pad) => [
    pool('AveragePool', `padded, counted ${count_include_pad}`, [1, 2, 5, 5], {
      kernel_shape: [3, 3],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      count_include_pad,
    }),
    pool('AveragePool', `ceil, counted ${count_include_pad}`, [1, 2, 6, 6], {
      kernel_shape: [3, 3],
      strides: [2, 2],
      pads: [1, 0, 0, 1],
      ceil_mode: 1,
      count_include_pad,
    }),
  ]),
  pool('AveragePool', 'padded, rows left over', [1, 2, 6, 8], {
    kernel_shape: [3, 3],
    strides: [2, 3],
    pads: [1, 1, 1, 1],
  }),
  pool('AveragePool', 'one dimension', [1, 2, 7], { kernel_shape: [3], strides: [2] }),
  pool('AveragePool', 'three dimensions', [1, 2, 3, 4, 4], { kernel_shape: [2, 2, 2], strides: [1, 2, 2] }),
  pool('AveragePool', 'dilated', [1, 2, 7, 7], { kernel_shape: [2, 3], dilations: [2, 2] }),
  unary('GlobalAveragePool', { name: 'one dimension', shapes: [[2, 3, 4]], dtype: 'float32' }),
  pool('LpPool', 'p 2', [1, 2, 5, 4], { kernel_shape: [3, 2], strides: [2, 1], pads: [1, 0, 1, 1] }),
  pool('LpPool', 'p 3', [1, 2, 5], { kernel_shape: [2], p: 3 }),
  ...[1, 2, 3].map((p) => pool('GlobalLpPool', `p ${p}`, [2, 2, 3, 2], { p }, { apart: 0.1 })),
  unary('GlobalMaxPool', { shapes: [[2, 2, 3, 3]], dtype: 'float32', apart: 0.1 }),
  {
    op: 'MaxUnpool',
    shapes: [[1, 1, 2, 2]],
    dtype: 'float32',
    build: (g, x) =>
      g.op('MaxUnpool', [x, index(g, [0, 3, 8, 15], [1, 1, 2, 2]), g.ints([1, 1, 4, 4])], {
        kernel_shape: [2, 2],
        strides: [2, 2],
      }),
  },
  {
    ...conv('twice', [1, 2, 4, 4], [2, 2, 3, 3], { pads: [1, 1, 1, 1] }),
    shapes: [
      [1, 2, 4, 4],
      [2, 2, 3, 3],
    ],
  },
]
