/** @file The update of a step: clipping, the optimiser on every piece, the moving average. */
import { ops } from '../graph/ops.ts'
import type { Value } from '../graph/types.ts'
import { type ClipOptions, clipped } from '../optim/clip.ts'
import type { Optimiser } from '../optim/optimiser.ts'
import type { Layout } from './layout.ts'

export interface UpdateOptions {
  readonly layout: Layout
  readonly optimiser: Optimiser
  readonly clip?: ClipOptions
  readonly ema?: { readonly decay: number }
}

/** The names of the trained vectors that a step changes: `parameters`, `slot0`, …, `ema`. */
export const trainedVectors = (o: Pick<UpdateOptions, 'optimiser' | 'ema'>): string[] => [
  'parameters',
  ...Array.from({ length: o.optimiser.slots }, (_, i) => `slot${i}`),
  ...(o.ema ? ['ema'] : []),
]

export interface StepInput {
  /** Each of `trainedVectors`, by the pieces of the layout. */
  readonly vectors: ReadonlyMap<string, readonly Value[]>
  readonly gradient: readonly Value[]
  /** The number of this step, from 1: int64 scalar. */
  readonly step: Value
  readonly learningRate: Value
}

/** The next pieces of each of `trainedVectors`. */
export function updated(o: UpdateOptions, input: StepInput): Map<string, readonly Value[]> {
  const g = ops(input.step.graph)
  const names = trainedVectors(o)
  const gradient = o.clip ? clipped(input.gradient, o.clip) : input.gradient
  const pieces = o.layout.pieces.map(({ rate, weightDecay }, i) => {
    const of = (name: string): Value => input.vectors.get(name)![i]!
    const next = o.optimiser.update({
      parameters: of('parameters'),
      gradient: gradient[i]!,
      slots: names.filter((name) => name.startsWith('slot')).map(of),
      step: input.step,
      learningRate: rate === 1 ? input.learningRate : g.mul(input.learningRate, rate),
      ...(weightDecay === undefined ? {} : { weightDecay }),
    })
    const average = (decay: number): Value =>
      g.add(g.mul(of('ema'), decay), g.mul(next.parameters, 1 - decay))
    return [next.parameters, ...next.slots, ...(o.ema ? [average(o.ema.decay)] : [])]
  })
  return new Map(names.map((name, k) => [name, pieces.map((piece) => piece[k]!)]))
}
