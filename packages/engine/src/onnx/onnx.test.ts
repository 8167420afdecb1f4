/** @file ONNX files: what is written is read back, and whatever is read gives a graph or a typed error. */
import { create, toBinary } from '@bufbuild/protobuf'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gradients } from '../autodiff/gradients.ts'
import { EngineError } from '../errors.ts'
import { newGraph, topological } from '../graph/graph.ts'
import { ops } from '../graph/ops.ts'
import { tensor } from '../graph/tensor.ts'
import { nodeRuntime } from '../runtime/node.ts'
import { ModelProtoSchema } from './onnx.generated.ts'
import { readModel } from './read.ts'
import { canonicalOpset, writeModel } from './write.ts'

function sample(): Uint8Array {
  const graph = newGraph()
  const g = ops(graph)
  const x = graph.input('x', 'float32', ['N', 2, 4, 4])
  const w = graph.constant(
    tensor(
      'float32',
      [3, 2, 3, 3],
      Array.from({ length: 54 }, (_, i) => Math.sin(i)),
    ),
    'conv.weight',
  )
  const maps = g.op(
    'MaxPool',
    [g.op('LeakyRelu', [g.op('Conv', [x, w], { pads: [1, 1, 1, 1] })], { alpha: { float: 0.1 } })],
    {
      kernel_shape: [2, 2],
      strides: [2, 2],
    },
  )
  const y = g.flatten(maps)
  const filled = g.op('ConstantOfShape', [g.ints([1, 12])], { value: tensor('float32', [1], [0.5]) })
  return writeModel(
    { graph, inputs: [x], outputs: [g.add(y, filled), y, x], outputNames: ['sum', 'flat', 'same'] },
    { author: 'test' },
  )
}

/** A loop that adds an outer value three times and collects the sums. */
function loop(): Uint8Array {
  const graph = newGraph()
  const x = graph.input('x', 'float32', [2])
  const body = newGraph(graph)
  const [i, go, sum] = [
    body.input('i', 'int64', []),
    body.input('go', 'bool', []),
    body.input('sum', 'float32', [2]),
  ]
  const next = ops(body).add(sum, ops(graph).exp(x))
  const outputs = graph.add(
    'Loop',
    [graph.constant(tensor('int64', [], [3])), graph.constant(tensor('bool', [], [1])), x],
    { body: { graph: body, inputs: [i, go, sum], outputs: [go, next, next] } },
    2,
  )
  return writeModel({ graph, inputs: [x], outputs, outputNames: ['last', 'all'] })
}

const run = async (bytes: Uint8Array, shape: number[]) => {
  const session = await nodeRuntime({ threads: 1 }).createSession(bytes)
  const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.cos(i))
  return session.run({ x: { dtype: 'float32', shape, data } })
}

describe('a written file', () => {
  it('names its versions, inputs, outputs and initialisers', () => {
    const model = readModel(sample())
    expect(model.inputNames).toEqual(['x'])
    expect(model.outputNames).toEqual(['sum', 'flat', 'same'])
    expect(model.outputs.map((v) => v.shape)).toEqual([
      ['N', 12],
      ['N', 12],
      ['N', 2, 4, 4],
    ])
    expect([...model.initialisers.keys()]).toContain('conv.weight')
    expect(model.metadata).toEqual({ author: 'test' })
  })

  it.each([
    ['layers', sample, [2, 2, 4, 4]],
    ['a loop that reads outer values', loop, [2]],
  ] as const)('read and written again computes the same: %s', async (_, make, shape) => {
    const bytes = make()
    const again = writeModel(readModel(bytes))
    expect(await run(again, [...shape])).toEqual(await run(bytes, [...shape]))
  })

  it('collects what a loop carries', async () => {
    const { last, all } = await run(loop(), [2])
    expect(all!.shape).toEqual([3, 2])
    expect(last!.data[0]).toBeCloseTo(1 + 3 * Math.E, 5)
  })
})

const model = (graph: object, version = BigInt(canonicalOpset)) =>
  toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 9n,
      opsetImport: [{ domain: '', version }],
      graph,
    }),
  )
const x = {
  name: 'x',
  type: {
    value: {
      case: 'tensorType' as const,
      value: { elemType: 1, shape: { dim: [{ value: { case: 'dimValue' as const, value: 2n } }] } },
    },
  },
}
const node = (opType: string, input: string[], output: string[], more: object = {}) => ({
  opType,
  input,
  output,
  ...more,
})

it('a file is written in the first opset that has all its ops', async () => {
  const graph = newGraph()
  const x = graph.input('x', 'float32', [2, 4, 3])
  const scale = graph.constant(tensor('float32', [4], [1, 2, 3, 4]))
  const normal = graph.add('GroupNormalization', [x, scale, scale], { num_groups: 2 })
  const bytes = writeModel({ graph, inputs: [x], outputs: normal, outputNames: ['y'] })
  const again = writeModel(readModel(bytes))
  expect(await run(again, [2, 4, 3])).toEqual(await run(bytes, [2, 4, 3]))
})

