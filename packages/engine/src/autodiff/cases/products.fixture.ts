/** @file Checked cases: matrix products. */

import type { Ops } from '../../graph/ops.ts'
import { trainingRewrites } from '../../graph/rewrite/sets.ts'
import type { Value } from '../../graph/types.ts'
import type { GradCase } from '../check.fixture.ts'

const einsum = (equation: string, ...shapes: number[][]): GradCase => ({
  op: 'Einsum',
  name: equation,
  shapes,
  build: (g, ...operands) => g.op('Einsum', operands, { equation }),
})

export const products: GradCase[] = [
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
  ...[
    [[4], [4, 3]],
    [[3, 4], [4]],
    [[4], [4]],
    [[4], [2, 4, 3]],
    [[2, 1, 3, 4], [4]],
  ].map((shapes) => ({
    op: 'MatMul',
    name: `vectors ${JSON.stringify(shapes)}`,
    shapes,
    build: (g: Ops, a: Value, b: Value) => g.matMul(a, b),
  })),
  {
    op: 'Gemm',
    name: 'no bias',
    shapes: [
      [2, 3],
      [3, 1],
    ],
    build: (g, a, b) => g.gemm(a, b),
  },
  {
    op: 'Gemm',
    name: 'one bias for all',
    shapes: [[2, 3], [3, 4], []],
    build: (g, a, b, c) => g.op('Gemm', [a, b, c]),
  },
  einsum('ij,jk->ik', [2, 3], [3, 4]),
  einsum('bij,bjk->bik', [2, 3, 4], [2, 4, 2]),
  einsum('bhqd,bhkd->bhqk', [2, 2, 3, 4], [2, 2, 2, 4]),
  einsum('ij,jk', [2, 3], [3, 4]),
  einsum('ij->ji', [2, 3]),
  einsum('ij->i', [2, 3]),
  einsum('ij->', [2, 3]),
  einsum('i,j->ij', [2], [3]),
  einsum('i,i->', [3], [3]),
  einsum('ii->i', [3, 3]),
  einsum('ii->', [3, 3]),
  einsum('iji,j->i', [2, 3, 2], [3]),
  einsum('ij,k->j', [2, 3], [4]),
  einsum('...ij,...jk->...ik', [2, 1, 2, 3], [1, 4, 3, 2]),
  einsum('...i,i->...', [2, 3, 4], [4]),
  einsum('ij,jk,kl->il', [2, 3], [3, 2], [2, 4]),
]
