/** @file Losses that bring vectors together or apart. */
import { EngineError } from '../errors.ts'
import { type Ops, ops } from '../graph/ops.ts'
import { type Shape, showShape } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'
import { allAxes, expectAlike, expectOption, type Loss, type Targets, valuesLike } from './loss.ts'

/** a.b / (|a| |b|) along the last axis. The floor keeps the gradient of a zero vector finite. */
function cosine(g: Ops, a: Value, b: Value): Value {
  const last = [a.shape.length - 1]
  const dot = (x: Value, y: Value): Value => g.reduceSum(g.mul(x, y), last, false)
  return g.div(dot(a, b), g.sqrt(g.max(g.mul(dot(a, a), dot(b, b)), 1e-16)))
}

/** The mean of 1 - cos(output, target) along the last axis. */
export const cosineDistance = (): Loss => ({
  name: 'cosineDistance',
  settings: {},
  targets: (shape) => valuesLike('cosineDistance', shape),
  build(output, targets) {
    expectAlike('cosineDistance', output, targets)
    const g = ops(output.graph)
    const similarity = cosine(g, output, targets)
    return g.sub(1, g.reduceMean(similarity, allAxes(similarity), false))
  },
})

/**
 * Pairs [N, 2, D] with the label 1 (alike) or 0 (different): the mean of 1 - cos for alike ones and of
 * max(0, cos - margin) for different ones (PyTorch's CosineEmbeddingLoss, whose -1 is our 0).
 */
export const cosineEmbedding = ({ margin = 0 }: { margin?: number } = {}): Loss =>
  ofPairs('cosineEmbedding', { margin }, (g, a, b, alike) => {
    const similarity = cosine(g, a, b)
    const apart = g.relu(g.sub(similarity, margin))
    return g.add(g.mul(alike, g.sub(1, similarity)), g.mul(g.sub(1, alike), apart))
  })

/**
 * Pairs [N, 2, D] with the label 1 (alike) or 0 (different): the mean of d^2 / 2 for alike ones and of
 * max(0, margin - d)^2 / 2 for different ones, d the Euclidean distance (Hadsell, Chopra and LeCun, 2006).
 * @throws EngineError engine/bad-options
 */
export function contrastive({ margin = 1 }: { margin?: number } = {}): Loss {
  expectOption('contrastive', margin > 0, `margin must be above 0, got ${margin}`, 'Use 1, say.')
  return ofPairs('contrastive', { margin }, (g, a, b, alike) => {
    const d = g.sub(a, b)
    const squared = g.reduceSum(g.mul(d, d), [1], false)
    const short = g.relu(g.sub(margin, g.sqrt(g.max(squared, 1e-12))))
    return g.mul(g.add(g.mul(alike, squared), g.mul(g.sub(1, alike), g.mul(short, short))), 0.5)
  })
}

const ofPairs = (
  name: string,
  settings: Readonly<Record<string, number>>,
  each: (g: Ops, a: Value, b: Value, alike: Value) => Value,
): Loss => ({
  name,
  settings,
  targets(shape): Targets {
    expectPairs(name, ['N', ...shape])
    return { kind: 'classes', shape: [], classes: 2 }
  },
  build(output, labels) {
    expectPairs(name, output.shape)
    const g = ops(output.graph)
    const [a, b] = g.split(output, [1, 1], 1).map((v) => g.squeeze(v, [1])) as [Value, Value]
    return g.reduceMean(each(g, a, b, g.cast(labels, 'float32')), [0], false)
  },
})

function expectPairs(name: string, shape: Shape): void {
  if (shape.length === 3 && shape[1] === 2) return
  throw new EngineError(
    'engine/shape-mismatch',
    `${name}: needs pairs of vectors [N, 2, D], the model gives ${showShape(shape)}`,
    'Give both vectors of a pair, one after the other.',
  )
}
