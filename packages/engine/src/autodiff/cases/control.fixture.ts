/** @file Checked cases: branches and loops, with values from outside in their bodies. */
import { expandForTraining } from '../../graph/expand/table.ts'
import { newGraph } from '../../graph/graph.ts'
import { type Ops, ops } from '../../graph/ops.ts'
import type { Attributes, Subgraph, Value } from '../../graph/types.ts'
import type { GradCase } from '../check.fixture.ts'

const branch = (g: Ops, build: (b: Ops) => readonly Value[]): Subgraph => {
  const graph = newGraph(g.graph)
  return { graph, inputs: [], outputs: build(ops(graph)) }
}

const truth = (g: Ops, value: number): Value => g.scalar(value, 'bool')

/** Different ways to the same shape; one branch leaves `w` alone. */
const branches = (g: Ops, condition: Value, x: Value, w: Value): Value =>
  g.op('If', [condition], {
    then_branch: branch(g, (b) => [b.mul(b.tanh(x), w)]),
    else_branch: branch(g, (b) => [b.exp(x)]),
  })

const positive = (g: Ops, x: Value): Value =>
  g.greater(g.reduceSum(g.mul(x, 0), [0, 1], false), g.scalar(-1, x.dtype))

const both = (name: string, c: Omit<GradCase, 'name'>): GradCase[] => [
  { ...c, name },
  { ...c, name: `${name}, expanded`, rewrites: [expandForTraining] },
]

/** state' = tanh(state w + x), and each state squared. */
const loop = (g: Ops, x: Value, w: Value, trips: number): readonly Value[] => {
  const graph = newGraph(g.graph)
  const b = ops(graph)
  const [i, go] = [graph.input('i', 'int64', []), graph.input('go', 'bool', [])]
  const state = graph.input('state', x.dtype, x.shape)
  const next = b.tanh(b.add(b.matMul(state, w), b.mul(x, b.add(b.cast(i, x.dtype), 1))))
  return g.graph.add(
    'Loop',
    [g.scalar(trips, 'int64'), truth(g, 1), x],
    { body: { graph, inputs: [i, go, state], outputs: [b.op('Identity', [go]), next, b.mul(next, next)] } },
    2,
  )
}

const scan = (g: Ops, x: Value, w: Value, attributes: Attributes): readonly Value[] => {
  const graph = newGraph(g.graph)
  const b = ops(graph)
  const [state, row] = [graph.input('state', x.dtype, [2]), graph.input('row', x.dtype, [2])]
  const next = b.tanh(b.add(b.mul(state, w), row))
  return g.graph.add(
    'Scan',
    [g.full({ ...x, shape: [2] }, 0), x],
    {
      body: { graph, inputs: [state, row], outputs: [next, b.exp(next)] },
      num_scan_inputs: 1,
      ...attributes,
    },
    2,
  )
}

export const control: GradCase[] = [
  ...[0, 1].flatMap((value) =>
    both(`constant condition ${value}`, {
      op: 'If',
      shapes: [
        [2, 3],
        [2, 3],
      ],
      build: (g, x, w) => g.add(branches(g, truth(g, value), x, w), w),
    }),
  ),
  ...[false, true].map(
    (not): GradCase => ({
      op: 'If',
      name: `a condition known when it runs, ${not ? 'else' : 'then'}`,
      shapes: [
        [2, 3],
        [2, 3],
      ],
      build: (g, x, w) => {
        const condition = positive(g, x)
        return g.add(branches(g, not ? g.op('Not', [condition]) : condition, g.mul(x, w), w), x)
      },
    }),
  ),
  {
    op: 'If',
    name: 'an If inside an If, several outputs, one of them from outside',
    shapes: [
      [2, 3],
      [2, 3],
    ],
    build: (g, x, w) => {
      const [a, b] = g.graph.add(
        'If',
        [positive(g, x)],
        {
          then_branch: branch(g, (t) => {
            const y = t.mul(x, x)
            const inner = t.op('If', [positive(t, y)], {
              then_branch: branch(t, (u) => [u.mul(u.exp(y), w)]),
              else_branch: branch(t, () => [y]),
            })
            return [inner, w]
          }),
          else_branch: branch(g, (e) => [e.op('Identity', [x]), e.exp(w)]),
        },
        2,
      )
      return g.add(a!, g.mul(b!, x))
    },
  },
  ...both('a state and what each turn gives', {
    op: 'Loop',
    shapes: [
      [2, 2],
      [2, 2],
    ],
    build: (g, x, w) => {
      const [state, given] = loop(g, x, w, 3)
      return g.add(state!, given!)
    },
  }),
  ...both('no turn', {
    op: 'Loop',
    shapes: [[2, 2]],
    build: (g, x) => {
      const graph = newGraph(g.graph)
      const [i, go] = [graph.input('i', 'int64', []), graph.input('go', 'bool', [])]
      const state = graph.input('state', x.dtype, x.shape)
      const body = { graph, inputs: [i, go, state], outputs: [go, ops(graph).mul(state, 2)] }
      return g.mul(g.op('Loop', [g.scalar(0, 'int64'), null, x], { body }), x)
    },
  }),
  ...both('forward', {
    op: 'Scan',
    shapes: [[3, 2], [2]],
    build: (g, x, w) => {
      const [state, given] = scan(g, x, w, {})
      return g.add(state!, given!)
    },
  }),
  ...both('backward, along other axes', {
    op: 'Scan',
    shapes: [[2, 3], [2]],
    build: (g, x, w) =>
      scan(g, x, w, {
        scan_input_axes: [-1],
        scan_input_directions: [1],
        scan_output_axes: [1],
        scan_output_directions: [1],
      })[1]!,
  }),
]
