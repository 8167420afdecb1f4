/** @file Losses against their formulas in float64, and their gradients against differences of those. */
import { describe, expect, it } from 'vitest'
import { gradients } from '../autodiff/gradients.ts'
import { newGraph } from '../graph/graph.ts'
import { sizeOf, tensor } from '../graph/tensor.ts'
import { writeModel } from '../onnx/write.ts'
import { seeded } from '../random.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { binaryCrossEntropy } from './binary-cross-entropy.ts'
import { crossEntropy } from './cross-entropy.ts'
import { ctc } from './ctc.ts'
import { klDivergence } from './divergence.ts'
import type { Loss } from './loss.ts'
import { huber, meanAbsoluteError, meanSquaredError } from './regression.ts'
import { contrastive, cosineDistance, cosineEmbedding } from './similarity.ts'

const runtime = nodeRuntime({ threads: 1 })

type Formula = (x: number[][], y: number[][]) => number
interface Case {
  readonly loss: Loss
  readonly shape: readonly number[]
  /** Targets, and whether they are class numbers. */
  readonly targets: readonly number[]
  readonly targetShape: readonly number[]
  readonly classes?: boolean
  readonly range?: readonly [number, number]
  readonly formula: Formula
}

const random = seeded(11)
const values = (n: number, low = -2, high = 2) =>
  Array.from({ length: n }, () => low + (high - low) * random())
const rowsOf = (flat: readonly number[], width: number): number[][] =>
  Array.from({ length: flat.length / width }, (_, i) => flat.slice(i * width, (i + 1) * width))
const sum = (v: readonly number[]) => v.reduce((a, b) => a + b, 0)
const mean = (v: readonly number[]) => sum(v) / v.length
const logSoftmax = (row: number[]) => {
  const total = Math.log(sum(row.map(Math.exp)))
  return row.map((v) => v - total)
}
const cos = (a: number[], b: number[]) =>
  sum(a.map((v, i) => v * b[i]!)) / (Math.hypot(...a) * Math.hypot(...b))
const each =
  (f: (x: number, y: number) => number): Formula =>
  (x, y) =>
    mean(x.flatMap((row, i) => row.map((v, j) => f(v, y[i]![j]!))))
const probabilities = rowsOf(values(8, 0.1, 1), 4).flatMap((row) => row.map((v) => v / sum(row)))
const weights = [0.5, 2, 1, 3]

