/** @file Losses of differences between outputs and values: squared, absolute, Huber. */
import { type Ops, ops } from '../graph/ops.ts'
import type { Value } from '../graph/types.ts'
import { allAxes, expectAlike, expectOption, type Loss, valuesLike } from './loss.ts'

const ofDifference = (
  name: string,
  settings: Readonly<Record<string, number>>,
  each: (g: Ops, difference: Value) => Value,
): Loss => ({
  name,
  settings,
  targets: (shape) => valuesLike(name, shape),
  build(output, targets) {
    expectAlike(name, output, targets)
    const g = ops(output.graph)
    return g.reduceMean(each(g, g.sub(output, targets)), allAxes(output), false)
  },
})

/** The mean of the squared differences. */
export const meanSquaredError = (): Loss => ofDifference('meanSquaredError', {}, (g, d) => g.mul(d, d))

/** The mean of the absolute differences (L1). */
export const meanAbsoluteError = (): Loss => ofDifference('meanAbsoluteError', {}, (g, d) => g.op('Abs', [d]))

/**
 * d^2 / 2 up to `delta`, then delta (|d| - delta / 2) (Huber, 1964). With c = min(|d|, delta) both are
 * c (|d| - c / 2).
 * @throws EngineError engine/bad-options
 */
export function huber({ delta = 1 }: { delta?: number } = {}): Loss {
  expectOption(
    'huber',
    Number.isFinite(delta) && delta > 0,
    `delta must be above 0, got ${delta}`,
    'Use 1, say.',
  )
  return ofDifference('huber', { delta }, (g, d) => {
    const size = g.op('Abs', [d])
    const c = g.op('Min', [size, g.scalar(delta)])
    return g.mul(c, g.sub(size, g.mul(c, 0.5)))
  })
}
