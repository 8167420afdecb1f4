/** @file Checked cases: activation functions. */

import { expandForTraining } from '../../graph/expand/table.ts'
import type { Ops } from '../../graph/ops.ts'
import type { Attributes, Value } from '../../graph/types.ts'
import type { GradCase } from '../check.fixture.ts'
import { unary } from './build.fixture.ts'

/** With attributes, on both sides of 0. */
const kinked = (op: string, attributes: Attributes): GradCase => ({
  op,
  name: JSON.stringify(attributes),
  shapes: [[2, 3]],
  apart: 0.3,
  dtype: 'float32',
  build: (g, x) => g.op(op, [x], attributes),
})

export const activations: GradCase[] = [
  unary('Celu', { apart: 0.3, dtype: 'float32' }),
  kinked('Celu', { alpha: { float: 0.5 } }),
  unary('Elu', { apart: 0.3, dtype: 'float32' }),
  kinked('Elu', { alpha: { float: 0.5 } }),
  unary('Gelu', { rewrites: [expandForTraining], dtype: 'float32' }),
  {
    op: 'Gelu',
    name: 'tanh',
    shapes: [[2, 3]],
    build: (g, x) => g.op('Gelu', [x], { approximate: 'tanh' }),
    rewrites: [expandForTraining],
  },
  unary('HardSigmoid', { dtype: 'float32' }),
  unary('HardSigmoid', { name: 'both flat parts', apart: 1.3, shapes: [[8]], dtype: 'float32' }),
  unary('HardSwish', { dtype: 'float32' }),
  unary('HardSwish', { name: 'all three parts', apart: 1.3, shapes: [[8]], dtype: 'float32' }),
  unary('LeakyRelu', { apart: 0.3, dtype: 'float32' }),
  kinked('LeakyRelu', { alpha: { float: 0.3 } }),
  unary('Mish', { dtype: 'float32' }),
  unary('Mish', { name: 'expanded', dtype: 'float32', rewrites: [expandForTraining] }),
  ...[[3, 4], [4], [3, 1], [1]].map((slope) => ({
    op: 'PRelu',
    name: JSON.stringify(slope),
    shapes: [[3, 4], slope],
    apart: 0.3,
    dtype: 'float32' as const,
    build: (g: Ops, x: Value, s: Value) => g.op('PRelu', [x, s]),
  })),
  unary('Relu', { apart: 0.3 }),
  unary('Relu', { name: 'float32', apart: 0.3, dtype: 'float32' }),
  unary('Selu', { apart: 0.3, dtype: 'float32' }),
  kinked('Selu', { alpha: { float: 1.2 }, gamma: { float: 0.8 } }),
  unary('Shrink', { apart: 0.3, dtype: 'float32' }),
  unary('Sigmoid'),
  unary('Softplus', { dtype: 'float32' }),
  unary('Softsign', { dtype: 'float32', apart: 0.3 }),
  unary('Swish', { rewrites: [expandForTraining] }),
  {
    op: 'Swish',
    name: 'alpha',
    shapes: [[3]],
    build: (g, x) => g.op('Swish', [x], { alpha: { float: 1.7 } }),
    rewrites: [expandForTraining],
  },
  unary('Tanh'),
  unary('ThresholdedRelu', { apart: 0.4, shapes: [[8]], dtype: 'float32' }),
]
