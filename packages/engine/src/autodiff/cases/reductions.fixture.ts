/** @file Checked cases: reductions and softmax. */
import type { Ops } from '../../graph/ops.ts'
import { tensor } from '../../graph/tensor.ts'
import type { Value } from '../../graph/types.ts'
import type { GradCase } from '../check.fixture.ts'

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

export const reductions: GradCase[] = [
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
  ...['ReduceL1', 'ReduceL2', 'ReduceSumSquare'].flatMap((op) =>
    reduce(op, { apart: 0.1, dtype: 'float32' }),
  ),
  ...['ReduceLogSum', 'ReduceLogSumExp'].flatMap((op) => reduce(op, { range: [0.5, 2] })),
  ...reduce('ReduceProd', { dtype: 'float32' }),
  ...reduce('ReduceSum', { shapes: [[1, 3, 1]] }),
  {
    op: 'ReduceProd',
    name: 'zeros',
    shapes: [[3]],
    dtype: 'float32',
    build: (g, x) =>
      g.op('ReduceProd', [g.mul(x, g.graph.constant(tensor('float32', [3], [0, 1, 1])))], { keepdims: 0 }),
  },
  ...['ReduceSum', 'ReduceMean', 'ReduceL2', 'ReduceLogSumExp', 'ReduceMax', 'ReduceProd'].map((op) => ({
    op,
    name: 'no axes, nothing reduced',
    shapes: [[2, 3]],
    apart: 0.1,
    dtype: 'float32' as const,
    build: (g: Ops, x: Value) =>
      g.op(op, [g.add(g.mul(x, x), 0.1), g.ints([])], { noop_with_empty_axes: 1, keepdims: 0 }),
  })),
  {
    op: 'ReduceSum',
    name: 'empty',
    shapes: [[0, 3]],
    build: (g, x) => g.reduceSum(x, [0], false),
  },
  ...[0, 1].flatMap((exclusive) =>
    [0, 1].map((reverse) => ({
      op: 'CumSum',
      name: `exclusive ${exclusive}, reverse ${reverse}`,
      shapes: [[2, 4]],
      build: (g: Ops, x: Value) => g.op('CumSum', [x, g.scalar(-1, 'int64')], { exclusive, reverse }),
    })),
  ),
  ...[1, 0].map((largest) => ({
    op: 'TopK',
    name: `largest ${largest}`,
    shapes: [[3, 5]],
    apart: 0.1,
    build: (g: Ops, x: Value) => g.graph.add('TopK', [x, g.ints([2])], { axis: largest - 1, largest }, 2)[0]!,
  })),
  { op: 'Softmax', name: 'twice', shapes: [[2, 3]], build: (g, x) => g.op('Softmax', [x]) },
  {
    op: 'LogSoftmax',
    name: 'twice',
    shapes: [[2, 3]],
    build: (g, x) => g.op('LogSoftmax', [x]),
  },
  {
    op: 'Softmax',
    name: 'middle axis',
    shapes: [[2, 3, 2]],
    build: (g, x) => g.op('Softmax', [x], { axis: -2 }),
  },
  { op: 'Softmax', name: 'axis of size 1', shapes: [[3, 1]], build: (g, x) => g.op('Softmax', [x]) },
]
