/** @file Recurrent layers, unrolled over the sequence: RNN, LSTM, GRU. */
import { type Ops, ops } from '../graph/ops.ts'
import type { Value } from '../graph/types.ts'
import { allow, expectRank, expectSize, nameOf, positive } from './expect.ts'
import { uniform } from './initial.ts'
import { Module, Parameter, parameterValue } from './module.ts'

/** One step: from the input's share of the gates [N, G H] to the next state; `last` is null at the first. */
interface Cell {
  readonly kind: string
  readonly gates: number
  step(g: Ops, input: Value, last: State | null, recurrent: (h: Value | null) => Value): State
}

interface State {
  readonly h: Value
  readonly c: Value | null
}

const parts = (g: Ops, v: Value, n: number): readonly Value[] =>
  g.split(v, Array(n).fill(Number(v.shape[1]) / n), 1)

// h = tanh(x W + b + h U + u)
const rnnCell: Cell = {
  kind: 'rnn',
  gates: 1,
  step: (g, input, last, recurrent) => ({ h: g.tanh(g.add(input, recurrent(last?.h ?? null))), c: null }),
}

// c = f c + i g; h = o tanh(c); gates in PyTorch's order i, f, g, o (Hochreiter and Schmidhuber, 1997; Gers et al., 2000)
const lstmCell: Cell = {
  kind: 'lstm',
  gates: 4,
  step(g, input, last, recurrent) {
    const [i, f, n, o] = parts(g, g.add(input, recurrent(last?.h ?? null)), 4) as [Value, Value, Value, Value]
    const fresh = g.mul(g.sigmoid(i), g.tanh(n))
    const c = last?.c ? g.add(g.mul(g.sigmoid(f), last.c), fresh) : fresh
    return { h: g.mul(g.sigmoid(o), g.tanh(c)), c }
  },
}

// n = tanh(x_n + r h_n); h = (1 - z) n + z h; gates in PyTorch's order r, z, n (Cho et al., 2014)
const gruCell: Cell = {
  kind: 'gru',
  gates: 3,
  step(g, input, last, recurrent) {
    const [xr, xz, xn] = parts(g, input, 3) as [Value, Value, Value]
    const back = recurrent(last?.h ?? null)
    const size = Number(input.shape[1]) / 3
    // At the first step the recurrent part is the bias alone, without a batch.
    const [hr, hz, hn] = g.split(back, [size, size, size], back.shape.length - 1) as [Value, Value, Value]
    const [r, z] = [g.sigmoid(g.add(xr, hr)), g.sigmoid(g.add(xz, hz))]
    const n = g.tanh(g.add(xn, g.mul(r, hn)))
    const kept = g.mul(g.sub(1, z), n)
    return { h: last ? g.add(kept, g.mul(z, last.h)) : kept, c: null }
  },
}

/** Names as in PyTorch, so that its state loads. */
class Recurrent extends Module {
  readonly #cell: Cell
  readonly #layers: number
  readonly #last: boolean
  readonly [name: string]: unknown

  constructor(cell: Cell, inputs: number, hidden: number, { layers = 1, last = false }: RecurrentOptions) {
    super()
    positive(cell.kind, { inputs, hidden, layers })
    this.#cell = cell
    this.#layers = layers
    this.#last = last
    const own: Record<string, Parameter> = {}
    for (let l = 0; l < layers; l++) {
      const width = cell.gates * hidden
      own[`weight_ih_l${l}`] = new Parameter([width, l === 0 ? inputs : hidden], uniform(hidden))
      own[`weight_hh_l${l}`] = new Parameter([width, hidden], uniform(hidden))
      own[`bias_ih_l${l}`] = new Parameter([width], uniform(hidden))
      own[`bias_hh_l${l}`] = new Parameter([width], uniform(hidden))
    }
    Object.assign(this, own)
  }

  override get kind(): string {
    return this.#cell.kind
  }

  forward(x: Value): Value {
    expectRank(this, x, 3, '[N, T, inputs]')
    expectSize(this, x, -1, 'inputs', (this.weight_ih_l0 as Parameter).shape[1]!)
    const length = x.shape[1]!
    allow(
      nameOf(this),
      typeof length === 'number',
      `needs sequences of known length, got ${length}`,
      'Give it.',
    )
    const g = ops(x.graph)
    let [sequence, h] = [x, x]
    for (let l = 0; l < this.#layers; l++) {
      const states = this.#layer(g, sequence, Number(length), l)
      h = states.at(-1)!
      const alone = this.#last && l === this.#layers - 1
      if (!alone)
        sequence = g.concat(
          states.map((v) => g.unsqueeze(v, [1])),
          1,
        )
    }
    return this.#last ? h : sequence
  }

  #layer(g: Ops, x: Value, length: number, layer: number): Value[] {
    const [wi, wh, bi, bh] = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map((name) =>
      parameterValue(g.graph, this[`${name}_l${layer}`] as Parameter),
    ) as [Value, Value, Value, Value]
    // One product for the inputs of all steps.
    const inputs = g.split(g.add(g.matMul(x, g.transpose(wi, [1, 0])), bi), Array(length).fill(1), 1)
    let state: State | null = null
    return inputs.map((v) => {
      state = this.#cell.step(g, g.squeeze(v, [1]), state, (h) =>
        h === null ? bh : g.gemm(h, wh, { transB: true, bias: bh }),
      )
      return state.h
    })
  }
}

export interface RecurrentOptions {
  readonly layers?: number
  /** Gives the state after the last step [N, hidden] instead of all of them [N, T, hidden]. */
  readonly last?: boolean
}

/** [N, T, inputs] -> [N, T, hidden]: h = tanh(W x + b + U h + u), from h = 0. */
export const rnn = (inputs: number, hidden: number, options: RecurrentOptions = {}): Module =>
  new Recurrent(rnnCell, inputs, hidden, options)

/** [N, T, inputs] -> [N, T, hidden]: long short-term memory, from a state of 0. */
export const lstm = (inputs: number, hidden: number, options: RecurrentOptions = {}): Module =>
  new Recurrent(lstmCell, inputs, hidden, options)

/** [N, T, inputs] -> [N, T, hidden]: gated recurrent unit, from h = 0. */
export const gru = (inputs: number, hidden: number, options: RecurrentOptions = {}): Module =>
  new Recurrent(gruCell, inputs, hidden, options)
