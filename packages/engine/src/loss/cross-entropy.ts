/** @file Cross-entropy between logits and class numbers. */
import { EngineError } from '../errors.ts'
import { ops } from '../graph/ops.ts'
import { showShape } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'

/** A loss as a piece of a graph: from the model's output and the labels to one number. */
export interface Loss {
  readonly name: string
  /**
   * @param output the model's result for a batch
   * @param labels class numbers [N], int32 or int64
   * @throws EngineError engine/shape-mismatch
   */
  build(output: Value, labels: Value): Value
}

/**
 * The mean of -log softmax(logits)[label] over the batch; logits [N, C], labels [N]. Computed through LogSoftmax, which
 * does not overflow; its gradient comes out as (softmax - one-hot) / N.
 */
export const crossEntropy = (): Loss => ({
  name: 'crossEntropy',
  build(logits, labels) {
    if (logits.shape.length !== 2) {
      throw new EngineError(
        'engine/shape-mismatch',
        `crossEntropy: needs one row of class scores per sample, the model gives ${showShape(logits.shape)}`,
        'End the model with a linear layer of as many outputs as there are classes.',
      )
    }
    const g = ops(logits.graph)
    const picked = g.gatherElements(g.op('LogSoftmax', [logits], { axis: 1 }), g.unsqueeze(labels, [1]), 1)
    return g.neg(g.reduceMean(picked, [0, 1], false))
  },
})
