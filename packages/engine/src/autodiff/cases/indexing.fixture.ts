/** @file Checked cases: ops that pick or place by index. */
import type { Ops } from '../../graph/ops.ts'
import type { Value } from '../../graph/types.ts'
import type { GradCase } from '../check.fixture.ts'
import { index } from './build.fixture.ts'
export const indexing: GradCase[] = [
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
  { op: 'Gather', name: 'one number', shapes: [[4, 3]], build: (g, x) => g.gather(x, index(g, [2], []), -1) },
  {
    op: 'Gather',
    name: 'different rows',
    shapes: [[4, 3]],
    build: (g, x) => g.gather(x, index(g, [2, 0, 3])),
  },
  {
    op: 'Gather',
    name: 'many rows',
    shapes: [[1500, 2]],
    build: (g, x) => g.gather(x, index(g, [7, 1499, 7])),
  },
  {
    op: 'GatherElements',
    name: 'negative axis and indices',
    shapes: [[3, 4]],
    build: (g, x) => g.gatherElements(x, index(g, [0, -1, -1, 1, 2, 0, 0, 0], [2, 4]), -2),
  },
  {
    op: 'GatherND',
    shapes: [[3, 4, 2]],
    build: (g, x) => g.op('GatherND', [x, index(g, [0, 1, 2, -1, 0, 1], [3, 2])]),
  },
  {
    op: 'GatherND',
    name: 'batch axes',
    shapes: [[2, 3, 4]],
    build: (g, x) => g.op('GatherND', [x, index(g, [1, 1, 2, 0], [2, 2, 1])], { batch_dims: 1 }),
  },
  {
    op: 'GatherND',
    name: 'whole rows',
    shapes: [[3, 2]],
    build: (g, x) => g.op('GatherND', [x, index(g, [1, 1, -3, 0], [2, 2, 1])]),
  },
  ...['none', 'add'].flatMap((reduction) => [
    {
      op: 'ScatterND',
      name: reduction,
      shapes: [
        [4, 3],
        [2, 3],
      ],
      build: (g: Ops, x: Value, u: Value) =>
        g.op('ScatterND', [x, index(g, [2, 0], [2, 1]), u], { reduction }),
    },
    {
      op: 'ScatterElements',
      name: reduction,
      shapes: [
        [3, 4],
        [2, 2],
      ],
      build: (g: Ops, x: Value, u: Value) =>
        g.op('ScatterElements', [x, index(g, [1, 0, 3, 2], [2, 2]), u], { axis: -1, reduction }),
    },
  ]),
  {
    op: 'ScatterElements',
    name: 'added to one place',
    shapes: [[3], [4]],
    build: (g, x, u) => g.op('ScatterElements', [x, index(g, [1, 1, 0, 1]), u], { reduction: 'add' }),
  },
  { op: 'Slice', name: 'nothing left', shapes: [[5, 3]], build: (g, x) => g.slice(x, 0, 3, 3) },
  {
    op: 'Slice',
    name: 'backwards, all',
    shapes: [[4, 2]],
    build: (g, x) => g.slice(x, -2, -1, -(2 ** 31), -1),
  },
]
