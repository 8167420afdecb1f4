/** @file Expansions: recurrent layers, one step after the other. */
import type { Ops } from '../ops.ts'
import { tensor } from '../tensor.ts'
import type { Value } from '../types.ts'
import { type ExpandContext, type Expansion, input, needsSize, number } from './expansion.ts'

type Activation = (x: Value) => Value

interface Step {
  /** The part of every gate that depends on the input: [batch, gates * hidden], biases added. */
  readonly fromInput: Value
  readonly h: Value
  readonly c: Value | null
}

interface Cell {
  readonly gates: number
  readonly activations: readonly string[]
  next(layer: Layer, step: Step): { readonly h: Value; readonly c: Value | null }
  /** What is added to the products of the input; a GRU may keep a bias of the state inside its reset. */
  bias(layer: Layer, ofInput: Value, ofState: Value): Value
}

/** One direction of a layer. */
interface Layer {
  readonly g: Ops
  readonly context: ExpandContext
  readonly hidden: number
  /** [gates * hidden, hidden] */
  readonly recurrence: Value
  readonly stateBias: Value | null
  readonly peepholes: readonly Value[] | null
  readonly activations: readonly Activation[]
  clipped(x: Value): Value
}

/** [gates * hidden] into one [hidden] part per gate, along the last axis. */
const parts = (g: Ops, v: Value, count: number): readonly Value[] => {
  const axis = v.shape.length - 1
  return g.split(v, Array(count).fill(Number(v.shape[axis]) / count), axis)
}

const timesTransposed = (g: Ops, a: Value, b: Value): Value => g.gemm(a, b, { transB: true })

// h' = f(x W + h R + b)
const rnn: Cell = {
  gates: 1,
  activations: ['Tanh'],
  bias: ({ g }, ofInput, ofState) => g.add(ofInput, ofState),
  next: ({ g, recurrence, activations, clipped }, { fromInput, h }) => ({
    h: activations[0]!(clipped(g.add(fromInput, timesTransposed(g, h, recurrence)))),
    c: null,
  }),
}

// Gates i, o, f, c: c' = f c + i g(c gate), h' = o h(c')
const lstm: Cell = {
  gates: 4,
  activations: ['Sigmoid', 'Tanh', 'Tanh'],
  bias: ({ g }, ofInput, ofState) => g.add(ofInput, ofState),
  next: ({ g, context, recurrence, peepholes, activations: [f, gg, hh], clipped }, { fromInput, h, c }) => {
    const [i, o, forget, fresh] = parts(g, g.add(fromInput, timesTransposed(g, h, recurrence)), 4)
    const peep = (gate: Value, which: number, cell: Value): Value =>
      peepholes === null ? gate : g.add(gate, g.mul(peepholes[which]!, cell))
    const open = f!(clipped(peep(i!, 0, c!)))
    const coupled = number(context, 'input_forget', 0) === 1
    const kept = coupled ? g.sub(1, open) : f!(clipped(peep(forget!, 2, c!)))
    const cell = g.add(g.mul(kept, c!), g.mul(open, gg!(clipped(fresh!))))
    return { h: g.mul(f!(clipped(peep(o!, 1, cell))), hh!(cell)), c: cell }
  },
}

// Gates z, r, h: h' = (1 - z) g(h gate) + z h
const gru: Cell = {
  gates: 3,
  activations: ['Sigmoid', 'Tanh'],
  bias: ({ g, context }, ofInput, ofState) => {
    if (number(context, 'linear_before_reset', 0) === 0) return g.add(ofInput, ofState)
    const hidden = Number(ofState.shape[0]) / 3
    const mask = g.graph.constant(
      tensor(
        ofState.dtype,
        [3 * hidden],
        Array.from({ length: 3 * hidden }, (_, i) => (i < 2 * hidden ? 1 : 0)),
      ),
    )
    return g.add(ofInput, g.mul(ofState, mask))
  },
  next: ({ g, context, hidden, recurrence, stateBias, activations: [f, gg], clipped }, { fromInput, h }) => {
    const [rz, rh] = g.split(recurrence, [2 * hidden, hidden], 0)
    const [xz, xh] = g.split(fromInput, [2 * hidden, hidden], 1)
    const [z, r] = parts(g, f!(clipped(g.add(xz!, timesTransposed(g, h, rz!)))), 2)
    let fresh: Value
    if (number(context, 'linear_before_reset', 0) === 0) {
      fresh = timesTransposed(g, g.mul(r!, h), rh!)
    } else {
      const state = timesTransposed(g, h, rh!)
      fresh = g.mul(
        r!,
        stateBias === null ? state : g.add(state, g.slice(stateBias, 0, 2 * hidden, 3 * hidden)),
      )
    }
    const candidate = gg!(clipped(g.add(xh!, fresh)))
    // (1 - z) g + z h = g + z (h - g)
    return { h: g.add(candidate, g.mul(z!, g.sub(h, candidate))), c: null }
  },
}