const cases: Record<string, Case> = {
  'cross-entropy': {
    loss: crossEntropy(),
    shape: [3, 4],
    targets: [1, 3, 0],
    targetShape: [3],
    classes: true,
    formula: (x, y) => mean(x.map((row, i) => -logSoftmax(row)[y[i]![0]!]!)),
  },
  'cross-entropy per token, ignoring some': {
    loss: crossEntropy({ ignoreIndex: -1 }),
    shape: [2, 3, 4],
    targets: [1, -1, 0, 3, -1, 2],
    targetShape: [2, 3],
    classes: true,
    formula: (x, y) => mean(x.flatMap((row, i) => (y[i]![0] === -1 ? [] : [-logSoftmax(row)[y[i]![0]!]!]))),
  },
  'cross-entropy with weights, smoothing and an ignored class': {
    loss: crossEntropy({ classWeights: weights, labelSmoothing: 0.1, ignoreIndex: 2 }),
    shape: [4, 4],
    targets: [1, 2, 0, 3],
    targetShape: [4],
    classes: true,
    formula(x, y) {
      const kept = x
        .map((row, i) => ({ logs: logSoftmax(row), label: y[i]![0]! }))
        .filter((r) => r.label !== 2)
      const terms = kept.map(
        ({ logs, label }) =>
          -0.9 * weights[label]! * logs[label]! - (0.1 / 4) * sum(logs.map((l, c) => weights[c]! * l)),
      )
      return sum(terms) / sum(kept.map(({ label }) => weights[label]!))
    },
  },
  'cross-entropy with soft labels': {
    loss: crossEntropy({ softLabels: true, labelSmoothing: 0.2, classWeights: weights }),
    shape: [2, 4],
    targets: probabilities,
    targetShape: [2, 4],
    formula: (x, y) =>
      mean(
        x.map((row, i) => -sum(logSoftmax(row).map((l, c) => weights[c]! * (0.8 * y[i]![c]! + 0.05) * l))),
      ),
  },
  'binary cross-entropy with logits': {
    loss: binaryCrossEntropy({ positiveWeight: 3 }),
    shape: [2, 3],
    targets: [0, 1, 0.3, 1, 1, 0],
    targetShape: [2, 3],
    formula: each((x, y) => {
      const p = 1 / (1 + Math.exp(-x))
      return -(3 * y * Math.log(p) + (1 - y) * Math.log(1 - p))
    }),
  },
  'binary cross-entropy with probabilities': {
    loss: binaryCrossEntropy({ logits: false }),
    shape: [2, 3],
    targets: [0, 1, 0.3, 1, 1, 0],
    targetShape: [2, 3],
    range: [0.1, 0.9],
    formula: each((p, y) => -(y * Math.log(p) + (1 - y) * Math.log(1 - p))),
  },
  'mean squared error': {
    loss: meanSquaredError(),
    shape: [2, 3],
    targets: values(6),
    targetShape: [2, 3],
    formula: each((x, y) => (x - y) ** 2),
  },
  'mean absolute error': {
    loss: meanAbsoluteError(),
    shape: [2, 3],
    targets: values(6),
    targetShape: [2, 3],
    formula: each((x, y) => Math.abs(x - y)),
  },
  huber: {
    loss: huber({ delta: 0.7 }),
    shape: [4, 3],
    targets: values(12),
    targetShape: [4, 3],
    formula: each((x, y) => (Math.abs(x - y) < 0.7 ? (x - y) ** 2 / 2 : 0.7 * (Math.abs(x - y) - 0.35))),
  },
  'Kullback-Leibler divergence': {
    loss: klDivergence(),
    shape: [2, 4],
    targets: [...probabilities.slice(0, 4), 0, 1, 0, 0],
    targetShape: [2, 4],
    formula: (x, y) =>
      mean(
        x.map((row, i) =>
          sum(logSoftmax(row).map((l, c) => (y[i]![c]! === 0 ? 0 : y[i]![c]! * (Math.log(y[i]![c]!) - l)))),
        ),
      ),
  },
  'cosine distance': {
    loss: cosineDistance(),
    shape: [3, 4],
    targets: values(12),
    targetShape: [3, 4],
    formula: (x, y) => mean(x.map((row, i) => 1 - cos(row, y[i]!))),
  },
  'cosine embedding': {
    loss: cosineEmbedding({ margin: -0.5 }),
    shape: [3, 2, 4],
    targets: [1, 0, 0],
    targetShape: [3],
    classes: true,
    formula: (x, y) =>
      mean(
        y.map(([label], i) => {
          const c = cos(x[2 * i]!, x[2 * i + 1]!)
          return label === 1 ? 1 - c : Math.max(0, c + 0.5)
        }),
      ),
  },
  'connectionist temporal classification': {
    loss: ctc({ labels: 2, blank: 1 }),
    shape: [4, 4, 3],
    // two labels, a label twice, one label, none
    targets: [0, 2, 2, 2, 0, -1, -1, -1],
    targetShape: [4, 2],
    classes: true,
    formula: (x, y) =>
      mean(
        [0, 1, 2, 3].map((n) => {
          const labels = [y[2 * n]![0]!, y[2 * n + 1]![0]!].filter((label) => label >= 0)
          const logs = x.slice(4 * n, 4 * n + 4).map(logSoftmax)
          const paths = Array.from({ length: 3 ** 4 }, (_, i) =>
            [0, 1, 2, 3].map((t) => Math.floor(i / 3 ** t) % 3),
          )
          const fitting = paths.filter(
            (path) => path.filter((c, t) => c !== 1 && c !== path[t - 1]).join() === labels.join(),
          )
          const likelihood = sum(fitting.map((path) => Math.exp(sum(path.map((c, t) => logs[t]![c]!)))))
          return -Math.log(likelihood) / Math.max(1, labels.length)
        }),
      ),
  },
  contrastive: {
    loss: contrastive({ margin: 4 }),
    shape: [3, 2, 4],
    targets: [1, 0, 0],
    targetShape: [3],
    classes: true,
    formula: (x, y) =>
      mean(
        y.map(([label], i) => {
          const d = Math.hypot(...x[2 * i]!.map((v, j) => v - x[2 * i + 1]![j]!))
          return (label === 1 ? d ** 2 : Math.max(0, 4 - d) ** 2) / 2
        }),
      ),
  },
}

