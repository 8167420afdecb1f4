/** @file Gradients of what was reduced are repeated by the operand that they meet, not by passes of their own. */
import { describe, expect, it } from 'vitest'
import { newGraph, topological } from '../graph/graph.ts'
import { type Ops, ops } from '../graph/ops.ts'
import type { Value } from '../graph/types.ts'
import { writeModel } from '../onnx/write.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { gradients } from './gradients.ts'

const data = Float32Array.from([0.5, -1, 2, 0.25, 1.5, -0.75])

/** The ops of the gradient of `build` by x [2, 3], and its values. */
async function gradientOf(build: (g: Ops, x: Value) => Value) {
  const graph = newGraph()
  const x = graph.input('x', 'float32', [2, 3])
  const dx = gradients(build(ops(graph), x), [x])[0]!
  const session = await nodeRuntime({ threads: 1 }).createSession(
    writeModel({ graph, inputs: [x], outputs: [dx], outputNames: ['dx'] }),
  )
  const results = await session.run({ x: { dtype: 'float32', shape: [2, 3], data } })
  await session.release()
  expect(dx.shape).toEqual([2, 3])
  return { ops: topological([dx]).map((n) => n.op), dx: [...(results.dx!.data as Float32Array)] }
}

const whole = (g: Ops, v: Value): Value => g.reduceSum(v, [0, 1], false)
const columns = [0, 1, 2]
const sums = columns.map((c) => data[c]! + data[c + 3]!)
const close = (actual: readonly number[], wanted: readonly number[]): void =>
  actual.forEach((v, i) => {
    expect(v).toBeCloseTo(wanted[i]!, 5)
  })

describe('reduced gradients', () => {
  it('of a mean that is subtracted, scaled and shifted are the sum that the shift gets', async () => {
    const found = await gradientOf((g, x) => {
      const centred = g.sub(x, g.reduceMean(x, [0]))
      const y = g.add(g.mul(centred, g.reduceMean(g.mul(centred, centred), [0])), g.slice(x, 0, 0, 1))
      return whole(g, g.mul(g.mul(g.mul(y, y), y), 0.01))
    })
    // By the slope of y, and by its product with what was centred.
    expect(found.ops.filter((op) => op === 'ReduceSum')).toHaveLength(2)
    const f = (v: readonly number[]): number =>
      columns.reduce((sum, c) => {
        const mean = (v[c]! + v[c + 3]!) / 2
        const [p, q] = [v[c]! - mean, v[c + 3]! - mean]
        const variance = (p * p + q * q) / 2
        return sum + (p * variance + v[c]!) ** 3 + (q * variance + v[c]!) ** 3
      }, 0)
    const at = (i: number, h: number): number => f([...data].map((v, j) => (i === j ? v + h : v)))
    close(
      found.dx,
      [...data].map((_, i) => (0.01 * (at(i, 1e-4) - at(i, -1e-4))) / 2e-4),
    )
  })

  it('of a variance need no pass that only repeats', async () => {
    const found = await gradientOf((g, x) => {
      const centred = g.sub(x, g.reduceMean(x, [0]))
      return whole(g, g.mul(centred, g.sqrt(g.reduceMean(g.mul(centred, centred), [0]))))
    })
    // only that of the sum over all
    expect(found.ops.filter((op) => op === 'Expand')).toHaveLength(1)
    // sum of c_i sigma = 0 whatever x is
    close(found.dx, [0, 0, 0, 0, 0, 0])
  })

  it('of two reductions along different axes add up to the whole', async () => {
    const found = await gradientOf((g, x) => {
      const [rows, cols] = [g.reduceSum(x, [1]), g.reduceSum(x, [0])]
      return g.add(whole(g, g.mul(rows, rows)), whole(g, g.mul(cols, cols)))
    })
    const [a, b] = [0, 3].map((i) => data[i]! + data[i + 1]! + data[i + 2]!) as [number, number]
    close(found.dx, [...columns.map((c) => 2 * (a + sums[c]!)), ...columns.map((c) => 2 * (b + sums[c]!))])
  })

  it('of two reductions along one axis are repeated once', async () => {
    const found = await gradientOf((g, x) => {
      const [mean, sum] = [g.reduceMean(x, [0]), g.reduceSum(x, [0])]
      return g.add(whole(g, g.mul(mean, mean)), whole(g, g.mul(sum, sum)))
    })
    expect(found.ops.filter((op) => op === 'Expand')).toHaveLength(1)
    const each = columns.map((c) => 2.5 * sums[c]!)
    close(found.dx, [...each, ...each])
  })

  it('of a square of what was itself repeated', async () => {
    const found = await gradientOf((g, x) => {
      const repeated = g.expandLike(g.reduceSum(x, [0]), x)
      return whole(g, g.mul(repeated, repeated))
    })
    const each = columns.map((c) => 4 * sums[c]!)
    close(found.dx, [...each, ...each])
  })

  it('of a subtracted mean turn the sign after the sum', async () => {
    const found = await gradientOf((g, x) => {
      const centred = g.sub(x, g.reduceMean(x, [0]))
      return whole(g, g.mul(centred, centred))
    })
    expect(found.ops.indexOf('Neg')).toBeGreaterThan(found.ops.lastIndexOf('ReduceSum'))
    close(
      found.dx,
      [...data].map((v, i) => 2 * (v - sums[i % 3]! / 2)),
    )
  })
})
