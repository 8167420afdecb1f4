/** @file Every gradient rule against central differences, and the driver's own behaviour. */
import { describe, expect, it } from 'vitest'
import { expansions } from '../graph/expand/table.ts'
import { newGraph } from '../graph/graph.ts'
import { type Ops, ops } from '../graph/ops.ts'
import { shapeRules } from '../graph/shapes/table.ts'
import { numbersOf, sizeOf, tensor } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'
import { writeModel } from '../onnx/write.ts'
import { seeded } from '../random.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { gradCases } from './cases.fixture.ts'
import { gradientError, tolerance } from './check.fixture.ts'
import { gradients } from './gradients.ts'
import { limits } from './limits.ts'
import { opTable } from './op-table.ts'
import { gradRules, notDifferentiable } from './table.ts'

const runtime = nodeRuntime({ threads: 1 })

describe('gradient rules', () => {
  it.each(gradCases.map((c) => [`${c.op} ${c.name ?? ''}`, c] as const))('%s', async (_, c) => {
    for (const seed of [1, 2]) expect(await gradientError(runtime, c, seed)).toBeLessThan(tolerance(c))
  })

  it.each(gradCases.map((c) => [`${c.op} ${c.name ?? ''}`, c] as const))('twice: %s', async (_, c) => {
    expect(await gradientError(runtime, c, 1, 2)).toBeLessThan(10 * tolerance(c))
  })

  it('all have a case', () => {
    const tested = new Set(gradCases.map((c) => c.op))
    const differentiable = [...Object.keys(gradRules), ...Object.keys(expansions)]
    expect(differentiable.filter((op) => !tested.has(op))).toEqual([])
  })

  it('have limits only where there is an op', () => {
    expect(Object.keys(limits).filter((op) => !opTable().some((entry) => entry.op === op))).toEqual([])
  })

  it('belong to ops with a shape rule, and to none that has nothing to differentiate', () => {
    const known = (op: string) => Object.hasOwn(shapeRules, op)
    expect(
      [...Object.keys(gradRules), ...Object.keys(expansions), ...notDifferentiable].filter(
        (op) => !known(op),
      ),
    ).toEqual([])
    expect(Object.keys(gradRules).filter((op) => notDifferentiable.has(op))).toEqual([])
  })
})

