/** @file Kullback-Leibler divergence of a model's distribution from a given one. */
import { ops } from '../graph/ops.ts'
import { allAxes, expectAlike, type Loss, valuesLike } from './loss.ts'

/**
 * The mean over the rows of sum_c q_c (log q_c - log p_c), with p = softmax(logits) along the last axis and the targets
 * q probabilities, as in distillation. For [N, C] it is PyTorch's KLDivLoss of log p with `batchmean`.
 */
export const klDivergence = (): Loss => ({
  name: 'klDivergence',
  settings: {},
  targets: (shape) => valuesLike('klDivergence', shape, [0, 1]),
  build(logits, q) {
    expectAlike('klDivergence', logits, q)
    const g = ops(logits.graph)
    // q log q is 0 for q = 0
    const gap = g.sub(g.log(g.max(q, 1e-30)), g.op('LogSoftmax', [logits], { axis: -1 }))
    const rows = g.reduceSum(g.mul(q, gap), [logits.shape.length - 1], false)
    return g.reduceMean(rows, allAxes(rows), false)
  },
})
