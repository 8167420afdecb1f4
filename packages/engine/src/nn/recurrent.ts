/** @file Recurrent layers, unrolled over the sequence: RNN, LSTM, GRU. */
import { EngineError } from '../errors.ts'
import { type Ops, ops } from '../graph/ops.ts'
import { sameShape, showShape } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'
import { dropout } from './dropout.ts'
import { allow, expectRank, expectSize, expectWhole, nameOf, positive } from './expect.ts'
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
  readonly dropout: Module
  readonly #cell: Cell
  readonly #hidden: number
  readonly #layers: number
  readonly #last: boolean
  /** Name endings of the directions. */
  readonly #ways: readonly string[]
  readonly [name: string]: unknown

  constructor(cell: Cell, inputs: number, hidden: number, options: RecurrentOptions) {
    super()
    const { layers = 1, last = false, bidirectional = false, bias = true } = options
    positive(cell.kind, { inputs, hidden, layers })
    this.#cell = cell
    this.#hidden = hidden
    this.#layers = layers
    this.#last = last
    this.#ways = bidirectional ? ['', '_reverse'] : ['']
    this.dropout = dropout(options.dropout ?? 0)
    const width = cell.gates * hidden
    const own: Record<string, Parameter> = {}
    for (let l = 0; l < layers; l++) {
      for (const way of this.#ways) {
        const size = l === 0 ? inputs : hidden * this.#ways.length
        own[`weight_ih_l${l}${way}`] = new Parameter([width, size], uniform(hidden))
        own[`weight_hh_l${l}${way}`] = new Parameter([width, hidden], uniform(hidden))
        if (!bias) continue
        own[`bias_ih_l${l}${way}`] = new Parameter([width], uniform(hidden))
        own[`bias_hh_l${l}${way}`] = new Parameter([width], uniform(hidden))
      }
    }
    Object.assign(this, own)
  }

  override get kind(): string {
    return this.#cell.kind
  }

  forward(x: Value, lengths?: Value): Value {
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
    const inside = lengths === undefined ? null : this.#inside(g, x, lengths)
    let sequence = x
    for (let l = 0; l < this.#layers; l++) {
      const runs = this.#ways.map((way) => this.#run(g, sequence, Number(length), `_l${l}${way}`, inside))
      const top = l === this.#layers - 1
      if (top && this.#last)
        return g.concat(
          runs.map(({ last }) => last),
          1,
        )
      const whole = g.concat(
        runs.map(({ outputs }) =>
          g.concat(
            outputs.map((v) => g.unsqueeze(v, [1])),
            1,
          ),
        ),
        2,
      )
      sequence = top ? whole : this.dropout.call(whole)
    }
    return sequence
  }

  /** For each step whether it lies within the sequence: [N, 1] each. */
  #inside(g: Ops, x: Value, lengths: Value): Value[] {
    expectWhole(this, lengths)
    if (!sameShape(lengths.shape, [x.shape[0]!]))
      throw new EngineError(
        'engine/shape-mismatch',
        `${nameOf(this)}: needs one length a sample, gets ${showShape(lengths.shape)} for ${showShape(x.shape)}`,
        'Give the lengths as [N].',
      )
    return Array.from({ length: Number(x.shape[1]) }, (_, t) => g.unsqueeze(g.greater(lengths, t), [1]))
  }

  #run(g: Ops, x: Value, length: number, name: string, inside: readonly Value[] | null) {
    const value = (of: string): Value | null => {
      const parameter = this[`${of}${name}`] as Parameter | undefined
      return parameter === undefined ? null : parameterValue(g.graph, parameter)
    }
    const [wi, wh, bi, bh] = ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map(value)
    // One product for the inputs of all steps.
    const product = g.matMul(x, g.transpose(wi!, [1, 0]))
    const inputs = g.split(bi ? g.add(product, bi) : product, Array(length).fill(1), 1)
    const start = (): Value => bh ?? g.full({ ...x, shape: [this.#cell.gates * this.#hidden] }, 0)
    const outputs: Value[] = Array(length)
    let state: State | null = null
    for (let i = 0; i < length; i++) {
      const t = name.endsWith('_reverse') ? length - 1 - i : i
      const before = state as State | null
      const next: State = this.#cell.step(g, g.squeeze(inputs[t]!, [1]), before, (h) =>
        h === null ? start() : g.gemm(h, wh!, { transB: true, bias: bh ?? null }),
      )
      if (inside === null) {
        state = next
        outputs[t] = next.h
        continue
      }
      // Behind its own length a sequence keeps its state and gives zeros.
      const kept = (now: Value, old: Value | null | undefined): Value => g.where(inside[t]!, now, old ?? 0)
      outputs[t] = g.where(inside[t]!, next.h, 0)
      state = { h: kept(next.h, before?.h), c: next.c && kept(next.c, before?.c) }
    }
    return { outputs, last: state!.h }
  }
}

export interface RecurrentOptions {
  readonly layers?: number
  /** A second run from the end to the start; both results are joined along the last axis. */
  readonly bidirectional?: boolean
  /** Between the layers, while training. */
  readonly dropout?: number
  readonly bias?: boolean
  /** Gives the state after the last step [N, hidden] instead of all of them [N, T, hidden]. */
  readonly last?: boolean
}

/**
 * [N, T, inputs] -> [N, T, hidden]: h = tanh(W x + b + U h + u), from h = 0. All recurrent layers are unrolled over T;
 * `bidirectional` doubles what they give. `call(x, lengths)` takes whole numbers [N]: behind its length a sequence gives
 * zeros, and `last` is the state at its own end, as with PyTorch's packed sequences.
 */
export const rnn = (inputs: number, hidden: number, options: RecurrentOptions = {}): Module =>
  new Recurrent(rnnCell, inputs, hidden, options)

/** [N, T, inputs] -> [N, T, hidden]: long short-term memory, from a state of 0; options and lengths as for `rnn`. */
export const lstm = (inputs: number, hidden: number, options: RecurrentOptions = {}): Module =>
  new Recurrent(lstmCell, inputs, hidden, options)

/** [N, T, inputs] -> [N, T, hidden]: gated recurrent unit, from h = 0; options and lengths as for `rnn`. */
export const gru = (inputs: number, hidden: number, options: RecurrentOptions = {}): Module =>
  new Recurrent(gruCell, inputs, hidden, options)
