/** @file Every module gives PyTorch's outputs and gradients on random shapes, traced, rewritten and run as in training. */
import { afterAll, describe, expect, it } from 'vitest'
import { gradients } from '../../../packages/engine/src/autodiff/gradients.ts'
import { newGraph } from '../../../packages/engine/src/graph/graph.ts'
import { ops } from '../../../packages/engine/src/graph/ops.ts'
import { rewrite } from '../../../packages/engine/src/graph/rewrite/rewrite.ts'
import { inferenceRewrites, trainingRewrites } from '../../../packages/engine/src/graph/rewrite/sets.ts'
import { type Tensor, tensor } from '../../../packages/engine/src/graph/tensor.ts'
import type { Value } from '../../../packages/engine/src/graph/types.ts'
import { type Module, namedParameters, trace } from '../../../packages/engine/src/nn/module.ts'
import * as nn from '../../../packages/engine/src/nn/nn.ts'
import { writeModel } from '../../../packages/engine/src/onnx/write.ts'
import { nodeRuntime } from '../../../packages/engine/src/runtime/node.ts'
import { type ModuleCase, moduleCases } from './modules.cases.ts'
import { type Answer, asked, chance, expectNear, oracle } from './oracle.ts'

const torch = oracle()
afterAll(() => torch.close())
const runtime = nodeRuntime({ threads: 1 })

/** The module with all its inputs. */
class Whole extends nn.Module {
  readonly inner: Module
  readonly #more: readonly (Value | undefined)[]

  constructor(inner: Module, more: readonly (Value | undefined)[]) {
    super()
    this.inner = inner
    this.#more = more
  }

  override forward(x: Value): Value {
    return this.inner.call(x, ...this.#more)
  }
}

interface Reference {
  readonly out: Answer
  readonly dx: Answer | null
  readonly dmemory: Answer | null
  readonly gradients: Readonly<Record<string, Answer>>
  readonly buffers: Readonly<Record<string, Answer>>
}

async function compare(c: ModuleCase, seed: number, training: boolean): Promise<void> {
  const draw = chance(seed)
  const { module, torch: spec, x: given, extra = {}, order = [] } = c.make(draw)
  const graph = newGraph()
  const g = ops(graph)
  const input = (name: string, { dtype, shape }: Tensor): Value => graph.input(name, dtype, shape)
  const x = input('x', given)
  const more = Object.fromEntries(
    Object.entries(extra).map(([name, content]) => [name, input(name, content)]),
  )
  const model = new Whole(
    module,
    order.map((name) => (name === null ? undefined : more[name])),
  )
  const named = namedParameters(model).map(({ name, parameter }) => ({
    name: name.replace('inner.', ''),
    buffer: parameter.buffer,
    value: graph.input(name, 'float32', parameter.shape),
    content: draw.values(
      parameter.shape,
      ...(/running_var|norm.*weight/.test(name) ? ([0.5, 1.5] as const) : ([-0.5, 0.5] as const)),
    ),
  }))
  const updates = new Map()
  const mode = training ? { step: g.scalar(1, 'int64'), seed: 1, updates, streams: 0 } : null
  const traced = trace(model, x, ({ name }) => named.find(({ value }) => value.name === name)!.value, mode)
  const weights = draw.values(traced.shape as number[])
  const trained = named.filter(({ buffer }) => !buffer)
  const floats = [x, more.memory].filter((v) => v?.dtype === 'float32') as Value[]
  const by = [...trained.map(({ value }) => value), ...floats]
  const summed = g.reduceSum(
    g.mul(traced, graph.constant(weights, 'weights')),
    traced.shape.map((_, i) => i),
    false,
  )
  const rules = training ? trainingRewrites : inferenceRewrites
  const [loss, out] = rewrite([summed, traced], rules, by) as [Value, Value]
  const results = new Map<string, Value>([['out', out]])
  gradients(loss, by).forEach((d, i) => {
    results.set(i < trained.length ? `d ${trained[i]!.name}` : `d${by[i]!.name}`, d)
  })
  for (const { parameter } of namedParameters(model).filter((n) => n.parameter.buffer && training)) {
    const at = namedParameters(model).findIndex((n) => n.parameter === parameter)
    results.set(named[at]!.name, updates.get(parameter))
  }
  const session = await runtime.createSession(
    writeModel({
      graph,
      inputs: [x, ...Object.values(more), ...named.map(({ value }) => value)],
      outputs: [...results.values()],
      outputNames: [...results.keys()],
    }),
  )
  const feeds: Record<string, Tensor> = { x: given, ...extra }
  for (const { value, content } of named) feeds[value.name] = content
  const found = await session.run(
    Object.fromEntries(Object.entries(feeds).filter(([name]) => session.inputNames.includes(name))),
  )
  await session.release()
  const expected = await torch.ask<Reference>({
    job: 'module',
    module: spec,
    training,
    x: asked(given),
    extra: Object.fromEntries(Object.entries(extra).map(([name, v]) => [name, asked(v)])),
    state: Object.fromEntries(named.map(({ name, content }) => [name, asked(content)])),
    weights: asked(weights),
  })
  expectNear('output', found.out, expected.out)
  if (expected.dx) expectNear('gradient by the input', found.dx, expected.dx)
  if (expected.dmemory) expectNear('gradient by the memory', found.dmemory, expected.dmemory)
  expect(trained.map(({ name }) => name).sort()).toEqual(Object.keys(expected.gradients).sort())
  for (const [name, d] of Object.entries(expected.gradients))
    expectNear(`gradient by ${name}`, found[`d ${name}`], d)
  if (training) for (const [name, b] of Object.entries(expected.buffers)) expectNear(name, found[name], b)
}

describe.each(moduleCases.map((c) => [c.name, c] as const))('%s', (_, c) => {
  it.each([1, 2, 3])('follows PyTorch on shapes of seed %i', async (seed) => {
    await compare(c, seed, true)
    await compare(c, seed + 100, false)
  })
})

it('has a case for every module', () => {
  const others = new Set(
    'Module Parameter parameterValue initialise stateDict loadStateDict readSafetensors writeSafetensors freeze unfreeze mergeLora'.split(
      ' ',
    ),
  )
  // What dropout drops is its own draw: without a rate it is the identity. A padding mask compares; a head is a name.
  for (const name of ['dropout', 'paddingMask', 'head']) others.add(name)
  const covered = new Set(moduleCases.map(({ covers }) => covers))
  expect(Object.keys(nn).filter((name) => !others.has(name) && !covered.has(name))).toEqual([])
})

it('sends tensors exactly', async () => {
  const x = tensor('float32', [2], [0.1, -3e-8])
  const found = await torch.ask<Reference>({
    job: 'module',
    module: { kind: 'Identity' },
    training: true,
    x: asked(x),
    extra: {},
    state: {},
    weights: asked(x),
  })
  expect(found.out.data).toEqual([...x.data])
})
