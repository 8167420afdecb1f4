/** @file Old opsets: nodes get the meaning that the canonical opset gives them. */
import { create, toBinary } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { nodeRuntime } from '../../runtime/node.ts'
import { ModelProtoSchema } from '../onnx.generated.ts'
import { readModel } from '../read.ts'
import { writeModel } from '../write.ts'

const ints = (name: string, ...values: number[]) => ({ name, type: 7, ints: values.map(BigInt) })
const int = (name: string, value: number) => ({ name, type: 2, i: BigInt(value) })
const float = (name: string, value: number) => ({ name, type: 1, f: value })

/** One node on x = 0, 1, 2, … of the given shape. */
async function run(opset: number, shape: number[], opType: string, attribute: object[], outputs = 1) {
  const dim = shape.map((d) => ({ value: { case: 'dimValue' as const, value: BigInt(d) } }))
  const type = { value: { case: 'tensorType' as const, value: { elemType: 1, shape: { dim } } } }
  const output = Array.from({ length: outputs }, (_, i) => `y${i}`)
  const bytes = toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 3n,
      opsetImport: [{ version: BigInt(opset) }],
      graph: {
        input: [{ name: 'x', type }],
        node: [{ opType, input: ['x'], output, attribute }],
        output: output.map((name) => ({ name })),
      },
    }),
  )
  const session = await nodeRuntime({ threads: 1 }).createSession(writeModel(readModel(bytes)))
  const size = shape.reduce((a, b) => a * b, 1)
  const data = Float32Array.from({ length: size }, (_, i) => i)
  const results = await session.run({ x: { dtype: 'float32', shape, data } })
  await session.release()
  return output.map((name) => Array.from(results[name]!.data as Float32Array))
}

describe('attributes that became inputs', () => {
  it.each([
    ['Squeeze', 7, [1, 2], [ints('axes', 0)], [[0, 1]]],
    ['ReduceMax', 12, [2, 2], [ints('axes', 1), int('keepdims', 0)], [[1, 3]]],
    ['ReduceSum', 11, [2, 2], [ints('axes', 0)], [[2, 4]]],
    ['Slice', 9, [4], [ints('starts', 1), ints('ends', 3)], [[1, 2]]],
    ['Clip', 7, [4], [float('min', 1), float('max', 2)], [[1, 1, 2, 2]]],
    ['Pad', 7, [2], [ints('pads', 1, 0), float('value', 5)], [[5, 0, 1]]],
    ['Dropout', 7, [3], [float('ratio', 0.5)], [[0, 1, 2]]],
    ['Upsample', 7, [1, 1, 1, 2], [{ name: 'scales', type: 6, floats: [1, 1, 1, 2] }], [[0, 0, 1, 1]]],
  ] as const)('%s of opset %i', async (op, opset, shape, attributes, expected) => {
    expect(await run(opset, [...shape], op, [...attributes])).toEqual(expected)
  })

  it('Split and TopK give all their outputs', async () => {
    expect(await run(11, [3], 'Split', [ints('split', 1, 2), int('axis', 0)], 2)).toEqual([[0], [1, 2]])
    expect(await run(13, [4], 'Split', [int('axis', 0)], 2)).toEqual([
      [0, 1],
      [2, 3],
    ])
    expect((await run(9, [4], 'TopK', [int('k', 2)], 2))[0]).toEqual([3, 2])
  })
})

it('Softmax up to opset 12 takes the axes from `axis` on as one', async () => {
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)
  const [old] = await run(12, [1, 2, 2], 'Softmax', [int('axis', 1)])
  expect(sum(old!)).toBeCloseTo(1, 5)
  const [now] = await run(13, [1, 2, 2], 'Softmax', [int('axis', 1)])
  expect(sum(now!)).toBeCloseTo(2, 5)
})
