/** @file Metrics joined from batches equal those of all samples computed plainly. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newGraph } from '../graph/graph.ts'
import type { Targets } from '../loss/loss.ts'
import { writeModel } from '../onnx/write.ts'
import { nodeRuntime } from '../runtime/node.ts'
import {
  accuracy,
  binaryAccuracy,
  type Metric,
  mae,
  mse,
  perplexity,
  precisionRecallF1,
  r2,
  topK,
} from './metric.ts'

const runtime = nodeRuntime({ threads: 1 })

/** The metric's numbers over rows of scores, computed in batches of `rows`. */
async function measured(
  metric: Metric,
  targets: Targets,
  output: number[][],
  labels: number[][],
  rows: number,
): Promise<readonly number[]> {
  const graph = newGraph()
  const type = targets.kind === 'classes' ? 'int32' : 'float32'
  const [o, l] = [
    graph.input('o', 'float32', ['N', output[0]!.length]),
    graph.input('l', type, ['N', ...targets.shape]),
  ]
  const session = await runtime.createSession(
    writeModel({ graph, inputs: [o, l], outputs: [metric.build(o, l, targets)], outputNames: ['y'] }),
  )
  let joined: Float64Array | null = null
  for (let at = 0; at < output.length; at += rows) {
    const [part, own] = [output.slice(at, at + rows), labels.slice(at, at + rows)]
    const Data = type === 'int32' ? Int32Array : Float32Array
    const { y } = await session.run({
      o: { dtype: 'float32', shape: [part.length, part[0]!.length], data: Float32Array.from(part.flat()) },
      l: { dtype: type, shape: [part.length, ...targets.shape], data: Data.from(own.flat()) },
    })
    const batch = Float64Array.from(y!.data as Float32Array)
    joined = joined === null ? batch : (metric.join?.(joined, batch) ?? joined.map((v, i) => v + batch[i]!))
  }
  await session.release()
  return metric.finish(joined!)
}

const classes = 4
const score = fc.integer({ min: -400, max: 400 }).map((v) => v / 100)
// Scores of a row differ, so that the largest one is told.
const rowOf = (n: number) => fc.uniqueArray(score, { minLength: n, maxLength: n })
const scored = fc.array(fc.tuple(rowOf(classes), fc.integer({ min: -1, max: classes - 1 })), {
  minLength: 1,
  maxLength: 30,
})
const targets: Targets = { kind: 'classes', shape: [], classes, ignore: -1 }
const best = (row: number[]): number => row.indexOf(Math.max(...row))
const close = (a: readonly number[], b: readonly number[]): void => {
  expect(a).toHaveLength(b.length)
  a.forEach((v, i) => {
    if (Number.isNaN(b[i]!)) expect(v).toBeNaN()
    else expect(Math.abs(v - b[i]!)).toBeLessThan(1e-4 * (1 + Math.abs(b[i]!)))
  })
}

describe('of classes', () => {
  const law = (name: string, metric: Metric, plain: (kept: [number[], number][]) => number[]): void =>
    it(`${name}, labels that are ignored left out`, async () => {
      await fc.assert(
        fc.asyncProperty(scored, fc.integer({ min: 1, max: 9 }), async (all, rows) => {
          const kept = all.filter(([, label]) => label !== -1)
          const got = await measured(
            metric,
            targets,
            all.map(([row]) => row),
            all.map(([, l]) => [l]),
            rows,
          )
          close(got, plain(kept))
        }),
        { numRuns: 25 },
      )
    })
  law('accuracy', accuracy(), (kept) => [kept.filter(([row, l]) => best(row) === l).length / kept.length])
  law('top 2', topK(2), (kept) => [
    kept.filter(([row, l]) => row.filter((v) => v > row[l]!).length < 2).length / kept.length,
  ])
  law('perplexity', perplexity(), (kept) => [
    Math.exp(
      kept.reduce((s, [row, l]) => s + Math.log(row.reduce((t, v) => t + Math.exp(v), 0)) - row[l]!, 0) /
        kept.length,
    ),
  ])
  law('precision, recall and F1', precisionRecallF1(), (kept) => {
    const each = Array.from({ length: classes }, (_, c) => {
      const hits = kept.filter(([row, l]) => l === c && best(row) === c).length
      const told = kept.filter(([row]) => best(row) === c).length
      const is = kept.filter(([, l]) => l === c).length
      if (told + is === 0) return null
      const [p, r] = [told === 0 ? 0 : hits / told, is === 0 ? 0 : hits / is]
      return [p, r, p + r === 0 ? 0 : (2 * p * r) / (p + r)]
    }).filter((v) => v !== null)
    return [0, 1, 2].map((k) => each.reduce((s, v) => s + v[k]!, 0) / each.length)
  })

  it('do not fit values, nor more classes than there are', async () => {
    const values: Targets = { kind: 'values', shape: [classes] }
    for (const metric of [accuracy(), topK(2), perplexity(), precisionRecallF1()])
      await expect(measured(metric, values, [[1, 2, 3, 4]], [[1, 2, 3, 4]], 1)).rejects.toMatchObject({
        code: 'engine/bad-options',
      })
    await expect(measured(topK(5), targets, [[1, 2, 3, 4]], [[1]], 1)).rejects.toThrow(/1 to 4/)
    await expect(measured(mse(), targets, [[1, 2, 3, 4]], [[1]], 1)).rejects.toThrow(/values/)
  })
})

describe('of values', () => {
  const pairs = fc.array(fc.tuple(score, score), { minLength: 1, maxLength: 40 })
  const values: Targets = { kind: 'values', shape: [1] }
  const law = (name: string, metric: Metric, plain: (all: [number, number][]) => number[]): void =>
    it(name, async () => {
      await fc.assert(
        fc.asyncProperty(pairs, fc.integer({ min: 1, max: 9 }), async (all, rows) => {
          close(
            await measured(
              metric,
              values,
              all.map(([o]) => [o]),
              all.map(([, t]) => [t]),
              rows,
            ),
            plain(all),
          )
        }),
        { numRuns: 25 },
      )
    })
  const mean = (v: number[]): number => v.reduce((a, b) => a + b, 0) / v.length
  law('squared error', mse(), (all) => [mean(all.map(([o, t]) => (o - t) ** 2))])
  law('absolute error', mae(), (all) => [mean(all.map(([o, t]) => Math.abs(o - t)))])
  law('binary accuracy', binaryAccuracy(), (all) => [mean(all.map(([o, t]) => (o > 0 === t > 0.5 ? 1 : 0)))])

  it('the coefficient of determination, also far from 0', async () => {
    const truth = [1e4, 1e4 + 1, 1e4 + 2, 1e4 + 3, 1e4 + 5]
    const output = [1e4, 1e4 + 1.5, 1e4 + 2, 1e4 + 2.5, 1e4 + 5]
    const [got] = await measured(
      r2(),
      values,
      output.map((v) => [v]),
      truth.map((v) => [v]),
      2,
    )
    const square = truth.reduce((s, v) => s + (v - mean(truth)) ** 2, 0)
    expect(got).toBeCloseTo(1 - 0.5 / square, 4)
    expect(await measured(r2(), values, [[1], [2]], [[3], [3]], 1)).toEqual([Number.NaN])
  })
})
