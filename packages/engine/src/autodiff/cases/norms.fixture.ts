/** @file Checked cases: normalisations and dropout. */
import { expandForTraining } from '../../graph/expand/table.ts'
import type { Ops } from '../../graph/ops.ts'
import { layerNormWithStatistics } from '../../graph/rewrite/norms.ts'
import { tensor } from '../../graph/tensor.ts'
import type { Attributes, Value } from '../../graph/types.ts'
import type { GradCase } from '../check.fixture.ts'

const norm = (
  op: string,
  name: string,
  shapes: number[][],
  attributes: Attributes = {},
  more: Partial<GradCase> = {},
): GradCase => ({
  op,
  name,
  shapes,
  dtype: 'float32',
  build: (g, ...inputs) => g.op(op, inputs, attributes),
  ...more,
})

const expanded = { rewrites: [expandForTraining] } as const

/** Statistics are constants: a variance must stay positive. */
const batchNorm = (name: string, x: number[], more: Partial<GradCase> = {}): GradCase => ({
  op: 'BatchNormalization',
  name,
  shapes: [x, [x[1]!], [x[1]!], [x[1]!], [x[1]!]],
  dtype: 'float32',
  build: (g, v, scale, bias, mean, variance) =>
    g.op('BatchNormalization', [v, scale, bias, mean, g.add(g.mul(variance, variance), 0.5)]),
  ...more,
})

/** Batch statistics, and what they make of the running ones. */
const trained = (g: Ops, ...inputs: Value[]): Value => {
  const [y, mean, variance] = g.graph.add(
    'BatchNormalization',
    inputs,
    { training_mode: 1, momentum: { float: 0.7 } },
    3,
  )
  return g.add(g.mul(y!, y!), g.add(g.mul(mean!, 0.3), g.mul(variance!, 0.2)))
}

export const norms: GradCase[] = [
  batchNorm('pictures', [2, 3, 2, 2]),
  batchNorm('rows', [3, 2]),
  batchNorm('training', [3, 2, 2, 2], { ...expanded, build: trained }),
  batchNorm('training, by the kernel', [3, 2, 2, 2], { build: trained }),
  batchNorm('training, rows', [4, 2], { ...expanded, build: trained }),
  {
    op: 'BatchNormalization',
    name: 'training, twice',
    shapes: [[4, 2], [2]],
    build: (g, x, scale) =>
      g.op('BatchNormalization', [x, scale, scale, g.full(scale, 0), g.full(scale, 1)], { training_mode: 1 }),
    rewrites: [expandForTraining],
  },
  norm('LayerNormalization', 'last axis', [[3, 4], [4], [4]]),
  norm('LayerNormalization', 'rewritten', [[3, 4], [4], [4]], {}, { rewrites: [layerNormWithStatistics] }),
  norm('LayerNormalization', 'no bias', [[2, 3, 4], [4]]),
  norm(
    'LayerNormalization',
    'two axes',
    [
      [2, 3, 4],
      [3, 4],
      [3, 4],
    ],
    { axis: 1, epsilon: { float: 1e-2 } },
  ),
  norm('LayerNormalization', 'twice', [[3, 4], [4]], {}, { dtype: 'float64' }),
  {
    op: 'LayerNormalization',
    name: 'through its statistics',
    shapes: [[3, 4], [4]],
    dtype: 'float32',
    build: (g, x, scale) => {
      const [y, mean, r] = g.graph.add('LayerNormalization', [x, scale], {}, 3)
      return g.add(g.mul(y!, mean!), r!)
    },
  },
  norm('RMSNormalization', 'last axis', [[3, 4], [4]], {}, { ...expanded, dtype: 'float64' }),
  norm(
    'RMSNormalization',
    'two axes',
    [
      [2, 3, 4],
      [3, 4],
    ],
    { axis: -2 },
    expanded,
  ),
  norm('SimplifiedLayerNormalization', 'last axis', [[3, 4], [4]]),
  norm('SimplifiedLayerNormalization', 'expanded', [[3, 4], [4]], {}, expanded),
  norm('InstanceNormalization', 'pictures', [[2, 3, 3, 2], [3], [3]]),
  norm('InstanceNormalization', 'expanded', [[2, 2, 5], [2], [2]], { epsilon: { float: 1e-2 } }, expanded),
  norm('GroupNormalization', 'per channel', [[2, 4, 2, 3], [4], [4]], { num_groups: 2 }, expanded),
  norm('GroupNormalization', 'per group', [[2, 4, 3], [2], [2]], { num_groups: 2 }, expanded),
  norm('GroupNormalization', 'one group', [[2, 3, 3], [3], [3]], { num_groups: 1 }, expanded),
  ...[1, 2].map((p) => norm('LpNormalization', `p ${p}`, [[3, 4]], { p, axis: p - 2 }, { apart: 0.2 })),
  norm('LRN', 'odd', [[2, 5, 2, 2]], { size: 3, alpha: { float: 0.5 }, beta: { float: 0.6 } }),
  norm('LRN', 'expanded', [[2, 5, 2, 2]], { size: 5, alpha: { float: 0.5 }, bias: { float: 2 } }, expanded),
  norm('MeanVarianceNormalization', 'channels', [[2, 2, 3, 2]]),
  norm('MeanVarianceNormalization', 'given axes', [[2, 3, 4]], { axes: [-1] }),
  {
    op: 'Dropout',
    name: 'off',
    shapes: [[4]],
    build: (g, x) => g.op('Dropout', [x]),
  },
  {
    op: 'Dropout',
    name: 'on, ratio 0',
    shapes: [[4]],
    build: (g, x) =>
      g.op('Dropout', [x, g.scalar(0), g.graph.constant(tensor('bool', [], [1]))], { seed: 3 }),
  },
]
