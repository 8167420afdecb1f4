/** @file Imported models: what matches trains, the rest stays, and the file written again is the trained one. */
import { describe, expect, it } from 'vitest'
import { newGraph } from '../graph/graph.ts'
import { ops } from '../graph/ops.ts'
import { tensor } from '../graph/tensor.ts'
import type { Value } from '../graph/types.ts'
import { stateDict } from '../nn/state.ts'
import { readModel } from '../onnx/read.ts'
import { writeModel } from '../onnx/write.ts'
import { adam } from '../optim/adam.ts'
import { seeded } from '../random.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { createTrainer } from '../train/trainer.ts'
import { importedModule, trainable } from './imported.ts'

const weights = (shape: number[], seed: number) => {
  const random = seeded(seed, 1)
  const size = shape.reduce((a, b) => a * b, 1)
  return tensor(
    'float32',
    shape,
    Array.from({ length: size }, () => random() - 0.5),
  )
}

/** As exporters write it: the target of Reshape is computed from the shape of the input. */
function file(middle?: (v: Value) => Value): Uint8Array {
  const graph = newGraph()
  const g = ops(graph)
  const x = graph.input('picture', 'float32', ['batch', 1, 4, 4])
  const maps = g.relu(
    g.op('Conv', [
      x,
      graph.constant(weights([4, 1, 3, 3], 1), 'body.conv.weight'),
      graph.constant(weights([4], 2), 'body.conv.bias'),
    ]),
  )
  const batch = g.gather(g.op('Shape', [x]), graph.constant(tensor('int64', [1], [0])))
  const target = g.concat([batch, g.ints([16])], 0)
  const rows = graph.addOpaque(
    { op: 'Reshape', domain: '', version: 19 },
    [middle ? middle(maps) : maps, target],
    {},
    [{ dtype: 'float32', shape: ['batch', 16] }],
  )[0]!
  const scores = g.gemm(rows, graph.constant(weights([16, 2], 3), 'head.weight'), {
    bias: graph.constant(weights([2], 4), 'head.bias'),
  })
  return writeModel({ graph, inputs: [x], outputs: [scores], outputNames: ['scores'] }, { author: 'test' })
}

const random = seeded(5, 1)
const labels = Uint8Array.from({ length: 64 }, (_, i) => i % 2)
const samples = Float32Array.from(
  { length: 64 * 16 },
  (_, i) => random() + (labels[Math.floor(i / 16)] ? 0.6 : 0),
)
const data = { samples, labels, sampleShape: [1, 4, 4] }

const train = async (bytes: Uint8Array, pattern: string) => {
  const model = importedModule(readModel(bytes), { train: pattern })
  const before = stateDict(model)
  const trainer = await createTrainer({
    model,
    runtime: nodeRuntime({ threads: 1 }),
    data,
    optimiser: adam({ learningRate: 0.01 }),
    epochs: 20,
    batchSize: 24,
    seed: 1,
  })
  const losses: number[] = []
  for await (const event of trainer.run()) if (event.kind === 'epoch') losses.push(event.loss)
  const exported = trainer.exportInference()
  await trainer.release()
  return { model, before, losses, exported }
}

const scores = async (bytes: Uint8Array, input: string) => {
  const session = await nodeRuntime({ threads: 1 }).createSession(bytes)
  const results = await session.run({ [input]: { dtype: 'float32', shape: [64, 1, 4, 4], data: samples } })
  await session.release()
  return Object.values(results)[0]!.data as Float32Array
}

describe('trainable', () => {
  it('lists the constants that the outputs depend on', () => {
    const names = (pattern?: string | RegExp) => trainable(readModel(file()), pattern).map(({ name }) => name)
    expect(names()).toEqual(
      expect.arrayContaining(['body.conv.weight', 'body.conv.bias', 'head.weight', 'head.bias']),
    )
    expect(names('head.*').sort()).toEqual(['head.bias', 'head.weight'])
    expect(names(/conv\.w/)).toEqual(['body.conv.weight'])
    expect(names('head')).toEqual([])
  })
})

describe('an imported model', () => {
  it.each(['head.*', '*'])('trains what matches %s, and only that', async (pattern) => {
    const { model, losses, before, exported } = await train(file(), pattern)
    expect(losses.at(-1)).toBeLessThan(losses[0]! * 0.9)
    const after = stateDict(model)
    for (const [name, { data }] of before) expect(after.get(name)!.data, name).not.toEqual(data)
    const again = readModel(model.export())
    for (const name of ['body.conv.weight', 'head.weight']) {
      const trained = after.get(name)?.data ?? readModel(file()).initialisers.get(name)!.constant!.data
      expect(again.initialisers.get(name)!.constant!.data).toEqual(trained)
    }
    expect([again.inputNames, again.outputNames, again.metadata]).toEqual([
      ['picture'],
      ['scores'],
      { author: 'test' },
    ])
    expect(again.inputs[0]!.shape).toEqual(['batch', 1, 4, 4])
    expect(await scores(model.export(), 'picture')).toEqual(await scores(exported, 'input'))
  })

  it('may hold ops without a gradient before what trains', async () => {
    const bytes = file(
      (v) =>
        v.graph.addOpaque({ op: 'QuickGelu', domain: 'com.microsoft', version: 1 }, [v], {}, [
          { dtype: v.dtype, shape: v.shape },
        ])[0]!,
    )
    const { losses } = await train(bytes, 'head.*')
    expect(losses.at(-1)).toBeLessThan(losses[0]!)
    await expect(train(bytes, '*')).rejects.toMatchObject({
      code: 'engine/gradient-not-supported',
      message: expect.stringContaining('com.microsoft.QuickGelu'),
    })
  })

  it.each([
    [{ train: 'tail.*' }, /matches tail/],
    [{ train: '*', input: 'sound' }, /no input sound/],
    [{ train: '*', output: 'boxes' }, /no output boxes/],
  ])('names what is wrong with %o', (options, message) => {
    expect(() => importedModule(readModel(file()), options)).toThrow(
      expect.objectContaining({ code: 'engine/bad-options', message: expect.stringMatching(message) }),
    )
  })
})