const recurrent =
  (cell: Cell): Expansion =>
  (context) => {
    const { g, node } = context
    const batchFirst = number(context, 'layout', 0) === 1
    const x = batchFirst ? g.transpose(input(context, 0), [1, 0, 2]) : input(context, 0)
    const [length, batch] = x.shape
    if (typeof length !== 'number' || length < 1 || typeof batch !== 'number')
      throw needsSize(
        context,
        'over a sequence or batch of unknown size',
        'Give the length and the batch size.',
      )
    const states = [5, 6].map((i) => {
      const s = context.inputs[i]
      return s && (i === 5 || cell === lstm) ? (batchFirst ? g.transpose(s, [1, 0, 2]) : s) : null
    })
    const direction = node.attributes.direction ?? 'forward'
    const ways = direction === 'bidirectional' ? [false, true] : [direction === 'reverse']
    const runs = ways.map((backward, d) => run(context, cell, x, states, d, backward))
    // [length, directions, batch, hidden] and [directions, batch, hidden]
    const y = g.concat(
      runs.map(({ ys }) =>
        g.concat(
          ys.map((v) => g.unsqueeze(v, [0, 1])),
          0,
        ),
      ),
      1,
    )
    const last = (of: (r: (typeof runs)[number]) => Value): Value => {
      const s = g.concat(
        runs.map((r) => g.unsqueeze(of(r), [0])),
        0,
      )
      return batchFirst ? g.transpose(s, [1, 0, 2]) : s
    }
    const outputs = [batchFirst ? g.transpose(y, [2, 0, 1, 3]) : y, last((r) => r.h)]
    if (cell === lstm) outputs.push(last((r) => r.c!))
    return outputs.slice(0, node.outputs.length)
  }

function run(
  context: ExpandContext,
  cell: Cell,
  x: Value,
  states: readonly (Value | null)[],
  d: number,
  backward: boolean,
): { ys: Value[]; h: Value; c: Value | null } {
  const { g } = context
  const [length, batch, inputs] = x.shape as [number, number, number]
  const ofDirection = (v: Value): Value => g.squeeze(g.slice(v, 0, d, d + 1), [0])
  const layer = layerOf(context, cell, d, ofDirection)
  const rows = g.reshape(x, [length * batch, inputs])
  const products = timesTransposed(g, rows, ofDirection(input(context, 1)))
  const biases = context.inputs[3] ? parts(g, ofDirection(context.inputs[3]), 2) : null
  const total = biases === null ? products : g.add(products, cell.bias(layer, biases[0]!, biases[1]!))
  const steps = g.split(total, Array(length).fill(batch), 0)
  const zero = (): Value => g.full({ ...x, shape: [batch, layer.hidden] }, 0)
  let h = states[0] ? ofDirection(states[0]) : zero()
  let c = cell !== lstm ? null : states[1] ? ofDirection(states[1]) : zero()
  const ys: Value[] = Array(length)
  const lengths = context.inputs[4] ?? null
  for (let i = 0; i < length; i++) {
    const t = backward ? length - 1 - i : i
    const next = cell.next(layer, { fromInput: steps[t]!, h, c })
    if (lengths === null) {
      ;({ h, c } = next)
      ys[t] = h
      continue
    }
    // Behind its own length a sequence keeps its state and gives zeros.
    const inside = g.unsqueeze(g.greater(lengths, t), [1])
    ys[t] = g.where(inside, next.h, 0)
    h = g.where(inside, next.h, h)
    c = c === null ? null : g.where(inside, next.c!, c)
  }
  return { ys, h, c }
}

function layerOf(context: ExpandContext, cell: Cell, d: number, ofDirection: (v: Value) => Value): Layer {
  const { g, node } = context
  const recurrence = ofDirection(input(context, 2))
  const hidden = Number(recurrence.shape[1])
  const limit = number(context, 'clip', 0)
  const peepholes = cell === lstm && context.inputs[7] ? parts(g, ofDirection(context.inputs[7]), 3) : null
  const names = activationNames(node.attributes.activations, cell, d)
  return {
    g,
    context,
    hidden,
    recurrence,
    stateBias: context.inputs[3] ? parts(g, ofDirection(context.inputs[3]), 2)[1]! : null,
    peepholes,
    activations: names.map((name) => (x: Value) => {
      if (!['Relu', 'Tanh', 'Sigmoid', 'Softsign', 'Softplus'].includes(name))
        throw needsSize(
          context,
          `with the activation ${name}`,
          'Use Tanh, Sigmoid, Relu, Softsign or Softplus.',
        )
      return g.op(name, [x])
    }),
    clipped: (x) =>
      limit === 0 ? x : g.op('Clip', [x, g.scalar(-limit, x.dtype), g.scalar(limit, x.dtype)]),
  }
}

function activationNames(given: unknown, cell: Cell, d: number): readonly string[] {
  const names =
    typeof given === 'object' && given !== null && 'strings' in given
      ? (given.strings as readonly string[])
      : []
  const n = cell.activations.length
  return names.length >= (d + 1) * n ? names.slice(d * n, (d + 1) * n) : cell.activations
}

export const recurrentLayers = {
  GRU: recurrent(gru),
  LSTM: recurrent(lstm),
  RNN: recurrent(rnn),
} satisfies Record<string, Expansion>
