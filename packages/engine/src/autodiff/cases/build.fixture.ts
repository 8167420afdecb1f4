/** @file Short ways to write checked cases. */
import type { Ops } from '../../graph/ops.ts'
import { tensor } from '../../graph/tensor.ts'
import type { Value } from '../../graph/types.ts'
import type { GradCase } from '../check.fixture.ts'
export const unary = (op: string, more: Partial<GradCase> = {}): GradCase => ({
  op,
  shapes: [[2, 3]],
  build: (g, x) => g.op(op, [x]),
  ...more,
})

export const positive = [0.5, 2] as const

/** Equal shapes, and shapes that broadcast on either side. */
export const binary = (op: string, more: Partial<GradCase> = {}): GradCase[] =>
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

export const index = (g: Ops, values: number[], shape = [values.length]): Value =>
  g.graph.constant(tensor('int64', shape, values))
