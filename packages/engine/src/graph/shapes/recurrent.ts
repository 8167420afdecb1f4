/** @file Shape rules: recurrent layers. */
import { EngineError } from '../../errors.ts'
import { type Dim, sameShape, showShape } from '../tensor.ts'
import {
  expectFloat,
  expectSame,
  inputAt,
  intAttribute,
  mismatch,
  ranked,
  type ShapeContext,
  type ShapeRule,
} from './context.ts'

/** Y, then the last hidden state, and for an LSTM the last cell state. */
const recurrent =
  (gates: number, states: number): ShapeRule =>
  (c) => {
    const x = ranked(c, 0, 3)
    expectFloat(c, x)
    const hidden = intAttribute(c, 'hidden_size', Number(inputAt(c, 2).shape.at(-1)))
    const directions = (c.attributes.direction ?? 'forward') === 'bidirectional' ? 2 : 1
    const batchFirst = layoutOf(c) === 1
    const [length, batch] = (batchFirst ? [x.shape[1], x.shape[0]] : [x.shape[0], x.shape[1]]) as [Dim, Dim]
    const state = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden]
    fits(c, 1, [directions, gates * hidden, x.shape[2]!])
    fits(c, 2, [directions, gates * hidden, hidden])
    fits(c, 3, [directions, 2 * gates * hidden])
    fits(c, 4, [batch])
    fits(c, 5, state)
    if (states === 2) {
      fits(c, 6, state)
      fits(c, 7, [directions, 3 * hidden])
    }
    const y = batchFirst ? [batch, length, directions, hidden] : [length, directions, batch, hidden]
    return [y, ...Array.from({ length: states }, () => state)]
      .slice(0, c.outputCount)
      .map((shape) => ({ dtype: x.dtype, shape }))
  }

function layoutOf(c: ShapeContext): number {
  const layout = intAttribute(c, 'layout', 0)
  if (layout === 0 || layout === 1) return layout
  throw new EngineError(
    'engine/bad-attribute',
    `${c.where}: layout ${layout} does not exist`,
    '0 puts the sequence first, 1 the batch.',
  )
}

function fits(c: ShapeContext, i: number, shape: readonly Dim[]): void {
  const v = c.inputs[i]
  if (!v) {
    if (i < 3) inputAt(c, i)
    return
  }
  if (i !== 4) expectSame(c, inputAt(c, 0), v)
  if (
    sameShape(v.shape, shape) ||
    v.shape.some((d, j) => typeof d === 'string' && typeof shape[j] === 'number')
  )
    return
  throw mismatch(
    c.where,
    `input ${i} has the shape ${showShape(v.shape)}, expected ${showShape(shape)}`,
    'Weights are [directions, gates * hidden, inputs], states [directions, batch, hidden].',
  )
}

export const recurrentLayers = {
  GRU: recurrent(3, 1),
  LSTM: recurrent(4, 2),
  RNN: recurrent(1, 1),
} satisfies Record<string, ShapeRule>
