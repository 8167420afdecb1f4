/** @file Checked cases: element-wise arithmetic and the elementary functions. */
import type { Ops } from '../../graph/ops.ts'
import { tensor } from '../../graph/tensor.ts'
import type { Value } from '../../graph/types.ts'
import type { GradCase } from '../check.fixture.ts'
import { binary, positive, unary } from './build.fixture.ts'
export const elementwise: GradCase[] = [
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
  ...['Max', 'Min'].flatMap((op) => [
    {
      op,
      name: 'four operands',
      shapes: [[3, 2], [2], [3, 1], []],
      apart: 0.1,
      build: (g: Ops, ...xs: Value[]) => g.op(op, xs),
    },
    { op, name: 'one operand', shapes: [[3]], build: (g: Ops, x: Value) => g.op(op, [x]) },
  ]),
  ...['Sum', 'Mean'].map((op) => ({
    op,
    shapes: [[3, 2], [2], [3, 1]],
    build: (g: Ops, ...xs: Value[]) => g.op(op, xs),
    dtype: 'float32' as const,
  })),
  {
    op: 'Mod',
    shapes: [[4], [4]],
    range: [1, 1.4],
    dtype: 'float32',
    build: (g, a, b) => g.op('Mod', [g.add(g.mul(a, 0.2), 2.2), g.add(g.mul(b, 0.2), 0.8)], { fmod: 1 }),
  },
  { op: 'Pow', name: 'square', shapes: [[4]], build: (g, x) => g.pow(x, 2) },
  { op: 'Pow', name: 'base 0', shapes: [[4]], build: (g, p) => g.op('Pow', [g.full(p, 0), g.add(p, 2)]) },
  ...[[0, 3], [0]].map((shape) => ({
    op: 'Mul',
    name: `empty ${JSON.stringify(shape)}`,
    shapes: [shape, [1]],
    build: (g: Ops, a: Value, b: Value) => g.mul(a, b),
  })),
  {
    op: 'Clip',
    name: 'both bounds',
    shapes: [[8], [], []],
    apart: 0.1,
    build: (g, x, low, high) => g.op('Clip', [x, g.sub(low, 0.23), g.add(high, 0.23)]),
  },
  {
    op: 'Clip',
    name: 'one bound',
    shapes: [[8], []],
    apart: 0.1,
    build: (g, x, low) => g.op('Clip', [x, low]),
  },
  {
    op: 'Clip',
    name: 'no lower bound',
    shapes: [[8], []],
    apart: 0.1,
    build: (g, x, h) => g.op('Clip', [x, null, h]),
  },
  { op: 'Clip', name: 'no bounds', shapes: [[3]], build: (g, x) => g.op('Clip', [x]) },
  {
    op: 'CastLike',
    shapes: [[3]],
    build: (g, x) => g.op('CastLike', [x, g.scalar(0, 'float32')]),
    dtype: 'float32',
  },
  ...['Acos', 'Asin', 'Atan', 'Atanh', 'Asinh', 'Tan', 'Sinh', 'Cosh'].map((op) =>
    unary(op, { dtype: 'float32', range: [-0.6, 0.6] }),
  ),
  unary('Acosh', { dtype: 'float32', range: [1.5, 2.5] }),
  unary('Abs', { apart: 0.3 }),
  unary('Cos', { dtype: 'float32' }),
  unary('Erf', { dtype: 'float32' }),
  unary('Exp'),
  unary('Identity'),
  unary('Log', { range: positive }),
  unary('Neg'),
  unary('Reciprocal', { range: positive }),
  unary('Sin'),
  unary('Sqrt', { range: positive }),
  { op: 'Cast', shapes: [[3]], build: (g, x) => g.cast(g.cast(x, 'float64'), 'float32'), dtype: 'float32' },
  {
    op: 'Where',
    shapes: [[2, 3], [3]],
    build: (g, a, b) => g.where(g.graph.constant(tensor('bool', [2, 1], [1, 0])), a, b),
  },
]
