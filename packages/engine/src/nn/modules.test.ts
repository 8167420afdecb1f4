/** @file Modules give PyTorch's outputs and gradients for the same parameters, under the same names. */
import { describe, expect, it } from 'vitest'
import { gradients } from '../autodiff/gradients.ts'
import { newGraph } from '../graph/graph.ts'
import { ops } from '../graph/ops.ts'
import { sizeOf, type Tensor, tensor } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'
import { writeModel } from '../onnx/write.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { type Module, namedParameters, trace } from './module.ts'
import * as nn from './nn.ts'
import reference from './testdata/modules-torch.json' with { type: 'json' }

interface Case {
  readonly shape: readonly number[]
  readonly memory?: readonly number[]
  readonly tokens?: readonly number[]
  readonly dx?: readonly number[]
  readonly outShape: readonly number[]
  readonly out: readonly number[]
  readonly gradients: Readonly<Record<string, readonly number[]>>
  readonly buffers?: Readonly<Record<string, readonly number[]>>
  readonly evaluated?: readonly number[]
}

const block = { hidden: 12 }
const modules: Record<keyof typeof reference.cases, () => Module> = {
  conv1d: () => nn.conv1d(3, 4, 3, { stride: 2, padding: 1 }),
  conv2d: () => nn.conv2d(4, 4, 3, { padding: 2, dilation: 2, groups: 2 }),
  conv3d: () => nn.conv3d(2, 2, 2),
  convTransposed1d: () => nn.convTransposed1d(4, 2, 3, { stride: 2, padding: 1, outputPadding: 1 }),
  convTransposed2d: () => nn.convTransposed2d(4, 4, 3, { stride: 2, groups: 2 }),
  convTransposed3d: () => nn.convTransposed3d(2, 1, 2),
  avgPool2d: () => nn.avgPool2d(3, { stride: 2, padding: 1 }),
  gelu: () => nn.gelu(),
  silu: () => nn.silu(),
  layerNorm: () => nn.layerNorm([3, 5]),
  groupNorm: () => nn.groupNorm(2, 4),
  batchNorm: () => nn.batchNorm(3),
  embedding: () => nn.embedding(6, 4),
  lstm: () => nn.lstm(3, 4, { layers: 2 }),
  gru: () => nn.gru(3, 4, { layers: 2 }),
  rnn: () => nn.rnn(3, 4),
  attention: () => nn.multiHeadAttention(8, 2, { causal: true }),
  'attention to a memory': () => nn.multiHeadAttention(8, 2),
  transformerEncoder: () => nn.transformerEncoder(8, 2, block),
  'transformerEncoder, causal, norms first': () =>
    nn.transformerEncoder(8, 2, { ...block, causal: true, normFirst: true, activation: 'gelu' }),
  transformerDecoder: () => nn.transformerDecoder(8, 2, block),
}

const runtime = nodeRuntime({ threads: 1 })

const sines = (shape: readonly number[], scale: number, k: number): number[] =>
  Array.from({ length: sizeOf(shape) }, (_, i) => scale * Math.sin(k * (i + 1)))

/** Within 1e-4 of the largest. */
function expectNear(what: string, actual: Tensor | undefined, expected: readonly number[]): void {
  const values = Array.from(actual!.data as Float32Array)
  expect(values, what).toHaveLength(expected.length)
  const scale = Math.max(1e-2, ...expected.map(Math.abs))
  const worst = Math.max(...values.map((v, i) => Math.abs(v - expected[i]!)))
  expect(worst / scale, what).toBeLessThan(1e-4)
}

/** The module called with all its inputs. */
class Whole extends nn.Module {
  readonly inner: Module
  readonly #memory: Value | undefined

  constructor(inner: Module, memory: Value | undefined) {
    super()
    this.inner = inner
    this.#memory = memory
  }

  override forward(x: Value): Value {
    return this.inner.call(x, this.#memory)
  }
}

async function run(make: () => Module, c: Case, training: boolean) {
  const graph = newGraph()
  const g = ops(graph)
  const x = graph.input('x', c.tokens ? 'int32' : 'float32', c.shape)
  const memory = c.memory && graph.input('memory', 'float32', c.memory)
  const model = new Whole(make(), memory)
  const named = namedParameters(model).map(({ name, parameter }) => ({
    name: name.replace('inner.', ''),
    parameter,
    value: graph.input(name, 'float32', parameter.shape),
  }))
  const mode = { step: g.scalar(1, 'int64'), seed: 1, updates: new Map(), streams: 0 }
  const out = trace(
    model,
    x,
    ({ parameter }) => named.find((n) => n.parameter === parameter)!.value,
    training ? mode : null,
  )
  const trained = named.filter(({ parameter }) => !parameter.buffer)
  const buffers = named.filter(({ parameter }) => parameter.buffer)
  const weights = graph.constant(tensor('float32', c.outShape, sines(c.outShape, 1, 0.91)))
  const axes = c.outShape.map((_, i) => i)
  const by = [...(c.tokens ? [] : [x]), ...trained.map(({ value }) => value)]
  const results = new Map<string, Value>([['out', out]])
  if (training) {
    const grads = gradients(g.reduceSum(g.mul(out, weights), axes, false), by)
    const names = [...(c.tokens ? [] : ['dx']), ...trained.map(({ name }) => `d ${name}`)]
    names.forEach((name, i) => {
      results.set(name, grads[i]!)
    })
    for (const { name, parameter } of buffers) results.set(name, mode.updates.get(parameter)!)
  }
  const order = Object.keys(c.gradients).sort()
  const session = await runtime.createSession(
    writeModel({
      graph,
      inputs: [x, ...(memory ? [memory] : []), ...named.map(({ value }) => value)],
      outputs: [...results.values()],
      outputNames: [...results.keys()],
    }),
  )
  const feeds = {
    x: tensor(x.dtype, c.shape, c.tokens ?? sines(c.shape, 1, 0.37)),
    ...(c.memory ? { memory: tensor('float32', c.memory, sines(c.memory, 1, 0.53)) } : {}),
    ...Object.fromEntries(
      named.map(({ name, parameter: { shape, buffer }, value }) => [
        value.name,
        tensor(
          'float32',
          shape,
          !buffer
            ? sines(shape, 0.5, 0.7 + 0.13 * order.indexOf(name))
            : training
              ? Array(sizeOf(shape)).fill(name === 'running_var' ? 1 : 0)
              : c.buffers![name]!,
        ),
      ]),
    ),
  }
  const used = Object.fromEntries(Object.entries(feeds).filter(([name]) => session.inputNames.includes(name)))
  const found = await session.run(used)
  await session.release()
  return { found, names: trained.map(({ name }) => name).sort(), out }
}

describe.each(Object.entries(reference.cases) as [keyof typeof modules, Case][])('%s', (name, c) => {
  it('follows PyTorch', async () => {
    const { found, names, out } = await run(modules[name], c, true)
    expect(names).toEqual(Object.keys(c.gradients).sort())
    expect(out.shape).toEqual(c.outShape)
    expectNear('output', found.out, c.out)
    if (c.dx) expectNear('gradient by the input', found.dx, c.dx)
    for (const [n, expected] of Object.entries(c.gradients))
      expectNear(`gradient by ${n}`, found[`d ${n}`], expected)
    for (const [n, expected] of Object.entries(c.buffers ?? {})) expectNear(n, found[n], expected)
  })
})

it('a norm of batches uses its running values when it is not trained', async () => {
  const c: Case = reference.cases.batchNorm
  const { found } = await run(modules.batchNorm, c, false)
  expectNear('output', found.out, c.evaluated!)
})