describe('the driver', () => {
  const start = () => {
    const graph = newGraph()
    return { graph, g: ops(graph), x: graph.input('x', 'float32', [3]) }
  }

  it('says which op has no rule yet, with its layer', () => {
    const { graph, g, x } = start()
    const y = graph.scoped('mixer', () => g.op('DequantizeLinear', [x, g.scalar(1)]))
    const loss = g.reduceSum(y, [0], false)
    expect(() => gradients(loss, [x])).toThrow(
      expect.objectContaining({
        code: 'engine/gradient-not-supported',
        message: expect.stringMatching(/^mixer: .*DequantizeLinear/),
      }),
    )
  })

  it.each<[string, (g: Ops, x: Value) => Value]>([
    ['ScatterND', (g, x) => g.op('ScatterND', [x, g.ints([0]), g.scalar(1)], { reduction: 'mul' })],
    [
      'Resize',
      (g, x) =>
        g.op('Resize', [g.unsqueeze(x, [0]), null, null, g.ints([2, 6])], {
          mode: 'linear',
          coordinate_transformation_mode: 'tf_crop_and_resize',
        }),
    ],
    ['LpPool', (g, x) => g.op('LpPool', [g.unsqueeze(x, [0, 1])], { kernel_shape: [2], ceil_mode: 1 })],
    ['Mod', (g, x) => g.op('Mod', [x, g.scalar(2)])],
  ])('says what it leaves out of %s, with the layer', (op, build) => {
    const { graph, g, x } = start()
    const y = graph.scoped('mixer', () => build(g, x))
    const axes = y.shape.map((_, i) => i)
    expect(() => gradients(g.reduceSum(y, axes, false), [x])).toThrow(
      expect.objectContaining({
        code: 'engine/gradient-not-supported',
        message: expect.stringMatching(new RegExp(`^mixer: the gradient of ${op} `)),
      }),
    )
  })

  it('says where the way to the loss ends at a step function', () => {
    const { graph, g, x } = start()
    const loss = g.reduceSum(
      graph.scoped('rounding', () => g.op('Round', [x])),
      [0],
      false,
    )
    expect(() => gradients(loss, [x])).toThrow(
      expect.objectContaining({
        code: 'engine/not-differentiable',
        message: expect.stringMatching(/Round \(rounding\)/),
      }),
    )
  })

  it('says that a value plays no part in the loss', () => {
    const { graph, g, x } = start()
    const other = graph.input('other', 'float32', [3])
    expect(() => gradients(g.reduceSum(x, [0], false), [other])).toThrow(
      expect.objectContaining({
        code: 'engine/not-differentiable',
        message: expect.stringMatching(/does not depend/),
      }),
    )
  })

  it('says where the way to the loss turns into whole numbers', () => {
    const { graph, g, x } = start()
    const whole = graph.scoped('counting', () => g.cast(g.cast(x, 'int64'), 'float32'))
    expect(() => gradients(g.reduceSum(whole, [0], false), [x])).toThrow(
      expect.objectContaining({
        code: 'engine/not-differentiable',
        message: expect.stringMatching(/Cast \(counting\)/),
      }),
    )
  })

  it('does not overlook what the body of a Loop uses from outside', () => {
    const { graph, g, x } = start()
    const body = newGraph(graph)
    const b = ops(body)
    const [i, go, v] = [
      body.input('i', 'int64', []),
      body.input('go', 'bool', []),
      body.input('v', 'float32', [3]),
    ]
    const trips = graph.input('trips', 'int64', [])
    const loop = graph.scoped('steps', () =>
      g.op('Loop', [trips, null, g.full(x, 1)], {
        body: { graph: body, inputs: [i, go, v], outputs: [b.op('Identity', [go]), b.mul(v, x)] },
      }),
    )
    expect(() => gradients(g.reduceSum(g.add(loop, x), [0], false), [x])).toThrow(
      expect.objectContaining({
        code: 'engine/gradient-not-supported',
        message: expect.stringMatching(/^steps: .*Loop .*number of turns/),
      }),
    )
  })

  it('gives what dropout let through the factor of the forward pass', async () => {
    const graph = newGraph()
    const g = ops(graph)
    const x = graph.input('x', 'float32', [400])
    const on = graph.constant({ dtype: 'bool', shape: [], data: Uint8Array.of(1) })
    const y = g.op('Dropout', [x, g.scalar(0.25), on], { seed: 5 })
    const outputs = [y, ...gradients(g.reduceSum(y, [0], false), [x])]
    const session = await runtime.createSession(
      writeModel({ graph, inputs: [x], outputs, outputNames: ['y', 'dx'] }),
    )
    const ones = { dtype: 'float32' as const, shape: [400], data: new Float32Array(400).fill(1) }
    const result = await session.run({ x: ones })
    expect(numbersOf(result.dx!)).toEqual(numbersOf(result.y!))
    expect(new Set(numbersOf(result.y!).map((v) => v.toFixed(4)))).toEqual(new Set(['0.0000', '1.3333']))
    await session.release()
  })

  it('passes a step function by where another way is left', async () => {
    const { graph, g, x } = start()
    const loss = g.reduceSum(g.mul(x, g.op('Sign', [x])), [0], false)
    const session = await runtime.createSession(
      writeModel({ graph, inputs: [x], outputs: gradients(loss, [x]), outputNames: ['dx'] }),
    )
    const { dx } = await session.run({ x: { dtype: 'float32', shape: [3], data: Float32Array.of(-2, 0, 5) } })
    expect([...dx!.data]).toEqual([-1, 0, 1])
  })

  it.each([
    ['few rows', 7],
    ['many rows', 3000],
  ])('adds up repeated indices the same way on several threads: %s', async (_, rows) => {
    const graph = newGraph()
    const g = ops(graph)
    const [count, width] = [6000, 64]
    const x = graph.input('x', 'float32', [rows, width])
    const at = graph.input('at', 'int64', [count])
    const loss = g.reduceSum(g.gather(x, at), [0, 1], false)
    const session = await nodeRuntime({ threads: 2 }).createSession(
      writeModel({ graph, inputs: [x, at], outputs: gradients(loss, [x]), outputNames: ['dx'] }),
    )
    const feeds = {
      x: { dtype: 'float32' as const, shape: [rows, width], data: new Float32Array(rows * width) },
      at: {
        dtype: 'int64' as const,
        shape: [count],
        data: BigInt64Array.from({ length: count }, (_, i) => BigInt(i % 6)),
      },
    }
    for (let run = 0; run < 3; run++) {
      const { dx } = await session.run(feeds)
      expect([...new Set(numbersOf(dx!).slice(0, 6 * width))]).toEqual([count / 6])
    }
    await session.release()
  })

  it('needs a loss of one number', () => {
    const { x } = start()
    expect(() => gradients(x, [x])).toThrow(expect.objectContaining({ code: 'engine/not-differentiable' }))
  })

  it('works with a batch of unknown size', async () => {
    const graph = newGraph()
    const g = ops(graph)
    const x = graph.input('x', 'float32', ['N', 3])
    const w = graph.input('w', 'float32', [3])
    const loss = g.reduceMean(g.tanh(g.add(g.mul(x, w), g.reduceMax(x, [1]))), [0, 1], false)
    const model = { graph, inputs: [x, w], outputs: gradients(loss, [w]), outputNames: ['dw'] }
    const session = await runtime.createSession(writeModel(model))
    const { dw } = await session.run({
      x: { dtype: 'float32', shape: [2, 3], data: Float32Array.of(0, 0, 0, 0, 0, 0) },
      w: { dtype: 'float32', shape: [3], data: Float32Array.of(1, 2, 3) },
    })
    expect(dw!.shape).toEqual([3])
  })
})