describe.each(Object.entries(cases))('%s', (_, c) => {
  it('has the value and the gradient of its formula', async () => {
    const graph = newGraph()
    const x = graph.input('x', 'float32', c.shape)
    const y = graph.input('y', c.classes ? 'int32' : 'float32', c.targetShape)
    const loss = c.loss.build(x, y)
    const outputs = [loss, gradients(loss, [x])[0]!]
    const session = await runtime.createSession(
      writeModel({ graph, inputs: [x, y], outputs, outputNames: ['loss', 'dx'] }),
    )
    const at = Array.from(Float32Array.from(values(sizeOf(c.shape), ...(c.range ?? [-2, 2]))))
    const width = c.shape.at(-1)!
    const targets = rowsOf(c.targets, c.classes ? 1 : width)
    const formula = (point: number[]): number => c.formula(rowsOf(point, width), targets)
    const results = await session.run({
      x: tensor('float32', c.shape, at),
      y: tensor(y.dtype, c.targetShape, c.targets),
    })
    await session.release()
    expect(results.loss!.data[0]).toBeCloseTo(formula(at), 5)
    at.forEach((v, i) => {
      const moved = (h: number) => formula(at.with(i, v + h))
      expect(results.dx!.data[i]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 4)
    })
  })

  it('says what targets it takes', () => {
    const targets = c.loss.targets!(c.shape.slice(1))
    expect(targets.kind).toBe(c.classes ? 'classes' : 'values')
    expect(targets.shape).toEqual(c.targetShape.slice(1))
  })
})

describe('what cannot be judged is refused', () => {
  it.each([
    () => crossEntropy({ labelSmoothing: 1 }),
    () => crossEntropy({ ignoreIndex: 0.5 }),
    () => crossEntropy({ softLabels: true, ignoreIndex: 1 }),
    () => crossEntropy({ classWeights: [1, -1] }),
    () => crossEntropy({ classWeights: [1, 1] }).targets!([3]),
    () => binaryCrossEntropy({ positiveWeight: 0 }),
    () => huber({ delta: -1 }),
    () => contrastive({ margin: 0 }),
    () => ctc({ labels: 0 }),
  ])('option %#', (make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'engine/bad-options' }))
  })

  it.each([
    () => crossEntropy().targets!([]),
    () => contrastive().targets!([3, 4]),
    () => ctc({ labels: 2 }).targets!([5]),
    () => ctc({ labels: 6 }).targets!([5, 3]),
    () => ctc({ labels: 2, blank: 3 }).targets!([5, 3]),
    () => {
      const graph = newGraph()
      return meanSquaredError().build(
        graph.input('x', 'float32', [2, 3]),
        graph.input('y', 'float32', [2, 4]),
      )
    },
  ])('shape %#', (make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'engine/shape-mismatch' }))
  })

  it('labels that do not fit into their sequence count 0', async () => {
    const graph = newGraph()
    const x = graph.input('x', 'float32', [1, 2, 3])
    const y = graph.input('y', 'int32', [1, 2])
    const loss = ctc({ labels: 2 }).build(x, y)
    const outputs = [loss, gradients(loss, [x])[0]!]
    const session = await runtime.createSession(
      writeModel({ graph, inputs: [x, y], outputs, outputNames: ['loss', 'dx'] }),
    )
    // The same label twice needs a blank between.
    const results = await session.run({
      x: tensor('float32', [1, 2, 3], [1, 2, 3, 4, 5, 6]),
      y: tensor('int32', [1, 2], [1, 1]),
    })
    expect([...results.loss!.data, ...results.dx!.data].map(Number)).toEqual(
      Array(7).fill(expect.closeTo(0, 10)),
    )
  })

  it('a batch of ignored labels has the loss 0', async () => {
    const graph = newGraph()
    const x = graph.input('x', 'float32', [2, 3])
    const y = graph.input('y', 'int32', [2])
    const loss = crossEntropy({ ignoreIndex: 0 }).build(x, y)
    const session = await runtime.createSession(
      writeModel({ graph, inputs: [x, y], outputs: [loss], outputNames: ['loss'] }),
    )
    const { loss: result } = await session.run({
      x: tensor('float32', [2, 3], [1, 2, 3, 4, 5, 6]),
      y: tensor('int32', [2], [0, 0]),
    })
    expect(result!.data[0]).toBeCloseTo(0, 10)
  })
})