describe('nodes without rules', () => {
  const unknown = (opType: string, domain = '') =>
    model({
      input: [x],
      node: [
        node('Mul', ['x', 'x'], ['a']),
        node(opType, ['a'], ['b'], { domain }),
        node('Neg', ['b'], ['y']),
      ],
      output: [{ name: 'y', type: x.type }],
    })

  it.each([
    ['Frobnicate', '', 'ai.onnx.Frobnicate'],
    ['toString', '', 'ai.onnx.toString'],
    ['Gelu', 'com.example', 'com.example.Gelu'],
  ])('%s of domain "%s" is kept, and written back', (op, domain, name) => {
    const read = readModel(unknown(op, domain))
    expect(topological(read.outputs).map((n) => n.op)).toEqual(
      ['Mul', name, 'Neg'].map((op) => expect.stringContaining(op)),
    )
    const again = readModel(writeModel(read))
    expect(topological(again.outputs).map((n) => n.op)).toEqual(topological(read.outputs).map((n) => n.op))
    expect(again.outputNames).toEqual(['y'])
  })

  it('says what is not known to whoever asks', () => {
    const file = unknown('Frobnicate')
    const b = topological(readModel(file).outputs).at(-1)!.inputs[0]!
    expect(() => b.shape).toThrow(/the shape of ai.onnx.Frobnicate|not known before the graph runs/)
  })

  it('have no gradient, and the refusal names them', () => {
    const { graph, inputs } = readModel(unknown('Gelu', 'com.example'))
    const y = graph.addOpaque({ op: 'Gelu', domain: 'com.example', version: 1 }, [inputs[0]!], {}, [
      { dtype: 'float32', shape: [] },
    ])[0]!
    expect(() => gradients(y, inputs)).toThrow(
      expect.objectContaining({
        code: 'engine/gradient-not-supported',
        message: expect.stringMatching(/com\.example\.Gelu/),
      }),
    )
  })
})

describe('a file that is not what it should be', () => {
  const read = (bytes: Uint8Array): unknown => {
    try {
      return readModel(bytes)
    } catch (error) {
      return error
    }
  }

  it('truncated anywhere: a graph or a typed error', () => {
    const bytes = sample()
    for (let n = 0; n < bytes.length; n++) {
      const result = read(bytes.subarray(0, n))
      if (result instanceof Error) expect(result, `at ${n}: ${result.stack}`).toBeInstanceOf(EngineError)
    }
  })

  it('altered anywhere: a graph or a typed error', () => {
    const bytes = sample()
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const altered = bytes.slice()
        for (const [at, to] of changes) altered[at] = to
        const result = read(altered)
        return !(result instanceof Error) || result instanceof EngineError
      }),
      { seed: 1, numRuns: 3000 },
    )
  })

  it('random bytes: a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => read(bytes) instanceof EngineError),
      { seed: 1, numRuns: 500 },
    )
  })

  it.each([
    [
      'a cycle',
      model({
        input: [x],
        node: [node('Add', ['x', 'b'], ['a']), node('Neg', ['a'], ['b'])],
        output: [{ name: 'b' }],
      }),
      'engine/bad-model',
      /cycle/,
    ],
    [
      'a node that reads itself',
      model({ input: [x], node: [node('Add', ['x', 'a'], ['a'])], output: [{ name: 'a' }] }),
      'engine/bad-model',
      /reads a/,
    ],
    [
      'a missing input',
      model({ input: [x], node: [node('Neg', ['y'], ['z'])], output: [{ name: 'z' }] }),
      'engine/bad-model',
      /reads y/,
    ],
    ['a missing output', model({ input: [x], output: [{ name: 'z' }] }), 'engine/bad-model', /output z/],
    ['a value defined twice', model({ input: [x, x], output: [] }), 'engine/bad-model', /twice/],
    ['an opset to come', model({ input: [x], output: [] }, 99n), 'engine/unsupported-model', /opset 99/],
    [
      'huge sizes',
      model({ initializer: [{ name: 'w', dims: [1n << 40n, 1n << 40n], dataType: 1 }], output: [] }),
      'engine/bad-model',
      /not possible/,
    ],
    [
      'fewer values than sizes say',
      model({
        initializer: [{ name: 'w', dims: [1000n], dataType: 1, rawData: new Uint8Array(8) }],
        output: [],
      }),
      'engine/bad-model',
      /needs 1000 values/,
    ],
    [
      'data in another file',
      model({
        initializer: [
          {
            name: 'w',
            dims: [1n],
            dataType: 1,
            dataLocation: 1,
            externalData: [{ key: 'location', value: '../../secret' }],
          },
        ],
        output: [],
      }),
      'engine/bad-model',
      /outside the folder/,
    ],
    [
      'shapes that do not fit',
      model({
        input: [x],
        initializer: [{ name: 'w', dims: [3n], dataType: 1, floatData: [1, 2, 3] }],
        node: [node('Add', ['x', 'w'], ['y'])],
        output: [],
      }),
      'engine/shape-mismatch',
      /broadcast/,
    ],
  ] as const)('%s', (_, bytes, code, message) => {
    const error = read(bytes)
    expect(error).toBeInstanceOf(EngineError)
    expect([(error as EngineError).code, (error as EngineError).message]).toEqual([
      code,
      expect.stringMatching(message),
    ])
  })
})
