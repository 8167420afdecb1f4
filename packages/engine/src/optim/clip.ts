/** @file Clipping of gradients, as a piece of a graph. */
import { EngineError } from '../errors.ts'
import { ops } from '../graph/ops.ts'
import type { Value } from '../graph/types.ts'

export interface ClipOptions {
  /** Every element is kept within -value to value. */
  readonly value?: number
  /** The whole gradient is scaled down to this Euclidean norm where it is longer (Pascanu et al., 2013). */
  readonly norm?: number
}

/** @throws EngineError engine/bad-options */
export function checkClip(limits: ClipOptions): void {
  for (const [name, limit] of Object.entries(limits)) {
    if (limit === undefined || limit > 0) continue
    throw new EngineError('engine/bad-options', `clip: ${name} must be above 0, got ${limit}`, 'Use 1, say.')
  }
}

/**
 * Gradients by value first, then by the norm of all of them together; as in PyTorch the norm gains 1e-6.
 * @throws EngineError engine/bad-options
 */
export function clipped(gradients: readonly Value[], { value, norm }: ClipOptions): Value[] {
  checkClip({ value, norm })
  const g = ops(gradients[0]!.graph)
  const within = gradients.map((v) =>
    value === undefined ? v : g.max(g.op('Min', [v, g.scalar(value)]), -value),
  )
  if (norm === undefined) return within
  const squares = within.map((v) => g.reduceSum(g.mul(v, v), [0], false))
  const length = g.sqrt(squares.reduce((a, b) => g.add(a, b)))
  const factor = g.op('Min', [g.div(norm, g.add(length, 1e-6)), g.scalar(1)])
  return within.map((v) => g.mul(v, factor))
}