describe('higher orders', () => {
  it("the Hessian of an MLP's loss times a vector is what differences of its gradient are", async () => {
    const [n, a, b, k] = [5, 4, 6, 3]
    const random = seeded(3)
    const values = (...shape: number[]) =>
      tensor(
        'float64',
        shape,
        Array.from({ length: sizeOf(shape) }, () => 2 * random() - 1),
      )
    const graph = newGraph()
    const g = ops(graph)
    const shapes = [[a, b], [b], [b, k], [k]]
    const weights = shapes.map((shape, i) => graph.input(`w${i}`, 'float64', shape))
    const along = shapes.map((shape, i) => graph.input(`v${i}`, 'float64', shape))
    const [x, y] = [graph.constant(values(n, a)), graph.constant(values(n, k))]
    const [w1, b1, w2, b2] = weights as [Value, Value, Value, Value]
    const out = g.add(g.matMul(g.tanh(g.add(g.matMul(x, w1), b1)), w2), b2)
    const difference = g.sub(g.op('Softmax', [out], { axis: -1 }), y)
    const loss = g.reduceMean(g.mul(difference, difference), [0, 1], false)
    const first = gradients(loss, weights)
    const axes = (v: Value) => v.shape.map((_, i) => i)
    const product = first
      .map((d, i) => g.reduceSum(g.mul(d, along[i]!), axes(d), false))
      .reduce((p, q) => g.add(p, q))
    const second = gradients(product, weights)
    const session = await runtime.createSession(
      writeModel({
        graph,
        inputs: [...weights, ...along],
        outputs: [...first, ...second],
        outputNames: [...first.map((_, i) => `d${i}`), ...second.map((_, i) => `h${i}`)],
      }),
    )
    const [at, v] = [shapes.map((s) => values(...s)), shapes.map((s) => values(...s))]
    const run = (step: number) =>
      session.run({
        ...Object.fromEntries(v.map((t, i) => [`v${i}`, t])),
        ...Object.fromEntries(
          at.map((t, i) => [
            `w${i}`,
            tensor(
              'float64',
              t.shape,
              numbersOf(t).map((p, j) => p + step * numbersOf(v[i]!)[j]!),
            ),
          ]),
        ),
      })
    const h = 1e-5
    const [here, above, below] = [await run(0), await run(h), await run(-h)]
    await session.release()
    shapes.forEach((_, i) => {
      const expected = numbersOf(above[`d${i}`]!).map(
        (p, j) => (p - numbersOf(below[`d${i}`]!)[j]!) / (2 * h),
      )
      const scale = Math.max(...expected.map(Math.abs))
      numbersOf(here[`h${i}`]!).forEach((p, j) => {
        expect(Math.abs(p - expected[j]!) / scale).toBeLessThan(1e-6)
      })
    })
  })
})
