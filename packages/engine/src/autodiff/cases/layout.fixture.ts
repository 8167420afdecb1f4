/** @file Checked cases: ops that rearrange, pad or resize. */
import type { Ops } from '../../graph/ops.ts'
import { tensor } from '../../graph/tensor.ts'
import type { Attributes, Value } from '../../graph/types.ts'
import type { GradCase } from '../check.fixture.ts'
import { unary } from './build.fixture.ts'

const resize = (
  mode: string,
  coordinates: string,
  x: number[],
  scales: number[],
  more: Attributes = {},
): GradCase => ({
  op: 'Resize',
  name: `${mode} ${coordinates} ${JSON.stringify(scales)} ${JSON.stringify(more)}`,
  shapes: [x],
  dtype: 'float32',
  build: (g, v) =>
    g.op('Resize', [v, null, g.graph.constant(tensor('float32', [scales.length], scales))], {
      mode,
      coordinate_transformation_mode: coordinates,
      ...more,
    }),
})

export const layout: GradCase[] = [
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
  {
    op: 'Reshape',
    name: '0 and -1',
    shapes: [[2, 3, 4]],
    build: (g, x) => g.op('Reshape', [x, g.ints([0, -1])]),
  },
  { op: 'Reshape', name: 'to one number', shapes: [[1, 1]], build: (g, x) => g.reshape(x, []) },
  { op: 'Flatten', name: 'axis 0', shapes: [[2, 3]], build: (g, x) => g.flatten(x, 0) },
  { op: 'Flatten', name: 'negative axis', shapes: [[2, 3, 2]], build: (g, x) => g.flatten(x, -1) },
  { op: 'Squeeze', name: 'all', shapes: [[2, 1, 3, 1]], build: (g, x) => g.op('Squeeze', [x]) },
  {
    op: 'Split',
    name: 'uneven',
    shapes: [[5, 2]],
    build: (g, x) => g.graph.add('Split', [x], { num_outputs: 3 }, 3)[2]!,
  },
  {
    op: 'Concat',
    name: 'an empty part',
    shapes: [
      [2, 0],
      [2, 3],
    ],
    build: (g, a, b) => g.concat([a, b], 1),
  },
  {
    op: 'Expand',
    name: 'nothing grows',
    shapes: [[2, 3]],
    build: (g, x) => g.op('Expand', [x, g.ints([1, 1])]),
  },
  { op: 'Tile', shapes: [[2, 3]], build: (g, x) => g.op('Tile', [x, g.ints([2, 3])]) },
  { op: 'Tile', name: 'once', shapes: [[1, 3]], build: (g, x) => g.op('Tile', [x, g.ints([4, 1])]) },
  ...[0, 1].map((upper) => ({
    op: 'Trilu',
    name: `upper ${upper}`,
    shapes: [[2, 3, 4]],
    build: (g: Ops, x: Value) => g.op('Trilu', [x, g.scalar(1 - upper, 'int64')], { upper }),
  })),
  {
    op: 'ReverseSequence',
    shapes: [[4, 2, 2]],
    build: (g, x) => g.op('ReverseSequence', [x, g.ints([3, 1])]),
    dtype: 'float32',
  },
  ...['reflect', 'edge', 'wrap'].map((mode) => ({
    op: 'Pad',
    name: mode,
    shapes: [[3, 4]],
    build: (g: Ops, x: Value) => g.op('Pad', [x, g.ints([1, 2, 2, 3])], { mode }),
  })),
  {
    op: 'Pad',
    name: 'fill value, axes, cut',
    shapes: [[3, 4, 2], []],
    build: (g, x, fill) => g.op('Pad', [x, g.ints([1, -1, 2, -1]), fill, g.ints([-1, 1])]),
  },
  ...['DCR', 'CRD'].map((mode) => ({
    op: 'DepthToSpace',
    name: mode,
    shapes: [[1, 8, 2, 3]],
    build: (g: Ops, x: Value) => g.op('DepthToSpace', [x], { blocksize: 2, mode }),
  })),
  unary('SpaceToDepth', {
    shapes: [[1, 2, 4, 2]],
    build: (g, x) => g.op('SpaceToDepth', [x], { blocksize: 2 }),
  }),
  ...['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric', 'half_pixel_symmetric'].flatMap(
    (coordinates) =>
      ['nearest', 'linear', 'cubic'].map((mode) => resize(mode, coordinates, [1, 1, 4, 3], [1, 1, 1.7, 2])),
  ),
  ...['floor', 'ceil', 'round_prefer_ceil'].map((nearest) =>
    resize('nearest', 'half_pixel', [1, 2, 3, 4], [1, 1, 2, 0.5], { nearest_mode: nearest }),
  ),
  resize('linear', 'half_pixel', [2, 2, 5], [1, 1, 0.6]),
  resize('linear', 'half_pixel', [1, 2, 3, 2, 2], [1, 1, 1, 2, 3]),
  resize('cubic', 'half_pixel', [1, 1, 4, 4], [1, 1, 1.5, 1.5], {
    exclude_outside: 1,
    cubic_coeff_a: { float: -0.5 },
  }),
  {
    op: 'Resize',
    name: 'sizes, axes',
    shapes: [[1, 2, 3, 4]],
    dtype: 'float32',
    build: (g, x) => g.op('Resize', [x, null, null, g.ints([5, 6])], { mode: 'linear', axes: [2, 3] }),
  },
]
