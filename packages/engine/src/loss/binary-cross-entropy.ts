/** @file Binary cross-entropy: independent yes-or-no answers. */
import { ops } from '../graph/ops.ts'
import { allAxes, expectAlike, expectOption, type Loss, valuesLike } from './loss.ts'

export interface BinaryCrossEntropyOptions {
  /** The model gives logits (true), or probabilities: logits are exact where probabilities round to 0 or 1. */
  readonly logits?: boolean
  /** Weighs the yes-part, as PyTorch's pos_weight does. */
  readonly positiveWeight?: number
}

/**
 * The mean of -(w y log p + (1 - y) log(1 - p)), with p = sigmoid(x) for logits x. By logits it is
 * (1 - y) x + (1 + (w - 1) y) softplus(-x), which does not overflow. Targets y are from 0 to 1, shaped like the output.
 * @throws EngineError engine/bad-options
 */
export function binaryCrossEntropy(options: BinaryCrossEntropyOptions = {}): Loss {
  const { logits = true, positiveWeight = 1 } = options
  expectOption(
    'binaryCrossEntropy',
    Number.isFinite(positiveWeight) && positiveWeight > 0,
    `positiveWeight must be above 0, got ${positiveWeight}`,
    'Use negatives / positives, say.',
  )
  return {
    name: 'binaryCrossEntropy',
    settings: { logits, positiveWeight },
    targets: (shape) => valuesLike('binaryCrossEntropy', shape, [0, 1]),
    build(x, y) {
      expectAlike('binaryCrossEntropy', x, y)
      const g = ops(x.graph)
      const no = g.sub(1, y)
      if (logits) {
        const w = positiveWeight === 1 ? null : g.add(1, g.mul(y, positiveWeight - 1))
        const soft = g.op('Softplus', [g.neg(x)])
        return g.reduceMean(g.add(g.mul(no, x), w ? g.mul(w, soft) : soft), allAxes(x), false)
      }
      const log = (p: typeof x) => g.log(g.max(p, 1e-12))
      const yes = g.mul(positiveWeight === 1 ? y : g.mul(y, positiveWeight), log(x))
      return g.neg(g.reduceMean(g.add(yes, g.mul(no, log(g.sub(1, x)))), allAxes(x), false))
    },
  }
}
