/** @file Connectionist temporal classification: labels in order, without knowing where in the sequence they lie. */
import { EngineError } from '../errors.ts'
import { type Ops, ops } from '../graph/ops.ts'
import { isStatic, showShape, tensor } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'
import { expectOption, type Loss, type Targets } from './loss.ts'

export interface CtcOptions {
  /** Labels of a sample; shorter ones are filled up with -1. */
  readonly labels: number
  /** The class that stands for no label. */
  readonly blank?: number
}

/** The logarithm of nothing, finite so that differences of it are too. */
const never = -1e30

/**
 * The mean over the batch of -log p(labels | scores) / labels, summed over all ways to place the labels in the sequence
 * (Graves et al., 2006, the forward recursion in logarithms, one step per position, so that the graph grows with the
 * sequence). Scores are [N, T, C], labels [N, L]. A sample that does not fit into T counts 0, as with PyTorch's
 * zero_infinity; all sequences have the length T.
 * @throws EngineError engine/bad-options
 */
export function ctc({ labels: most, blank = 0 }: CtcOptions): Loss {
  expectOption(
    'ctc',
    Number.isSafeInteger(most) && most >= 1,
    `labels must be from 1, got ${most}`,
    'Correct it.',
  )
  expectOption(
    'ctc',
    Number.isSafeInteger(blank) && blank >= 0,
    `blank must be from 0, got ${blank}`,
    'Use 0.',
  )
  return {
    name: 'ctc',
    settings: { labels: most, blank },
    targets(shape): Targets {
      const found = showShape(['N', ...shape])
      const [length, classes] = shape
      if (shape.length !== 2 || typeof length !== 'number' || typeof classes !== 'number' || blank >= classes)
        throw wrong(found)
      if (most > length) throw wrong(`${found}, too short for ${most} labels`)
      return { kind: 'classes', shape: [most], classes, ignore: -1, aligned: false }
    },
    build(scores, labels) {
      if (scores.shape.length !== 3 || !isStatic(scores.shape.slice(1))) throw wrong(showShape(scores.shape))
      return forwardLoss(scores, labels, blank)
    },
  }
}

const wrong = (got: string): EngineError =>
  new EngineError(
    'engine/shape-mismatch',
    `ctc: needs class scores for every position [N, T, C] with the blank among them, the model gives ${got}`,
    'End the model with a linear layer on a sequence.',
  )

function forwardLoss(scores: Value, labels: Value, blank: number): Value {
  const g = ops(scores.graph)
  const [length, most] = [Number(scores.shape[1]), Number(labels.shape[1])]
  const int = (v: number): Value => g.scalar(v, labels.dtype)
  const isLabel = g.greaterOrEqual(labels, int(0))
  const known = g.where(isLabel, labels, int(blank))
  const blanks = g.mul(known, int(0))
  // blank, label, blank, …, label, blank: [N, 2 L + 1]
  const pairs = [g.add(blanks, int(blank)), known].map((v) => g.unsqueeze(v, [2]))
  const states = 2 * most + 1
  const woven = g.reshape(g.concat(pairs, 2), [labels.shape[0]!, 2 * most])
  const path = g.concat([woven, g.slice(g.add(blanks, int(blank)), 1, 0, 1)], 1)
  const places = g.graph.constant(tensor('int32', [1, length, 1], Array(length).fill(0)))
  const emitted = g.gatherElements(
    g.op('LogSoftmax', [scores], { axis: 2 }),
    g.add(g.unsqueeze(path, [1]), g.cast(places, path.dtype)),
    2,
  )
  const steps = g.split(emitted, Array(length).fill(1), 1).map((v) => g.squeeze(v, [1]))
  const skip = skips(g, path, blank, states)

  const atStart = Array.from({ length: states }, (_, s) => (s < 2 ? 0 : never))
  let alpha = g.add(steps[0]!, g.graph.constant(tensor('float32', [1, states], atStart)))
  for (const step of steps.slice(1)) {
    const two = g.add(shifted(g, alpha, 2, states), skip)
    alpha = g.add(logSumExp(g, [alpha, shifted(g, alpha, 1, states), two]), step)
  }
  const count = g.reduceSum(g.cast(isLabel, 'int64'), [1])
  const last = g.mul(count, g.scalar(2, 'int64'))
  const atBlank = g.gatherElements(alpha, last, 1)
  const atLabel = g.gatherElements(alpha, g.max(g.sub(last, g.scalar(1, 'int64')), g.scalar(0, 'int64')), 1)
  const some = g.greater(count, g.scalar(0, 'int64'))
  const total = logSumExp(g, [atBlank, g.where(some, atLabel, never)])
  const fitting = g.where(g.greater(total, never / 10), total, 0)
  const each = g.div(fitting, g.cast(g.max(count, g.scalar(1, 'int64')), 'float32'))
  return g.neg(g.reduceMean(each, [0, 1], false))
}

/** 0 where a state may be reached over the blank before it: labels that differ from the label before; else `never`. */
function skips(g: Ops, path: Value, blank: number, states: number): Value {
  const same = g.equal(g.slice(path, 1, 2, states), g.slice(path, 1, 0, states - 2))
  const isBlank = g.equal(g.slice(path, 1, 2, states), g.scalar(blank, path.dtype))
  const rest = g.mul(g.cast(g.op('Or', [same, isBlank]), 'float32'), never)
  return g.concat([g.mul(g.cast(g.slice(path, 1, 0, 2), 'float32'), 0), rest], 1)
}

/** The states before, with `never` moving in. */
const shifted = (g: Ops, alpha: Value, by: number, states: number): Value => {
  const moved = g.slice(alpha, 1, 0, states - by)
  return g.concat(
    [
      g.add(
        g.mul(g.slice(moved, 1, 0, 1), 0),
        g.graph.constant(tensor('float32', [1, by], Array(by).fill(never))),
      ),
      moved,
    ],
    1,
  )
}

function logSumExp(g: Ops, parts: readonly Value[]): Value {
  const top = parts.reduce((a, b) => g.max(a, b))
  const sum = parts.map((v) => g.exp(g.sub(v, top))).reduce((a, b) => g.add(a, b))
  return g.add(top, g.log(sum))
}
