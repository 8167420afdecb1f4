/** @file Checked cases: recurrent layers. */
import { expandForTraining } from '../../graph/expand/table.ts'
import type { Attributes, Value } from '../../graph/types.ts'
import type { GradCase } from '../check.fixture.ts'

const gates = { GRU: 3, LSTM: 4, RNN: 1 } as const

interface Options {
  readonly attributes?: Attributes
  /** Which output is looked at. */
  readonly output?: number
  readonly lengths?: readonly number[]
  readonly bare?: boolean
  readonly more?: Partial<GradCase>
}

const [length, batch, inputs, hidden] = [3, 2, 2, 3]

const layer = (op: keyof typeof gates, name: string, options: Options = {}): GradCase => {
  const { attributes = {}, output = 0, lengths, bare = false, more = {} } = options
  const d = attributes.direction === 'bidirectional' ? 2 : 1
  const n = gates[op] * hidden
  const state = attributes.layout === 1 ? [batch, d, hidden] : [d, batch, hidden]
  const x = attributes.layout === 1 ? [batch, length, inputs] : [length, batch, inputs]
  const extra = [[d, 2 * n], state, ...(op === 'LSTM' ? [state, [d, 3 * hidden]] : [])]
  return {
    op,
    name,
    shapes: [x, [d, n, inputs], [d, n, hidden], ...(bare ? [] : extra)],
    dtype: 'float32',
    build: (g, v, w, r, b, h, c, p) => {
      const optional = bare
        ? []
        : [b, lengths ? g.cast(g.ints(lengths), 'int32') : null, h, ...(c ? [c, p] : [])]
      const given = [v, w, r, ...(optional as (Value | null)[])]
      const outputs = op === 'LSTM' ? 3 : 2
      return g.graph.add(op, given, { hidden_size: hidden, ...attributes }, outputs)[output]!
    },
    ...more,
  }
}

const kinds = ['RNN', 'GRU', 'LSTM'] as const

export const recurrent: GradCase[] = [
  ...kinds.flatMap((op) => [
    layer(op, 'forward'),
    layer(op, 'expanded', { more: { rewrites: [expandForTraining] } }),
    layer(op, 'bare', { bare: true }),
    layer(op, 'reverse, last state', { attributes: { direction: 'reverse' }, output: 1 }),
    layer(op, 'bidirectional', { attributes: { direction: 'bidirectional' } }),
    layer(op, 'lengths', { lengths: [2, 3] }),
    layer(op, 'lengths, bidirectional, last state', {
      lengths: [1, 3],
      attributes: { direction: 'bidirectional' },
      output: 1,
    }),
    layer(op, 'batch first', { attributes: { layout: 1 }, more: { rewrites: [expandForTraining] } }),
    layer(op, 'clipped', {
      attributes: { clip: { float: 0.4 } },
      more: { dtype: 'float64', rewrites: [expandForTraining] },
    }),
  ]),
  layer('LSTM', 'last cell state', { output: 2 }),
  layer('LSTM', 'coupled gates', { attributes: { input_forget: 1 } }),
  layer('GRU', 'linear before reset', { attributes: { linear_before_reset: 1 } }),
  layer('GRU', 'linear before reset, bare', { attributes: { linear_before_reset: 1 }, bare: true }),
]
